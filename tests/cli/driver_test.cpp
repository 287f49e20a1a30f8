// External programs from the command line: ionpass label and serve, and drivers in settings files.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <set>
#include <thread>

#include <structures/io.hpp>

#include "cli_fixture.hpp"
#ifdef IONPASS_MPIEXEC
#include "ranks.hpp"
#endif

namespace ionpass::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr double wire_digits = 1e-10;  // eV: units are converted there and back

constexpr const char* lead_iodide =
    "4\nLattice=\"9 0.5 0 0 9 0 0.3 0 9\" Properties=species:S:1:pos:R:3 pbc=\"T T T\"\n"
    "Pb 0 0 0\nI 3 0.2 0\nI 0 3 0.1\nCs -3 -3 4\n";

class DriverCommands : public CommandLine {
 protected:
  /// A settings file of the fake program, which answers as `words` say.
  [[nodiscard]] std::string fake(const std::string& words, const std::string& more = "") const {
    const std::string script = file("script", words);
    return file("fake.yaml", "name: driver/command\ndriver:\n  command: [" IONPASS_FAKE_PROGRAM
                             ", command, " +
                                 script + "]\n  retries: 0\n  scratch: scratch\n" + more);
  }
  [[nodiscard]] std::string three_frames() const {
    const std::string head = "\nProperties=species:S:1:pos:R:3 energy=99 name=";
    return file("set.extxyz",
                "1" + head + "a\nI 1 0 0\n1" + head + "b\nI 2 0 0\n1" + head + "c\nI 3 0 0\n");
  }
  [[nodiscard]] static std::ptrdiff_t line_count(const std::filesystem::path& file) {
    const std::string text = file_text(file);
    return std::ranges::count(text, '\n');
  }
  [[nodiscard]] std::size_t starts() const {
    return static_cast<std::size_t>(line_count(folder_.path() / "script.starts"));
  }
  [[nodiscard]] std::vector<std::string> label(const std::string& set,
                                               const std::string& potential) const {
    return {"label", set, "-p", potential, "-o", (folder_.path() / "out.extxyz").string()};
  }
  /// Starts ionpass, waits until the fake program hangs, and sends ionpass a signal.
  /// @returns its wait status
  [[nodiscard]] int ended_while_it_waits(std::vector<std::string> words, int signal) const {
    const pid_t process = waiting(std::move(words));
    kill(process, signal);
    int status = 0;
    waitpid(process, &status, 0);
    return status;
  }
  /// Starts ionpass and waits until the fake program hangs.
  [[nodiscard]] pid_t waiting(std::vector<std::string> words) const {
    const std::filesystem::path noted = folder_.path() / "script.pids";
    std::filesystem::remove(noted);
    words.insert(words.begin(), IONPASS_PROGRAM);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t process = 0;
    EXPECT_EQ(posix_spawn(&process, arguments[0], nullptr, nullptr, arguments.data(), environ), 0);
    // It and its child, so that neither writes later, when the next one is waited for.
    for (int i = 0; i < 1000 && line_count(noted) < 2; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return process;
  }
  /// Numbers of the same structure from the engine itself and from it behind another way.
  void expect_equal(const std::string& structure, const std::string& potential,
                    const std::vector<std::string>& more) const {
    std::vector<std::string> words = {"evaluate", structure, "--json", "-q"};
    words.insert(words.end(), more.begin(), more.end());
    std::vector<std::string> own = words, other = words;
    own.insert(own.end(), {"-p", "dftb/pilot-pbi3", "--kpoints", "1", "1", "2"});
    other.insert(other.end(), {"-p", potential});
    const nlohmann::json expected = json_of(ionpass(own))[0], found = json_of(ionpass(other))[0];
    EXPECT_NEAR(found.at("free_energy"), expected.at("free_energy"), wire_digits);
    for (const char* name : {"forces", "stress"})
      for (std::size_t i = 0; i < expected.at(name).size(); ++i)
        for (std::size_t k = 0; k < 3; ++k)
          EXPECT_NEAR(found.at(name)[i][k], expected.at(name)[i][k], wire_digits) << name;
  }
};

// Both sides of the i-PI protocol are ours here; each is checked against other programs elsewhere.
TEST_F(DriverCommands, ServesItselfOverTheIpiProtocol) {
  const std::string settings = file(
      "ipi.yaml", "name: driver/ipi\ndriver:\n  command: [" IONPASS_PROGRAM
                  ", serve, \"{input}\", -q, -p, dftb/pilot-pbi3, --kpoints, 1, 1, 2, --socket, "
                  "\"{socket}\"]\n");
  expect_equal(file("pbi.extxyz", lead_iodide), settings, {"--stress"});
}

TEST_F(DriverCommands, IsACommandOfItself) {
  const std::string settings =
      file("self.yaml", "name: driver/command\ndriver:\n  command: [" IONPASS_PROGRAM
                        ", evaluate, \"{input}\", -q, --json, --stress, -p, dftb/pilot-pbi3, "
                        "--kpoints, 1, 1, 2]\n");
  expect_equal(file("pbi.extxyz", lead_iodide), settings, {"--stress"});
}

TEST_F(DriverCommands, ServeRefusesWhatItCannotReach) {
  const std::string molecule = file("hi.extxyz", hydrogen_iodide);
  expect_refusal(ionpass({"serve", molecule, "-p", "dftb/pilot-pbi3", "--socket", "ionpass-nobody",
                          "--connect-timeout", "0.1"}),
                 2, {"/tmp/ipi_ionpass-nobody", "start it first"});
  expect_refusal(ionpass({"serve", molecule, "-p", "dftb/pilot-pbi3"}), 2, {"--socket", "--port"});
  expect_refusal(ionpass({"serve", molecule, "-p", "dftb/pilot-pbi3", "--socket", "../x"}), 2,
                 {"'../x'"});
}

TEST_F(DriverCommands, LabelReplacesEnergiesAndKeepsTheRest) {
  const Spoken spoken = ionpass(label(three_frames(), fake("ok")));
  EXPECT_EQ(spoken.exit_code, 0) << spoken.err;
  EXPECT_THAT(spoken.out, HasSubstr("3 structures labelled, 0 failed"));
  const std::vector<Frame> frames = read_frames(folder_.path() / "out.extxyz");
  ASSERT_EQ(frames.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const double x = static_cast<double>(i) + 1.0;
    EXPECT_NEAR(*frames[i].data.energy, 0.5 * x * x, 1e-9);
    EXPECT_NEAR((*frames[i].data.forces)(0, 0), -x, 1e-9);
    EXPECT_EQ(frames[i].data.info.at("name"), std::string(1, static_cast<char>('a' + i)));
  }
}

// A failed structure carries no number, least of all the one it came with, and is tried again.
TEST_F(DriverCommands, LabelTellsFailuresAndTriesOnlyThemAgain) {
  const std::string set = three_frames(), potential = fake("ok exit ok ok");
  const Spoken first = ionpass(label(set, potential));
  EXPECT_EQ(first.exit_code, 1);
  EXPECT_THAT(first.err, HasSubstr("structure 1: crashed: driver/command: "));
  const std::vector<Frame> frames = read_frames(folder_.path() / "out.extxyz");
  EXPECT_FALSE(frames.at(1).data.energy.has_value());
  EXPECT_THAT(frames.at(1).data.info.at("label_error"), HasSubstr("crashed"));
  EXPECT_EQ(starts(), 3U);
  const Spoken second = ionpass(label(set, potential));
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_THAT(second.err, HasSubstr("1 computed, 2 taken"));
  EXPECT_EQ(starts(), 4U);
}

std::string iodine_at(const std::string& x) {
  return "1\nProperties=species:S:1:pos:R:3\nI " + x + " 0 0\n";
}

/// Of two atoms the first one moves between the ends.
std::string two_iodines(const std::string& x) {
  return "2\nProperties=species:S:1:pos:R:3\nI " + x + " 0 0\nI 0 3 0\n";
}

TEST_F(DriverCommands, AStoppedRelaxationKeepsItsBestGeometry) {
  const std::string output = folder_.path() / "best.extxyz";
  const int status = ended_while_it_waits({"relax", file("far.extxyz", iodine_at("3")), "-p",
                                           fake("ok ok hang ok"), "--fmax", "1e-6", "-o", output},
                                          SIGTERM);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 75);
  const Frame best = read_frame(output);
  const double x = best.structure.positions(0, 0);
  EXPECT_LT(x, 3.0);
  EXPECT_NEAR(*best.data.energy, 0.5 * x * x, 1e-9);
}

