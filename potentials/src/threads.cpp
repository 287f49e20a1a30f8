#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include <potentials/threads.hpp>

// Declared by hand: OpenBLAS's own header clashes with LAPACKE's complex types.
extern "C" void openblas_set_num_threads(int);

namespace ionpass {

void set_linear_algebra_threads(int threads) { openblas_set_num_threads(std::max(1, threads)); }

int requested_threads() {
  for (const char* name : {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"}) {
    const char* value = std::getenv(name);
    if (value == nullptr) continue;
    const std::string_view text(value);
    int threads = 0;
    std::from_chars(text.data(), text.data() + text.size(), threads);
    if (threads > 0) return threads;
  }
  return 1;
}

}  // namespace ionpass
