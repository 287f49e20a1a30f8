// The fit recovers what it should, and what it writes is what it fitted.
#include <memory>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <potentials/registry.hpp>
#include <structures/io.hpp>
#include <structures/units.hpp>

#include "calibrate/bspline_basis.hpp"
#include "dftb/repulsion.hpp"
#include "samples.hpp"
#include "sum_differences.hpp"
#include "temporary_folder.hpp"

namespace ionpass::calibrate {
namespace {

using test::cubic;

// A cut-off on the grid of the written splines (0.04 bohr), as fits use them.
constexpr double step = 0.04 * units::bohr;
constexpr double cutoff = 150 * step;  // 3.18 Å

PairFunctions truth() {
  return {
      {{1, 1}, cubic(0.3, cutoff)}, {{1, 6}, cubic(-0.2, cutoff)}, {{6, 6}, cubic(0.7, cutoff)}};
}

/// No choice left, and next to no penalty.
FitSettings plain_settings() {
  FitSettings settings;
  settings.cutoffs = {cutoff};
  settings.smoothness = {1e-11};
  settings.pair_factors = {1.0};
  settings.walls = {0.0};
  settings.ridge = 1e-13;
  settings.folds = 4;
  return settings;
}

Choice plain_choice() {
  Choice choice{1e-11, 4.0, 0.0, {}, 0.0, 0};
  for (const auto& [pair, function] : truth()) choice.pairs[pair] = {cutoff, 1.0};
  return choice;
}

const std::filesystem::path& data_folder() {
  static const auto folder = std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data";
  return folder;
}

std::unique_ptr<Potential> potential(const std::string& name,
                                     const std::optional<D3Damping>& d3 = {}) {
  PotentialSettings settings;
  settings.name = name;
  settings.d3 = d3;
  return make_potential(settings, data_folder());
}

SetText set_text() {
  SetText out;
  out.name = "made";
  return out;
}

TEST(CalibrationFit, RecoversPairPotentialsOnABase) {
  const auto data = test::samples(truth(), 12);
  const Fit found = fit(data, {}, plain_settings(), plain_choice());
  ASSERT_EQ(found.pairs.size(), 3U);
  for (const auto& [pair, function] : truth()) {
    const FittedPair& fitted = found.pairs.at(pair);
    for (double r = fitted.shortest; r < cutoff + 0.3; r += 0.037) {
      EXPECT_NEAR(fitted.curve.at(r).energy, function.at(r).energy, 1e-6) << pair_name(pair) << r;
      EXPECT_NEAR(fitted.curve.at(r).slope, function.at(r).slope, 1e-5) << pair_name(pair) << r;
    }
  }
  for (const auto& [key, constant] : found.constants)
    EXPECT_NEAR(constant.energy, -1234.5, 1e-6) << key;
  const Misfit off = misfit(data[1], found, Seen::by_fit);
  EXPECT_LT(off.forces.cwiseAbs().maxCoeff(), 1e-5);
  EXPECT_LT(std::abs(off.energy.value()), 1e-5);
  EXPECT_LT(off.stress.value().cwiseAbs().maxCoeff(), 1e-6);
}

TEST(CalibrationFit, EnergiesAndStressAloneDetermineThePotentialsAsWell) {
  auto data = test::samples(truth(), 200);
  FitSettings settings = plain_settings();
  settings.weights.elements = {{1, 0.0}, {6, 0.0}};  // no forces
  const Fit found = fit(data, {}, settings, plain_choice());
  for (const auto& [pair, function] : truth())
    for (double r = 1.6; r < cutoff; r += 0.2)
      EXPECT_NEAR(found.pairs.at(pair).curve.at(r).energy, function.at(r).energy, 1e-4)
          << pair_name(pair) << r;
}

TEST(CalibrationFit, APriorIsKeptWhereNothingSpeaksAgainstIt) {
  const PairFunctions known = truth();
  const auto data = test::samples(known, 12);
  FitSettings settings = plain_settings();
  Choice stiff = plain_choice();
  stiff.smoothness = 1e6;
  settings.ridge = 1e3;
  PairFunctions prior = known;
  prior[{7, 7}] = cubic(0.5, 60 * step);  // no nitrogen in the data
  const Fit found = fit(data, prior, settings, stiff);
  for (const auto& [pair, function] : prior)
    for (double r = found.pairs.at(pair).shortest; r < function.cutoff; r += 0.1)
      EXPECT_NEAR(found.pairs.at(pair).curve.at(r).energy, function.at(r).energy, 1e-8)
          << pair_name(pair) << r;
  EXPECT_EQ(found.pairs.at({7, 7}).distances, 0U);
}

TEST(CalibrationFit, BasisVanishesWithTwoDerivativesAtTheCutoff) {
  const BsplineBasis basis(1.0, 4.0, 0.4);
  ASSERT_EQ(basis.size(), 8);
  const auto value = [&](Eigen::Index k, double r, auto member) {
    const BsplineBasis::Values v = basis.at(r);
    const Eigen::Index a = k - v.first;
    return a < 0 || a > 3 ? 0.0 : (v.*member)[static_cast<std::size_t>(a)];
  };
  using V = BsplineBasis::Values;
  for (Eigen::Index k = 0; k < basis.size(); ++k) {
    EXPECT_NEAR(value(k, 4.0 - 1e-6, &V::value), 0.0, 1e-12);
    EXPECT_NEAR(value(k, 4.0 - 1e-6, &V::slope), 0.0, 1e-9);
    EXPECT_NEAR(value(k, 4.0 - 1e-6, &V::curvature), 0.0, 1e-4);
    for (double r = 1.03; r < 3.95; r += 0.11) {
      constexpr double h = 1e-5;
      const auto slope = (value(k, r + h, &V::value) - value(k, r - h, &V::value)) / (2 * h);
      const auto bend = (value(k, r + h, &V::slope) - value(k, r - h, &V::slope)) / (2 * h);
      EXPECT_NEAR(value(k, r, &V::slope), slope, 1e-8);
      EXPECT_NEAR(value(k, r, &V::curvature), bend, 1e-7);
    }
  }
}

TEST(CalibrationFit, PenaltyIsTheIntegralOfTheSquaredCurvature) {
  const BsplineBasis basis(1.0, 3.0, 0.25);
  Eigen::VectorXd c(basis.size());
  for (Eigen::Index k = 0; k < c.size(); ++k) c(k) = std::sin(1.7 * static_cast<double>(k));
  double integral = 0.0;
  constexpr int points = 200000;
  for (int i = 0; i < points; ++i) {
    const double r = 1.0 + 2.0 * (i + 0.5) / points;
    const BsplineBasis::Values v = basis.at(r);
    double bend = 0.0;
    for (Eigen::Index a = 0; a < 4; ++a)
      if (v.first + a >= 0 && v.first + a < c.size())
        bend += c(v.first + a) * v.curvature[static_cast<std::size_t>(a)];
    integral += 2.0 / points * std::pow(r / 2.0, 4.0) * bend * bend;
  }
  EXPECT_NEAR(c.dot(basis.penalty(4.0) * c), integral, 1e-6 * integral);
}

TEST(CalibrationFit, ForcesAndStressOfPairSumsAreDerivatives) {
  std::mt19937 random(3);
  const Structure structure = test::random_structure(random, true);
  const PairSum sum = pair_sum(structure, truth());
  expect_derivatives([](const Structure& moved) { return pair_sum(moved, truth()).energy; },
                     structure, sum, 1e-7);
}

TEST(CalibrationFit, WrittenSplinesJoinAndReadBack) {
  const auto data = test::samples(truth(), 12);
  const Fit found = fit(data, {}, plain_settings(), plain_choice());
  for (const auto& [pair, fitted] : found.pairs) {
    const SplineCurve& curve = fitted.curve;
    const std::string text = curve.text();
    ASSERT_TRUE(text.starts_with("Spline\n"));
    const auto read =
        dftb::PairRepulsion::from_spline_block(std::string_view(text).substr(7), "x.spl", 1);
    for (double r = 0.2; r < cutoff + 0.2; r += 0.0173) {
      const dftb::PairValue v = read.evaluate(r / units::bohr);
      EXPECT_NEAR(v.energy * units::hartree, curve.at(r).energy,
                  1e-9 * (1 + std::abs(curve.at(r).energy)))
          << pair_name(pair) << r;
      EXPECT_NEAR(v.slope * units::hartree_per_bohr, curve.at(r).slope,
                  1e-8 * (1 + std::abs(curve.at(r).slope)));
      constexpr double h = 1e-6;
      EXPECT_NEAR(curve.at(r).slope, (curve.at(r + h).energy - curve.at(r - h).energy) / (2 * h),
                  1e-5 * (1 + std::abs(curve.at(r).slope)));
    }
    for (const auto& piece : curve.pieces()) {
      constexpr double h = 1e-9;
      EXPECT_NEAR(curve.at(piece.start - h).slope, curve.at(piece.start + h).slope, 1e-6);
      EXPECT_NEAR(curve.curvature(piece.start - h), curve.curvature(piece.start + h),
                  1e-5 * (1 + std::abs(curve.curvature(piece.start))));
    }
  }
}

TEST(CalibrationFit, BelowTheDataThePotentialRepels) {
  // An attractive potential, so that the wall has to turn it.
  const auto data = test::samples({{{1, 6}, cubic(-0.5, cutoff)}}, 12);
  Choice choice{1e-11, 4.0, 0.0, {{{1, 6}, {cutoff, 1.0}}}, 0.0, 0};
  const Fit found = fit(data, {}, plain_settings(), choice);
  const SplineCurve& curve = found.pairs.at({1, 6}).curve;
  EXPECT_LT(curve.at(found.pairs.at({1, 6}).shortest).energy, 0.0);
  double before = curve.at(curve.pieces().front().start).energy;
  for (double r = curve.pieces().front().start; r > 0.05; r -= 0.02) {
    EXPECT_GE(curve.at(r).energy, before) << r;
    EXPECT_GT(curve.curvature(r - 1e-6), 0.0) << r;
    before = curve.at(r).energy;
  }
}

TEST(CalibrationFit, CrossValidationFindsTheCutoffAndTheSmoothness) {
  const auto data = test::samples(truth(), 12);
  FitSettings settings = plain_settings();
  settings.cutoffs = {100 * step, cutoff, 180 * step};
  settings.smoothness = {1e-9, 1e-4, 1e1};
  const Choice choice = choose(data, {}, settings);
  EXPECT_EQ(choice.smoothness, 1e-9);
  for (const auto& [pair, chosen] : choice.pairs) EXPECT_NEAR(chosen.cutoff, cutoff, 1e-9);
  EXPECT_LT(choice.score, 1e-6);
  // What it says of left-out structures is what fits without them say.
  const auto off = cross_validate(data, {}, settings, choice);
  for (const Misfit& one : off) EXPECT_LT(one.forces.cwiseAbs().maxCoeff(), 1e-2);
}

TEST(CalibrationFit, CrossValidatedErrorsOfNoiseExceedThoseInTheFit) {
  auto data = test::samples(truth(), 12);
  std::mt19937 random(1);
  std::normal_distribution<double> noise(0.0, 0.3);
  for (Sample& sample : data)
    for (double& f : sample.label.forces.reshaped()) f += noise(random);
  FitSettings settings = plain_settings();
  settings.smoothness = {1e-6, 1e-4, 1e-2, 1.0};
  const Choice choice = choose(data, {}, settings);
  EXPECT_GT(choice.smoothness, 1e-6);  // noise asks for smoothness
  std::vector<Misfit> inside;
  const Fit all = fit(data, {}, settings, choice);
  for (const Sample& sample : data) inside.push_back(misfit(sample, all, Seen::by_fit));
  const double seen = error_table(data, inside).back().force_rms;
  const double unseen =
      error_table(data, cross_validate(data, {}, settings, choice)).back().force_rms;
  EXPECT_GT(unseen, seen);
  EXPECT_LT(unseen, 0.6);
}

TEST(CalibrationFit, FamiliesStayInOneFold) {
  auto data = test::samples(truth(), 12);
  for (std::size_t i = 0; i < 5; ++i) data[2 * i].label.family = "relaxation";
  const std::vector<std::size_t> found = folds(data, 4, 1);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(found[2 * i], found[0]);
  for (std::size_t fold = 0; fold < 4; ++fold) EXPECT_THAT(found, testing::Contains(fold));
  const std::vector<std::size_t> single = folds(data, 0, 1);
  EXPECT_EQ(*std::ranges::max_element(single), 7U);  // 8 families
  EXPECT_NE(folds(data, 4, 1), folds(data, 4, 2));
  for (Sample& sample : data) sample.label.family = "one";
  EXPECT_THROW((void)choose(data, {}, plain_settings()), InputError);
}

TEST(CalibrationFit, ErrorsAreSummedPerTypeAndElement) {
  auto data = test::samples(truth(), 3);
  std::vector<Misfit> off(3);
  for (std::size_t i = 0; i < 3; ++i)
    off[i].forces = Eigen::Matrix3Xd::Zero(3, data[i].label.forces.cols());
  off[1].forces.col(0) << 0.3, 0.0, 0.4;  // carbon, in a crystal
  off[1].energy = -0.2;
  const auto rows = error_table(data, off);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].config_type, "crystal");
  EXPECT_NEAR(rows[0].force_rms, 0.5 / std::sqrt(48.0), 1e-12);
  EXPECT_NEAR(rows[0].elements.at(6), 0.5 / std::sqrt(18.0), 1e-12);
  EXPECT_EQ(rows[0].elements.at(1), 0.0);
  EXPECT_NEAR(rows[0].energy_rms.value(), 0.2, 1e-12);
  EXPECT_EQ(rows[1].force_rms, 0.0);
  EXPECT_FALSE(rows[1].energy_rms);
  EXPECT_EQ(rows[2].structures, 3U);
}