TEST_F(DriverCommands, AStoppedSearchKeepsItsEnds) {
  const std::string output = folder_.path() / "path.extxyz";
  const int status = ended_while_it_waits(
      {"neb", file("a.extxyz", two_iodines("3")), file("b.extxyz", two_iodines("-3")), "-p",
       fake("ok ok hang ok"), "-o", output},
      SIGTERM);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 75);
  EXPECT_EQ(read_frames(output).size(), 2U);
}

// An answer of the calculation, as in a study; the ends that it found are there to be looked at.
TEST_F(DriverCommands, APathWithoutASaddleIsAnAnswer) {
  const std::string output = folder_.path() / "path.extxyz";
  const Spoken spoken =
      ionpass({"neb", file("a.extxyz", two_iodines("1")), file("b.extxyz", two_iodines("-1")), "-p",
               fake("ok"), "-o", output});
  EXPECT_EQ(spoken.exit_code, 0) << spoken.err;
  EXPECT_THAT(spoken.out, HasSubstr("both ends relaxed into the same structure (no_saddle)"));
  EXPECT_THAT(spoken.err, Not(HasSubstr("same structure")));  // once is enough
  EXPECT_EQ(line_count(output), 2 * 4);  // both atoms at the origin: no reader would have them
}

TEST_F(DriverCommands, LabelContinuesAfterBeingKilled) {
  const std::string set = three_frames(), potential = fake("ok ok hang ok");
  (void)ended_while_it_waits(label(set, potential), SIGKILL);
  EXPECT_EQ(starts(), 3U);
  const Spoken again = ionpass(label(set, potential));
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("1 computed, 2 taken"));
  EXPECT_EQ(starts(), 4U);
}

