// One of the things that evaluate behind a driver: a process kept alive, a folder with files, or
// the state of a plug-in. Used by one thread at a time.
#pragma once

#include <potentials/evaluation.hpp>
#include <structures/structure.hpp>

namespace ionpass::drivers {

class Worker {
 public:
  virtual ~Worker() = default;
  /// @param retry an earlier attempt failed: use the safer settings
  /// @throws DriverError, InputError; what the request's on_wait throws
  virtual Evaluation evaluate(const Structure& structure, const EvaluationRequest& request,
                              bool retry) = 0;
  /// After a failure: ends what runs and forgets the wave function, so that the next evaluation
  /// starts afresh.
  virtual void reset() noexcept = 0;
};

}  // namespace ionpass::drivers
