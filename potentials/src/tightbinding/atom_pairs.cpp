#include "tightbinding/atom_pairs.hpp"

#include <structures/neighbors.hpp>
#include <structures/units.hpp>

namespace ionpass::tightbinding {

std::vector<AtomPair> atom_pairs(const Structure& structure, double radius) {
  const std::vector<NeighborPair> neighbors = neighbor_pairs(structure, radius * units::bohr);
  std::vector<AtomPair> out;
  out.reserve(neighbors.size());
  for (const NeighborPair& pair : neighbors) {
    out.push_back({pair.first, pair.second, pair.translation, pair.vector / pair.distance,
                   pair.distance / units::bohr});
  }
  return out;
}

std::optional<Eigen::Matrix3d> cell_in_bohr(const Structure& structure) {
  if (!structure.cell) return std::nullopt;
  return Eigen::Matrix3d(structure.cell->matrix() / units::bohr);
}

}  // namespace ionpass::tightbinding
