// What the base of a calibration, and the sets it is compared with, say of labelled structures.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <hpc/communicator.hpp>
#include <potentials/calibrate.hpp>

#include "calibrate/plan.hpp"

namespace ionpass::workflows {

class Store;

struct BaseRun {
  hpc::Communicator world;
  Store* store = nullptr;  ///< rank 0 only
  std::function<std::optional<std::string>()> stop = {};
  std::function<void(std::size_t done, std::size_t total)> on_arrival = {};
};

/// A potential of the plan.
struct Method {
  std::size_t place = 0;   ///< 0: the base; otherwise one more than the place in `validate.compare`
  std::string moved = {};  ///< instead of the base: its name with parameters moved
};

/// Energies, forces and stress of labelled structures, in their order.
struct LabelEvaluations {
  std::vector<std::optional<calibrate::PairSum>> answers;
  std::vector<std::string> failures;  ///< why there is no answer; empty where there is one
  std::size_t computed = 0, found = 0;
};

/// What becomes of structures that the potential has no parameters for.
enum class Unsupported { refuse, leave_out };

/// Rank 0: evaluates a potential for each structure at its own k-points, while the other ranks are
/// in serve_labels.
/// @throws InputError with the place of a structure that is refused; Interrupted: what had been
/// computed is in the store
[[nodiscard]] LabelEvaluations evaluate_labels(
    const CalibrationPlan& plan, const Method& method,
    const std::vector<calibrate::LabelledStructure>& labels, Unsupported unsupported,
    const BaseRun& run);
/// Rank 0: lets the others return from serve_labels.
void end_labels(const BaseRun& run);
/// All other ranks.
void serve_labels(const CalibrationPlan& plan, const BaseRun& run);

}  // namespace ionpass::workflows