TEST(CalibrationFit, TheWrittenSetComputesWhatWasFitted) {
  const ionpass::test::TemporaryFolder folder;
  const SetBase base{"dftb/perov-1-0", parameter_set_folder("perov-1-0", data_folder())};
  const Fit found = fit(test::samples(truth(), 12), {}, plain_settings(), plain_choice());
  const std::vector<int> elements{1, 6};
  SetText text = set_text();
  text.summary = "s: \"x\"";
  text.accuracy = {"0.1: well"};
  write_set(folder.path() / "made", base, found, elements, text);
  const Structure structure = test::samples(truth(), 2)[1].label.structure;
  EvaluationRequest request;
  request.stress = true;
  const std::string name = "dftb/" + (folder.path() / "made").string();
  const Evaluation with = potential(name)->evaluate(structure, request);
  const Evaluation without = potential("dftb/perov-1-0")->evaluate(structure, request);
  const PairSum sum = pair_sum(structure, found.functions());
  EXPECT_NEAR(with.free_energy - without.free_energy, sum.energy, 1e-7);
  EXPECT_LT((with.forces - without.forces - sum.forces).cwiseAbs().maxCoeff(), 1e-7);
  EXPECT_LT((*with.stress - *without.stress - sum.stress).cwiseAbs().maxCoeff(), 1e-7);
  EXPECT_EQ(potential(name)->description().accuracy, text.accuracy);
  EXPECT_THROW((void)potential(name, D3Damping{}), InputError);
  // Its own repulsion reads back as the pair potentials.
  const PairFunctions read = set_repulsion(folder.path() / "made", elements);
  EXPECT_NEAR(read.at({1, 6}).at(1.7).energy, found.pairs.at({1, 6}).curve.at(1.7).energy, 1e-9);
}

