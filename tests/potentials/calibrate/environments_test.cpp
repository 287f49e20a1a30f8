// What a set knows of the surroundings in its data: invariance, limits, files, warnings.
#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <potentials/environments.hpp>
#include <potentials/registry.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>

#include "message_of.hpp"
#include "samples.hpp"
#include "temporary_folder.hpp"

namespace ionpass::calibrate {
namespace {

using Eigen::Index;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

const EnvironmentShape shape{.elements = {1, 6}};

std::vector<Structure> structures(std::size_t count, unsigned seed = 7) {
  std::mt19937 random(seed);
  std::vector<Structure> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(test::random_structure(random, true));
  return out;
}

/// Each structure a family of its own.
EnvironmentChoice chosen(const std::vector<Structure>& data, std::size_t most = 128) {
  std::vector<KnownStructure> known;
  for (const Structure& structure : data)
    known.push_back({&structure, fmt::format("family {}", known.size())});
  return choose_environments(known, most);
}

double largest_ratio(const Structure& structure, const KnownEnvironments& known) {
  double out = 0.0;
  for (const EnvironmentNovelty& one : environment_novelty(structure, known))
    out = std::max(out, one.ratio);
  return out;
}

Structure squeezed(const Structure& structure, double factor) {
  Structure out = structure;
  out.positions *= factor;
  out.cell = Cell(factor * structure.cell->matrix());
  return out;
}

TEST(Environments, CountNeighboursByElementAndDistance) {
  Structure three;
  three.numbers = {6, 1, 8};
  three.positions = Eigen::Matrix3Xd::Zero(3, 3);
  three.positions(0, 1) = 2.5;
  three.positions(1, 2) = 1.0;  // oxygen, which the shape does not count
  const Eigen::MatrixXd found = describe_environments(three, shape);
  ASSERT_EQ(found.rows(), Eigen::Index{2} * shape.radial);
  const Eigen::VectorXd carbon = found.col(0);
  EXPECT_NEAR(carbon.head(shape.radial).sum(), 1.0, 1e-12);
  EXPECT_EQ(carbon.tail(shape.radial).norm(), 0.0);
  Index peak = 0;
  carbon.maxCoeff(&peak);
  EXPECT_NEAR(shape.place_of(peak), 2.5, shape.knot() / 2);
  EXPECT_EQ(shape.element_of(peak), 1);
  // The hydrogen sees the carbon likewise, and no oxygen.
  EXPECT_NEAR(found.col(1).tail(shape.radial).sum(), 1.0, 1e-12);
  EXPECT_NEAR(found.col(1).sum(), 1.0, 1e-12);
}

TEST(Environments, NothingDependsOnOriginOrientationOrderOrCell) {
  const Structure structure = structures(1).front();
  const Eigen::MatrixXd before = describe_environments(structure, shape);
  const Eigen::Matrix3d turn =
      Eigen::AngleAxisd(0.7, Eigen::Vector3d(1, 2, -1).normalized()).toRotationMatrix();
  Structure moved = structure;
  moved.cell = Cell(turn * structure.cell->matrix());
  moved.positions = (turn * structure.positions).colwise() + Eigen::Vector3d(0.3, -5.1, 2.2);
  const std::vector<Index> order{3, 0, 7, 5, 1, 6, 2, 4};
  moved.positions = Eigen::Matrix3Xd(moved.positions(Eigen::all, order));
  for (std::size_t i = 0; i < order.size(); ++i)
    moved.numbers[i] = structure.numbers[static_cast<std::size_t>(order[i])];
  const Eigen::MatrixXd after = describe_environments(moved, shape);
  EXPECT_LT((after - before(Eigen::all, order)).cwiseAbs().maxCoeff(), 1e-10);
  ASSERT_GT((after - before).cwiseAbs().maxCoeff(), 0.1);

  Structure twice = structure;
  Eigen::Matrix3d cell = structure.cell->matrix();
  twice.positions.conservativeResize(3, 16);
  twice.positions.rightCols(8) = structure.positions.colwise() + cell.col(1);
  twice.numbers.insert(twice.numbers.end(), structure.numbers.begin(), structure.numbers.end());
  cell.col(1) *= 2.0;
  twice.cell = Cell(cell);
  EXPECT_LT((describe_environments(twice, shape).rightCols(8) - before).cwiseAbs().maxCoeff(),
            1e-10);
}

TEST(Environments, AtomsOfTheDataAreKnownAndSqueezedOnesAreNot) {
  const std::vector<Structure> data = structures(30);
  // Few of them kept: the limit grows by what they leave out.
  for (const std::size_t most : {128U, 5U}) {
    const KnownEnvironments known = chosen(data, most).known;
    ASSERT_EQ(known.elements.size(), 2U);
    for (const auto& [number, element] : known.elements)
      EXPECT_LE(element.centres.cols(), static_cast<Index>(most));
    for (const Structure& structure : data) {
      EXPECT_LE(largest_ratio(structure, known), 1.0 + 1e-9);
      EXPECT_EQ(unknown_environments(structure, known), std::nullopt);
    }
    EXPECT_GT(largest_ratio(squeezed(data.front(), 0.7), known), 1.0);
  }
  // Most others drawn alike are known, as nine of ten of the data are.
  const KnownEnvironments known = chosen(data).known;
  const std::vector<Structure> alike = structures(20, 99);
  const auto flagged = std::ranges::count_if(
      alike, [&](const Structure& one) { return largest_ratio(one, known) > 1.0; });
  EXPECT_LE(flagged, 6);
}

TEST(Environments, AFamilyThatIsAloneIsFarWhenItIsLeftOut) {
  std::vector<Structure> data = structures(12);
  data.push_back(data.front());                 // a copy in another family
  data.push_back(squeezed(data.front(), 0.7));  // like none
  const EnvironmentChoice choice = chosen(data);
  ASSERT_EQ(choice.left_out.size(), data.size());
  EXPECT_NEAR(choice.left_out[0].maxCoeff(), 0.0, 1e-12);
  EXPECT_NEAR(choice.left_out[12].maxCoeff(), 0.0, 1e-12);
  EXPECT_GT(choice.left_out[13].maxCoeff(), 1.0);
}

TEST(Environments, OneFamilyAloneTellsNoLimit) {
  const std::vector<Structure> data = structures(3);
  std::vector<KnownStructure> known;
  for (const Structure& structure : data) known.push_back({&structure, "one"});
  EXPECT_TRUE(choose_environments(known).known.empty());
}

TEST(Environments, AWarningNamesTheAtomAndHowFarItIs) {
  const std::vector<Structure> data = structures(30);
  const KnownEnvironments known = chosen(data).known;
  Structure structure = data.front();
  // An atom on its own, far from all others.
  structure.cell = Cell(Eigen::Matrix3d(30.0 * Eigen::Matrix3d::Identity()));
  structure.positions.col(4) << 15.0, 15.0, 15.0;
  const auto warning = unknown_environments(structure, known);
  ASSERT_TRUE(warning.has_value());
  EXPECT_EQ(warning->kind, "environment");
  EXPECT_GT(warning->extent, 1.0);
  EXPECT_THAT(warning->text, AllOf(HasSubstr("times the usual distance"), HasSubstr("such atoms")));
  Structure foreign = data.front();
  foreign.numbers[3] = 8;
  const auto element = unknown_environments(foreign, known);
  ASSERT_TRUE(element.has_value());
  EXPECT_THAT(element->text,
              AllOf(HasSubstr("O3 (atom 3, O)"), HasSubstr("there is no O in these data")));
}

TEST(Environments, FilesReadBackAsTheyWereWritten) {
  const ionpass::test::TemporaryFolder folder;
  const auto file = folder.path() / "environments.txt";
  const KnownEnvironments known = chosen(structures(10)).known;
  write_text_file(file, environments_text(known, std::vector<std::string>{"a remark"}));
  const KnownEnvironments read = read_environments(file);
  EXPECT_EQ(read.shape.elements, known.shape.elements);
  EXPECT_EQ(read.shape.cutoff, known.shape.cutoff);
  EXPECT_EQ(read.shape.radial, known.shape.radial);
  ASSERT_EQ(read.elements.size(), known.elements.size());
  for (const auto& [number, element] : known.elements) {
    EXPECT_NEAR(read.elements.at(number).limit, element.limit, 1e-12);
    EXPECT_LT((read.elements.at(number).scale - element.scale).cwiseAbs().maxCoeff(), 1e-12);
    EXPECT_LT((read.elements.at(number).centres - element.centres).cwiseAbs().maxCoeff(), 1e-12);
  }
}

TEST(Environments, DamagedFilesAreRefusedWithTheirLine) {
  const ionpass::test::TemporaryFolder folder;
  const std::string head = "cutoff 6 radial 2 neighbours H C\n";
  const std::string element = "element H limit 2 environments 1\nscale 1 1 1 1\n";
  const auto refused = [&](const std::string& text, const std::vector<std::string>& parts) {
    const auto file = folder.write("environments.txt", text);
    const std::string message = ionpass::test::message_of([&] { (void)read_environments(file); });
    for (const std::string& part : parts) EXPECT_THAT(message, HasSubstr(part)) << text;
  };
  refused("", {"expected 'cutoff C radial N neighbours E …'"});
  refused("cutoff 6 radial 2 neighbours C H\n", {":1: ", "H is not in the order"});
  refused("cutoff 60 radial 2 neighbours H\n", {":1: ", "cutoff 60"});
  refused("cutoff 6 radial 2 neighbours Xx\n", {":1: ", "'Xx' is no element"});
  refused(head, {"no element"});
  refused(head + "element H limit 0 environments 1\n", {":2: ", "limit 0"});
  refused(head + "element H limit 2 environments 0\n", {":2: ", "from 1 to"});
  refused(head + "element H limit 2 environments 1\nscale 1 1 1\n", {":3: ", "4 numbers"});
  refused(head + "element H limit 2 environments 1\nscale 1 1 0 1\n", {":3: ", "above 0"});
  refused(head + element, {"4 numbers, found 0"});
  refused(head + element + "0 0 x 0\n", {":4: ", "'x' is no number"});
  refused(head + element + "0 0 nan 0\n", {":4: ", "'nan' is no number"});
  refused(head + element + "0 0 0 0\n0 0 0 0\n", {":5: ", "expected 'element"});
  refused(head + element + "0 0 0 0\n" + element + "0 0 0 0\n", {":5: ", "H is there twice"});
}

/// A set on a copied base with the environments of some data, or without.
std::filesystem::path written_set(const ionpass::test::TemporaryFolder& folder,
                                  const KnownEnvironments& known) {
  const std::filesystem::path data = std::string(IONPASS_SOURCE_DIR) + "/potentials/data";
  FitSettings settings;
  settings.folds = 3;
  Choice choice;
  choice.smoothness = 1e-3;
  choice.growth = 4.0;
  choice.pairs[{1, 6}] = {.cutoff = 3.0, .factor = 1.0};
  const Fit found = fit(test::samples({{{1, 6}, test::cubic(2.0, 3.0)}}, 12), {}, settings, choice);
  std::filesystem::path set = folder.path() / "made";
  SetText text;
  text.name = "made";
  text.environments = known;
  write_set(set, SetBase{"dftb/perov-1-0", parameter_set_folder("perov-1-0", data)}, found,
            std::vector<int>{1, 6}, text);
  return set;
}

std::unique_ptr<Potential> potential_of(const std::filesystem::path& set) {
  PotentialSettings settings;
  settings.name = "dftb/" + set.string();
  return make_potential(settings, std::string(IONPASS_SOURCE_DIR) + "/potentials/data");
}

TEST(Environments, ASetWarnsByThemAndComputesTheSameNumbers) {
  const ionpass::test::TemporaryFolder folder;
  const std::vector<Structure> data = structures(30);
  const auto set = written_set(folder, {});
  EXPECT_FALSE(std::filesystem::exists(set / "environments.txt"));
  const auto plain = potential_of(set);
  const Structure foreign = squeezed(data.front(), 1.6);
  EXPECT_THAT(plain->warnings(foreign), Not(Contains(HasSubstr("surroundings"))));
  EXPECT_TRUE(plain->extrapolations(foreign).empty());
  // Added to the set as it is, and with it from the start: the same warnings.
  write_environments(set, chosen(data).known);
  const auto knowing = potential_of(set);
  EXPECT_THAT(knowing->warnings(foreign), Contains(HasSubstr("surroundings unlike any")));
  ASSERT_EQ(knowing->extrapolations(foreign).size(), 1U);
  EXPECT_THAT(knowing->warnings(data.front()), Not(Contains(HasSubstr("surroundings"))));
  EXPECT_EQ(knowing->description().settings, plain->description().settings);
  const std::string added = read_text_file(set / "set.yaml");
  write_environments(set, chosen(data).known);
  EXPECT_EQ(read_text_file(set / "set.yaml"), added);
  written_set(folder, chosen(data).known);
  EXPECT_EQ(potential_of(set)->warnings(foreign), knowing->warnings(foreign));
  // A set that a fit without them replaces does not keep the old ones.
  written_set(folder, {});
  EXPECT_TRUE(potential_of(set)->extrapolations(foreign).empty());
  EXPECT_FALSE(std::filesystem::exists(set / "environments.txt"));
  EXPECT_THROW(write_environments(folder.path(), chosen(data).known), std::exception);
}

}  // namespace
}  // namespace ionpass::calibrate
