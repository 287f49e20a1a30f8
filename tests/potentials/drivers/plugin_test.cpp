// Plug-ins in C and Fortran: the examples that ship.
#include "driver_fixture.hpp"

namespace ionpass::test {
namespace {

using testing::HasSubstr;

constexpr double depth = 0.0104, radius = 3.4;

PotentialSettings plugin(const std::string& library, const std::string& parameters = "0.0104 3.4") {
  PotentialSettings out;
  out.name = "driver/plugin";
  out.driver.library = library;
  out.driver.parameters = parameters;
  return out;
}

std::unique_ptr<Potential> make(const PotentialSettings& settings) {
  return make_potential(settings, std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data");
}

Structure argon(const Eigen::Matrix3Xd& positions) {
  Structure s;
  s.numbers.assign(static_cast<std::size_t>(positions.cols()), 18);
  s.positions = positions;
  return s;
}

struct Example {
  std::string language, library;
};

void PrintTo(const Example& example, std::ostream* out) { *out << example.language; }

class Plugins : public testing::TestWithParam<Example> {};

// At 2^(1/6) of its radius a pair is at rest and its energy is minus its depth.
TEST_P(Plugins, KnowTheMinimumOfAPair) {
  Eigen::Matrix3Xd positions = Eigen::Matrix3Xd::Zero(3, 2);
  positions.col(1) = radius * std::pow(2.0, 1.0 / 6.0) * Eigen::Vector3d(0.36, 0.48, 0.8);
  const Evaluation e = make(plugin(GetParam().library))->evaluate(argon(positions));
  EXPECT_NEAR(e.energy, -depth, 1e-12);
  EXPECT_LT(e.forces.cwiseAbs().maxCoeff(), 1e-12);
}

TEST_P(Plugins, GiveForcesThatAreMinusTheGradient) {
  Eigen::Matrix3Xd positions(3, 3);
  positions << 0.0, 3.5, 0.4, 0.1, -0.2, 3.9, 0.0, 0.6, 0.7;
  const auto potential = make(plugin(GetParam().library));
  const Evaluation e = potential->evaluate(argon(positions));
  constexpr double step = 1e-4;
  for (Eigen::Index i = 0; i < positions.size(); ++i) {
    Eigen::Matrix3Xd there = positions, back = positions;
    there(i) += step;
    back(i) -= step;
    const double slope =
        (potential->evaluate(argon(there)).energy - potential->evaluate(argon(back)).energy) /
        (2.0 * step);
    EXPECT_NEAR(e.forces(i), -slope, 1e-8);
  }
}

TEST_P(Plugins, SayWhatTheyCannotDo) {
  EXPECT_THAT(failure_of([&] { (void)make(plugin(GetParam().library, "x")); }).message,
              HasSubstr("expected two numbers"));
  const Failed failed =
      failure_of([&] { (void)make(plugin(GetParam().library))->evaluate(skewed_crystal()); });
  EXPECT_EQ(failed.kind, "crashed");
  EXPECT_THAT(failed.message, HasSubstr("no crystals"));
}

std::vector<Example> examples() {
  std::vector<Example> out = {{"c", IONPASS_PLUGIN_C}};
#ifdef IONPASS_PLUGIN_FORTRAN
  out.push_back({"fortran", IONPASS_PLUGIN_FORTRAN});
#endif
  return out;
}

INSTANTIATE_TEST_SUITE_P(Examples, Plugins, testing::ValuesIn(examples()),
                         [](const auto& param) { return param.param.language; });

TEST(Plugin, OfAnotherVersionIsRefused) {
  const Failed failed = failure_of([] { (void)make(plugin(IONPASS_PLUGIN_OLD)); });
  EXPECT_EQ(failed.kind, "wrong_version");
}

TEST(Plugin, WhatIsNoneIsRefused) {
  EXPECT_EQ(failure_of([] { (void)make(plugin("/no/such.so")); }).kind, "not_found");
  EXPECT_THAT(failure_of([] { (void)make(plugin("")); }).message, HasSubstr("no library given"));
}

}  // namespace
}  // namespace ionpass::test
