// Runs a program without a shell, with a time limit.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace ionpass::workflows::report {

struct ProcessResult {
  std::string
      error;  ///< why it gave no usable output, one line; empty if it ended with exit code 0
  bool started = false;
  bool timed_out = false;
  std::string output;  ///< what it wrote to standard output
};

/// Starts the program (searched on the PATH), gives it `input` on standard input and waits. After
/// the time limit it is killed with everything it started. Nothing it writes reaches our own
/// streams.
[[nodiscard]] ProcessResult run_process(const std::vector<std::string>& arguments,
                                        std::string_view input,
                                        std::chrono::milliseconds time_limit);

}  // namespace ionpass::workflows::report
