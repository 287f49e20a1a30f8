#include "cli/job_session.hpp"

#include <fmt/format.h>

#include "cli/progress_line.hpp"

namespace ionpass::workflows {
namespace {

/// Where the jobs stand, after every round.
class JobProgress final : public neb::RunObserver {
 public:
  JobProgress(const FarmEvaluator& evaluator, int verbosity)
      : evaluator_(evaluator), line_(verbosity) {}

  bool on_round(std::span<const neb::RunningJob> jobs) override {
    if (line_.is_due()) line_.show(text(jobs));
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

  const FarmEvaluator& evaluator_;
  ProgressLine line_;
};

}  // namespace

JobSession::JobSession(const Potential& potential, const Invocation& invocation)
    : potential_(potential),
      evaluator_(invocation.world, {&potential}, {.ranks_per_image = invocation.ranks_per_image}),
      verbosity_(invocation.verbosity) {}

void JobSession::serve() { evaluator_.serve(); }

void JobSession::run(std::span<neb::Job* const> jobs) {
  std::vector<neb::RunningJob> running;
  for (neb::Job* job : jobs)
    running.push_back({.job = job, .potential = &potential_, .name = job->progress().stage});
  JobProgress progress(evaluator_, verbosity_);
  neb::run(running, evaluator_, &progress);
}

}  // namespace ionpass::workflows
