// Processor time of this process.
#pragma once

#include <ctime>

namespace ionpass::bench {

/// Seconds of processor time since it was made: for one thread on an idle machine the wall time,
/// and much the same on a busy one.
class Stopwatch {
 public:
  [[nodiscard]] double seconds() const { return now() - start_; }

 private:
  static double now() {
    std::timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  }
  double start_ = now();
};

}  // namespace ionpass::bench
