// Spring constants between the images of a band.
#pragma once

#include <span>
#include <vector>

#include <neb/band.hpp>

namespace ionpass::neb {

/// Constants of the springs between images i and i + 1, eV/Å²; one less than energies (eV, ends
/// included).
[[nodiscard]] std::vector<double> spring_constants(const Springs& springs,
                                                   std::span<const double> energies);

/// @throws InputError for constants that are not positive, or an upper one below the lower
void check_springs(const Springs& springs);

}  // namespace ionpass::neb
