// Asking a run to stop: SIGINT, SIGTERM, SIGUSR1, or a time limit.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace ionpass::hpc {

/// While it lives, SIGINT, SIGTERM and SIGUSR1 only set a flag (a second SIGINT ends the program at
/// once). One at a time.
class InterruptGuard {
 public:
  explicit InterruptGuard(std::optional<std::chrono::seconds> time_limit = std::nullopt);
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// Why the run should stop ("SIGTERM", "time limit"), or nothing.
  [[nodiscard]] std::optional<std::string> reason() const;

 private:
  std::optional<std::chrono::steady_clock::time_point> deadline_;
};

}  // namespace ionpass::hpc
