// The trials of a calibrated set: vibrations, dynamics, and warnings far from its data.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include <potentials/environments.hpp>
#include <workflows/store.hpp>

#include "../workflows/run_process.hpp"
#include "calibrate_fixture.hpp"

namespace ionpass::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* trials =
    "validate:\n"
    "  phonons: [{name: CH4 at rest, structure: rest.xyz, reference: displaced.extxyz,\n"
    "             compare: [dftb/perov-1-0]}]\n"
    "  dynamics: [{name: warm CH4, structure: rest.xyz, temperature: 200, time_steps: 40}]\n";

/// A tetrahedral molecule at its minimum under base and spring, and all its displacements.
class CalibrateTrials : public Calibrate {
 protected:
  void SetUp() override {
    Calibrate::SetUp();
    const double a = 0.66;
    (void)file("rest.xyz", "5\nProperties=species:S:1:pos:R:3 pbc=\"F F F\"\nC 0 0 0\n" +
                               line(a, a, a) + line(-a, -a, a) + line(-a, a, -a) + line(a, -a, -a));
    const Frame rest = read_frame(path("rest.xyz"));
    std::vector<Frame> all{rest};
    for (Eigen::Index k = 0; k < rest.structure.positions.size(); ++k)
      for (const double step : {0.01, -0.01}) {
        all.push_back(rest);
        all.back().structure.positions(k % 3, k / 3) += step;
      }
    label_displaced(all);
  }
  void label_displaced(const std::vector<Frame>& frames) {
    write_frames(path("bare.extxyz"), frames);
    const std::string out = path("displaced.extxyz");
    ASSERT_EQ(ionpass({"label", path("bare.extxyz"), "-p", "dftb/perov-1-0", "-o", out}).exit_code,
              0);
    displaced_ = read_frames(out);
    for (Frame& frame : displaced_) {
      *frame.data.forces += calibrate::pair_sum(frame.structure, {{{1, 6}, spring()}}).forces;
      frame.data.info = {{"source", "test PBE"}};
    }
    write_frames(out, displaced_);
  }
  [[nodiscard]] static nlohmann::json report_of(const std::string& folder) {
    return nlohmann::json::parse(file_text(folder + "/report.json"));
  }
  std::vector<Frame> displaced_;
};

TEST_F(CalibrateTrials, VibrationsAndDynamicsAreInReportAndSet) {
  const Spoken made = run(std::string(plan_text) + trials);
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const auto report = report_of(path("out"));
  const auto& crystal = report["vibrations"][0];
  ASSERT_EQ(crystal["sets"].size(), 2U);  // the set, and the one to compare with
  const auto& own = crystal["sets"][0];
  EXPECT_EQ(own["failure"], "");
  EXPECT_TRUE(own["at_rest"]);
  EXPECT_EQ(own["frequencies_thz"].size(), 9U);  // 15 less shifts and turns
  EXPECT_EQ(own["imaginary"], 0);
  EXPECT_LT(own["sum_rule_error"], 0.05);
  // Labels of the spring on the same geometries.
  const auto& reference = crystal["reference"];
  EXPECT_EQ(reference["geometries"], 31);
  EXPECT_LT(reference["difference_rms"], 0.2 * reference["force_change_rms"].get<double>());
  ASSERT_EQ(reference["frequencies_thz"].size(), 9U);
  for (std::size_t i = 0; i < 9; ++i)
    EXPECT_NEAR(reference["frequencies_of_set_thz"][i],
                reference["frequencies_thz"][i].get<double>(), 6.0)
        << i;
  const auto& dynamics = report["dynamics"][0];
  EXPECT_TRUE(dynamics["stable"]) << dynamics.dump(1);
  EXPECT_EQ(dynamics["steps"], 40);
  EXPECT_GT(dynamics["mean_temperature"], 50.0);
  EXPECT_LT(dynamics["mean_temperature"], 200.0);
  EXPECT_LT(dynamics["fluctuation_mev_per_atom"], 5.0);
  EXPECT_LT(dynamics["distances"]["C-H"]["shortest"], 1.45);
  EXPECT_GT(dynamics["distances"]["C-H"]["shortest_fitted"], 0.9);
  const std::string set = file_text(path("out/made/set.yaml"));
  for (const char* words : {"vibrations of CH4 at rest at Γ: 9 modes", "displacements in CH4",
                            "dynamics of warm CH4: stable, 40 steps of 0.5 fs from 200 K"})
    EXPECT_THAT(set, HasSubstr(words));
  for (const char* words : {"## Vibrations", "## Molecular dynamics", "## Distance from the data"})
    EXPECT_THAT(file_text(path("out/report.md")), HasSubstr(words));
}

