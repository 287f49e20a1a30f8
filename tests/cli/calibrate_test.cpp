// ionpass calibrate from the command line.
#include <filesystem>

#include <potentials/calibrate.hpp>
#include <structures/io.hpp>

#include "calibrate_fixture.hpp"

namespace ionpass::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

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

constexpr const char* path_plan =
    "validate:\n  hops: [{name: stretch, file: path.extxyz}]\n  compare: [dftb/perov-1-0]\n";

TEST_F(Calibrate, ComparesItselfAndOthersAlongALabelledPath) {
  const std::vector<std::size_t> images{0, 3, 8, 7};  // the second and the last are held out
  std::vector<Frame> path_frames;
  for (const std::size_t i : images) path_frames.push_back(frames_[i]);
  write_frames(path("path.extxyz"), path_frames);
  const Spoken made = run(std::string(plan_text) + path_plan);
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const auto report = nlohmann::json::parse(file_text(path("out/report.json")));
  const auto& hop = report["hops"][0];
  EXPECT_EQ(hop["images_in_training"], 2);
  EXPECT_EQ(hop["images_held_out"], 2);
  ASSERT_EQ(hop["sets"].size(), 3U);  // the test fit, the set, perov-1-0
  double largest = 0.0;
  for (std::size_t k = 0; k < images.size(); ++k) {
    const auto energy = [&](std::size_t i) { return *frames_[i].data.energy; };
    const double reference = energy(images[k]) - energy(images[0]);
    const double base = base_energies_[images[k]] - base_energies_[images[0]];
    EXPECT_NEAR(hop["reference"]["energies"][k], reference, 1e-9);
    for (const std::size_t own : {0U, 1U})
      EXPECT_NEAR(hop["sets"][own]["energies"][k], reference, 0.05) << own << " " << k;
    EXPECT_NEAR(hop["sets"][2]["energies"][k], base, 1e-6) << k;
    if (std::abs(base - reference) > std::abs(largest)) largest = base - reference;
  }
  EXPECT_GT(std::abs(largest), 0.1);
  EXPECT_NEAR(hop["sets"][2]["largest_difference"], largest, 1e-6);
  EXPECT_GT(hop["sets"][2]["force_rms"], 10 * hop["sets"][0]["force_rms"].get<double>());
  // The same in the table of held-out structures.
  const auto& all = report["comparison"]["rows"].back();
  EXPECT_EQ(all["structures"], 2);
  EXPECT_NEAR(all["sets"]["made, test fit"]["force_rms"],
              report["held_out"].back()["force_rms"].get<double>(), 1e-9);
  EXPECT_GT(all["sets"]["dftb/perov-1-0"]["force_rms"], 0.2);
  EXPECT_THAT(file_text(path("out/made/set.yaml")), HasSubstr("along stretch: "));
}

TEST_F(Calibrate, RefusesPathsWithTheirLine) {
  const auto refused = [&](std::vector<Frame> path_frames, const std::vector<std::string>& parts) {
    write_frames(path("path.extxyz"), path_frames);
    expect_refusal(run(std::string(plan_text) + path_plan), 2, parts);
  };
  refused({frames_[0]}, {"path.extxyz:2: ", "two images"});
  Frame bare = frames_[1];
  bare.data.energy.reset();
  refused({frames_[0], bare}, {"path.extxyz:9: ", "without an energy"});
  Frame other = frames_[1];
  other.data.info["energy_group"] = "other";
  refused({frames_[0], other}, {"path.extxyz:9: ", "cannot be compared"});
}

