// The command line: one command per file in src/cli, put together here.
#pragma once

#include <hpc/communicator.hpp>

namespace ionpass::workflows {

/// What the program tells the shell.
enum class ExitCode : int {
  done = 0,
  not_converged = 1,  ///< finished, but something did not converge
  bad_input = 2,      ///< input or usage
  backend_failed = 3,
  internal_error = 4,
  interrupted = 75,  ///< stopped with all work saved
};

/// Parses the arguments and runs the command; the results go to standard output, all else to
/// standard error.
/// @returns the exit code; under MPI the same decision on every rank
/// @throws what the command throws; see exit_code_of
[[nodiscard]] int run_command_line(int argc, const char* const* argv,
                                   const hpc::Communicator& world);

/// Tells the user of the exception that is being handled, in one line on standard error.
/// @returns the exit code it stands for
[[nodiscard]] int report_current_exception(const hpc::Communicator& world);

}  // namespace ionpass::workflows