TEST(CalibrationFit, PairPotentialsOnGfn1AreAPotential) {
  const ionpass::test::TemporaryFolder folder;
  const Fit found = fit(test::samples(truth(), 12), {}, plain_settings(), plain_choice());
  const std::vector<int> elements{1, 6};
  SetText text = set_text();
  text.absorbs_dispersion = false;
  write_set(folder.path() / "made", {"gfn1-xtb", {}}, found, elements, text);
  const Structure structure = test::samples(truth(), 2)[1].label.structure;
  EvaluationRequest request;
  request.stress = true;
  const auto made = potential("pairs/" + (folder.path() / "made").string());
  const Evaluation with = made->evaluate(structure, request);
  const Evaluation without = potential("gfn1-xtb")->evaluate(structure, request);
  const PairSum sum = pair_sum(structure, found.functions());
  EXPECT_NEAR(with.free_energy - without.free_energy, sum.energy, 1e-7);
  EXPECT_NEAR(with.energy - without.energy, sum.energy, 1e-7);
  EXPECT_LT((with.forces - without.forces - sum.forces).cwiseAbs().maxCoeff(), 1e-7);
  EXPECT_LT((*with.stress - *without.stress - sum.stress).cwiseAbs().maxCoeff(), 1e-7);
  EXPECT_EQ(made->description().name, "pairs/made");
  EXPECT_NE(made->description().settings, potential("gfn1-xtb")->description().settings);
  EXPECT_THROW((void)potential("pairs/" + folder.path().string()), InputError);
}

