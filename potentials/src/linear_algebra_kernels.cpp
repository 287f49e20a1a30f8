#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <unistd.h>

#include <potentials/linear_algebra_kernels.hpp>

// Declared by hand: OpenBLAS's own header clashes with LAPACKE's complex types.
extern "C" char* openblas_get_corename();

namespace ionpass {

namespace {

/// Kernels the processor can run, where those in use know much less of it; null: they fit.
const char* fitting_kernels() {
#if defined(__x86_64__)
  const std::string_view in_use = openblas_get_corename();
  const auto has = [](int supported) { return supported != 0; };
  if (in_use != "Prescott" || !has(__builtin_cpu_supports("avx2")) ||
      !has(__builtin_cpu_supports("fma")))
    return nullptr;
  const bool wide =
      has(__builtin_cpu_supports("avx512f")) && has(__builtin_cpu_supports("avx512cd")) &&
      has(__builtin_cpu_supports("avx512bw")) && has(__builtin_cpu_supports("avx512dq")) &&
      has(__builtin_cpu_supports("avx512vl"));
  return wide ? "SkylakeX" : "Haswell";
#else
  return nullptr;
#endif
}

}  // namespace

void restart_with_fitting_kernels(char** argv) {
  constexpr const char* choice = "OPENBLAS_CORETYPE";
  if (std::getenv(choice) != nullptr) return;
  const char* kernels = fitting_kernels();
  // Without the variable the program started again would start itself again.
  if (kernels == nullptr || setenv(choice, kernels, 1) != 0) return;
  // By its own name: started through the link, the process would be listed as "exe".
  std::error_code unknown;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  if (!unknown) execv(program.c_str(), argv);
  unsetenv(choice);  // it could not be started: slower, but as good
}

}  // namespace ionpass
