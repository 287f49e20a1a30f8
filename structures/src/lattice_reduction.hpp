// Short, nearly orthogonal vectors for a lattice, so that searches over its points stay small in
// skewed cells.
#pragma once

#include <Eigen/Dense>

#include <structures/cell.hpp>

namespace ionpass {

/// The same lattice with other basis vectors: columns = cell.matrix() * transformation.
struct ReducedLattice {
  Eigen::Matrix3d columns;         ///< Å
  Eigen::Matrix3i transformation;  ///< determinant ±1
};

/// Basis in which no vector gets shorter by adding integer multiples of the others (pairwise, and
/// all three with signs).
[[nodiscard]] ReducedLattice reduce_lattice(const Cell& cell);

}  // namespace ionpass
