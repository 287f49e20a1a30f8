// The same energies and forces by another program.
#pragma once

#include <optional>

#include <structures/structure.hpp>

namespace ionpass::bench {

/// Processor seconds of CP2K for GFN1-xTB energy and forces at Γ, one run from nothing; nothing if
/// it is not installed or fails.
[[nodiscard]] std::optional<double> cp2k_seconds(const Structure& structure);

}  // namespace ionpass::bench
