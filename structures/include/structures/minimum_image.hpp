// Shortest vectors between periodic points, right in skewed cells too.
#pragma once

#include <Eigen/Dense>

#include <structures/cell.hpp>

namespace ionpass {

/// A displacement and the lattice translation that makes it shortest.
struct MinimumImage {
  Eigen::Vector3d vector;       ///< Å
  Eigen::Vector3i translation;  ///< vector = displacement + cell * translation
  double runner_up =
      0.0;  ///< length of the next shortest image, Å: near the length itself, the choice is a tie
};

/// Shortest lattice image of a displacement (Å). Searches neighbours around the rounded fractional
/// coordinates, since in a skewed cell the rounding alone is not the shortest.
[[nodiscard]] MinimumImage minimum_image(const Cell& cell, const Eigen::Vector3d& displacement);

}  // namespace ionpass