TEST_F(CalibrateTrials, AMoleculeThatFallsApartIsAResult) {
  const Spoken made = run(std::string(plan_text) +
                          "validate:\n  dynamics: [{name: hot CH4, structure: rest.xyz, "
                          "temperature: 3000, time_step: 5, time_steps: 60}]\n");
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.err, HasSubstr("hot CH4: unstable"));
  const auto dynamics = report_of(path("out"))["dynamics"][0];
  EXPECT_FALSE(dynamics["stable"]);
  EXPECT_FALSE(dynamics["broken_bonds"].empty() && dynamics["early_end"] == "");
  EXPECT_THAT(file_text(path("out/made/set.yaml")), HasSubstr("hot CH4: UNSTABLE"));
}

TEST_F(CalibrateTrials, KilledInTheDynamicsItGoesOnAndEndsTheSame) {
  const std::string plan = std::string(plan_text) +
                           "validate:\n  dynamics: [{name: CH4, structure: rest.xyz, "
                           "temperature: 200, time_steps: 6000}]\n";
  const std::string written = file("plan.yaml", plan);
  const auto arguments = [&](const std::string& folder) {
    return std::vector<std::string>{IONPASS_PROGRAM, "calibrate", written, "-o", path(folder)};
  };
  {
    Process killed(arguments("killed"));
    // The set is written before it is tried; the dynamics then takes seconds.
    const auto latest = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (!fs::exists(path("killed/report.md"))) {
      ASSERT_LT(std::chrono::steady_clock::now(), latest) << "no set was written";
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    killed.signal(SIGKILL);
    ASSERT_EQ(killed.wait(), -SIGKILL) << "ended before it could be killed";
  }
  const workflows::StoreCounters before =
      workflows::Store(path("killed"), workflows::Store::Access::read_only).counters();
  ASSERT_EQ(run_program(arguments("killed")).exit_code, 0);
  ASSERT_EQ(run_program(arguments("whole")).exit_code, 0);
  EXPECT_EQ(file_text(path("killed/report.json")), file_text(path("whole/report.json")));
  const workflows::StoreCounters after =
      workflows::Store(path("killed"), workflows::Store::Access::read_only).counters();
  EXPECT_GT(before.evaluations, 20U);
  EXPECT_GT(after.evaluations, before.evaluations);
  EXPECT_EQ(after.most_often_computed, 1U);
}

#ifdef IONPASS_MPIEXEC
TEST_F(CalibrateTrials, TwoRanksFindTheSame) {
  ASSERT_EQ(run(std::string(plan_text) + trials).exit_code, 0);
  const Spoken two = run_program({IONPASS_MPIEXEC, "-n", "2", "--oversubscribe", IONPASS_PROGRAM,
                                  "calibrate", path("plan.yaml"), "-o", path("two")});
  ASSERT_EQ(two.exit_code, 0) << two.err;
  auto one = report_of(path("out")), other = report_of(path("two"));
  // The set is named after its folder.
  for (auto* report : {&one, &other}) (*report)["vibrations"][0]["sets"][0].erase("set");
  EXPECT_EQ(one, other);
}
#endif

TEST_F(CalibrateTrials, RefusesTrialsThatCannotBe) {
  const std::string start = "name: made\nbase: dftb/perov-1-0\ndata: {files: [labelled.extxyz]}\n";
  const auto refused = [&](const std::string& plan, const std::vector<std::string>& parts) {
    expect_refusal(run(plan), 2, parts);
  };
  refused(start + "validate: {phonons: [{name: x, structure: rest.xyz, displacement: 0}]}\n",
          {"plan.yaml:4:67: ", "0.001 to 0.2"});
  refused(start + "validate: {dynamics: [{name: x, structure: rest.xyz, timestep: 1}]}\n",
          {"plan.yaml:4:54: ", "validate.dynamics[0].timestep", "'time_step'"});
  refused(start + "validate: {dynamics: [{name: x}]}\n", {"'structure' is missing"});
  (void)file("iodide.xyz", hydrogen_iodide);
  refused(start + "validate: {dynamics: [{name: x, structure: iodide.xyz}]}\n",
          {"plan.yaml: 'x' of validate: I of ", "in no structure of the data"});
  const std::string with =
      start +
      "validate: {phonons: [{name: x, structure: rest.xyz, reference: displaced.extxyz}]}\n";
  displaced_[2].structure.numbers[1] = 6;
  write_frames(path("displaced.extxyz"), displaced_);
  refused(with, {"displaced.extxyz:16: ", "those of the first structure"});
  displaced_[1].data.forces.reset();
  write_frames(path("displaced.extxyz"), displaced_);
  refused(with, {"displaced.extxyz:9: ", "without forces"});
  write_frames(path("displaced.extxyz"), std::span(displaced_).first(1));
  refused(with, {"displaced.extxyz: one structure given", "at rest and displaced"});
}

TEST_F(CalibrateTrials, WhatIsFarFromTheDataIsWarnedOf) {
  ASSERT_EQ(run(plan_text).exit_code, 0);
  const std::string set = "dftb/" + path("out/made");
  const Spoken known = ionpass({"evaluate", path("labelled.extxyz"), "-p", set});
  EXPECT_EQ(known.exit_code, 0);
  EXPECT_THAT(known.err, Not(HasSubstr("surroundings")));
  Frame apart = frames_[0];
  apart.structure.positions.col(2) *= 3.0;  // a hydrogen torn off
  write_frames(path("apart.extxyz"), std::span(&apart, 1));
  const Spoken torn = ionpass({"evaluate", path("apart.extxyz"), "-p", set});
  EXPECT_THAT(torn.err, AllOf(HasSubstr("warning"), HasSubstr("H2 (atom 2, H) has surroundings "
                                                              "unlike any")));
  const auto novelty = report_of(path("out"))["distance_from_data"];
  EXPECT_EQ(novelty["groups"][0]["structures"], 2);
  EXPECT_EQ(novelty["groups"][1]["structures"], 7);
  EXPECT_GT(novelty["kept"]["H"]["environments"], 3);
  // Made anew for the set as it is, without a fit: the same.
  const std::string file = path("out/made/environments.txt"), before = file_text(file);
  fs::remove(file);
  expect_refusal(ionpass({"evaluate", path("apart.extxyz"), "-p", set}), 2, {"environments.txt"});
  const std::string plan = path("plan.yaml");
  const Spoken again = ionpass({"calibrate", plan, "-o", path("out"), "--stage", "environments"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(file_text(file), before);
  expect_refusal(ionpass({"calibrate", plan, "-o", path("none"), "--stage", "environments"}), 2,
                 {"set.yaml"});
}

TEST_F(CalibrateTrials, AGeometryThatLeavesTheDataIsWarnedOfOnceWhileItIsComputed) {
  ASSERT_EQ(run(plan_text).exit_code, 0);
  // A set that knows the start of the relaxation, and little else.
  const Frame start = read_frame(path("rest.xyz"));
  Structure stretched = start.structure;
  stretched.positions *= 1.1;
  KnownEnvironments known;
  known.shape.elements = {1, 6};
  const Eigen::MatrixXd environments = describe_environments(stretched, known.shape);
  const Eigen::VectorXd scale = Eigen::VectorXd::Constant(known.shape.size(), 0.1);
  known.elements[6] = {.limit = 0.5, .scale = scale, .centres = environments.leftCols(1)};
  known.elements[1] = {.limit = 0.5, .scale = scale, .centres = environments.rightCols(4)};
  calibrate::write_environments(path("out/made"), known);
  Frame frame = start;
  frame.structure = stretched;
  write_frames(path("start.extxyz"), std::span(&frame, 1));
  const Spoken relaxed = ionpass({"relax", path("start.extxyz"), "-p", "dftb/" + path("out/made"),
                                  "-o", path("relaxed.extxyz")});
  EXPECT_EQ(relaxed.exit_code, 0) << relaxed.err;
  const std::size_t first = relaxed.err.find("surroundings unlike any");
  ASSERT_NE(first, std::string::npos) << relaxed.err;
  EXPECT_EQ(relaxed.err.find("surroundings unlike any", first + 1), std::string::npos)
      << relaxed.err;
  // Where the start is said already, nothing is said again.
  const Spoken again = ionpass(
      {"relax", path("rest.xyz"), "-p", "dftb/" + path("out/made"), "-o", path("relaxed.extxyz")});
  EXPECT_EQ(again.err.find("surroundings"), again.err.rfind("surroundings")) << again.err;
}

}  // namespace
}  // namespace ionpass::test
