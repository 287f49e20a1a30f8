// Three-body potentials: derivatives, symmetry, files, and that a fit finds them where they are.
#include <memory>
#include <numeric>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <potentials/registry.hpp>
#include <structures/io.hpp>
#include <structures/units.hpp>

#include "calibrate/bspline_basis.hpp"
#include "calibrate/left_out.hpp"
#include "calibrate/penalty.hpp"
#include "samples.hpp"
#include "sum_differences.hpp"
#include "temporary_folder.hpp"

namespace ionpass::calibrate {
namespace {

using Eigen::Index;
using test::cubic;

constexpr double step = 0.04 * units::bohr;
constexpr double pair_cutoff = 150 * step;  // 3.18 Å
const ThreeBodyShape shape{1.0, 2.6, 3, 3};

/// Coefficients of all triples of C and H, of both signs.
std::vector<ThreeBodyGroup> groups(const ThreeBodyShape& of = shape, double size = 0.4) {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> draw(-size, size);
  ThreeBodyGroup out{of, {}};
  for (const int centre : {1, 6})
    for (const auto& [a, b] : {std::pair{1, 1}, {1, 6}, {6, 6}}) {
      const ElementTriple triple = element_triple(centre, a, b);
      Eigen::VectorXd c(three_body_size(of, triple));
      for (double& x : c) x = draw(random);
      out.coefficients[triple] = c;
    }
  return {out};
}

Structure a_structure(bool periodic, unsigned seed = 5) {
  std::mt19937 random(seed);
  return test::random_structure(random, periodic);
}

double energy(const Structure& structure) { return three_body_sum(structure, groups()).energy; }

TEST(ThreeBody, EnergyIsTheWrittenFormula) {
  // One hydrogen at each end of a carbon, at different distances, in a molecule of three.
  Structure water;
  water.numbers = {1, 6, 8};
  water.positions.resize(3, 3);
  const double angle = 1.9, near = 1.15, far = 1.25;
  water.positions.col(0) = Eigen::Vector3d(near, 0, 0);
  water.positions.col(1).setZero();
  water.positions.col(2) = far * Eigen::Vector3d(std::cos(angle), std::sin(angle), 0);
  const ThreeBodyShape of{1.0, 2.2, 3, 2};
  const ElementTriple triple = element_triple(6, 8, 1);
  EXPECT_EQ(triple_name(triple), "H-C-O");
  Eigen::VectorXd c = Eigen::VectorXd::Zero(three_body_size(of, triple));
  c(three_body_place(of, triple, 1, 2, 0)) = 3.0;  // g_1 of hydrogen, g_2 of oxygen
  c(three_body_place(of, triple, 2, 1, 2)) = -0.7;
  const BsplineBasis basis(1.0, 2.2, 0.4);
  const auto g = [&](Index n, double r) {
    const BsplineBasis::Values v = basis.at(r);
    return n < v.first || n > v.first + 3 ? 0.0 : v.value[static_cast<std::size_t>(n - v.first)];
  };
  const double x = std::cos(angle);
  const double expected =
      3.0 * g(1, near) * g(2, far) - 0.7 * g(2, near) * g(1, far) * (1.5 * x * x - 0.5);
  ASSERT_GT(std::abs(expected), 0.01);
  const std::vector<ThreeBodyGroup> one{{of, {{triple, c}}}};
  EXPECT_NEAR(three_body_sum(water, one).energy, expected, 1e-13);
}

TEST(ThreeBody, ForcesAndStressAreDerivativesOfTheEnergy) {
  for (const bool periodic : {true, false}) {
    const Structure structure = a_structure(periodic);
    const PairSum sum = three_body_sum(structure, groups());
    ASSERT_GT(sum.forces.cwiseAbs().maxCoeff(), 0.1);
    expect_derivatives(energy, structure, sum, 2e-8);
  }
}

TEST(ThreeBody, NothingDependsOnOriginOrientationOrOrder) {
  const Structure structure = a_structure(true);
  const PairSum sum = three_body_sum(structure, groups());
  const Eigen::Matrix3d turn =
      Eigen::AngleAxisd(0.7, Eigen::Vector3d(1, 2, -1).normalized()).toRotationMatrix();
  Structure moved = structure;
  moved.cell = Cell(turn * structure.cell->matrix());
  moved.positions = (turn * structure.positions).colwise() + Eigen::Vector3d(0.3, -5.1, 2.2);
  std::vector<Index> order{3, 0, 7, 5, 1, 6, 2, 4};
  moved.positions = Eigen::Matrix3Xd(moved.positions(Eigen::all, order));
  for (std::size_t i = 0; i < order.size(); ++i)
    moved.numbers[i] = structure.numbers[static_cast<std::size_t>(order[i])];
  const PairSum again = three_body_sum(moved, groups());
  EXPECT_NEAR(again.energy, sum.energy, 1e-11);
  const Eigen::Matrix3Xd turned = turn * sum.forces;
  EXPECT_LT((again.forces - turned(Eigen::all, order)).cwiseAbs().maxCoeff(), 1e-11);
  EXPECT_LT((again.stress - turn * sum.stress * turn.transpose()).cwiseAbs().maxCoeff(), 1e-11);
  EXPECT_LT(sum.forces.rowwise().sum().norm(), 1e-11);
}

TEST(ThreeBody, ASupercellHasAMultipleAndABoxTheMoleculeItself) {
  const Structure unit = a_structure(true);
  Structure twice = unit;
  Eigen::Matrix3d cell = unit.cell->matrix();
  const Index n = unit.positions.cols();
  twice.positions.conservativeResize(3, 2 * n);
  twice.positions.rightCols(n) = unit.positions.colwise() + cell.col(1);
  twice.numbers.insert(twice.numbers.end(), unit.numbers.begin(), unit.numbers.end());
  cell.col(1) *= 2.0;
  twice.cell = Cell(cell);
  // Longer than the cell: atoms are neighbours of their own images.
  const std::vector<ThreeBodyGroup> far = groups({1.0, 4.4, 4, 3});
  const PairSum one = three_body_sum(unit, far), two = three_body_sum(twice, far);
  EXPECT_NEAR(two.energy, 2.0 * one.energy, 1e-10);
  EXPECT_LT((two.forces.leftCols(n) - one.forces).cwiseAbs().maxCoeff(), 1e-10);
  EXPECT_LT((two.stress - one.stress).cwiseAbs().maxCoeff(), 1e-11);

  Structure molecule = a_structure(false);
  const PairSum alone = three_body_sum(molecule, groups());
  EXPECT_EQ(alone.stress, Eigen::Matrix3d::Zero());
  molecule.cell = Cell(Eigen::Matrix3d(20.0 * Eigen::Matrix3d::Identity()));
  const PairSum boxed = three_body_sum(molecule, groups());
  EXPECT_NEAR(boxed.energy, alone.energy, 1e-12);
  EXPECT_LT((boxed.forces - alone.forces).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(ThreeBody, AnAtomLeavesTheCutoffSmoothly) {
  Structure three;
  three.numbers = {6, 1, 1};
  three.positions = Eigen::Matrix3Xd::Zero(3, 3);
  three.positions(0, 1) = 1.3;
  const auto pull = [&](double y) {
    three.positions(1, 2) = y;
    return three_body_sum(three, groups()).forces(1, 2);
  };
  EXPECT_GT(std::abs(pull(shape.cutoff - 0.3)), 1e-4);
  // The force vanishes with the square of the distance from the cut-off.
  EXPECT_LT(std::abs(pull(shape.cutoff - 1e-4)), 1e-6);
  EXPECT_EQ(pull(shape.cutoff + 1e-9), 0.0);
}

TEST(ThreeBody, FilesReadBackAsTheyWereWritten) {
  const ionpass::test::TemporaryFolder folder;
  const auto file = folder.path() / "three-body.txt";
  std::vector<ThreeBodyGroup> written = groups();
  written.push_back(
      {{2.35, 4.5, 2, 0}, {{element_triple(82, 53, 53), Eigen::Vector3d(0.1, -1e-7, 3e4)}}});
  write_text_file(file, three_body_text(written, std::vector<std::string>{"made by a test"}));
  const auto read = read_three_body(file);
  ASSERT_EQ(read.size(), 2U);
  for (std::size_t g = 0; g < 2; ++g) {
    EXPECT_EQ(read[g].shape, written[g].shape);
    ASSERT_EQ(read[g].coefficients.size(), written[g].coefficients.size());
    for (const auto& [triple, c] : written[g].coefficients)
      EXPECT_LT((read[g].coefficients.at(triple) - c).cwiseQuotient(c).cwiseAbs().maxCoeff(), 1e-9);
  }
}

/// What reading a text says.
std::string complaint(const std::string& text) {
  const ionpass::test::TemporaryFolder folder;
  const auto file = folder.path() / "three-body.txt";
  write_text_file(file, text);
  try {
    (void)read_three_body(file);
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

TEST(ThreeBody, DamagedFilesAreRefusedWithTheLine) {
  const std::string head = "# a comment\ngroup start 1 cutoff 2.6 radial 1 angular 1\n";
  const std::string good = head + "H-C-H\n0 0 0.5 -0.25\n";
  ASSERT_EQ(complaint(good), "");
  using testing::HasSubstr;
  EXPECT_THAT(complaint("# nothing\n"), HasSubstr("no group"));
  EXPECT_THAT(complaint("H-C-H\n0 0 1 1\n"), HasSubstr("three-body.txt:1: "));
  EXPECT_THAT(complaint(head), HasSubstr("a group has no triple"));
  EXPECT_THAT(complaint(head + "H-C\n0 0 1 1\n"),
              HasSubstr("three-body.txt:3: three-body potentials: 'H-C' is no triple"));
  EXPECT_THAT(complaint(head + "H-Xq-H\n0 0 1 1\n"), HasSubstr("is no triple"));
  EXPECT_THAT(complaint(head + "H-C-H\n0 0 0.5\n"), HasSubstr("three-body.txt:4: "));
  EXPECT_THAT(complaint(head + "H-C-H\n0 0 0.5 nan\n"), HasSubstr("'nan' is no number"));
  EXPECT_THAT(complaint(head + "H-C-H\n0 0 0.5 1.0x\n"), HasSubstr("'1.0x' is no number"));
  EXPECT_THAT(complaint(head + "H-C-H\n0 1 0.5 1\n"), HasSubstr("expected '0 0'"));
  EXPECT_THAT(complaint(head + "H-C-H\n"), HasSubstr("expected '0 0' and 2 coefficients"));
  EXPECT_THAT(complaint(good + "H-C-H\n0 0 0.5 1\n"),
              HasSubstr("three-body.txt:5: three-body potentials: H-C-H is there twice"));
  EXPECT_THAT(complaint("group start 3 cutoff 2.6 radial 1 angular 1\nH-C-H\n0 0 1 1\n"),
              HasSubstr("start < cutoff"));
  EXPECT_THAT(complaint("group start 1 cutoff 2.6 radial 99 angular 1\nH-C-H\n"),
              HasSubstr("an integer from 1 to 20"));
  EXPECT_THAT(complaint("group start 1 cutoff 2.6 radial 1\nH-C-H\n0 0 1 1\n"),
              HasSubstr("expected 'group start"));
  EXPECT_THROW((void)read_three_body("/nowhere/three-body.txt"), IoError);
}

PairFunctions pair_truth() {
  return {{{1, 1}, cubic(0.3, pair_cutoff)},
          {{1, 6}, cubic(-0.2, pair_cutoff)},
          {{6, 6}, cubic(0.7, pair_cutoff)}};
}

/// Labels of pair and three-body potentials.
std::vector<Sample> samples_with(const std::vector<ThreeBodyGroup>& truth, std::size_t count) {
  std::vector<Sample> out = test::samples(pair_truth(), count);
  for (Sample& sample : out) {
    const PairSum more = three_body_sum(sample.label.structure, truth);
    *sample.label.energy += more.energy;
    sample.label.forces += more.forces;
    if (sample.label.stress) *sample.label.stress += more.stress;
  }
  return out;
}

FitSettings plain_settings() {
  FitSettings settings;
  settings.cutoffs = {pair_cutoff};
  settings.smoothness = {1e-9};
  settings.growth = {4.0};
  settings.pair_factors = {1.0};
  settings.walls = {0.0};
  settings.ridge = 1e-12;
  settings.folds = 5;
  settings.three_body = {ThreeBodySettings{.triples = {},
                                           .elements = {1, 6, 7},
                                           .cutoffs = {shape.cutoff},
                                           .radial = {shape.radial},
                                           .angular = {shape.angular},
                                           .strengths = {1e-9}}};
  return settings;
}

Choice choice_with(const ThreeBodyShape& of) {
  Choice choice{1e-9, 4.0, 0.0, {}, 0.0, 0};
  for (const auto& [pair, function] : pair_truth()) choice.pairs[pair] = {pair_cutoff, 1.0};
  choice.three_body = {{0, of, 1e-9}};
  return choice;
}

TEST(ThreeBody, AFitFindsThemBesidePairPotentials) {
  const std::vector<ThreeBodyGroup> truth = groups();
  const auto data = samples_with(truth, 60);
  const Fit found = fit(data, {}, plain_settings(), choice_with(shape));
  ASSERT_EQ(found.three_body.size(), 1U);
  EXPECT_EQ(found.three_body.front().coefficients.size(), 6U);
  // Pair and three-body parts share some of the energy; their sum is what counts.
  for (const Sample& sample : samples_with(truth, 75)) {
    const Misfit off = misfit(sample, found, Seen::by_fit);
    EXPECT_LT(off.forces.cwiseAbs().maxCoeff(), 1e-3);
    EXPECT_LT(std::abs(off.energy.value()), 1e-3);
    if (off.stress) {
      EXPECT_LT(off.stress->cwiseAbs().maxCoeff(), 1e-4);
    }
  }
}

TEST(ThreeBody, CrossValidationAddsThemWhereTheyAreNeededOnly) {
  FitSettings settings = plain_settings();
  settings.three_body.front().strengths = {1e3, 1e-9};
  const Choice needed = choose(samples_with(groups(), 60), {}, settings);
  ASSERT_EQ(needed.three_body.size(), 1U);
  EXPECT_EQ(needed.three_body.front().strength, 1e-9);
  EXPECT_EQ(needed.three_body.front().shape.cutoff, shape.cutoff);
  EXPECT_LT(needed.score, 0.1 * needed.pairs_score.value());

  auto noisy = test::samples(pair_truth(), 20);
  std::mt19937 random(1);
  std::normal_distribution<double> noise(0.0, 0.2);
  for (Sample& sample : noisy)
    for (double& f : sample.label.forces.reshaped()) f += noise(random);
  settings.smoothness = {1e-4};
  const Choice idle = choose(noisy, {}, settings);
  EXPECT_TRUE(idle.three_body.empty());
  EXPECT_EQ(idle.score, idle.pairs_score.value());
}

TEST(ThreeBody, AGroupWithoutTriplesIsRefused) {
  FitSettings settings = plain_settings();
  settings.three_body.front().triples = {element_triple(82, 53, 53)};
  EXPECT_THAT([&] { (void)choose(test::samples(pair_truth(), 8), {}, settings); },
              testing::ThrowsMessage<InputError>(testing::HasSubstr("group 1 of fit.three_body")));
}

TEST(ThreeBody, FoldsAreLeftOutAsIfFittedWithoutThem) {
  auto data = samples_with(groups(), 24);
  data[3].label.energy_group = data[4].label.energy_group = "its own";  // of one fold
  const FitSettings settings = plain_settings();
  const Choice choice = choice_with(shape);
  const Columns columns(data, settings, choice);
  Eigen::MatrixXd penalty = penalty_matrix(columns, settings, choice);
  penalty.diagonal().head(columns.first_constant()).array() += 1e-3;
  // Many small folds are corrected for, two large ones solved anew.
  for (const std::size_t count : {std::size_t{12}, std::size_t{2}}) {
    std::vector<std::size_t> folds(data.size());
    for (std::size_t i = 0; i < data.size(); ++i) folds[i] = i == 4 ? 3 % count : i % count;
    const LeftOut left_out(data, {}, settings.weights, columns, folds);
    const auto without = left_out.coefficients(penalty);
    const auto parts = normal_equations(data, {}, settings.weights, columns, folds);
    Normal all(columns.size());
    for (const Normal& part : parts) all += part;
    double error = 0.0;
    for (std::size_t fold = 0; fold < parts.size(); ++fold) {
      Normal others = all;
      others -= parts[fold];
      Eigen::VectorXd c = solve(others, penalty);
      const Index blocks = columns.first_constant();
      EXPECT_LT((c - without[fold]).head(blocks).cwiseAbs().maxCoeff(), 1e-6) << count;
      settle_constants(others, parts[fold], blocks, columns.size(), c);
      error += fold_size(parts[fold], parts[fold].error(c));
    }
    std::vector<Index> chosen(static_cast<std::size_t>(columns.size()));
    std::iota(chosen.begin(), chosen.end(), Index{0});
    EXPECT_NEAR(left_out.error(chosen, penalty), error, 1e-6 * error) << count;
  }
}

TEST(ThreeBody, CrossValidatedErrorsAreThoseOfFitsToTheOthers) {
  auto data = samples_with(groups(), 20);
  const FitSettings settings = plain_settings();
  Choice choice = choice_with(shape);
  choice.three_body.front().strength = 1e-2;
  const auto off = cross_validate(data, {}, settings, choice);
  const auto fold_of = folds(data, settings.folds, settings.seed);
  for (std::size_t fold = 0; fold < 5; ++fold) {
    std::vector<Sample> others;
    for (std::size_t i = 0; i < data.size(); ++i)
      if (fold_of[i] != fold) others.push_back(data[i]);
    const Fit without = fit(others, {}, settings, choice);
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (fold_of[i] != fold) continue;
      const Misfit direct = misfit(data[i], without, Seen::never);
      EXPECT_LT((off[i].forces - direct.forces).cwiseAbs().maxCoeff(), 1e-4) << i;
      EXPECT_NEAR(off[i].energy.value(), direct.energy.value(), 1e-4) << i;
    }
  }
}

std::unique_ptr<Potential> potential(const std::string& name) {
  PotentialSettings settings;
  settings.name = name;
  return make_potential(settings, std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data");
}

/// A set on each kind of base adds what the fit says.
void expect_correction(const std::string& base, const std::string& kind) {
  const ionpass::test::TemporaryFolder folder;
  const auto data = samples_with(groups(), 30);
  Fit found = fit(data, {}, plain_settings(), choice_with(shape));
  const SetBase on{
      base, kind == "dftb"
                ? parameter_set_folder(
                      "perov-1-0", std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data")
                : std::filesystem::path()};
  SetText text;
  text.name = "made";
  const std::string name = kind + "/" + (folder.path() / "made").string();
  write_set(folder.path() / "made", on, found, std::vector<int>{1, 6}, text);
  const Structure structure = data[1].label.structure;
  EvaluationRequest request;
  request.stress = true;
  const Evaluation with = potential(name)->evaluate(structure, request);
  const Evaluation without = potential(base)->evaluate(structure, request);
  const PairSum sum = found.correction(structure);
  EXPECT_NEAR(with.energy - without.energy, sum.energy, 1e-6);
  EXPECT_LT((with.forces - without.forces - sum.forces).cwiseAbs().maxCoeff(), 1e-6);
  EXPECT_LT((*with.stress - *without.stress - sum.stress).cwiseAbs().maxCoeff(), 1e-6);
  const double triples = three_body_sum(structure, found.three_body).energy;
  EXPECT_GT(std::abs(triples), 1e-2);
  EXPECT_THAT(with.components, testing::Contains(testing::Pair(
                                   "three-body potentials", testing::DoubleNear(triples, 1e-6))));
  const auto before = potential(name)->description().settings;
  found.three_body.front().coefficients.begin()->second *= 1.5;
  write_set(folder.path() / "made", on, found, std::vector<int>{1, 6}, text);
  EXPECT_NE(potential(name)->description().settings, before);  // energies are stored under them
  found.three_body.clear();
  write_set(folder.path() / "made", on, found, std::vector<int>{1, 6}, text);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "made/three-body.txt"));
}

TEST(ThreeBody, ASetOnDftbHasThem) { expect_correction("dftb/perov-1-0", "dftb"); }
TEST(ThreeBody, ASetOnGfn1HasThem) { expect_correction("gfn1-xtb", "pairs"); }

}  // namespace
}  // namespace ionpass::calibrate
