// The process between us and an external program: it ends the program and all its descendants as
// soon as we end, however we end.
#pragma once

namespace ionpass::drivers {

/// What the warden tells us, in one write.
struct WardenMessage {
  enum Kind : int { not_started = 1, exited = 2, signalled = 3 };
  int kind = 0;
  int value = 0;  ///< errno, exit status, or signal
};

/// All that the warden needs; every string is made before the fork.
struct WardenPlan {
  const char* program = nullptr;  ///< absolute path
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  const char* folder = nullptr;
  const char* input = nullptr;
  const char* output = nullptr;
  const char* errors = nullptr;
  int life = -1;    ///< read end of a pipe that only we hold open for writing
  int status = -1;  ///< write end of the pipe for the message
};

/// Runs in a child made by _Fork() of a program that may have threads: it calls only what is safe
/// in a signal handler. Starts the program in a process group of its own, waits until it ends or
/// until `life` is closed, kills what is left of it, and reports.
[[noreturn]] void run_warden(const WardenPlan& plan) noexcept;

}  // namespace ionpass::drivers
