// The program: starts MPI, runs the command line, turns exceptions into exit codes.
#include <cstdlib>

#include <hpc/communicator.hpp>
#include <potentials/linear_algebra_kernels.hpp>
#include <potentials/memory.hpp>
#include <workflows/cli.hpp>

int main(int argc, char** argv) {
  using namespace ionpass;
  restart_with_fitting_kernels(argv);
  keep_freed_memory();
  const hpc::Session session(argc, argv);
  const hpc::Communicator world = hpc::Communicator::world();
  int code = EXIT_SUCCESS;
  try {
    code = workflows::run_command_line(argc, argv, world);
  } catch (...) {
    code = workflows::report_current_exception(world);
    // The other ranks may be waiting for this one: the job ends as a whole.
    if (world.size() > 1) world.abort(code);
  }
  return code;
}
