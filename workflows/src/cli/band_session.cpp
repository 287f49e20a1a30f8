#include "cli/band_session.hpp"

#include <chrono>
#include <cstdio>

#include <fmt/format.h>

namespace ionpass::workflows {

class JobSession::Observer final : public neb::RunObserver {
 public:
  Observer(const FarmEvaluator& evaluator, ProgressDisplay& display)
      : evaluator_(evaluator), display_(display) {}

  void set_material(const std::string& material) { material_ = material; }

  bool on_round(std::span<const neb::RunningJob> jobs) override {
    RunSnapshot snapshot;
    for (const neb::RunningJob& running : jobs) {
      if (running.job->finished()) continue;
      const neb::Progress progress = running.job->progress();
      JobLine line{.material = material_,
                   .name = running.name,
                   .stage = progress.stage,
                   .iteration = progress.iteration,
                   .max_force = progress.max_force,
                   .barrier = std::nullopt};
      if (progress.stage == "neb") line.barrier = progress.barrier;
      snapshot.active.push_back(line);
    }
    const EvaluatorCounts& counts = evaluator_.counts();
    snapshot.evaluations_computed = counts.computed;
    snapshot.evaluations_found = counts.found;
    snapshot.round_done = counts.round_done;
    snapshot.round_total = counts.round_total;
    snapshot.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    display_.show(snapshot);
    return true;
  }

 private:
  const FarmEvaluator& evaluator_;
  ProgressDisplay& display_;
  std::string material_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

JobSession::JobSession(const Potential& potential, const Invocation& invocation)
    : potential_(potential),
      evaluator_(invocation.world, {&potential}),
      display_(make_display(stderr, display_options(stderr, invocation.verbosity))),
      observer_(std::make_unique<Observer>(evaluator_, *display_)) {}

JobSession::~JobSession() { display_->finish(); }

void JobSession::serve() { evaluator_.serve(); }

void JobSession::run(std::span<neb::Job* const> jobs, const std::string& material) {
  std::vector<neb::RunningJob> running;
  for (neb::Job* job : jobs)
    running.push_back({.job = job,
                       .potential = &potential_,
                       .name = jobs.size() > 1 ? fmt::format("end {}", running.size() + 1) : ""});
  observer_->set_material(material);
  neb::run(running, evaluator_, observer_.get());
}

}  // namespace ionpass::workflows
