// What the base of a calibration says of its structures.
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

/// Evaluations of the base, over ranks and from a store.
struct BaseEvaluations {
  std::vector<calibrate::Sample> samples;
  std::vector<std::string> failures;  ///< structures left out: which, and why
  std::size_t computed = 0, found = 0;
};

struct BaseRun {
  hpc::Communicator world;
  Store* store = nullptr;  ///< rank 0 only
  std::function<std::optional<std::string>()> stop = {};
  std::function<void(std::size_t done, std::size_t total)> on_arrival = {};
};

/// Rank 0: evaluates the base for each structure at its own k-points. All ranks call one of these
/// two, this one on rank 0.
/// @throws Interrupted; what had been computed is in the store
[[nodiscard]] BaseEvaluations evaluate_base(const CalibrationPlan& plan,
                                            const std::vector<calibrate::LabelledStructure>& labels,
                                            const BaseRun& run);
/// All other ranks.
void serve_base(const CalibrationPlan& plan, const BaseRun& run);

}  // namespace ionpass::workflows
