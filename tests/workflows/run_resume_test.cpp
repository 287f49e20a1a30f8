// Runs that are killed, interrupted, or spread over ranks end in the same result, and nothing is
// computed twice.
#include <chrono>
#include <random>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include <workflows/store.hpp>

#include "run_fixture.hpp"
#include "run_process.hpp"
#ifdef IONPASS_MPIEXEC
#include "ranks.hpp"
#endif

namespace ionpass::workflows {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

std::vector<std::string> driver(const std::filesystem::path& study,
                                const std::filesystem::path& run_dir, microseconds delay) {
  return {IONPASS_RUN_DRIVER, study.string(), run_dir.string(), std::to_string(delay.count()), "0"};
}

/// An undisturbed run in one process.
std::string reference_report(const std::filesystem::path& study,
                             const std::filesystem::path& run_dir) {
  EXPECT_EQ(test::Process(driver(study, run_dir, microseconds(0))).wait(), 0);
  return test::without_times(run_dir / "report.json");
}

StoreCounters counters(const std::filesystem::path& run_dir) {
  return Store(run_dir, Store::Access::read_only).counters();
}

TEST(Resume, AKilledRunEndsAsIfNothingHadHappened) {
  const test::ScratchFolder folder("resume-kill");
  const std::filesystem::path study = test::write_study(folder.path());
  const std::string expected = reference_report(study, folder.path() / "whole");
  const std::filesystem::path run_dir = folder.path() / "killed";
  std::mt19937 random(20240101);
  int kills = 0;
  int code = -SIGKILL;
  while (code == -SIGKILL) {
    test::Process process(driver(study, run_dir, milliseconds(10)));
    // Early ones hit the start of the program and of the database; later ones the middle of the
    // work.
    std::this_thread::sleep_for(milliseconds(20 + random() % 180));
    if (kills < 12) process.signal(SIGKILL);
    code = process.wait();
    if (code == -SIGKILL) ++kills;
    ASSERT_LE(kills, 12);
  }
  EXPECT_EQ(code, 0);
  EXPECT_GE(kills, 3);
  EXPECT_EQ(test::without_times(run_dir / "report.json"), expected);
  EXPECT_EQ(counters(run_dir).most_often_computed, 1U);
  EXPECT_EQ(counters(run_dir).computed, counters(folder.path() / "whole").computed);
}

TEST(Resume, ATerminatedRunSaysSoAndContinues) {
  const test::ScratchFolder folder("resume-term");
  const std::filesystem::path study = test::write_study(folder.path());
  const std::string expected = reference_report(study, folder.path() / "whole");
  const std::filesystem::path run_dir = folder.path() / "stopped";
  test::Process process(driver(study, run_dir, milliseconds(20)));
  // Once a host is relaxed, end points and bands are still to come: the middle of the work on any
  // machine.
  while (!std::filesystem::exists(run_dir / "cubic" / "host.extxyz")) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 75);
  EXPECT_FALSE(std::filesystem::exists(run_dir / "report.json"));
  const std::size_t computed = counters(run_dir).computed;
  EXPECT_GT(computed, 0U);
  EXPECT_LT(computed, counters(folder.path() / "whole").computed);
  EXPECT_EQ(test::Process(driver(study, run_dir, microseconds(0))).wait(), 0);
  EXPECT_EQ(test::without_times(run_dir / "report.json"), expected);
  EXPECT_EQ(counters(run_dir).most_often_computed, 1U);
}

#ifdef IONPASS_MPIEXEC
TEST(Resume, RanksDoNotChangeTheResult) {
  const test::ScratchFolder folder("resume-ranks");
  const std::filesystem::path study = test::write_study(folder.path());
  const std::string expected = reference_report(study, folder.path() / "serial");
  for (const int ranks : {1, 2, 3}) {
    const std::filesystem::path run_dir = folder.path() / std::to_string(ranks);
    EXPECT_EQ(test::Process(
                  test::on_ranks(ranks, folder.path(), driver(study, run_dir, microseconds(200))))
                  .wait(),
              0);
    EXPECT_EQ(test::without_times(run_dir / "report.json"), expected);
    EXPECT_EQ(counters(run_dir).computed, counters(folder.path() / "serial").computed);
  }
}

TEST(Resume, WrongInputEndsAllRanks) {
  const test::ScratchFolder folder("resume-wrong");
  const std::filesystem::path study = test::write_study(folder.path());
  std::filesystem::create_directories(folder.path() / "run");
  write_text_file(folder.path() / "run" / "study.yaml", "study: another\n");
  const std::filesystem::path run_dir = folder.path() / "run";
  EXPECT_EQ(test::Process(test::on_ranks(2, folder.path(), driver(study, run_dir, microseconds(0))))
                .wait(),
            2);
}
#endif

}  // namespace
}  // namespace ionpass::workflows
