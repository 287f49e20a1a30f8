// Time of this process.
#pragma once

#include <ctime>

namespace ionpass::bench {

/// Seconds since it was made. Of one thread processor time: on an idle machine the wall time, and
/// much the same on a busy one. Of several threads wall time.
class Stopwatch {
 public:
  explicit Stopwatch(int threads = 1)
      : clock_(threads > 1 ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID), start_(now()) {}
  [[nodiscard]] double seconds() const { return now() - start_; }

 private:
  [[nodiscard]] double now() const {
    std::timespec t{};
    clock_gettime(clock_, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  }
  clockid_t clock_;
  double start_;
};

}  // namespace ionpass::bench
