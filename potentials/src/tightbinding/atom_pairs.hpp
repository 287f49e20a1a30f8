// The pairs of atoms, with their periodic images, that all short-range terms of a model share.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <Eigen/Dense>

#include <structures/structure.hpp>

namespace ionpass::tightbinding {

/// Atom b in the cell at `translation`, seen from atom a in the home cell. Each unordered pair
/// stands once (a <= b); an atom and its own image once for both directions.
struct AtomPair {
  std::size_t a = 0, b = 0;
  Eigen::Vector3i translation = Eigen::Vector3i::Zero();
  Eigen::Vector3d direction;  ///< unit vector from a to b
  double distance = 0.0;      ///< bohr

  [[nodiscard]] Eigen::Vector3d vector() const { return distance * direction; }  ///< bohr
};

/// All pairs closer than the radius (bohr), sorted by a, b and translation.
[[nodiscard]] std::vector<AtomPair> atom_pairs(const Structure& structure, double radius);

/// Lattice vectors as columns, bohr; nothing for a molecule.
[[nodiscard]] std::optional<Eigen::Matrix3d> cell_in_bohr(const Structure& structure);

}  // namespace ionpass::tightbinding
