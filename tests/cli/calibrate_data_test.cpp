// The stages of ionpass calibrate that make its data.
#include <filesystem>

#include <structures/io.hpp>

#include "cli_fixture.hpp"

namespace ionpass::test {
namespace {

using testing::HasSubstr;

class CalibrateData : public CommandLine {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_.path() / name).string();
  }
  [[nodiscard]] std::string plan(const std::string& sets) const {
    (void)file("methane.xyz",
               "5\nProperties=species:S:1:pos:R:3 pbc=\"F F F\"\nC 0 0 0\nH 0.63 0.63 0.63\n"
               "H 0.63 -0.63 -0.63\nH -0.63 0.63 -0.63\nH -0.63 -0.63 0.63\n");
    return file("plan.yaml",
                "name: made\nbase: dftb/perov-1-0\nfit:\n  cutoffs: [2.0, 3.0]\n  folds: 3\n"
                "data: {held_out: {field: held_out}}\n"
                "generate:\n  sets:\n" +
                    sets + "label: {potential: dftb/pilot-pbi3, source: a test}\n");
  }
  [[nodiscard]] Spoken stage(const std::string& plan_file, const std::string& name) const {
    return ionpass({"calibrate", plan_file, "-o", path("out"), "--stage", name});
  }
  const std::string methane_ =
      "    - {name: methane, kind: molecule, structure: methane.xyz, count: 6, box: 8, "
      "internal: [0.02, 0.1]}\n";
};

TEST_F(CalibrateData, StagesMakeTheSameFilesAgain) {
  const std::string file = plan(methane_);
  const Spoken first = stage(file, "generate");
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.err, HasSubstr("6 structures, sha256 "));
  const std::string text = file_text(path("out/generated.extxyz"));
  EXPECT_EQ(stage(file, "generate").err, first.err);
  EXPECT_EQ(file_text(path("out/generated.extxyz")), text);

  const Spoken labelled = stage(file, "label");
  ASSERT_EQ(labelled.exit_code, 0) << labelled.err;
  EXPECT_THAT(labelled.err, HasSubstr("6 structures, 6 computed now, 0 failed"));
  const std::string labels = file_text(path("out/labelled.extxyz"));
  EXPECT_THAT(stage(file, "label").err, HasSubstr("6 structures, 0 computed now, 0 failed"));
  EXPECT_EQ(file_text(path("out/labelled.extxyz")), labels);
}

TEST_F(CalibrateData, ThePlanAsAWholeEndsInASet) {
  const Spoken made = ionpass({"calibrate", plan(methane_), "-o", path("out")});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("methane"));
  EXPECT_TRUE(std::filesystem::exists(path("out/made/set.yaml")));
  const auto report = nlohmann::json::parse(file_text(path("out/report.json")));
  EXPECT_EQ(report["structures"], 6);
  EXPECT_EQ(report["held_out_structures"], 1);
}

TEST_F(CalibrateData, WhatAStageNeedsIsSaid) {
  expect_refusal(stage(plan(methane_), "label"), 2, {"generated.extxyz", "run the stage"});
  const std::string bare = file("bare.yaml",
                                "name: made\nbase: dftb/perov-1-0\n"
                                "data: {files: [methane.xyz]}\n");
  expect_refusal(stage(bare, "generate"), 2, {"bare.yaml", "'generate'"});
  expect_refusal(stage(plan("    - {name: a, structure: none.cif}\n"), "generate"), 2,
                 {"plan.yaml:9:", "none.cif"});
  const std::string crystal = "structure: " + library("MAPbI3-pseudocubic.cif");
  expect_refusal(stage(plan("    - {name: a, " + crystal + "}\n"), "generate"), 2,
                 {"plan.yaml:9:", "k-points", "mesh"});
  expect_refusal(stage(plan("    - {name: a, kind: vacancy, ion: Cl, kpoints: {mesh: [1, 1, 1]}, " +
                            crystal + "}\n"),
                       "generate"),
                 2, {"plan.yaml:9:", "no Cl"});
}

TEST_F(CalibrateData, LabelTakesKpointsAndChargeOfEachStructure) {
  const std::string atoms = "Cs 3.1 3.15 3.15\nPb 0 0 0\nI 3.15 0 0\nI 0.1 3.15 0\nI 0 0 3.15\n";
  const auto cell = [&](const std::string& more) {
    return "5\nLattice=\"6.3 0 0 0 6.3 0 0 0 6.3\" Properties=species:S:1:pos:R:3 " + more + "\n" +
           atoms;
  };
  const std::string set =
      file("set.extxyz", cell("kpts=\"0.25,0,0,1\"") + cell("") + cell("charge=1"));
  const Spoken spoken = ionpass(
      {"label", set, "-p", "dftb/pilot-pbi3", "--kpoints-of-file", "-o", path("labels.extxyz")});
  ASSERT_EQ(spoken.exit_code, 0) << spoken.err;
  const auto frames = read_frames(path("labels.extxyz"));
  const std::string plain = file("plain.extxyz", cell(""));
  const auto energy = [&](std::vector<std::string> options) {
    std::vector<std::string> words{"evaluate", plain, "-p", "dftb/pilot-pbi3", "--json"};
    words.insert(words.end(), options.begin(), options.end());
    return json_of(ionpass(words))[0]["free_energy"].get<double>();
  };
  constexpr double same = 1e-6;  // eV, of two self-consistent cycles
  EXPECT_NEAR(*frames.at(0).data.energy,
              energy({"--kpoints", "2", "1", "1", "--kshift", "0.5", "0", "0"}), same);
  EXPECT_NEAR(*frames.at(1).data.energy, energy({}), same);
  EXPECT_NEAR(*frames.at(2).data.energy, energy({"--charge", "1"}), same);
  expect_refusal(ionpass({"label", file("wrong.extxyz", cell("kpts=0.25")), "-p", "dftb/pilot-pbi3",
                          "--kpoints-of-file", "-o", path("wrong-labels.extxyz")}),
                 2, {"kpts", "k1,k2,k3,weight"});
}

}  // namespace
}  // namespace ionpass::test
