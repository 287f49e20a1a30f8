// Processes: started without a shell, and gone when they should be.
#include "drivers/child_process.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include <spawn.h>
#include <sys/wait.h>

#include "driver_fixture.hpp"

namespace ionpass::drivers {
namespace {

using test::text_of_file;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Processes : public testing::Test {
 protected:
  [[nodiscard]] LaunchPlan plan(std::vector<std::string> arguments) const {
    return {
        std::move(arguments), folder_.path(), {}, folder_.path() / "out", folder_.path() / "err"};
  }
  /// Processes that a "tree" of the fake program noted, once there are so many.
  [[nodiscard]] std::vector<pid_t> noted(std::size_t count) const {
    std::vector<pid_t> pids;
    for (int i = 0; i < 500 && pids.size() < count; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      pids.clear();
      std::ifstream in(folder_.path() / "script.pids");
      for (pid_t pid = 0; in >> pid;) pids.push_back(pid);
    }
    return pids;
  }
  [[nodiscard]] std::vector<std::string> tree() const {
    return {IONPASS_FAKE_PROGRAM, "tree", (folder_.path() / "script").string()};
  }
  test::TemporaryFolder folder_;
};

bool is_gone(pid_t pid) { return kill(pid, 0) != 0 && errno == ESRCH; }

TEST_F(Processes, ArgumentsAreNotInterpreted) {
  const std::string nasty = "$(touch " + (folder_.path() / "made").string() + "); 'x' \"y\" *";
  ChildProcess child(plan({IONPASS_FAKE_PROGRAM, "echo", "-", nasty}));
  const auto ending = child.wait(Deadline::in(20.0));
  ASSERT_TRUE(ending.has_value());
  EXPECT_TRUE(ending->is_success());
  EXPECT_EQ(text_of_file(folder_.path() / "out"), nasty + "\n");
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "made"));
}

TEST_F(Processes, EndingsAreToldApart) {
  const std::string script = folder_.write("script", "exit crash").string();
  ChildProcess first(plan({IONPASS_FAKE_PROGRAM, "command", script, "/dev/null"}));
  EXPECT_EQ(first.wait(Deadline::in(20.0))->text(), "exit status 3");
  ChildProcess second(plan({IONPASS_FAKE_PROGRAM, "command", script, "/dev/null"}));
  const auto ending = second.wait(Deadline::in(20.0));
  EXPECT_TRUE(ending->by_signal);
  EXPECT_EQ(ending->code, SIGSEGV);
}

TEST_F(Processes, AMissingProgramIsNamed) {
  const test::Failed failed =
      test::failure_of([&] { ChildProcess child(plan({"no-such-program"})); });
  EXPECT_EQ(failed.kind, "not_found");
  EXPECT_THAT(failed.message, HasSubstr("no-such-program"));
}

TEST_F(Processes, AFileThatIsNoProgramIsRefused) {
  const std::string file = folder_.write("notes", "no program").string();
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  const test::Failed failed = test::failure_of([&] {
    ChildProcess child(plan({file}));
    (void)child.wait(Deadline::in(20.0));
  });
  EXPECT_EQ(failed.kind, "not_found");
}

// The child ignores SIGTERM and has a child of its own in another session.
TEST_F(Processes, KillingReachesDescendantsInOtherSessions) {
  ChildProcess child(plan(tree()));
  const std::vector<pid_t> pids = noted(2);
  ASSERT_EQ(pids.size(), 2U);
  EXPECT_FALSE(child.ending().has_value());
  child.kill();
  EXPECT_TRUE(std::ranges::all_of(pids, is_gone));
}

class SuddenDeath : public Processes, public testing::WithParamInterface<bool> {};

TEST_P(SuddenDeath, NothingSurvives) {
  std::vector<std::string> words = tree();
  if (GetParam()) words.insert(words.begin(), "--old-kernel");
  words.insert(words.begin(), IONPASS_CHILD_HOST);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t host = 0;
  ASSERT_EQ(posix_spawn(&host, arguments[0], nullptr, nullptr, arguments.data(), environ), 0);
  const std::vector<pid_t> pids = noted(2);
  kill(host, SIGKILL);
  waitpid(host, nullptr, 0);
  ASSERT_EQ(pids.size(), 2U);
  const auto all_gone = [&] { return std::ranges::all_of(pids, is_gone); };
  for (int i = 0; i < 500 && !all_gone(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_TRUE(all_gone());
}

INSTANTIATE_TEST_SUITE_P(Kernels, SuddenDeath, testing::Bool(), [](const auto& param) {
  return param.param ? std::string("without_new_calls") : std::string("this_one");
});

TEST_F(Processes, TheJobWeArePartOfIsHidden) {
  // All by which a program of ours takes itself for a rank are among them.
  const auto names = {"OMPI_COMM_WORLD_RANK",
                      "PMIX_RANK",
                      "PMI_SIZE",
                      "PMI_RANK",
                      "PALS_RANKID",
                      "ALPS_APP_PE",
                      "SLURM_JOB_ID",
                      "FLUX_JOB_ID",
                      "MV2_COMM_WORLD_RANK",
                      "OMPI_ALLOW_RUN_AS_ROOT",
                      "IONPASS_TEST_OTHER"};
  for (const char* name : names) setenv(name, "1", 1);
  const std::vector<std::string> clean = clean_environment();
  for (const char* gone :
       {"OMPI_COMM_WORLD", "PMIX_", "PMI_", "SLURM_", "PALS_", "ALPS_", "FLUX_", "MV2_"})
    EXPECT_THAT(clean, Not(Contains(StartsWith(gone)))) << gone;
  EXPECT_THAT(clean, Contains("OMPI_ALLOW_RUN_AS_ROOT=1"));
  EXPECT_THAT(clean, Contains("IONPASS_TEST_OTHER=1"));
  for (const char* name : names) unsetenv(name);
}

// A comma in a number would be read as its end.
TEST_F(Processes, ProgramsWriteNumbersWithADot) {
  setenv("LC_ALL", "de_DE.UTF-8", 1);
  const std::vector<std::string> clean = clean_environment();
  unsetenv("LC_ALL");
  EXPECT_EQ(std::ranges::count_if(
                clean, [](const std::string& entry) { return entry.starts_with("LC_ALL="); }),
            1);
  EXPECT_THAT(clean, Contains("LC_ALL=C.UTF-8"));
}

}  // namespace
}  // namespace ionpass::drivers
