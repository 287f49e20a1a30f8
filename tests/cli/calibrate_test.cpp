// ionpass calibrate from the command line.
#include <filesystem>

#include <potentials/calibrate.hpp>
#include <structures/io.hpp>

#include "cli_fixture.hpp"

namespace ionpass::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* plan_text =
    "name: made\nbase: dftb/perov-1-0\ndata:\n  files: [labelled.extxyz]\n"
    "  held_out: {field: held_out}\nfit:\n  cutoffs: [2.0, 3.0]\n  folds: 3\n";

/// Methane-like molecules, distorted in different ways, with a spring between C and H on the base.
class Calibrate : public CommandLine {
 protected:
  void SetUp() override {
    std::string bare;
    for (int i = 0; i < 9; ++i) {
      const double a = 0.62 + 0.015 * i, b = 0.02 * (i % 4), c = 0.03 * (i % 3);
      bare += "5\nProperties=species:S:1:pos:R:3 pbc=\"F F F\"\n";
      bare += "C 0 0 0\n";
      bare += line(a, a + b, a) + line(-a, -a, a + c) + line(-a - b, a, -a) + line(a + c, -a, -a);
    }
    const std::string structures = file("structures.xyz", bare);
    ASSERT_EQ(
        ionpass({"label", structures, "-p", "dftb/perov-1-0", "-o", path("base.extxyz")}).exit_code,
        0);
    frames_ = read_frames(path("base.extxyz"));
    const calibrate::PairFunction spring{2.0, [](double r) {
                                           const double x = r < 2.0 ? 2.0 - r : 0.0;
                                           return calibrate::PairPoint{4 * x * x * x, -12 * x * x};
                                         }};
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      FrameData& data = frames_[i].data;
      const calibrate::PairSum sum = calibrate::pair_sum(frames_[i].structure, {{{1, 6}, spring}});
      *data.energy += sum.energy;
      *data.forces += sum.forces;
      data.info = {{"source", "test PBE"},
                   {"config_type", "methane"},
                   {"name", "m" + std::to_string(i)},
                   {"held_out", i % 4 == 3 ? "T" : "F"}};
    }
    write();
  }

  static std::string line(double x, double y, double z) {
    return "H " + std::to_string(x) + " " + std::to_string(y) + " " + std::to_string(z) + "\n";
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_.path() / name).string();
  }
  void write() const { write_frames(path("labelled.extxyz"), frames_); }
  [[nodiscard]] Spoken run(const std::string& plan) const {
    return ionpass({"calibrate", file("plan.yaml", plan), "-o", path("out")});
  }

  std::vector<Frame> frames_;
};

TEST_F(Calibrate, MakesASetWithAReportAndComputesNothingTwice) {
  const Spoken made = run(plan_text);
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.err, HasSubstr("base: 9 computed, 0 taken from"));
  EXPECT_THAT(made.out, HasSubstr("dftb/" + path("out/made")));
  const auto report = nlohmann::json::parse(file_text(path("out/report.json")));
  EXPECT_EQ(report["structures"], 9);
  EXPECT_EQ(report["held_out_structures"], 2);
  EXPECT_LT(report["held_out"].back()["force_rms"], 0.05);
  EXPECT_THAT(file_text(path("out/report.md")), HasSubstr("## Learning curve"));
  // Held-out structures, computed with the set as a user would.
  const auto evaluated = json_of(
      ionpass({"evaluate", path("labelled.extxyz"), "-p", "dftb/" + path("out/made"), "--json"}));
  double worst = 0.0;
  for (Eigen::Index a = 0; a < 5; ++a)
    for (Eigen::Index k = 0; k < 3; ++k)
      worst = std::max(
          worst,
          std::abs(evaluated[3]["forces"][static_cast<std::size_t>(a)][static_cast<std::size_t>(k)]
                       .get<double>() -
                   (*frames_[3].data.forces)(k, a)));
  EXPECT_LT(worst, 0.1);
  EXPECT_THAT(evaluated[0]["potential"]["name"].get<std::string>(), HasSubstr("made"));
  const Spoken again = run(plan_text);
  EXPECT_THAT(again.err, HasSubstr("base: 0 computed, 9 taken from"));
  EXPECT_EQ(again.out, made.out);
}

