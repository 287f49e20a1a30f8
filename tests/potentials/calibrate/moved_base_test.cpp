// Parameters of a base that a set moves, and the steps that find them.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <potentials/calibrate_base.hpp>
#include <potentials/registry.hpp>
#include <structures/error.hpp>

#include "samples.hpp"
#include "temporary_folder.hpp"

namespace ionpass::calibrate {
namespace {

const std::filesystem::path& data_folder() {
  static const auto folder = std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data";
  return folder;
}

std::unique_ptr<Potential> potential(const std::string& name) {
  PotentialSettings settings;
  settings.name = name;
  return make_potential(settings, data_folder());
}

/// A base with moved parameters, by its name.
std::string moved(const ionpass::test::TemporaryFolder& folder, const std::string& base,
                  const std::map<std::string, double>& shifts) {
  SetBase what{base, {}, shifts};
  const bool is_dftb = base.starts_with("dftb/");
  if (is_dftb) what.tables = parameter_set_folder(base.substr(5), data_folder());
  write_moved_base(folder.path() / "moved", what);
  return (is_dftb ? "dftb/" : "pairs/") + (folder.path() / "moved").string();
}

Structure molecule(int a, int b, double distance) {
  Structure out;
  out.numbers = {a, b};
  out.positions = Eigen::Matrix3Xd::Zero(3, 2);
  out.positions(2, 1) = distance;
  return out;
}

TEST(MovedBase, AnAtomOfDftbFeelsItsOwnParametersOnly) {
  const ionpass::test::TemporaryFolder folder;
  Structure carbon;
  carbon.numbers = {6};
  carbon.positions = Eigen::Matrix3Xd::Zero(3, 1);
  Structure cation = carbon;
  cation.charge = 1.0;
  const auto base = potential("dftb/perov-1-0");
  const auto change = [&](const std::map<std::string, double>& shifts, const Structure& atom) {
    return potential(moved(folder, "dftb/perov-1-0", shifts))->evaluate(atom).free_energy -
           base->evaluate(atom).free_energy;
  };
  constexpr double same = 1e-6;  // eV
  // Two electrons in each shell; the cation lacks one of p, whose charge feels ½ U q².
  EXPECT_NEAR(change({{"C.s.level", 0.1}}, carbon), 0.2, same);
  EXPECT_NEAR(change({{"C.p.level", 0.3}}, carbon), 0.6, same);
  EXPECT_NEAR(change({{"C.p.level", 0.3}}, cation), 0.3, same);
  EXPECT_NEAR(change({{"C.p.hardness", 0.5}}, cation), 0.25, same);
  EXPECT_NEAR(change({{"C.p.hardness", 0.5}}, carbon), 0.0, same);
  EXPECT_NEAR(change({{"H.s.level", 0.5}}, carbon), 0.0, same);
}

TEST(MovedBase, ADescriptionNamesItsShifts) {
  const ionpass::test::TemporaryFolder folder;
  const auto one = potential(moved(folder, "dftb/perov-1-0", {{"C.p.level", 0.3}}));
  const auto settings = one->description().settings;
  EXPECT_THAT(settings, testing::Contains(testing::Pair("shifts", "C.p.level +0.3")));
}

TEST(MovedBase, TheScaleOfElectronegativitiesIsFeltBetweenElementsOnly) {
  const ionpass::test::TemporaryFolder folder;
  const auto base = potential("gfn1-xtb");
  const auto with = potential(moved(folder, "gfn1-xtb", {{"electronegativity_scale", 0.01}}));
  const Structure hydrogen = molecule(1, 1, 0.75), hydrogen_fluoride = molecule(1, 9, 0.92);
  EXPECT_NEAR(with->evaluate(hydrogen).free_energy, base->evaluate(hydrogen).free_energy, 1e-9);
  EXPECT_GT(std::abs(with->evaluate(hydrogen_fluoride).free_energy -
                     base->evaluate(hydrogen_fluoride).free_energy),
            1e-3);
}

TEST(MovedBase, MovedElementsOfGfn1AreThoseNamed) {
  const ionpass::test::TemporaryFolder folder;
  const auto base = potential("gfn1-xtb");
  const auto with = potential(moved(folder, "gfn1-xtb", {{"F.p.level", -0.1}}));
  EXPECT_EQ(with->evaluate(molecule(1, 1, 0.75)).free_energy,
            base->evaluate(molecule(1, 1, 0.75)).free_energy);
  // To first order by the electrons in it: between its five and six.
  const double change = with->evaluate(molecule(1, 9, 0.92)).free_energy -
                        base->evaluate(molecule(1, 9, 0.92)).free_energy;
  EXPECT_LT(change, -0.40);
  EXPECT_GT(change, -0.90);
}

TEST(MovedBase, WhatABaseLacksIsRefused) {
  const ionpass::test::TemporaryFolder folder;
  const Structure structure = molecule(1, 6, 1.1);
  for (const char* name : {"H.p.level", "H.s2.level", "H.electronegativity"})
    EXPECT_THROW(
        (void)potential(moved(folder, "dftb/perov-1-0", {{name, 0.1}}))->evaluate(structure),
        InputError)
        << name;
  EXPECT_THROW((void)potential(moved(folder, "gfn1-xtb", {{"H.d.level", 0.1}})), InputError);
  EXPECT_THROW((void)potential(moved(folder, "gfn1-xtb", {{"level", 0.1}})), InputError);
  for (const char* name : {"Pb.p.level", "I.s.hardness", "H.s2.level", "electronegativity_scale"})
    EXPECT_TRUE(is_base_parameter(name)) << name;
  for (const char* name :
       {"", "Pb", "Xx.p.level", "Pb.f.level", "Pb.p", "Pb.p.charge", "Pb.p3.level"})
    EXPECT_FALSE(is_base_parameter(name)) << name;
}

/// A base that is linear in one parameter, whose true value the labels were made with.
struct Linear {
  PairFunctions truth{{{1, 6}, test::cubic(-0.2, 3.0)}};
  std::vector<Sample> samples = test::samples(truth, 12);
  BaseSlopes slopes;
  FitSettings settings;
  Choice choice{1e-11, 4.0, 0.0, {{{1, 6}, {3.0, 1.0}}}, 0.0, 0};

