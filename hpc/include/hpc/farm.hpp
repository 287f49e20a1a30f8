// A manager and its workers: spreads independent pieces of work over ranks. Knows nothing of what the work is.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include <hpc/communicator.hpp>

namespace ionpass::hpc {

/// One piece of work, as bytes, and how long it is expected to take (any consistent unit).
struct FarmTask {
  Bytes payload;
  double cost = 1.0;
};

/// Rank 0 manages and works too; the others work. The function must turn any failure into bytes itself: it must not throw.
class Farm {
 public:
  using Work = std::function<Bytes(const Bytes&)>;
  /// Called on the manager as soon as result i is there, so that it can be stored before the others are.
  using Arrival = std::function<void(std::size_t index, const Bytes& result)>;

  Farm(Communicator communicator, Work work);

  /// Manager only: all results, in the order of the tasks. Longest tasks start first; results do not depend on the number of ranks.
  std::vector<Bytes> map(std::span<const FarmTask> tasks, const Arrival& arrival = {});

  /// Workers only: serves the manager until it calls stop().
  void serve();

  /// Manager only: lets the workers return from serve().
  void stop();

 private:
  Communicator communicator_;
  Work work_;
};

}  // namespace ionpass::hpc
