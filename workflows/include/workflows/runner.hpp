// Runs a study over MPI ranks, from its structures to its barriers; stops and continues at any
// point.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include <hpc/communicator.hpp>
#include <workflows/plan.hpp>
#include <workflows/progress.hpp>
#include <workflows/results.hpp>
#include <workflows/study.hpp>

namespace ionpass::workflows {

struct RunOptions {
  std::filesystem::path run_dir;
  bool fresh = false;          ///< move an earlier run to RUN/earlier-N instead of continuing it
  std::filesystem::path data;  ///< folder of the shipped parameter sets, for make_potential
  std::filesystem::path literature;  ///< file of published barriers for the report; empty: none
  PotentialFactory potential;        ///< on every rank the same; empty: make_potential with `data`
  ProgressDisplay* progress = nullptr;             ///< rank 0; null: silent. Outlives the run
  std::optional<std::chrono::seconds> time_limit;  ///< stop in time before a batch system does
};

/// Exit codes of a run, as in docs/design.md.
inline constexpr int exit_done = 0;
inline constexpr int exit_not_converged = 1;
inline constexpr int exit_backend_failed = 3;
inline constexpr int exit_interrupted = 75;

/// What a hop means for the exit code; that of a run is the largest of its hops. A path without a
/// saddle is an answer.
[[nodiscard]] int exit_code_of(HopStatus status);

struct RunOutcome {
  StudyResult result;                     ///< on rank 0; empty elsewhere
  int exit_code = exit_done;              ///< the same on all ranks
  std::optional<std::string> stopped_by;  ///< "SIGTERM", "time limit": what was finished is stored,
                                          ///< the same command continues
};

/// Rank 0 drives and keeps the store, the others evaluate; all ranks call it. The same study leads
/// to the same result on any number of ranks and after any number of interruptions.
/// @param study as read by rank 0; the other ranks' copies are ignored
/// @throws on rank 0 (the others return): InputError, IoError, UnsupportedElement before anything
/// is computed; IoError when the
///         run folder cannot be written. A material or hop that fails later does not throw: its
///         result says why
[[nodiscard]] RunOutcome run_study(const Study& study, const RunOptions& options,
                                   const hpc::Communicator& communicator);

}  // namespace ionpass::workflows
