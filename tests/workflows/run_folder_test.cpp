// What a run leaves in its folder, and what it does with a folder that is there.
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <workflows/results_json.hpp>
#include <workflows/store.hpp>

#include "runner_fixture.hpp"

namespace ionpass::workflows {
namespace {

using ::testing::HasSubstr;

TEST(RunFolder, LeavesACompleteFolder) {
  const test::ScratchFolder folder("run-folder");
  const std::filesystem::path run_dir = folder.path() / "run";
  RunOptions options = options_for(run_dir);
  Recorder recorder;
  options.progress = &recorder;
  const RunOutcome outcome = run(test::write_study(folder.path()), options);
  const std::string hop = outcome.result.materials[0].hops[0].label;
  const std::vector<std::string> files = {"study.yaml",
                                          "ionpass.db",
                                          "log.txt",
                                          "report.html",
                                          "report.md",
                                          "report.json",
                                          "cubic/supercell.cif",
                                          "cubic/host.extxyz",
                                          "cubic/" + hop + "/initial.extxyz",
                                          "cubic/" + hop + "/final.extxyz"};
  for (const std::string& file : files) {
    EXPECT_TRUE(std::filesystem::exists(run_dir / file)) << file;
  }
  const std::vector<Frame> path = read_frames(run_dir / "cubic" / hop / "path.extxyz");
  const HopResult& result = outcome.result.materials[0].hops[0];
  ASSERT_EQ(path.size(), result.images.size());
  for (std::size_t i = 0; i < path.size(); ++i) {
    EXPECT_NEAR(*path[i].data.energy - *path[0].data.energy, result.images[i].energy, 1e-8);
    EXPECT_TRUE(path[i].data.forces.has_value());
  }
  const Store store(run_dir, Store::Access::read_only);
  const StudyResult stored = from_document(store.document("result").value());
  EXPECT_EQ(to_document(stored), to_document(outcome.result));
  EXPECT_GT(recorder.shown, 0);
  EXPECT_EQ(recorder.finished, 1);
  EXPECT_EQ(recorder.last.hops_done, 3U);
  EXPECT_EQ(recorder.last.hops_total, 3U);
  EXPECT_THAT(recorder.notes, HasSubstr("barrier"));
}

TEST(RunFolder, RunsAgainWithoutComputing) {
  const test::ScratchFolder folder("run-again");
  const std::filesystem::path study = test::write_study(folder.path());
  const RunOptions options = options_for(folder.path() / "run");
  const RunOutcome first = run(study, options);
  const StoreCounters before = Store(options.run_dir, Store::Access::read_only).counters();
  const std::string report = read_text_file(options.run_dir / "report.json");
  const RunOutcome second = run(study, options);
  const StoreCounters after = Store(options.run_dir, Store::Access::read_only).counters();
  EXPECT_EQ(before.computed, after.computed);
  EXPECT_EQ(after.most_often_computed, 1U);
  EXPECT_EQ(read_text_file(options.run_dir / "report.json"), report);
  EXPECT_EQ(to_document(first.result), to_document(second.result));
}

TEST(RunFolder, RefusesTheFolderOfAnotherStudy) {
  const test::ScratchFolder folder("run-other");
  const std::filesystem::path file = test::write_study(folder.path());
  RunOptions options = options_for(folder.path() / "run");
  { const Store made_by_a_run(options.run_dir); }
  write_text_file(options.run_dir / "study.yaml", "study: something-else\n");
  expect_refusal(file, options, {"something-else", "noble-gases", "--fresh"});
  EXPECT_FALSE(std::filesystem::exists(options.run_dir / "log.txt"));
}

TEST(RunFolder, NeverOverwritesAStudyFileOfTheUser) {
  const test::ScratchFolder folder("run-own-study");
  const std::filesystem::path file = test::write_study(folder.path());
  const std::string text = read_text_file(file);
  RunOptions options = options_for(folder.path() / ".");
  for (const bool fresh : {false, true}) {
    options.fresh = fresh;
    expect_refusal(file, options, {"study.yaml", "overwrite", "--run-dir"});
  }
  // Another study in the folder of this one, where no run has been.
  std::filesystem::copy_file(file, folder.path() / "other.yaml");
  expect_refusal(folder.path() / "other.yaml", options, {"study.yaml", "ionpass.db", "--run-dir"});
  EXPECT_EQ(read_text_file(file), text);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "ionpass.db"));
}