// The program would compute for an hour.
TEST_F(DriverCommands, LabelStopsWhileAProgramComputes) {
  const std::string set = three_frames(), potential = fake("ok hang ok ok");
  const int status = ended_while_it_waits(label(set, potential), SIGINT);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 75);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "scratch"));
  const Spoken again = ionpass(label(set, potential));
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("2 computed, 1 taken"));
}

TEST_F(DriverCommands, ARunRemovesWhatAKilledOneLeft) {
  (void)fake("hang hang");
  const std::string study_file =
      study("potential:\n  name: driver/command\n  driver: {command: [" IONPASS_FAKE_PROGRAM
            ", command, ./script, \"{input}\"]}\n");
  const std::filesystem::path run = folder_.path() / "run", scratch = run / "drivers";
  const std::vector<std::string> words = {"run", study_file, "--run-dir", run.string()};
  (void)ended_while_it_waits(words, SIGKILL);
  ASSERT_FALSE(std::filesystem::is_empty(scratch));
  const int status = ended_while_it_waits(words, SIGTERM);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 75);
  EXPECT_TRUE(std::filesystem::is_empty(scratch));
  EXPECT_THAT(file_text(run / "log.txt"),
              testing::AllOf(HasSubstr("killed left of 1 external program\n"),
                             HasSubstr("stopped by SIGTERM")));
}

/// The folder for temporary files is one of the test's own.
class TemporaryFiles : public DriverCommands {
 protected:
  TemporaryFiles() {
    std::filesystem::create_directory(temporary_);
    setenv("TMPDIR", temporary_.c_str(), 1);
  }
  ~TemporaryFiles() override { unsetenv("TMPDIR"); }
  [[nodiscard]] std::set<std::string> scratch() const {
    std::set<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(temporary_))
      if (entry.path().filename().string().starts_with("ionpass-driver-"))
        out.insert(entry.path().filename().string());
    return out;
  }
  std::filesystem::path temporary_ = folder_.path() / "temporary";
};

// Even one that has nothing to do with external programs.
TEST_F(TemporaryFiles, AnyCommandRemovesWhatAKilledOneLeft) {
  const std::string script = file("script", "hang hang");
  const std::string potential = file(
      "p.yaml", "name: driver/command\ndriver: {command: [" IONPASS_FAKE_PROGRAM ", command, " +
                    script + "]}\n");
  const std::vector<std::string> relax = {"relax", file("hi.extxyz", hydrogen_iodide),
                                          "-p",    potential,
                                          "-o",    (folder_.path() / "o.extxyz").string()};
  (void)ended_while_it_waits(relax, SIGKILL);
  const std::set<std::string> left = scratch();
  ASSERT_EQ(left.size(), 1U);
  const Spoken spoken = ionpass({"potentials"});
  EXPECT_EQ(spoken.exit_code, 0) << spoken.err;
  EXPECT_EQ(scratch().size(), 0U);
  // While one works, its folder stays.
  const pid_t living = waiting(relax);
  EXPECT_EQ(scratch().size(), 1U);
  (void)ionpass({"potentials"});
  EXPECT_EQ(scratch().size(), 1U);
  kill(living, SIGKILL);
  waitpid(living, nullptr, 0);
}