TEST(CalibrationFit, AtomsNearerThanInTheDataAreWarnedOf) {
  const ionpass::test::TemporaryFolder folder;
  const Fit found = fit(test::samples(truth(), 12), {}, plain_settings(), plain_choice());
  write_set(folder.path() / "made",
            SetBase{"dftb/perov-1-0", parameter_set_folder("perov-1-0", data_folder())}, found,
            std::vector<int>{1, 6}, set_text());
  const auto made = potential("dftb/" + (folder.path() / "made").string());
  const double shortest = found.pairs.at({1, 6}).shortest;
  Structure pair;
  pair.numbers = {6, 1};
  pair.positions = Eigen::Matrix3Xd::Zero(3, 2);
  pair.positions(2, 1) = shortest - 0.04;
  EXPECT_THAT(made->warnings(pair), testing::Not(testing::Contains(testing::HasSubstr(
                                        "nearer to each other than in any structure"))));
  pair.positions(2, 1) = shortest - 0.2;
  EXPECT_THAT(made->warnings(pair),
              testing::Contains(
                  testing::AllOf(testing::HasSubstr("nearer to each other than in any structure"),
                                 testing::HasSubstr(fmt::format("H-C {:.2f} Å", shortest - 0.2)))));
}

TEST(CalibrationFit, ASetCarriesItsDispersion) {
  const ionpass::test::TemporaryFolder folder;
  const Fit found = fit(test::samples(truth(), 12), {}, plain_settings(), plain_choice());
  const D3Damping d3{.s6 = 1.0, .s8 = 0.7875, .a1 = 0.4289, .a2 = 4.4407};
  SetText text = set_text();
  text.absorbs_dispersion = false;
  text.d3 = d3;
  write_set(folder.path() / "made",
            SetBase{"dftb/perov-1-0", parameter_set_folder("perov-1-0", data_folder())}, found,
            std::vector<int>{1, 6}, text);
  const Structure structure = test::samples(truth(), 2)[1].label.structure;
  const double sum = pair_sum(structure, found.functions()).energy;
  EXPECT_NEAR(
      potential("dftb/" + (folder.path() / "made").string())->evaluate(structure).free_energy,
      potential("dftb/perov-1-0", d3)->evaluate(structure).free_energy + sum, 1e-7);
}

}  // namespace
}  // namespace ionpass::calibrate