TEST(RunFolder, ARunFolderWithATooLongNameIsAnIoError) {
  const test::ScratchFolder folder("run-long");
  const RunOptions options = options_for(folder.path() / std::string(300, 'x'));
  EXPECT_THROW((void)run(test::write_study(folder.path()), options), IoError);
}

TEST(RunFolder, SaysWhichKeyChangedAndUsesWhatStillFits) {
  const test::ScratchFolder folder("run-changed");
  const std::filesystem::path file = test::write_study(folder.path());
  RunOptions options = options_for(folder.path() / "run");
  (void)run(file, options);
  Study study = read_study(file);
  study.materials[1].neb.fmax = 0.003;
  Recorder recorder;
  options.progress = &recorder;
  (void)run_study(study, options, hpc::Communicator::self());
  EXPECT_THAT(recorder.notes,
              HasSubstr("differs from the last run in materials.stretched.neb.fmax;"));
  EXPECT_EQ(Store(options.run_dir, Store::Access::read_only).counters().most_often_computed, 1U);
  EXPECT_EQ(recorder.last.evaluations_computed, 0U);
}

TEST(RunFolder, AStoppedRunOfAChangedStudyLeavesNoReportOfTheOldOne) {
  const test::ScratchFolder folder("run-stale");
  const std::filesystem::path file = test::write_study(folder.path());
  RunOptions options = options_for(folder.path() / "run");
  (void)run(file, options);
  Study study = read_study(file);
  study.materials[1].neb.fmax = 0.003;
  options.time_limit = std::chrono::seconds(0);
  EXPECT_EQ(run_study(study, options, hpc::Communicator::self()).exit_code, exit_interrupted);
  for (const char* name : {"report.html", "report.md", "report.json"})
    EXPECT_FALSE(std::filesystem::exists(options.run_dir / name)) << name;
}

TEST(RunFolder, MovesTheOldRunAsideWhenFresh) {
  const test::ScratchFolder folder("run-fresh");
  const std::filesystem::path file = test::write_study(folder.path());
  RunOptions options = options_for(folder.path() / "run");
  (void)run(file, options);
  const std::size_t computed = Store(options.run_dir, Store::Access::read_only).counters().computed;
  Recorder recorder;
  options.progress = &recorder;
  options.fresh = true;
  (void)run(file, options);
  EXPECT_EQ(recorder.last.evaluations_computed, computed);
  EXPECT_THAT(recorder.notes, HasSubstr("is kept in"));
}

// Two studies in one folder would be a mixture that no report is of.
TEST(RunFolder, NothingOfAnotherStudyStaysWhenFresh) {
  const test::ScratchFolder folder("run-fresh-other");
  const std::filesystem::path file = test::write_study(folder.path());
  RunOptions options = options_for(folder.path() / "run");
  (void)run(file, options);
  Study study = read_study(file);
  study.name = "another";
  study.materials.resize(1);
  study.materials[0].name = "argon";
  options.fresh = true;
  options.time_limit = std::chrono::seconds(0);
  EXPECT_EQ(run_study(study, options, hpc::Communicator::self()).exit_code, exit_interrupted);
  const std::filesystem::path earlier = options.run_dir / "earlier-1";
  for (const char* name : {"report.html", "report.json", "cubic", "stretched"}) {
    EXPECT_FALSE(std::filesystem::exists(options.run_dir / name)) << name;
    EXPECT_TRUE(std::filesystem::exists(earlier / name)) << name;
  }
  EXPECT_EQ(read_study(earlier / "study.yaml").name, "noble-gases");
  EXPECT_TRUE(Store(earlier, Store::Access::read_only).document("result").has_value());
  EXPECT_TRUE(std::filesystem::exists(options.run_dir / "argon" / "supercell.cif"));
}

}  // namespace
}  // namespace ionpass::workflows
