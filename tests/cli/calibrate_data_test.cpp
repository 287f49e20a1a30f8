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

/// Labelled methane, of which one label is wrong and one is of another source.
class CalibrateAgain : public CalibrateData {
 protected:
  void SetUp() override {
    const std::string made = plan(methane_);
    ASSERT_EQ(stage(made, "generate").exit_code, 0);
    ASSERT_EQ(stage(made, "label").exit_code, 0);
    right_ = read_frames(path("out/labelled.extxyz"));
    std::vector<Frame> frames = right_;
    *frames[2].data.energy += 0.5;
    frames[2].data.forces->col(1) += Eigen::Vector3d(0.3, 0.0, 0.4);
    frames[4].data.info["source"] = "another";
    frames[4].data.info["energy_group"] = "another";
    *frames[4].data.energy += 1.0;
    write_frames(path("data.extxyz"), frames);
    write_frames(path("path.extxyz"), std::vector<Frame>{frames[1], frames[2]});
  }
  [[nodiscard]] std::string plan_of(const std::string& files, const std::string& source) const {
    return file("again.yaml",
                "name: made\nbase: dftb/perov-1-0\nfit:\n  cutoffs: [2.0, 3.0]\n  folds: 3\n"
                "data: {files: [" +
                    files + "], held_out: {field: held_out}}\n" +
                    "validate: {hops: [{name: two of them, file: path.extxyz}]}\n" +
                    "label: {potential: dftb/pilot-pbi3, source: " + source + "}\n");
  }
  [[nodiscard]] Spoken relabel(const std::string& plan_file) const {
    return ionpass({"calibrate", plan_file, "-o", path("again"), "--relabel"});
  }
  std::vector<Frame> right_;
};

TEST_F(CalibrateAgain, LabelsAreMadeFromTheGeometriesComparedAndFitted) {
  const Spoken made = relabel(plan_of("data.extxyz", "a test"));
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.err, HasSubstr("5 structures labelled again, 5 computed now, 0 failed; largest "
                                  "differences 5.0e-01 eV, 5.0e-01 eV/Å"));
  const std::string changes = file_text(path("again/relabelled.md"));
  EXPECT_THAT(changes, HasSubstr("| methane-002 | methane | 5 | -5.0e-01 | 5.0e-01 |"));
  EXPECT_THAT(changes, testing::Not(HasSubstr("methane-004")));
  EXPECT_THAT(changes, HasSubstr("1 of the source 'another'"));
  const std::vector<Frame> again = read_frames(path("again/relabelled/00-data.extxyz"));
  ASSERT_EQ(again.size(), right_.size());
  constexpr double same = 1e-7;  // eV, eV/Å, of two self-consistent cycles
  for (std::size_t i = 0; i < again.size(); ++i) {
    EXPECT_EQ(again[i].data.info.at("name"), right_[i].data.info.at("name"));
    EXPECT_NEAR(*again[i].data.energy, *right_[i].data.energy + (i == 4 ? 1.0 : 0.0), same);
    EXPECT_LT((*again[i].data.forces - *right_[i].data.forces).cwiseAbs().maxCoeff(), same);
  }
  EXPECT_EQ(again[2].data.info.at("energy_group"), right_[2].data.info.at("energy_group"));
  const std::vector<Frame> way = read_frames(path("again/relabelled/01-path.extxyz"));
  ASSERT_EQ(way.size(), 2U);
  EXPECT_NEAR(*way[1].data.energy, *right_[2].data.energy, same);
  // The fit saw these, not the file: with it, 0.5 eV would not pass for the work of the forces.
  const auto report = nlohmann::json::parse(file_text(path("again/report.json")));
  EXPECT_EQ(report["structures"], 6);
  EXPECT_LT(report["final"].back()["energy_rms"].get<double>(), 0.1);
  EXPECT_THAT(relabel(path("again.yaml")).err,
              HasSubstr("5 structures labelled again, 0 computed now"));
}

TEST_F(CalibrateAgain, LabelsAloneAndWhatIsMissing) {
  const std::string wanted = plan_of("data.extxyz", "a test");
  ASSERT_EQ(ionpass({"calibrate", wanted, "-o", path("again"), "--relabel", "--stage", "label"})
                .exit_code,
            0);
  EXPECT_TRUE(std::filesystem::exists(path("again/relabelled/00-data.extxyz")));
  EXPECT_FALSE(std::filesystem::exists(path("again/made")));
  expect_refusal(relabel(plan_of("data.extxyz", "PBE")), 2, {"'PBE'", "'a test', 'another'"});
  expect_refusal(relabel(plan(methane_)), 2, {"plan.yaml", "--relabel", "'data'"});
  expect_refusal(relabel(plan_of("methane.xyz", "a test")), 2, {"methane.xyz", "no forces"});
}

TEST_F(CalibrateAgain, DataMayBePacked) {
  write_frames(path("data.extxyz"), right_);
  ASSERT_EQ(run_program({"gzip", "-9nk", path("data.extxyz")}).exit_code, 0);
  const Spoken plain =
      ionpass({"calibrate", plan_of("data.extxyz", "a test"), "-o", path("plain")});
  ASSERT_EQ(plain.exit_code, 0) << plain.err;
  const Spoken packed =
      ionpass({"calibrate", plan_of("data.extxyz.gz", "a test"), "-o", path("packed")});
  ASSERT_EQ(packed.exit_code, 0) << packed.err;
  const auto fitted = [&](const std::string& name) {
    return nlohmann::json::parse(file_text(path(name + "/report.json")))["final"];
  };
  EXPECT_EQ(fitted("plain"), fitted("packed"));
  const std::string bytes = file_text(path("data.extxyz.gz"));
  (void)file("data.extxyz.gz", bytes.substr(0, bytes.size() / 2));
  expect_refusal(ionpass({"calibrate", path("again.yaml"), "-o", path("packed")}), 2,
                 {"data.extxyz.gz: ", "cut short"});
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
