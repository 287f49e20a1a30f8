// Sampling of the Brillouin zone.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include <Eigen/Dense>

#include <structures/cell.hpp>

namespace ionpass {

/// One k-point: fractional coordinates in the reciprocal lattice, and its weight; the weights of a
/// set sum to 1.
struct Kpoint {
  Eigen::Vector3d fractional = Eigen::Vector3d::Zero();
  double weight = 1.0;
};

/// Regular mesh of points (i + shift) / mesh. Γ-centred without shift; a shift of 1/2 is the mesh
/// of Monkhorst & Pack, Phys. Rev. B 13, 5188 (1976), for even numbers.
struct KpointMesh {
  Eigen::Vector3i mesh = Eigen::Vector3i::Ones();
  Eigen::Vector3d shift = Eigen::Vector3d::Zero();
};

/// Γ-centred mesh with at most this distance between points, 1/Å with 2π in it.
struct KpointSpacing {
  double spacing = 0.25;
};

/// Points given one by one, for example a single mean-value point.
struct KpointList {
  std::vector<Kpoint> points;
};

using KpointSampling = std::variant<KpointMesh, KpointSpacing, KpointList>;

/// The mesh a spacing stands for in this cell.
[[nodiscard]] KpointMesh mesh_for_spacing(const KpointSpacing& spacing, const Cell& cell);

/// The points of a sampling in a cell, with k and -k merged (time reversal). Order and values are
/// the same on every call.
/// @throws InputError for a mesh below 1 or of more than 20000 points, a spacing that is not
/// positive, or weights that do not sum to something positive
[[nodiscard]] std::vector<Kpoint> kpoints(const KpointSampling& sampling, const Cell& cell);

/// "Γ", "2x2x1", "2x2x2 shifted by 0.5 0.5 0.5", "1 point".
[[nodiscard]] std::string describe(const KpointSampling& sampling);

}  // namespace ionpass
