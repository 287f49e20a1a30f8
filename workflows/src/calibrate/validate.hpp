// Trials of a written set on named crystals.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "calibrate/result.hpp"

namespace ionpass::workflows {

class Store;

struct Trial {
  PotentialSettings potential;  ///< the written set; k-points follow the check
  Store* store = nullptr;
  std::function<std::optional<std::string>()> stop = {};
  std::function<void(const std::string&)> progress = {};  ///< where it stands
};

/// @throws Interrupted
[[nodiscard]] VolumeCurve try_volumes(const CrystalCheck& check, const Trial& trial);
[[nodiscard]] RelaxedBonds try_relaxation(const RelaxationCheck& check, const Trial& trial);
/// @param reference labelled displaced structures; empty: none
[[nodiscard]] CrystalVibrations try_phonons(const PhononCheck& check,
                                            std::span<const calibrate::LabelledStructure> reference,
                                            const Trial& trial);
/// @param fit whose shortest distances are set beside those that are met
[[nodiscard]] DynamicsRun try_dynamics(const DynamicsCheck& check, const calibrate::Fit& fit,
                                       const Trial& trial);

}  // namespace ionpass::workflows
