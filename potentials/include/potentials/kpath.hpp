// Paths through the Brillouin zone.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include <structures/cell.hpp>

namespace ionpass {

/// A corner of a path.
struct PathCorner {
  std::string label;
  Eigen::Vector3d fractional = Eigen::Vector3d::Zero();
};

/// "G", "X", "Y", "Z", "S", "T", "U", "R": Γ and the middles of faces, edges and the corner of the
/// reciprocal cell in the file's own setting (S between X and Y, T between Y and Z, U between X and
/// Z, R of all three); "x,y,z" in fractions of the reciprocal vectors; or "LABEL=x,y,z".
/// @throws InputError for anything else
[[nodiscard]] PathCorner path_corner(const std::string& word);

/// Γ-X-S-Y-Γ-Z-U-R-T-Z: straight lines that hold for any cell.
[[nodiscard]] std::vector<PathCorner> default_path();

struct KpointPath {
  std::vector<Eigen::Vector3d> points;  ///< fractional
  std::vector<double> distance;         ///< 1/Å along the path, with 2π in it
  struct Tick {
    std::size_t point = 0;
    std::string label;
  };
  std::vector<Tick> ticks;  ///< of the corners
};

/// Points along straight lines between the corners, about `count` in all, every corner one of them.
/// @throws InputError for fewer than two corners, or two equal ones in a row
[[nodiscard]] KpointPath interpolated(std::span<const PathCorner> corners, const Cell& cell,
                                      std::size_t count);

}  // namespace ionpass
