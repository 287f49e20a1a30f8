// Jobs of `relax` and `neb`: one potential, all ranks, progress on standard error.
#pragma once

#include <memory>
#include <span>
#include <string>

#include <neb/job.hpp>
#include <workflows/farm_evaluator.hpp>
#include <workflows/progress.hpp>

#include "cli/command.hpp"

namespace ionpass::workflows {

/// Runs jobs with one potential over all ranks. Every rank makes one; rank 0 runs jobs, the others
/// serve.
class JobSession {
 public:
  JobSession(const Potential& potential, const Invocation& invocation);
  ~JobSession();
  JobSession(const JobSession&) = delete;
  JobSession& operator=(const JobSession&) = delete;

  /// Works for rank 0 until it has finished.
  void serve();
  /// Rank 0: runs the jobs to their ends.
  void run(std::span<neb::Job* const> jobs, const std::string& material);

 private:
  class Observer;
  const Potential& potential_;
  FarmEvaluator evaluator_;
  std::unique_ptr<ProgressDisplay> display_;
  std::unique_ptr<Observer> observer_;
};

}  // namespace ionpass::workflows
