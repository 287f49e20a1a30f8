#include "hop_orbits.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/neighbors.hpp>

namespace ionpass {

namespace {

// An operation found with a tolerance of at most a tenth of an Å maps an atom this near to its
// image; no other atom of the species is so near.
constexpr double same_site = 0.5;  // Å
// Members of one orbit may differ in length by what the symmetry tolerance allows.
constexpr double length_spread = 0.05;  // Å

std::vector<std::size_t> atoms_of(const Structure& unit, int species) {
  std::vector<std::size_t> atoms;
  for (std::size_t i = 0; i < unit.size(); ++i) {
    if (unit.numbers[i] == species) atoms.push_back(i);
  }
  return atoms;
}

Structure only(const Structure& unit, const std::vector<std::size_t>& atoms) {
  Structure part;
  part.cell = unit.cell;
  part.positions.resize(3, static_cast<Eigen::Index>(atoms.size()));
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    part.numbers.push_back(unit.numbers[atoms[i]]);
    part.positions.col(static_cast<Eigen::Index>(i)) =
        unit.positions.col(static_cast<Eigen::Index>(atoms[i]));
  }
  return part;
}

}  // namespace

DirectedHop DirectedHop::reversed() const {
  return {to, from, {-translation[0], -translation[1], -translation[2]}};
}

DirectedHop DirectedHop::undirected() const { return std::min(*this, reversed()); }

Eigen::Vector3d hop_vector(const Structure& unit, const DirectedHop& hop) {
  const Eigen::Vector3d shift(hop.translation[0], hop.translation[1], hop.translation[2]);
  return unit.positions.col(static_cast<Eigen::Index>(hop.to)) -
         unit.positions.col(static_cast<Eigen::Index>(hop.from)) + unit.cell->matrix() * shift;
}

SitePermutations::SitePermutations(const Structure& unit, const Symmetry& symmetry, int species) {
  const std::vector<std::size_t> atoms = atoms_of(unit, species);
  const Eigen::Matrix3Xd fractional = unit.cell->inverse() * unit.positions;
  for (const SymmetryOperation& operation : symmetry.operations) {
    rotations_.push_back(operation.rotation);
    std::vector<Image>& images = images_.emplace_back(unit.size());
    for (const std::size_t atom : atoms) {
      const Eigen::Vector3d moved =
          operation.rotation.cast<double>() * fractional.col(static_cast<Eigen::Index>(atom)) +
          operation.translation;
      double nearest = std::numeric_limits<double>::infinity();
      for (const std::size_t other : atoms) {
        const Eigen::Vector3d apart = moved - fractional.col(static_cast<Eigen::Index>(other));
        const Eigen::Vector3d shift = apart.array().round();
        const double distance = (unit.cell->matrix() * (apart - shift)).norm();
        if (distance >= nearest) continue;
        nearest = distance;
        images[atom] = {other, shift.cast<int>()};
      }
      if (nearest > same_site) {
        throw InputError(
            fmt::format("{} is mapped onto no atom by an operation of {}: the symmetry is not "
                        "that of this structure",
                        unit.label(atom), symmetry.international));
      }
    }
  }
}

HopOrbit SitePermutations::orbit_of(const Structure& unit, const DirectedHop& hop) const {
  HopOrbit orbit;
  const Eigen::Vector3i translation(hop.translation[0], hop.translation[1], hop.translation[2]);
  for (std::size_t n = 0; n < rotations_.size(); ++n) {
    const Image& from = images_[n][hop.from];
    const Image& to = images_[n][hop.to];
    const Eigen::Vector3i moved = to.shift + rotations_[n] * translation - from.shift;
    const DirectedHop image{from.atom, to.atom, {moved(0), moved(1), moved(2)}};
    orbit.directed.insert(image);
    orbit.undirected.insert(image.undirected());
  }
  for (const DirectedHop& member : orbit.undirected) {
    orbit.length += hop_vector(unit, member).norm() / static_cast<double>(orbit.undirected.size());
  }
  orbit.reversible = orbit.directed.contains(hop.reversed());
  return orbit;
}

std::vector<HopOrbit> hop_orbits(const Structure& unit, const Symmetry& symmetry, int species,
                                 double max_distance) {
  const std::vector<std::size_t> atoms = atoms_of(unit, species);
  const SitePermutations permutations(unit, symmetry, species);
  std::set<DirectedHop> seen;
  std::vector<HopOrbit> orbits;
  for (const NeighborPair& pair : neighbor_pairs(only(unit, atoms), max_distance + length_spread)) {
    const Eigen::Vector3i& t = pair.translation;
    const DirectedHop hop =
        DirectedHop{atoms[pair.first], atoms[pair.second], {t(0), t(1), t(2)}}.undirected();
    if (seen.contains(hop)) continue;
    HopOrbit orbit = permutations.orbit_of(unit, hop);
    seen.insert(orbit.undirected.begin(), orbit.undirected.end());
    if (orbit.length <= max_distance) orbits.push_back(std::move(orbit));
  }
  return orbits;
}

}  // namespace ionpass
