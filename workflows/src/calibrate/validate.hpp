// Trials of a written set on named crystals.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "calibrate/result.hpp"

namespace ionpass::workflows {

class Store;

struct Trial {
  PotentialSettings potential;  ///< the written set; k-points follow the check
  Store* store = nullptr;
  std::function<std::optional<std::string>()> stop = {};
};

/// @throws Interrupted
[[nodiscard]] VolumeCurve try_volumes(const CrystalCheck& check, const Trial& trial);
[[nodiscard]] RelaxedBonds try_relaxation(const RelaxationCheck& check, const Trial& trial);

}  // namespace ionpass::workflows