  explicit Linear(double true_shift) {
    settings.smoothness = {1e-11};
    settings.ridge = 1e-13;
    settings.folds = 4;
    const PairFunctions response{{{1, 1}, {6.0, [](double r) {
                                             return PairPoint{std::exp(-r), -std::exp(-r)};
                                           }}}};
    slopes.emplace_back();
    for (Sample& sample : samples) {
      const PairSum slope = pair_sum(sample.label.structure, response);
      slopes.front().push_back(slope);
      *sample.label.energy += true_shift * slope.energy;
      sample.label.forces += true_shift * slope.forces;
      if (sample.label.stress) *sample.label.stress += true_shift * slope.stress;
    }
  }
};

TEST(MovedBase, AStepFindsTheShiftOfALinearBaseBesideThePairPotentials) {
  const Linear made(0.7);
  const BaseSearch search(made.samples, {}, made.settings, made.choice);
  const std::vector<BaseParameter> parameters{{"C.p.level", 10.0, 0.0}};
  EXPECT_NEAR(search.step(made.samples, made.slopes, parameters).front(), 0.7, 0.01);
  EXPECT_LT(search.score(made.samples, made.slopes, parameters),
            0.2 * search.score(made.samples, {}, {}));
  // From a place on the way, with the base there.
  std::vector<Sample> nearer = made.samples;
  for (std::size_t i = 0; i < nearer.size(); ++i) {
    nearer[i].base.energy += 0.5 * made.slopes[0][i].energy;
    nearer[i].base.forces += 0.5 * made.slopes[0][i].forces;
    nearer[i].base.stress += 0.5 * made.slopes[0][i].stress;
  }
  const std::vector<BaseParameter> on_the_way{{"C.p.level", 10.0, 0.5}};
  EXPECT_NEAR(search.step(nearer, made.slopes, on_the_way).front(), 0.7, 0.01);
  EXPECT_LT(search.objective(nearer, on_the_way), search.objective(made.samples, parameters));
}

TEST(MovedBase, ANarrowPriorHoldsTheParameter) {
  const Linear made(0.7);
  const BaseSearch search(made.samples, {}, made.settings, made.choice);
  const std::vector<BaseParameter> narrow{{"C.p.level", 1e-4, 0.0}};
  EXPECT_LT(std::abs(search.step(made.samples, made.slopes, narrow).front()), 0.05);
}

}  // namespace
}  // namespace ionpass::calibrate