TEST_F(Calibrate, HeldOutLabelsChangeNothingButTheirErrors) {
  ASSERT_EQ(run(plan_text).exit_code, 0);
  const auto before = nlohmann::json::parse(file_text(path("out/report.json")));
  for (const std::size_t i : {3U, 7U}) *frames_[i].data.forces *= 1.2;
  write();
  ASSERT_EQ(run(plan_text).exit_code, 0);
  const auto after = nlohmann::json::parse(file_text(path("out/report.json")));
  for (const char* key : {"choice", "training", "cross_validated"})
    EXPECT_EQ(before[key], after[key]) << key;
  EXPECT_GT(after["held_out"].back()["force_rms"],
            2 * before["held_out"].back()["force_rms"].get<double>());
  EXPECT_NE(before["final"], after["final"]);
}

TEST_F(Calibrate, RefusesDataWithTheirLine) {
  frames_[4].structure = frames_[3].structure;  // held out, and training data
  write();
  expect_refusal(run(plan_text), 2, {"labelled.extxyz:30: ", "'m4'", "'m3'", "held out"});
  frames_[4].structure.positions(0, 2) += 0.1;
  frames_[4].data.info["source"] = "test PBE0";
  frames_[4].data.info["energy_group"] = frames_[0].data.info["energy_group"] = "one";
  write();
  expect_refusal(run(plan_text), 2, {"labelled.extxyz:30: ", "two sources"});
  frames_[4].data.info["energy_group"] = "two";
  frames_[5].data.info.erase("held_out");
  write();
  expect_refusal(run(plan_text), 2, {"labelled.extxyz:37: ", "held_out"});
}

TEST_F(Calibrate, RefusesPlansWithTheirPlace) {
  const auto refused = [&](const std::string& plan, const std::vector<std::string>& parts) {
    expect_refusal(run(plan), 2, parts);
  };
  const std::string start = "name: made\nbase: dftb/perov-1-0\n";
  const std::string data = "data: {files: [labelled.extxyz]}\n";
  refused(start + data + "fits: {folds: 3}\n", {"plan.yaml:4:1: ", "'fits'", "'fit'"});
  refused(start + data + "fit: {fold: 3}\n", {"plan.yaml:4:7: ", "fit.fold", "'folds'"});
  refused(start + data + "fit: {folds: 1}\n", {"plan.yaml:4:14: ", "at least 2"});
  refused(start + data + "fit: {cutoffs: {C-Xx: 3}}\n", {"plan.yaml:4:17: ", "C-Xx"});
  refused(start + data + "fit: {cutoffs: 99}\n", {"plan.yaml:4:16: ", "1 to 12"});
  refused(start + "data: {files: [nowhere.extxyz]}\n", {"plan.yaml:3:16: ", "nowhere.extxyz"});
  refused("name: made\nbase: dftb/nowhere\n" + data, {"dftb/nowhere"});
  refused("name: ../made\nbase: dftb/perov-1-0\n" + data, {"plan.yaml:1:7: ", "cannot name"});
  refused("base: dftb/perov-1-0\n" + data, {"'name' is missing"});
  refused(start, {"no data"});
  refused(start + data + "dispersion: {s8: 1}\n", {"plan.yaml:4:13: ", "'a1' is missing"});
  refused(start + "data: {files: [labelled.extxyz], held_out: {fraction: 0.2, field: x}}\n",
          {"plan.yaml:3:44: ", "exactly one"});
  refused(start + "data: {files: [labelled.extxyz], held_out: {names: [m99]}}\n", {"'m99'"});
  refused(start + "data: {files: [labelled.extxyz], functional: SCAN}\n",
          {"labelled.extxyz:2: ", "SCAN"});
  refused(start + data + "validate: {volumes: [{name: x}]}\n",
          {"plan.yaml:4:22: ", "'structure' is missing"});
  expect_refusal(ionpass({"calibrate"}), 2, {"no plan"});
}

TEST_F(Calibrate, SchemaNamesEverySection) {
  const Spoken schema = ionpass({"calibrate", "--schema"});
  EXPECT_EQ(schema.exit_code, 0);
  for (const char* word : {"base", "held_out", "smoothness", "learning_curve", "volumes"})
    EXPECT_THAT(schema.out, HasSubstr(word));
}

}  // namespace
}  // namespace ionpass::test