// Where the user wants them, the next one that works there does it.
TEST_F(TemporaryFiles, AFolderOfTheUsersIsCleanedByTheNextThatWorksThere) {
  const std::string set = three_frames(), potential = fake("ok hang ok ok");
  (void)ended_while_it_waits(label(set, potential), SIGKILL);
  ASSERT_FALSE(std::filesystem::is_empty(folder_.path() / "scratch"));
  const Spoken again = ionpass(label(set, potential));
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "scratch"));
}

#ifdef IONPASS_MPIEXEC
TEST_F(DriverCommands, LabelSpreadsOverRanks) {
  const std::string set = three_frames(), potential = fake("ok");
  std::vector<std::string> words = label(set, potential);
  words.insert(words.begin(), IONPASS_PROGRAM);
  const Spoken spoken = run_program(on_ranks(3, folder_.path(), words));
  EXPECT_EQ(spoken.exit_code, 0) << spoken.err;
  EXPECT_EQ(starts(), 3U);
  EXPECT_NEAR(*read_frames(folder_.path() / "out.extxyz").at(2).data.energy, 4.5, 1e-9);
}
#endif

TEST_F(DriverCommands, AFreshStartThatHelpedIsTold) {
  const std::string molecule = file("hi.extxyz", hydrogen_iodide);
  const Spoken spoken =
      ionpass({"evaluate", molecule, "-p", fake("exit ok", "  keep_output: false\n")});
  expect_refusal(spoken, 3, {"crashed: driver/command", "exit status 3", "giving up"});
  std::string text = file_text(folder_.path() / "fake.yaml");
  text.replace(text.find("retries: 0"), 10, "retries: 1");
  (void)file("script.count", "0");
  const Spoken second = ionpass({"evaluate", molecule, "-p", file("twice.yaml", text)});
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_THAT(second.err, HasSubstr("overcome by a fresh start: crashed"));
}

TEST_F(DriverCommands, MistakesInSettingsHaveAPlace) {
  const std::string molecule = file("hi.extxyz", hydrogen_iodide);
  const auto refusal = [&](const std::string& text, const std::vector<std::string>& parts) {
    expect_refusal(ionpass({"evaluate", molecule, "-p", file("p.yaml", text)}), 2, parts);
  };
  refusal("name: dftb/pilot-pbi3\ndriver:\n  timeout: 5\n",
          {"p.yaml:3:12: driver.timeout: has no meaning here"});
  refusal("name: driver/plugin\ndriver:\n  librry: x.so\n",
          {"p.yaml:3:3: unknown key 'driver.librry'", "'library'"});
  refusal("name: driver/plugin\ndriver:\n  library: none.so\n",
          {"p.yaml:3:12: driver.library: ", "none.so' is not there"});
  refusal("name: driver/cp2k-xtb\nscf:\n  mixing: 0.1\n",
          {"p.yaml:3:11: scf.mixing: has no meaning for a driver"});
  refusal("name: driver/cp2k-xtb\ndriver: {exchange: pigeon}\n",
          {"p.yaml:2:20: driver.exchange: 'pigeon'"});
  refusal("name: driver/cp2k-xbt\n", {"driver/cp2k-xtb"});
}

TEST_F(DriverCommands, AStudyKeepsItsDriver) {
  (void)fake("ok");
  const std::string study_file =
      study("potential:\n  name: driver/command\n  driver: {command: [" IONPASS_FAKE_PROGRAM
            ", command, ./script, \"{input}\"], timeout: 2 min}\n");
  const Spoken spoken = ionpass({"validate", study_file, "--show"});
  EXPECT_EQ(spoken.exit_code, 0) << spoken.err;
  EXPECT_THAT(spoken.out, HasSubstr("timeout: 120"));
  EXPECT_THAT(spoken.out, HasSubstr("retries: 1"));
  EXPECT_THAT(spoken.out, HasSubstr((folder_.path() / "script").string()));
  EXPECT_THAT(spoken.out, testing::Not(HasSubstr("max_iterations: 200\n    mixing")));
  // What is shown can be read again.
  const Spoken again = ionpass({"validate", file("again.yaml", spoken.out), "--show"});
  EXPECT_EQ(again.out, spoken.out) << again.err;
}

}  // namespace
}  // namespace ionpass::test
