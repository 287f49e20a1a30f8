#include "drivers/warden.hpp"

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ionpass::drivers {
namespace {

constexpr int life_descriptor = 0;
constexpr int status_descriptor = 1;
constexpr int grace_milliseconds = 1000;  // mpirun tidies up its shared memory when asked to end
// A process in an uninterruptible call (a file server that is gone) stays: nobody waits for it.
constexpr int killed_milliseconds = 5000;

void report(WardenMessage message) noexcept {
  // Less than PIPE_BUF: whole or not at all. A reader that is gone needs no message.
  [[maybe_unused]] const ssize_t written = write(status_descriptor, &message, sizeof message);
}

void move_to(int from, int to) noexcept {
  if (from != to) dup2(from, to);
}

/// All from a number on; above all the other end of `life`, or we would never see it closed.
void close_from(unsigned first) noexcept {
  if (close_range(first, ~0U, 0) == 0) return;
  // Linux before 5.9.
  rlimit limit{};
  const rlim_t most = 1U << 20;
  const rlim_t end =
      getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < most ? limit.rlim_cur : most;
  for (rlim_t descriptor = first; descriptor < end; ++descriptor)
    close(static_cast<int>(descriptor));
}

/// The terminal's signals reach our process group only; the warden is in its own, and stays until
/// its work is done.
void settle(const WardenPlan& plan) noexcept {
  setpgid(0, 0);
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE})
    std::signal(signal_number, SIG_IGN);
  std::signal(SIGCHLD, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  // Orphans of the program become children of the warden, which can then end them.
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const int status = fcntl(plan.status, F_DUPFD, 10);
  move_to(plan.life, life_descriptor);
  move_to(status, status_descriptor);
  close_from(2);
}

bool open_as(const char* file, int flags, int descriptor) noexcept {
  const int opened = open(file, flags, 0600);
  if (opened < 0) return false;
  if (opened != descriptor) {
    dup2(opened, descriptor);
    close(opened);
  }
  return true;
}

[[noreturn]] void run_program(const WardenPlan& plan, pid_t warden) noexcept {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  const int status = fcntl(status_descriptor, F_DUPFD_CLOEXEC, 10);
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE})
    std::signal(signal_number, SIG_DFL);
  constexpr int write_new = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;
  const bool ready = getppid() == warden && open_as(plan.input, O_RDONLY, STDIN_FILENO) &&
                     open_as(plan.output, write_new, STDOUT_FILENO) &&
                     open_as(plan.errors, write_new, STDERR_FILENO) && chdir(plan.folder) == 0;
  if (ready) execve(plan.program, plan.arguments, plan.environment);
  const WardenMessage message{WardenMessage::not_started, errno};
  [[maybe_unused]] const ssize_t written = write(status, &message, sizeof message);
  _exit(127);
}

/// Waits until the program ends, our side closes its pipe, or the time is over (-1: no limit).
/// @returns true if the program has ended
bool wait_for_end(pid_t program, int pidfd, bool watch_life, int milliseconds,
                  int& state) noexcept {
  constexpr int step = 20;  // ms; only where the kernel has no descriptors of processes
  int waited = 0;
  while (true) {
    const pid_t ended = waitpid(program, &state, WNOHANG);
    if (ended == program || (ended < 0 && errno == ECHILD)) return true;
    if (milliseconds >= 0 && waited >= milliseconds) return false;
    pollfd watched[2] = {{watch_life ? life_descriptor : -1, POLLIN, 0}, {pidfd, POLLIN, 0}};
    const int pause = pidfd < 0 ? step : milliseconds;
    poll(watched, 2, pause);
    if (pause > 0) waited += pause;
    if (watched[0].revents != 0) return waitpid(program, &state, WNOHANG) == program;
  }
}

/// Number at the start of a text; 0 if there is none.
pid_t leading_number(const char* text) noexcept {
  pid_t number = 0;
  for (; *text >= '0' && *text <= '9'; ++text) number = number * 10 + (*text - '0');
  return number;
}

/// Parent of a process by /proc/PID/stat: "PID (name) state parent …"; 0 if it is gone.
pid_t parent_of(const char* pid_text) noexcept {
  char path[64] = "/proc/";
  std::strncat(path, pid_text, 20);
  std::strcat(path, "/stat");
  const int file = open(path, O_RDONLY);
  if (file < 0) return 0;
  char text[512];
  const ssize_t size = read(file, text, sizeof text - 1);
  close(file);
  text[size > 0 ? size : 0] = '\0';
  const char* after_name = std::strrchr(text, ')');  // a name may hold anything, brackets too
  return after_name != nullptr && std::strlen(after_name) > 4 ? leading_number(after_name + 4) : 0;
}

/// What getdents64 fills in; glibc's readdir() would allocate memory.
struct DirectoryEntry {
  std::uint64_t inode;
  std::int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[1];
};

void kill_children(pid_t warden) noexcept {
  const int folder = open("/proc", O_RDONLY | O_DIRECTORY);
  if (folder < 0) return;
  alignas(DirectoryEntry) char buffer[8192];
  long size = 0;
  while ((size = syscall(SYS_getdents64, folder, buffer, sizeof buffer)) > 0) {
    for (long at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const DirectoryEntry*>(buffer + at);
      const pid_t process = leading_number(entry->name);
      if (process > 0 && parent_of(entry->name) == warden) kill(process, SIGKILL);
      at += entry->length;
    }
  }
  close(folder);
}

/// Kills every child of the warden, which includes the orphans of those it kills, until none is
/// left.
void kill_descendants(pid_t warden) noexcept {
  constexpr int longest_wait = 500;  // rounds of 10 ms; a process in an uninterruptible call stays
  for (int round = 0; round < longest_wait; ++round) {
    pid_t reaped = 0;
    while ((reaped = waitpid(-1, nullptr, WNOHANG)) > 0) {
    }
    if (reaped < 0) return;
    kill_children(warden);
    poll(nullptr, 0, 10);
  }
}

}  // namespace

void run_warden(const WardenPlan& plan) noexcept {
  settle(plan);
  const pid_t warden = getpid();
  const pid_t program = _Fork();
  if (program == 0) run_program(plan, warden);
  if (program < 0) {
    report({WardenMessage::not_started, errno});
    _exit(1);
  }
  setpgid(program, program);  // whichever of the two comes first
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, program, 0));
  int state = 0;
  if (!wait_for_end(program, pidfd, true, -1, state)) {
    kill(-program, SIGTERM);
    if (!wait_for_end(program, pidfd, false, grace_milliseconds, state)) {
      kill(-program, SIGKILL);
      if (!wait_for_end(program, pidfd, false, killed_milliseconds, state)) state = SIGKILL;
    }
  }
  kill(-program, SIGKILL);
  kill_descendants(warden);
  if (WIFSIGNALED(state))
    report({WardenMessage::signalled, WTERMSIG(state)});
  else
    report({WardenMessage::exited, WEXITSTATUS(state)});
  _exit(0);
}

}  // namespace ionpass::drivers
