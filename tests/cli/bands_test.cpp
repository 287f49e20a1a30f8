// ionpass bands.
#include <numeric>

#include "cli_fixture.hpp"

namespace ionpass::test {
namespace {

using testing::HasSubstr;

const std::string perovskite =
    "5\nLattice=\"6.3 0 0 0 6.3 0 0 0 6.3\" Properties=species:S:1:pos:R:3\n"
    "Cs 3.15 3.15 3.15\nPb 0 0 0\nI 3.15 0 0\nI 0 3.15 0\nI 0 0 3.15\n";

TEST_F(CommandLine, ShowsBandsOfAPerovskite) {
  const std::string plot = folder_.path() / "bands.svg";
  const nlohmann::json json = json_of(
      ionpass({"bands", file("cspbi3.extxyz", perovskite), "-p", "dftb/perov-1-0", "--kpoints", "2",
               "2", "2", "--path", "G", "R", "M=0.5,0.5,0", "--points", "10", "--json", "-q"}));
  const nlohmann::json& bands = json.at(0);
  // Lead halide perovskites have their direct gap at R.
  EXPECT_TRUE(bands.at("edges").at("direct").get<bool>());
  for (const auto& x : bands.at("edges").at("valence_point"))
    EXPECT_NEAR(x.get<double>(), 0.5, 1e-9);
  EXPECT_GT(bands.at("edges").at("gap"), 0.5);
  EXPECT_LT(bands.at("edges").at("gap"), 3.5);
  EXPECT_EQ(bands.at("path").at("ticks").size(), 3U);
  EXPECT_EQ(bands.at("path").at("energies").size(), bands.at("path").at("points").size());
  // The density of states holds two electrons per band.
  const std::vector<double> energy = bands.at("dos").at("energy");
  const std::vector<double> states = bands.at("dos").at("states_per_ev");
  const double all = (energy[1] - energy[0]) * std::accumulate(states.begin(), states.end(), 0.0);
  EXPECT_NEAR(all, 2.0 * static_cast<double>(bands.at("path").at("energies")[0].size()), 1e-3);
}

TEST_F(CommandLine, FollowsLevelsThroughSeveralStructures) {
  const Spoken spoken = ionpass({"bands", file("two.extxyz", perovskite + perovskite), "-p",
                                 "dftb/perov-1-0", "--kpoints", "2", "2", "2", "--path", "G", "R",
                                 "--points", "2", "--levels", "1", "-q"});
  EXPECT_EQ(spoken.exit_code, 0);
  EXPECT_EQ(std::ranges::count(spoken.out, '\n'), 3);
  EXPECT_THAT(spoken.out, HasSubstr("gap/eV"));
}

TEST_F(CommandLine, RefusesBandsThereAreNot) {
  const std::string crystal = file("cspbi3.extxyz", perovskite);
  expect_refusal(ionpass({"bands", file("h2.extxyz", "2\n\nH 0 0 0\nH 0 0 0.74\n"), "-p",
                          "dftb/perov-1-0", "-q"}),
                 2, {"molecule"});
  expect_refusal(ionpass({"bands", crystal, "-p", "dftb/perov-1-0", "--path", "G", "Q", "-q"}), 2,
                 {"'Q'"});
  expect_refusal(ionpass({"bands", file("two.extxyz", perovskite + perovskite), "-p",
                          "dftb/perov-1-0", "-o", folder_.path() / "bands.svg", "-q"}),
                 2, {"--output", "2 structures"});
  expect_refusal(ionpass({"bands", crystal, "-p", "dftb/perov-1-0", "--width", "nan", "-q"}), 2,
                 {"--width"});
}

}  // namespace
}  // namespace ionpass::test
