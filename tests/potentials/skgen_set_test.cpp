// Whole sets: made, resumed, read by the engine, compared.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <potentials/registry.hpp>
#include <potentials/table_comparison.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>

#include "skgen_perov.hpp"
#include "temporary_folder.hpp"

namespace ionpass::skgen {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// H and C with few, widely spaced distances.
Recipe small_recipe() {
  Recipe recipe;
  recipe.name = "small";
  recipe.citations = {"M. Elstner et al., Phys. Rev. B 58, 7260 (1998)"};
  recipe.functionals = pbe;
  recipe.elements = {perov("H"), perov("C")};
  recipe.grid = {.start = 0.8, .step = 0.2, .threshold = 5e-5, .max_distance = 40.0};
  recipe.ends = {{{1, 1}, 5.0}, {{1, 6}, 5.0}, {{6, 6}, 5.0}};
  recipe.quadrature_tolerance = 1e-6;
  recipe.text = "set: small\n";
  return recipe;
}

class Counter final : public GenerationObserver {
 public:
  void element_done(const ElementReport&) override { ++elements; }
  void pair_done(const PairReport& report) override { (report.reused ? reused : made)++; }
  void progress(std::size_t, std::size_t, std::size_t) override { ++rows; }
  bool stop_requested() override { return rows >= stop_after; }
  int elements = 0, made = 0, reused = 0, rows = 0, stop_after = 1000000;
};

class Set : public testing::Test {
 protected:
  GenerationReport make(const Recipe& recipe, Counter& counter, int threads = 2) {
    return generate(recipe, {.folder = folder(), .threads = threads, .program = "test 1"}, counter);
  }
  [[nodiscard]] fs::path folder() const { return folder_.path() / "set"; }
  [[nodiscard]] std::string text(const std::string& name) const {
    return read_text_file(folder() / name);
  }
  test::TemporaryFolder folder_;
};

TEST_F(Set, StoppedAndContinuedIsTheSameAsMadeAtOnce) {
  Counter stopped;
  stopped.stop_after = 30;
  EXPECT_TRUE(make(small_recipe(), stopped, 1).stopped);
  EXPECT_EQ(stopped.made, 1);
  EXPECT_FALSE(fs::exists(folder() / "set.yaml"));
  Counter rest;
  const GenerationReport report = make(small_recipe(), rest);
  EXPECT_FALSE(report.stopped);
  EXPECT_EQ(rest.reused, 1);
  EXPECT_EQ(rest.made, 2);
  // A pair made before is reported with all its checks.
  ASSERT_EQ(report.pairs.size(), 3U);
  for (const PairReport& pair : report.pairs) EXPECT_GE(pair.checks.size(), 4U);
  const std::string first = text("C-C.skf"), second = text("H-C.skf");
  fs::remove(folder() / "C-H.skf");
  Counter again;
  EXPECT_FALSE(make(small_recipe(), again, 1).stopped);
  EXPECT_EQ(again.made, 1);
  EXPECT_EQ(text("C-C.skf"), first);
  EXPECT_EQ(text("H-C.skf"), second);
}

TEST_F(Set, ChangedRecipesAreMadeAnewAndForeignSetsKept) {
  Counter first;
  static_cast<void>(make(small_recipe(), first));
  Recipe changed = small_recipe();
  changed.elements[0].density.radius = 3.0;
  Counter second;
  static_cast<void>(make(changed, second));
  EXPECT_EQ(second.made, 2);  // H-H and H-C; C-C knows nothing of H
  EXPECT_EQ(second.reused, 1);
  fs::remove(folder() / "recipe.yaml");
  Counter third;
  try {
    static_cast<void>(make(changed, third));
    FAIL() << "wrote over a set of other origin";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("not made here"));
  }
}

TEST_F(Set, IsReadByTheEngineWithItsCitations) {
  Counter counter;
  static_cast<void>(make(small_recipe(), counter));
  EXPECT_THAT(text("H-C.skf"), HasSubstr("Perdew"));
  EXPECT_THAT(text("H-C.skf"), HasSubstr("M. Elstner"));
  PotentialSettings settings;
  settings.name = "dftb/" + folder().string();
  const auto potential = make_potential(settings, fs::path(IONPASS_SOURCE_DIR) / "potentials/data");
  const auto& citations = potential->description().citations;
  EXPECT_THAT(citations, testing::Contains(HasSubstr("M. Elstner")));
  EXPECT_THAT(citations, testing::Contains(HasSubstr("Perdew")));
  Structure acetylene;
  acetylene.numbers = {6, 6, 1, 1};
  acetylene.positions.resize(3, 4);
  acetylene.positions << 0, 0, 0, 0, 0, 0, 0, 0, 0, 1.2, -1.06, 2.26;
  settings.name = "dftb/perov-1-0";
  const auto reference = make_potential(settings, fs::path(IONPASS_SOURCE_DIR) / "potentials/data");
  // The coarse steps of this test's tables cost some meV; wrong signs or columns would cost eV.
  EXPECT_NEAR(potential->evaluate(acetylene).energy, reference->evaluate(acetylene).energy, 0.05);
}

TEST_F(Set, ComparisonFindsWhatDiffers) {
  Counter counter;
  static_cast<void>(make(small_recipe(), counter));
  const fs::path perov = fs::path(IONPASS_SOURCE_DIR) / "potentials/data/dftb/perov-1-0";
  const SetComparison comparison = compare_sets(folder(), perov);
  EXPECT_EQ(comparison.pairs.size(), 4U);  // H-H, H-C, C-H, C-C
  for (const PairComparison& pair : comparison.pairs) {
    EXPECT_LT(pair.hamiltonian.value, 5e-6) << pair.pair;
    EXPECT_LT(pair.overlap.value, 1e-6) << pair.pair;
  }
  EXPECT_THAT(comparison.missing, testing::Contains("Pb-I"));
  // The same set with another wall: nothing but H changes.
  Recipe changed = small_recipe();
  changed.elements[0].wave[0].radius = 3.5;
  const fs::path other = folder_.path() / "other";
  static_cast<void>(
      generate(changed, {.folder = other, .threads = 2, .program = "test 1"}, counter));
  for (const PairComparison& pair : compare_sets(folder(), other).pairs) {
    if (pair.pair == "C-C")
      EXPECT_EQ(pair.hamiltonian.value, 0.0);
    else
      EXPECT_GT(pair.hamiltonian.value, 1e-3) << pair.pair;
  }
}

TEST_F(Set, RefusesAnAtomItCannotSolve) {
  Recipe recipe = small_recipe();
  recipe.elements[0].wave[0].radius = 0.3;
  Counter counter;
  try {
    static_cast<void>(make(recipe, counter));
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("element H"));
    EXPECT_THAT(error.what(), HasSubstr("no bound 1s"));
  }
}

TEST(SetChecks, PublishedTablesPass) {
  for (const PairCheck& pair :
       check_set(fs::path(IONPASS_SOURCE_DIR) / "potentials/data/dftb/perov-1-0"))
    for (const QualityCheck& check : pair.checks)
      EXPECT_TRUE(check.passed()) << pair.pair << " " << check.name << " " << check.value;
}

}  // namespace
}  // namespace ionpass::skgen
