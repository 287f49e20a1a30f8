// A manager and its workers: spreads independent pieces of work over ranks. Knows nothing of what
// the work is.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <stdexcept>
#include <vector>

#include <hpc/communicator.hpp>

namespace ionpass::hpc {

/// One piece of work, as bytes, and how long it is expected to take (any consistent unit).
struct FarmTask {
  Bytes payload;
  double cost = 1.0;
};

/// A piece of work that threw, on whichever rank: which one, where, and what it said.
class WorkError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Rank 0 manages and works too; the others work. The function should turn any failure into bytes
/// itself; if it throws, the whole map() fails.
///
/// Protocol: the manager sends a worker one message at a time, a task (number and payload) or the
/// order to stop; to every task the worker answers with one message, the result or what went wrong,
/// and then waits for the next.
class Farm {
 public:
  using Work = std::function<Bytes(const Bytes&)>;
  /// Called on the manager as soon as result i is there, so that it can be stored before the others
  /// are.
  using Arrival = std::function<void(std::size_t index, const Bytes& result)>;

  Farm(Communicator communicator, Work work);
  Farm(const Farm&) = delete;
  Farm& operator=(const Farm&) = delete;

  /// Manager only: all results, in the order of the tasks. Longest tasks start first; results do
  /// not depend on the number of ranks. If something throws, tasks already under way are awaited,
  /// the workers are stopped, and then the error goes on to the caller.
  /// @throws WorkError if a piece of work threw; whatever the arrival callback throws;
  /// std::logic_error after stop()
  std::vector<Bytes> map(std::span<const FarmTask> tasks, const Arrival& arrival = {});

  /// Workers only: serves the manager until it calls stop().
  void serve();

  /// Manager only: lets the workers return from serve(). A second call does nothing.
  void stop();

 private:
  Communicator communicator_;
  Work work_;
  bool stopped_ = false;
};

}  // namespace ionpass::hpc
