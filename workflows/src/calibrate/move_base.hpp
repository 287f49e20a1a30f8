// The second stage of a calibration: parameters of the base itself.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <potentials/calibrate_base.hpp>

#include "calibrate/base.hpp"
#include "calibrate/result.hpp"

namespace ionpass::workflows {

/// What the search needs of its surroundings.
struct BaseMoves {
  calibrate::SetBase base;         ///< the plan's
  std::filesystem::path folder;    ///< where sets with moved parameters are written
  calibrate::PairFunctions prior;  ///< of the pair potentials
  /// Samples of the labels with a base of this name, less its own repulsion.
  /// @throws BackendError naming a structure that the base failed for
  std::function<std::vector<calibrate::Sample>(const std::string& potential)> evaluate;
  std::function<void(const std::string&)> progress = {};
};

/// Moves the plan's parameters of the base by Gauss–Newton, derivatives by finite differences, and
/// decides by cross-validation whether that helps by more than the plan's `gain`.
/// @param training evaluated with the base as it is
[[nodiscard]] MovedBase move_base(const CalibrationPlan& plan,
                                  const std::vector<calibrate::Sample>& training,
                                  const calibrate::Choice& choice, const BaseMoves& moves);

}  // namespace ionpass::workflows
