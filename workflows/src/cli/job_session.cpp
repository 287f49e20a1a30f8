#include "cli/job_session.hpp"

#include <chrono>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace ionpass::workflows {
namespace {

using Clock = std::chrono::steady_clock;

/// One line that is redrawn on a terminal, or one line a minute elsewhere.
class ProgressLine final : public neb::RunObserver {
 public:
  ProgressLine(const FarmEvaluator& evaluator, int verbosity)
      : evaluator_(evaluator), is_quiet_(verbosity < 0), is_terminal_(isatty(STDERR_FILENO) != 0) {}
  ~ProgressLine() override {
    if (is_drawn_) std::fputs(erase, stderr);
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool on_round(std::span<const neb::RunningJob> jobs) override {
    const auto interval = is_terminal_ ? std::chrono::milliseconds(100) : std::chrono::minutes(1);
    if (is_quiet_ || Clock::now() - last_ < interval) return true;
    last_ = Clock::now();
    if (is_terminal_)
      fmt::print(stderr, "{}{}", erase, text(jobs));
    else
      fmt::print(stderr, "ionpass: {}\n", text(jobs));
    is_drawn_ = is_terminal_;
    return true;
  }

 private:
  [[nodiscard]] std::string text(std::span<const neb::RunningJob> jobs) const {
    std::string out;
    for (const neb::RunningJob& running : jobs) {
      if (running.job->finished()) continue;
      const neb::Progress progress = running.job->progress();
      out += fmt::format("{} {}: force {:.3f} eV/Å", progress.stage, progress.iteration,
                         progress.max_force);
      if (progress.stage == "neb") out += fmt::format(", barrier {:.3f} eV", progress.barrier);
      out += "; ";
    }
    return out + fmt::format("{} evaluations", evaluator_.counts().computed);
  }

  static constexpr const char* erase = "\r\033[2K";
  const FarmEvaluator& evaluator_;
  bool is_quiet_ = false;
  bool is_terminal_ = false;
  bool is_drawn_ = false;
  Clock::time_point last_ = Clock::now();
};

}  // namespace

JobSession::JobSession(const Potential& potential, const Invocation& invocation)
    : potential_(potential),
      evaluator_(invocation.world, {&potential}),
      verbosity_(invocation.verbosity) {}

void JobSession::serve() { evaluator_.serve(); }

void JobSession::run(std::span<neb::Job* const> jobs) {
  std::vector<neb::RunningJob> running;
  for (neb::Job* job : jobs)
    running.push_back({.job = job, .potential = &potential_, .name = job->progress().stage});
  ProgressLine progress(evaluator_, verbosity_);
  neb::run(running, evaluator_, &progress);
}

}  // namespace ionpass::workflows
