// Jobs of `relax` and `neb`: one potential, all ranks, progress on standard error, a stop on
// signals.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <hpc/interrupt.hpp>
#include <neb/job.hpp>
#include <workflows/farm_evaluator.hpp>

#include "cli/command.hpp"
#include "run/extrapolation_watch.hpp"

namespace ionpass::workflows {

/// Runs jobs with one potential over all ranks. Every rank makes one; rank 0 runs jobs, the others
/// serve.
class JobSession {
 public:
  /// @param potential outlives the session
  JobSession(const Potential& potential, const Invocation& invocation);

  /// Works for rank 0 until its session ends.
  void serve();
  /// A geometry that was warned of already: what lies beyond the data of the parameters there is
  /// not said again while jobs run.
  void expect(const Structure& structure) { watch_.expect(potential_, structure); }
  /// Rank 0: runs the jobs side by side to their ends, or until a signal asks to stop. Where
  /// geometries leave the data of the potential's parameters, it warns, once of each kind.
  /// @returns the signal, if it was one
  [[nodiscard]] std::optional<std::string> run(std::span<neb::Job* const> jobs);

 private:
  hpc::InterruptGuard guard_;
  const Potential& potential_;
  FarmEvaluator evaluator_;
  const Invocation& invocation_;
  std::vector<std::string> news_;  // warnings that wait for the end of a round
  WatchingEvaluator watch_;
};

}  // namespace ionpass::workflows
