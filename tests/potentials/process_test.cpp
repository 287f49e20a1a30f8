// What programs settle for the whole process: kernels of linear algebra, freed memory.
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <potentials/memory.hpp>

extern "C" char* openblas_get_corename();

namespace ionpass {
namespace {

#if defined(__x86_64__)
// Fails without the restart in main() on processors that OpenBLAS does not know.
TEST(LinearAlgebraKernels, AreNotThoseForAPentiumOnANewerProcessor) {
  if (__builtin_cpu_supports("avx2") == 0 || __builtin_cpu_supports("fma") == 0)
    GTEST_SKIP() << "the processor can do no better";
  EXPECT_NE(std::string_view(openblas_get_corename()), "Prescott");
}
#endif

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
long page_faults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

/// Pages that the system cleared for three arrays of 24 MiB, asked for and given back.
long faults_of_arrays() {
  constexpr std::size_t size = 24U << 20U;
  const long before = page_faults();
  std::vector<std::vector<char>> arrays(3);
  for (std::vector<char>& array : arrays) array.assign(size, 'x');
  return page_faults() - before;
}

TEST(Memory, IsNotClearedAgainWhenKept) {
  keep_freed_memory();
  faults_of_arrays();
  EXPECT_LT(faults_of_arrays(), 100);  // 18432 pages of 4 KiB
}
#endif

}  // namespace
}  // namespace ionpass
