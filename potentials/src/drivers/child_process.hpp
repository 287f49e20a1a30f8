// An external program as a value: started without a shell, in a process group of its own, ended
// with all its descendants when the object or this process ends.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "drivers/deadline.hpp"
#include "drivers/descriptor.hpp"

namespace ionpass::drivers {

struct LaunchPlan {
  std::vector<std::string> arguments;  ///< the program (a path, or a name looked up in PATH) first
  std::filesystem::path folder;        ///< where it runs
  std::filesystem::path input;         ///< its standard input; empty: nothing
  std::filesystem::path output;        ///< file of its standard output, made anew
  std::filesystem::path errors;        ///< file of its standard error, made anew
};

/// How a program ended.
struct Ending {
  bool by_signal = false;
  int code = 0;  ///< exit status or signal
  [[nodiscard]] bool is_success() const noexcept { return !by_signal && code == 0; }
  /// "exit status 3", "signal 11 (Segmentation fault)"
  [[nodiscard]] std::string text() const;
};

/// Path of a program. @throws DriverError not_found, naming the program and the PATH
[[nodiscard]] std::filesystem::path find_program(const std::string& name);

/// Our environment without what ties a process to the MPI job or batch job we are part of, so that
/// an MPI program, or an mpirun, started by a rank begins a job of its own, and with the language
/// in which numbers have dots. The user's own
/// settings of Open MPI (OMPI_ALLOW_RUN_AS_ROOT, OMPI_MCA_* from outside) stay where they can be
/// told from those of the launcher.
[[nodiscard]] std::vector<std::string> clean_environment();

class ChildProcess {
 public:
  /// Starts the program. @throws DriverError not_found if it cannot be started
  explicit ChildProcess(const LaunchPlan& plan);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// A descriptor that becomes readable when the program has ended; for poll().
  [[nodiscard]] int descriptor() const noexcept { return status_.number(); }
  /// How it ended, if it has; all its descendants are gone then.
  /// @throws DriverError not_found if it could not be started after all
  [[nodiscard]] std::optional<Ending> ending();
  /// The same, waiting at most until the deadline.
  [[nodiscard]] std::optional<Ending> wait(const Deadline& deadline);
  /// Ends the program and all its descendants. Returns when they are gone.
  void kill() noexcept;

 private:
  void reap() noexcept;  ///< waits for the warden, which ends when it has ended the rest

  std::string name_;
  Descriptor life_;    ///< the warden ends the program when this is closed
  Descriptor status_;  ///< the warden's message
  int warden_ = -1;
  std::optional<Ending> ending_;
};

}  // namespace ionpass::drivers