TEST_F(Calibrate, GivesBackAParameterOfTheBaseThatTheLabelsWereMadeWith) {
  constexpr double truth = 0.4;  // eV
  fs::create_directories(path("other"));
  (void)file("other/set.yaml", "name: other\nbase: " + std::string(IONPASS_SOURCE_DIR) +
                                   "/potentials/data/dftb/perov-1-0\nshifts: {C.p.level: 0.4}\n");
  make_labels("dftb/" + path("other"));
  // Pair potentials free to follow the spring, so that nothing else is left to explain.
  const std::string plan = std::string(plan_text) +
                           "  smoothness: 1.0e-9\n  ridge: 1.0e-12\n  walls: 0\n"
                           "  base: {C.p.level: 1.0}\n";
  const Spoken made = run(plan);
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const auto report = nlohmann::json::parse(file_text(path("out/report.json")));
  EXPECT_TRUE(report["base_parameters"]["accepted"]);
  EXPECT_NEAR(report["base_parameters"]["shifts"]["C.p.level"], truth, 0.01 * truth);
  EXPECT_LT(report["base_parameters"]["relative_score"], 0.9);
  EXPECT_LT(report["held_out"].back()["force_rms"], 1e-3);
  // The written set computes with it.
  EXPECT_THAT(file_text(path("out/made/set.yaml")), HasSubstr("C.p.level"));
  const auto evaluated = json_of(
      ionpass({"evaluate", path("labelled.extxyz"), "-p", "dftb/" + path("out/made"), "--json"}));
  EXPECT_NEAR(evaluated[0]["free_energy"].get<double>() - evaluated[8]["free_energy"].get<double>(),
              *frames_[0].data.energy - *frames_[8].data.energy, 0.02);
  // Labels of the base as it is move nothing.
  make_labels("dftb/perov-1-0");
  ASSERT_EQ(run(plan).exit_code, 0);
  const auto still = nlohmann::json::parse(file_text(path("out/report.json")));
  EXPECT_NEAR(still["base_parameters"]["shifts"]["C.p.level"], 0.0, 0.01);
}

TEST_F(Calibrate, DispersionOfThePlanBelongsToBaseAndSet) {
  const std::string damping = "{s8: 0.5, a1: 0.6, a2: 3.7}";
  make_labels(file("base.yaml", "name: dftb/perov-1-0\nd3: " + damping + "\n"));
  const Spoken made = run(std::string(plan_text) + "dispersion: " + damping + "\n");
  ASSERT_EQ(made.exit_code, 0) << made.err;
  // Only the spring was left to fit.
  const auto report = nlohmann::json::parse(file_text(path("out/report.json")));
  EXPECT_LT(report["held_out"].back()["force_rms"], 0.05);
  const auto evaluated = json_of(
      ionpass({"evaluate", path("labelled.extxyz"), "-p", "dftb/" + path("out/made"), "--json"}));
  EXPECT_LT(evaluated[0]["components"].at("dispersion").get<double>(), 0.0);
  expect_refusal(run("name: made\nbase: {name: dftb/perov-1-0, d3: " + damping +
                     "}\ndispersion: none\ndata: {files: [labelled.extxyz]}\n"),
                 2, {"plan.yaml:3:13: ", "in 'base' as d3 already"});
}

