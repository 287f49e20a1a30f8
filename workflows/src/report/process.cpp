// Runs a program without a shell, with a time limit.
#include "process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ionpass::workflows::report {

namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// Unnamed files instead of pipes: nobody can block on a full one, and a program that stops reading
/// raises no signal.
File unnamed_file() {
  File file(std::tmpfile());
  if (file) ::fcntl(::fileno(file.get()), F_SETFD, FD_CLOEXEC);
  return file;
}

std::string contents(std::FILE* file) {
  std::string text;
  std::rewind(file);
  char buffer[8192];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, file)) text.append(buffer, n);
  return text;
}

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of(" \r\n\t");
  if (end == std::string::npos) return "";
  const std::size_t start = text.find_last_of('\n', end);
  return text.substr(start == std::string::npos ? 0 : start + 1,
                     end - (start == std::string::npos ? 0 : start + 1) + 1);
}

class SpawnSetup {
 public:
  SpawnSetup(int in, int out, int err) {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    ::posix_spawnattr_init(&attributes);
    // A group of its own, so that a kill reaches what it may have started; default signals, since
    // ours may be blocked.
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSetup() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

/// Only what a program needs: settings of the user's own would make plots differ from machine to
/// machine.
std::vector<std::string> environment() {
  std::vector<std::string> out = {"LC_ALL=C"};
  for (const char* name : {"PATH", "TMPDIR", "LD_LIBRARY_PATH"}) {
    if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
  }
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// @returns false if it had to be killed
bool wait_for(pid_t child, std::chrono::milliseconds limit, int& status) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (true) {
    const pid_t done = ::waitpid(child, &status, WNOHANG);
    if (done == child || (done < 0 && errno != EINTR)) return true;
    if (std::chrono::steady_clock::now() >= end) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  ::kill(-child, SIGKILL);
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return false;
}

}  // namespace

ProcessResult run_process(const std::vector<std::string>& arguments, std::string_view input,
                          std::chrono::milliseconds time_limit) {
  ProcessResult result;
  const File in = unnamed_file();
  const File out = unnamed_file();
  const File err = unnamed_file();
  if (!in || !out || !err || std::fwrite(input.data(), 1, input.size(), in.get()) != input.size() ||
      std::fflush(in.get()) != 0) {
    result.error =
        fmt::format("no temporary file for {}: {}", arguments.front(), std::strerror(errno));
    return result;
  }
  std::rewind(in.get());
  const SpawnSetup setup(::fileno(in.get()), ::fileno(out.get()), ::fileno(err.get()));
  std::vector<std::string> argument_texts = arguments;
  std::vector<std::string> environment_texts = environment();
  pid_t child = 0;
  const int code =
      ::posix_spawnp(&child, arguments.front().c_str(), &setup.actions, &setup.attributes,
                     pointers(argument_texts).data(), pointers(environment_texts).data());
  if (code != 0) {
    result.error =
        fmt::format("{} could not be started: {}", arguments.front(), std::strerror(code));
    return result;
  }
  result.started = true;
  int status = 0;
  result.timed_out = !wait_for(child, time_limit, status);
  result.output = contents(out.get());
  if (result.timed_out) {
    result.error = fmt::format("{} gave no answer within {} s and was stopped", arguments.front(),
                               static_cast<double>(time_limit.count()) / 1000.0);
  } else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    result.error = fmt::format("{} failed: {}", arguments.front(), last_line(contents(err.get())));
  }
  return result;
}

}  // namespace ionpass::workflows::report
