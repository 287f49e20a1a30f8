// Answers work items from a store first and from the ranks of a farm second.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <hpc/communicator.hpp>
#include <neb/job.hpp>
#include <potentials/evaluation.hpp>
#include <potentials/potential.hpp>
#include <structures/structure.hpp>

namespace ionpass::workflows {

class Store;

/// Thrown by FarmEvaluator::evaluate when it was asked to stop, with the reason; what had been
/// computed by then is in the store.
class Interrupted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What an evaluator did so far.
struct EvaluatorCounts {
  std::size_t computed = 0;  ///< evaluations done by this run
  std::size_t found = 0;     ///< answers taken from the store
  std::size_t failed = 0;    ///< answers that are errors
  std::vector<std::string>
      incidents;                ///< failures of external programs that a fresh start overcame
  double seconds = 0.0;         ///< of all ranks, in the evaluations done by this run
  double cost = 0.0;            ///< their work, in units of Potential::cost
  std::size_t round_done = 0;   ///< answers of the current (or last) call that are there
  std::size_t round_total = 0;  ///< and how many it asked for
};

/// What a FarmEvaluator may be given beside its ranks and potentials.
struct FarmEvaluatorOptions {
  /// Manager only; null: nothing is looked up or kept. Outlives the evaluator.
  Store* store = nullptr;
  /// Asked before each evaluation by the rank that leads it, and while an external program
  /// computes: why to stop, if so. The evaluation is then skipped or ended.
  std::function<std::optional<std::string>()> stop = {};
  std::function<void()> on_arrival = {};  ///< manager only: called after every answer
  /// Ranks that compute one energy together, its eigenproblems too if there are more of them than
  /// k-points; empty: as many as would be idle otherwise and change no bit.
  std::optional<int> ranks_per_image = std::nullopt;
};

/// An Evaluator over MPI ranks: images first, then the k-points of one image. Every rank makes one
/// with the same potentials in the same order; rank 0 evaluates, the others serve until rank 0's
/// evaluator is destroyed or stopped. Answers do not depend on the number of ranks. With one rank
/// it is a serial evaluator with a store.
class FarmEvaluator final : public neb::Evaluator {
 public:
  /// @param potentials outlive the evaluator
  FarmEvaluator(const hpc::Communicator& communicator, std::vector<const Potential*> potentials,
                FarmEvaluatorOptions options = {});
  ~FarmEvaluator() override;
  FarmEvaluator(const FarmEvaluator&) = delete;
  FarmEvaluator& operator=(const FarmEvaluator&) = delete;

  /// Rank 0 only. Equal items of one call are computed once. A failed evaluation is an Answer with
  /// an error.
  /// @throws Interrupted; IoError if the store cannot keep an answer
  [[nodiscard]] std::vector<neb::Answer> evaluate(std::span<const neb::WorkItem> items) override;

  /// All ranks but 0: works until rank 0 stops the farm.
  void serve();
  /// Rank 0: lets the others return from serve(). Called by the destructor as well.
  void stop();

  [[nodiscard]] const EvaluatorCounts& counts() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A work item as bytes, and back: exact, so that a number computed elsewhere is the number
/// computed here.
struct WireItem {
  std::size_t potential = 0;  ///< index into the list that all ranks share
  Structure structure;
  std::vector<double> guess;
  bool stress = false;
};
[[nodiscard]] hpc::Bytes pack_item(const WireItem& item);
[[nodiscard]] WireItem unpack_item(const hpc::Bytes& bytes);
[[nodiscard]] hpc::Bytes pack_answer(const neb::Answer& answer);
[[nodiscard]] neb::Answer unpack_answer(const hpc::Bytes& bytes);

}  // namespace ionpass::workflows
