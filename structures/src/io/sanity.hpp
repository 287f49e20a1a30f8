// What must hold for any structure that was read, whatever its format.
#pragma once

#include <structures/error.hpp>
#include <structures/structure.hpp>

namespace ionpass {

/// Least allowed distances between atoms.
enum class Closeness {
  bonds,        ///< half the sum of the covalent radii, at least 0.5 Å: crystals as published
  coincidence,  ///< 0.1 Å: geometries on their way, as a path or a training set holds them
};

/// @throws InputError for positions that are absurd and for atoms on top of each other, naming both
/// and their distance
void require_sane(const Structure& structure, Closeness closeness, const SourceLocation& where);

/// A cell whose errors carry the place.
[[nodiscard]] Cell cell_at(const Eigen::Matrix3d& columns, const SourceLocation& where);

}  // namespace ionpass