TEST_F(Calibrate, AddsThreeBodyPotentialsAndSaysWhatTheyGain) {
  // A spring of the angles between hydrogen atoms, of which pair potentials up to 2 Å see nothing.
  const calibrate::ElementTriple triple = calibrate::element_triple(6, 1, 1);
  const calibrate::ThreeBodyShape shape{0.9, 2.4, 1, 2};
  const std::vector<calibrate::ThreeBodyGroup> bend{{shape, {{triple, Eigen::Vector3d(0, 2, 6)}}}};
  for (Frame& frame : frames_) {
    const calibrate::PairSum sum = calibrate::three_body_sum(frame.structure, bend);
    *frame.data.energy += sum.energy;
    *frame.data.forces += sum.forces;
  }
  write();
  const std::string pairs =
      "name: made\nbase: dftb/perov-1-0\ndata:\n  files: [labelled.extxyz]\n"
      "  held_out: {field: held_out}\nfit:\n  cutoffs: 2.0\n  folds: 3\n  smoothness: 1.0e-6\n";
  ASSERT_EQ(run(pairs).exit_code, 0);
  const auto without = nlohmann::json::parse(file_text(path("out/report.json")));
  const Spoken made = run(pairs +
                          "  three_body: {triples: [H-C-H], cutoff: 2.4, radial: 2, angular: 2, "
                          "strength: [1.0e-6, 1]}\n");
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const auto with = nlohmann::json::parse(file_text(path("out/report.json")));
  EXPECT_LT(with["held_out"].back()["force_rms"],
            0.2 * without["held_out"].back()["force_rms"].get<double>());
  EXPECT_EQ(with["choice"]["three_body"]["groups"].size(), 1U);
  EXPECT_NEAR(with["choice"]["three_body"]["score_of_pairs_alone"],
              without["choice"]["score"].get<double>(), 1e-12);
  EXPECT_LT(with["choice"]["score"], 0.2 * without["choice"]["score"].get<double>());
  EXPECT_THAT(file_text(path("out/report.md")), HasSubstr("with 1 of 1 groups added"));
  EXPECT_THAT(file_text(path("out/report.md")), HasSubstr("H-C-H"));
  // The set gives the energies that the fit has, and says where its file is damaged.
  const std::string set = "dftb/" + path("out/made");
  const auto evaluated =
      json_of(ionpass({"evaluate", path("labelled.extxyz"), "-p", set, "--json"}));
  EXPECT_NEAR(evaluated[0]["free_energy"].get<double>() - evaluated[8]["free_energy"].get<double>(),
              *frames_[0].data.energy - *frames_[8].data.energy, 0.05);
  const std::string triples = path("out/made/three-body.txt");
  write_text_file(triples, file_text(triples) + "0 0 x\n");
  expect_refusal(ionpass({"evaluate", path("labelled.extxyz"), "-p", set}), 2,
                 {"three-body.txt:", "three-body potentials"});
  // A base of this kind: its own three-body potentials are taken off as its repulsion is.
  ASSERT_EQ(run(pairs + "  three_body: {triples: [H-C-H], cutoff: 2.4, radial: 2, angular: 2, "
                        "strength: [1.0e-6, 1]}\n")
                .exit_code,
            0);
  fs::rename(path("out/made"), path("first"));
  std::string on_it = pairs + "  walls: 0\n";
  on_it.replace(on_it.find("dftb/perov-1-0"), 14, "dftb/" + path("first"));
  ASSERT_EQ(run(on_it).exit_code, 0);
  const auto again = nlohmann::json::parse(file_text(path("out/report.json")));
  EXPECT_GT(again["held_out"].back()["force_rms"],
            0.5 * without["held_out"].back()["force_rms"].get<double>());
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
  refused(start + data + "fit: {base: {Pb.level: 0.1}}\n", {"plan.yaml:4:14: ", "Pb.level"});
  const std::string three = start + data + "fit: {three_body: ";
  refused(three + "{cutoffs: 2.8}}\n", {"plan.yaml:4:20: ", "three_body.cutoffs", "'cutoff'"});
  refused(three + "{triples: [H-C]}}\n", {"plan.yaml:4:30: ", "'H-C' is no triple"});
  refused(three + "{elements: [C, Xx]}}\n", {"plan.yaml:4:34: ", "'Xx' is no element"});
  refused(three + "{radial: 0}}\n", {"plan.yaml:4:28: ", "1 to 12"});
  refused(three + "[{cutoff: 99}]}\n", {"plan.yaml:4:29: ", "1.2 to 8"});
  refused(three + "{angular: []}}\n", {"plan.yaml:4:29: ", "the list is empty"});
  refused(start + data + "validate: {hops: [{name: x, file: nowhere.extxyz}]}\n",
          {"plan.yaml:4:35: ", "nowhere.extxyz"});
  refused(start + data + "validate: {volumes: [{name: x}]}\n",
          {"plan.yaml:4:22: ", "'structure' is missing"});
  expect_refusal(ionpass({"calibrate"}), 2, {"no plan"});
}

TEST_F(Calibrate, SchemaNamesEverySection) {
  const Spoken schema = ionpass({"calibrate", "--schema"});
  EXPECT_EQ(schema.exit_code, 0);
  for (const char* word :
       {"base", "held_out", "smoothness", "learning_curve", "volumes", "three_body", "angular",
        "phonons", "displacement", "dynamics", "time_steps"})
    EXPECT_THAT(schema.out, HasSubstr(word));
}

}  // namespace
}  // namespace ionpass::test
