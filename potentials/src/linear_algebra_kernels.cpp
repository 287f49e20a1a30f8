#include <cstdlib>
#include <string_view>

#include <unistd.h>

#include <potentials/linear_algebra_kernels.hpp>

// Declared by hand: OpenBLAS's own header clashes with LAPACKE's complex types.
extern "C" char* openblas_get_corename();

namespace ionpass {

namespace {

/// Wider arithmetic than the kernels in use know.
bool processor_can_do_more() {
#if defined(__x86_64__)
  const std::string_view kernels = openblas_get_corename();
  return kernels == "Prescott" && __builtin_cpu_supports("avx2") != 0 &&
         __builtin_cpu_supports("fma") != 0;
#else
  return false;
#endif
}

}  // namespace

void restart_with_fitting_kernels(char** argv) {
  constexpr const char* choice = "OPENBLAS_CORETYPE";
  if (std::getenv(choice) != nullptr || !processor_can_do_more()) return;
  // Without the variable the program started again would start itself again.
  if (setenv(choice, "Haswell", 1) != 0) return;
  execv("/proc/self/exe", argv);
  unsetenv(choice);  // it could not be started: slower, but as good
}

}  // namespace ionpass
