#include "cli/job_session.hpp"

#include <utility>

#include <fmt/format.h>

#include "cli/output.hpp"
#include "cli/progress_line.hpp"

namespace ionpass::workflows {
namespace {

/// Where the jobs stand, after every round.
class JobProgress final : public neb::RunObserver {
 public:
  JobProgress(const FarmEvaluator& evaluator, const hpc::InterruptGuard& guard,
              const Invocation& invocation, std::vector<std::string>& news)
      : evaluator_(evaluator),
        guard_(guard),
        invocation_(invocation),
        news_(news),
        line_(invocation.verbosity) {}

  bool on_round(std::span<const neb::RunningJob> jobs) override {
    if (!news_.empty()) line_.clear();
    for (const std::string& text : std::exchange(news_, {})) print_warning(invocation_, text);
    if (line_.is_due()) line_.show(text(jobs));
    return !guard_.reason().has_value();
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

  const FarmEvaluator& evaluator_;
  const hpc::InterruptGuard& guard_;
  const Invocation& invocation_;
  std::vector<std::string>& news_;
  ProgressLine line_;
};

}  // namespace

JobSession::JobSession(const Potential& potential, const Invocation& invocation)
    : potential_(potential),
      evaluator_(invocation.world, {&potential},
                 {.stop = [this] { return guard_.reason(); },
                  .ranks_per_image = invocation.ranks_per_image}),
      invocation_(invocation),
      watch_(evaluator_, [this](const std::string& text) { news_.push_back(text); }) {}

void JobSession::serve() { evaluator_.serve(); }

std::optional<std::string> JobSession::run(std::span<neb::Job* const> jobs) {
  std::vector<neb::RunningJob> running;
  for (neb::Job* job : jobs)
    running.push_back({.job = job, .potential = &potential_, .name = job->progress().stage});
  JobProgress progress(evaluator_, guard_, invocation_, news_);
  try {
    if (neb::run(running, watch_, &progress)) return std::nullopt;
  } catch (const Interrupted& interrupted) {
    return interrupted.what();
  }
  return guard_.reason();
}

}  // namespace ionpass::workflows
