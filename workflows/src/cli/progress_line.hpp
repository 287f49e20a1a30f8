// Progress on standard error: one line that is redrawn on a terminal, one line a minute elsewhere.
#pragma once

#include <chrono>
#include <string>

namespace ionpass::workflows {

class ProgressLine {
 public:
  /// @param verbosity below 0: nothing is shown
  explicit ProgressLine(int verbosity);
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Whether it is time to show something again; makes texts that nobody sees unnecessary.
  [[nodiscard]] bool is_due() const;
  void show(const std::string& text);
  void clear();  ///< before other lines are written

 private:
  using Clock = std::chrono::steady_clock;
  bool is_quiet_ = false;
  bool is_terminal_ = false;
  bool is_drawn_ = false;
  Clock::time_point last_ = Clock::now();
};

}  // namespace ionpass::workflows
