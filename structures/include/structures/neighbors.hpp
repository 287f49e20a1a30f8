// Pairs of atoms within a radius, with their periodic images.
#pragma once

#include <cstddef>
#include <vector>

#include <Eigen/Dense>

#include <structures/structure.hpp>

namespace ionpass {

/// Atom `second`, moved by the lattice translation, seen from atom `first`.
struct NeighborPair {
  std::size_t first = 0;
  std::size_t second = 0;
  Eigen::Vector3i translation = Eigen::Vector3i::Zero();
  Eigen::Vector3d vector;  ///< r(second) + cell * translation - r(first), Å
  double distance = 0.0;   ///< Å
};

/// Each unordered pair once (first < second, or first == second with one of ±translation), sorted
/// by first, second, translation. Works for radii larger than the cell. Cost grows with the number
/// of atoms times neighbours (cell lists); in cells no wider than about three radii, with the
/// number of pairs of atoms.
[[nodiscard]] std::vector<NeighborPair> neighbor_pairs(const Structure& structure, double radius);

}  // namespace ionpass
