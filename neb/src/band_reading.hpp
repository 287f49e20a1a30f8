// What a finished band says in words.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <neb/band.hpp>

#include "band_forces.hpp"

namespace ionpass::neb {

/// An interior maximum must exceed both ends by this, eV; less is noise.
inline constexpr double least_barrier = 1e-3;

/// Index of the highest image if it lies above both ends by least_barrier.
[[nodiscard]] std::optional<std::size_t> highest_interior(std::span<const double> energies);

/// What a reader must know beside the barrier: intermediate minima, ends that are not minima,
/// kinks, uneven spacing. One sentence each.
[[nodiscard]] std::vector<std::string> remarks(std::span<const double> energies,
                                               const BandGeometry& geometry);

/// Joins sentences with "; ".
[[nodiscard]] std::string join(const std::vector<std::string>& sentences);

}  // namespace ionpass::neb
