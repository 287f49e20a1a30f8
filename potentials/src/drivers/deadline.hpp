// A point in time by which something must have happened.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

namespace ionpass::drivers {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  /// @param on_wait asked in between whether to go on; it throws where not. Outlives every wait.
  static Deadline in(double seconds, std::function<void()> on_wait = {}) {
    return Deadline(Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                       std::chrono::duration<double>(seconds)),
                    std::move(on_wait));
  }
  /// @throws what `on_wait` throws
  [[nodiscard]] bool passed() const {
    if (on_wait_) on_wait_();
    return Clock::now() >= end_;
  }
  /// For how long to wait before passed() is to be asked, in milliseconds as poll() takes them and
  /// rounded up; 0 if it has passed.
  [[nodiscard]] int milliseconds() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now()).count();
    const long long longest = on_wait_ ? 100 : 1000LL * 60 * 60;
    return static_cast<int>(std::clamp<long long>(left, 0, longest));
  }

 private:
  Deadline(Clock::time_point end, std::function<void()> on_wait)
      : end_(end), on_wait_(std::move(on_wait)) {}
  Clock::time_point end_;
  std::function<void()> on_wait_;
};

}  // namespace ionpass::drivers
