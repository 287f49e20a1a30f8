// Folders of workers: gone with their process, whoever notices first, and never before.
#include <chrono>
#include <csignal>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include <potentials/driver_scratch.hpp>
#include <potentials/driver_settings.hpp>

#include "driver_support.hpp"
#include "drivers/scratch_folder.hpp"

namespace ionpass::test {
namespace {

namespace fs = std::filesystem;

class Scratch : public testing::Test {
 protected:
  [[nodiscard]] std::size_t folders() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()));
  }
  /// A process with a folder, which waits to be killed.
  [[nodiscard]] pid_t process_with_folder() const {
    const pid_t process = fork();
    if (process == 0) {
      const drivers::ScratchFolder scratch(folder_.path());
      std::ofstream(scratch.path() / "file") << "x";
      (void)folder_.write("is-there", "");
      while (true) pause();
    }
    for (int i = 0; i < 500 && !fs::exists(folder_.path() / "is-there"); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    fs::remove(folder_.path() / "is-there");
    return process;
  }
  TemporaryFolder folder_;
};

TEST_F(Scratch, IsRemovedWithItsOwner) {
  fs::path path;
  {
    const drivers::ScratchFolder scratch(folder_.path());
    path = scratch.path();
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(Scratch, OfADeadProcessIsRemovedAndOfALivingOneStays) {
  const pid_t process = process_with_folder();
  EXPECT_EQ(remove_dead_scratch(folder_.path()), 0U);
  EXPECT_EQ(folders(), 1U);
  kill(process, SIGKILL);
  waitpid(process, nullptr, 0);
  EXPECT_EQ(folders(), 1U);
  EXPECT_EQ(remove_dead_scratch(folder_.path()), 1U);
  EXPECT_EQ(folders(), 0U);
}

// Its socket lies where clients look for it.
TEST_F(Scratch, OfADeadProcessGoesWithItsSocket) {
  fs::create_directory(folder_.path() / "ionpass-driver-aB3xYz-test");
  const fs::path socket = "/tmp/ipi_ionpass-driver-aB3xYz-test";
  std::ofstream(socket) << "";
  EXPECT_EQ(remove_dead_scratch(folder_.path()), 1U);
  EXPECT_FALSE(fs::exists(socket));
}

// Some file systems do not tell one machine of another's locks.
TEST_F(Scratch, OfAnotherMachineStays) {
  const fs::path other = folder_.path() / "ionpass-driver-aB3xYz";
  fs::create_directory(other);
  (void)folder_.write("ionpass-driver-aB3xYz/.lock", "another-machine");
  EXPECT_EQ(remove_dead_scratch(folder_.path()), 0U);
  EXPECT_TRUE(fs::exists(other));
  EXPECT_EQ(remove_left_scratch(folder_.path()), 1U);
}

TEST_F(Scratch, NothingElseIsRemoved) {
  for (const auto& remove : {remove_left_scratch, remove_dead_scratch}) {
    for (const char* name : {"ionpass-driver-aB3xYz", "ionpass-failed-aB3xYz", "elsewhere"}) {
      fs::create_directory(folder_.path() / name);
      (void)folder_.write(std::string(name) + "/file", "x");
    }
    (void)folder_.write("ionpass-driver-notes", "a file");
    std::error_code exists;
    fs::create_directory_symlink(folder_.path() / "elsewhere",
                                 folder_.path() / "ionpass-driver-link", exists);
    EXPECT_EQ(remove(folder_.path()), 1U);
    EXPECT_FALSE(fs::exists(folder_.path() / "ionpass-driver-aB3xYz"));
    for (const char* name : {"ionpass-failed-aB3xYz/file", "elsewhere/file", "ionpass-driver-notes",
                             "ionpass-driver-link/file"})
      EXPECT_TRUE(fs::exists(folder_.path() / name)) << name;
    EXPECT_EQ(remove(folder_.path() / "none"), 0U);
  }
}

/// Makes folders and cleans up after others, many times. @returns whether it kept its own
bool keeps_its_own(const fs::path& base) {
  for (int round = 0; round < 100; ++round) {
    const drivers::ScratchFolder scratch(base);
    std::ofstream(scratch.path() / "file") << "x";
    (void)remove_dead_scratch(base);
    if (!fs::exists(scratch.path() / "file")) return false;
  }
  return true;
}

TEST_F(Scratch, ProcessesThatCleanUpLeaveEachOtherAlone) {
  std::vector<pid_t> processes;
  for (int i = 0; i < 6; ++i) {
    processes.push_back(fork());
    if (processes.back() == 0) _exit(keeps_its_own(folder_.path()) ? 0 : 1);
  }
  for (const pid_t process : processes) {
    int status = 0;
    waitpid(process, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(folders(), 0U);
}

}  // namespace
}  // namespace ionpass::test
