// A point in time by which something must have happened.
#pragma once

#include <algorithm>
#include <chrono>

namespace ionpass::drivers {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  static Deadline in(double seconds) {
    return Deadline(Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                       std::chrono::duration<double>(seconds)));
  }
  [[nodiscard]] bool passed() const { return Clock::now() >= end_; }
  /// Milliseconds left as poll() takes them, rounded up; 0 if it has passed.
  [[nodiscard]] int milliseconds() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now()).count();
    constexpr long long longest = 1000LL * 60 * 60;  // poll() is asked again after an hour
    return static_cast<int>(std::clamp<long long>(left, 0, longest));
  }

 private:
  explicit Deadline(Clock::time_point end) : end_(end) {}
  Clock::time_point end_;
};

}  // namespace ionpass::drivers
