// Computations that ask for energies and are told the answers: what lets several of them share one
// set of ranks, be replayed from a store, and be tested without either.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <potentials/evaluation.hpp>
#include <potentials/potential.hpp>
#include <structures/structure.hpp>

namespace ionpass::neb {

/// One energy that a job needs next.
struct Query {
  Structure structure;
  std::size_t slot = 0;  ///< which of the job's images this is; consecutive geometries of a slot
                         ///< lie close together
  std::vector<double> guess;  ///< starting state for a slot that has no history yet; may be empty
  bool stress = false;        ///< see EvaluationRequest::stress
};

/// The answer: an evaluation, or the reason why there is none.
struct Answer {
  Evaluation evaluation;  ///< meaningful only if `error` is empty
  std::string error;      ///< empty on success; otherwise what failed, as a sentence for the user
  [[nodiscard]] bool ok() const noexcept { return error.empty(); }
};

/// Where a job stands, for progress displays.
struct Progress {
  std::string stage;  ///< "relax", "neb"
  int iteration = 0;
  double max_force = 0.0;  ///< eV/Å, in the norm the job converges in
  double barrier = 0.0;    ///< eV, bands only
};

/// A computation in steps. Deterministic: the same answers lead to the same queries.
class Job {
 public:
  virtual ~Job() = default;
  [[nodiscard]] virtual bool finished() const = 0;
  /// The energies needed for the next step; never empty before the job has finished.
  [[nodiscard]] virtual std::vector<Query> ask() = 0;
  /// Takes the answers to the last ask(), in its order, and advances.
  virtual void tell(std::span<const Answer> answers) = 0;
  [[nodiscard]] virtual Progress progress() const = 0;
};

/// Something that answers queries: a farm of ranks with a store before it, or a single potential in
/// a test.
struct WorkItem {
  const Potential* potential = nullptr;
  Structure structure;
  std::vector<double> guess;  ///< see EvaluationRequest::guess
  bool stress = false;        ///< see EvaluationRequest::stress
};

class Evaluator {
 public:
  virtual ~Evaluator() = default;
  /// Answers in the order of the items. A failure of one item is its answer, not an exception.
  [[nodiscard]] virtual std::vector<Answer> evaluate(std::span<const WorkItem> items) = 0;
};

/// Evaluates one item after the other in this process.
class SerialEvaluator final : public Evaluator {
 public:
  [[nodiscard]] std::vector<Answer> evaluate(std::span<const WorkItem> items) override;
};

/// A job together with the potential that answers it.
struct RunningJob {
  Job* job = nullptr;
  const Potential* potential = nullptr;
  std::string name;
};

/// Called after every round; returning false stops the run after the work already done.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  [[nodiscard]] virtual bool on_round(std::span<const RunningJob> jobs) = 0;
};

/// Runs jobs side by side until all have finished: every round collects the queries of all of them,
/// so that small and large ones fill the ranks together. Consecutive geometries of a slot get a
/// starting guess extrapolated from the last ones.
/// @returns false if the observer stopped it
/// @throws std::logic_error if the evaluator does not answer every item
bool run(std::span<const RunningJob> jobs, Evaluator& evaluator, RunObserver* observer = nullptr);

}  // namespace ionpass::neb
