#include "cli/progress_line.hpp"

#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace ionpass::workflows {
namespace {

constexpr const char* erase = "\r\033[2K";

}  // namespace

ProgressLine::ProgressLine(int verbosity)
    : is_quiet_(verbosity < 0), is_terminal_(isatty(STDERR_FILENO) != 0) {}

void ProgressLine::clear() {
  if (is_drawn_) std::fputs(erase, stderr);
  is_drawn_ = false;
}

bool ProgressLine::is_due() const {
  const auto interval = is_terminal_ ? std::chrono::milliseconds(100) : std::chrono::minutes(1);
  return !is_quiet_ && Clock::now() - last_ >= interval;
}

void ProgressLine::show(const std::string& text) {
  last_ = Clock::now();
  if (is_terminal_)
    fmt::print(stderr, "{}{}", erase, text);
  else
    fmt::print(stderr, "ionpass: {}\n", text);
  is_drawn_ = is_terminal_;
}

}  // namespace ionpass::workflows
