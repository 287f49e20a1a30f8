#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <tuple>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/hops.hpp>
#include <structures/minimum_image.hpp>
#include <structures/neighbors.hpp>

#include "coordination.hpp"
#include "hop_labels.hpp"
#include "hop_orbits.hpp"
#include "lattice_reduction.hpp"

namespace ionpass {

namespace {

// Hops whose lengths round alike share a label, so labels are decided a little beyond the longest
// hop asked for.
constexpr double label_margin = 0.02;  // Å
constexpr double round_off = 1e-6;     // Å
// Relaxation moves sites by less; a larger change means that positions were wrapped, or belong to
// another cell.
constexpr double largest_relaxation = 1.5;  // Å
constexpr double same_distance = 0.01;      // Å

void require_species(const Structure& unit, const Symmetry& symmetry, int species,
                     double max_distance) {
  if (!unit.cell) throw InputError("a molecule has no hops: give a structure with a cell");
  if (symmetry.orbit.size() != unit.size()) {
    throw InputError(fmt::format("the symmetry is of {} atoms, the structure has {}",
                                 symmetry.orbit.size(), unit.size()));
  }
  if (!std::isfinite(max_distance) || max_distance <= 0.0) {
    throw InputError(fmt::format("longest hop {} Å: it must be positive", max_distance));
  }
  if (std::find(unit.numbers.begin(), unit.numbers.end(), species) != unit.numbers.end()) return;
  throw InputError(fmt::format("no {} in {}: choose a species of the structure",
                               element_symbol(species), formula(unit)));
}

/// Distance of the two nearest atoms of a species, Å.
double shortest_distance(const Structure& unit, int species) {
  for (double radius = 2.0;; radius *= 1.5) {
    double shortest = std::numeric_limits<double>::infinity();
    for (const NeighborPair& pair : neighbor_pairs(unit, radius)) {
      if (unit.numbers[pair.first] != species || unit.numbers[pair.second] != species) continue;
      shortest = std::min(shortest, pair.distance);
    }
    if (std::isfinite(shortest)) return shortest;
  }
}

/// The hop's vector between the actual sites of a supercell, Å, along the image the hop means.
Eigen::Vector3d actual_vector(const Supercell& supercell, const Hop& hop, std::size_t from,
                              std::size_t to) {
  const Structure& host = supercell.structure;
  const Eigen::Vector3d apart = host.positions.col(static_cast<Eigen::Index>(to)) -
                                host.positions.col(static_cast<Eigen::Index>(from));
  const Eigen::Vector3i beyond =
      hop.translation + supercell.translation[from] - supercell.translation[to];
  const Eigen::Vector3d cells =
      (supercell.matrix.cast<double>().inverse() * beyond.cast<double>()).array().round();
  Eigen::Vector3d vector = apart + host.cell->matrix() * cells;
  if (std::abs(vector.norm() - hop.length) <= largest_relaxation) return vector;
  // Positions that were wrapped into the cell have lost their translation; the shortest image is
  // the one left.
  Eigen::Vector3d shortest = minimum_image(*host.cell, apart).vector;
  if (std::abs(shortest.norm() - hop.length) <= largest_relaxation) return shortest;
  throw InputError(
      fmt::format("hop {} is {:.3f} Å long, but its sites are {:.3f} Å apart in the supercell: the "
                  "hop and the supercell belong to different cells",
                  hop.label, hop.length, vector.norm()));
}

/// Refuses cells in which the ion finds another image of the same vacancy at the same distance.
void require_separate_images(const Cell& cell, const Hop& hop, const Eigen::Vector3d& vector) {
  const double period = cell.shortest_vector();
  const auto refuse = [&](const char* reason) {
    throw InputError(fmt::format(
        "hop {}: {} (images of the supercell are {:.2f} Å apart): use a larger supercell",
        hop.label, reason, period));
  };
  if (period <= vector.norm() + same_distance) {
    refuse("the vacancy is no farther from its own image than from the ion");
  }
  const Eigen::Matrix3d columns = reduce_lattice(cell).columns;
  for (int i = -1; i <= 1; ++i) {
    for (int j = -1; j <= 1; ++j) {
      for (int k = -1; k <= 1; ++k) {
        if (i == 0 && j == 0 && k == 0) continue;
        const Eigen::Vector3d other = vector + columns * Eigen::Vector3d(i, j, k);
        if (std::abs(other.norm() - vector.norm()) < same_distance) {
          refuse("the ion has the vacancy and its image at the same distance");
        }
      }
    }
  }
}

}  // namespace

std::string to_string(HopKind kind) {
  switch (kind) {
    case HopKind::within_face:
      return "within_face";
    case HopKind::within_octahedron:
      return "within_octahedron";
    case HopKind::within_cluster:
      return "within_cluster";
    case HopKind::along_chain:
      return "along_chain";
    case HopKind::between_chains:
      return "between_chains";
    case HopKind::other:
      break;
  }
  return "other";
}

std::vector<Hop> distinct_hops(const Structure& unit, const Symmetry& symmetry, int species,
                               double max_distance) {
  require_species(unit, symmetry, species, max_distance);
  const std::vector<HopOrbit> orbits =
      hop_orbits(unit, symmetry, species, max_distance + label_margin);
  const SiteNames names(unit, symmetry, species);
  const std::vector<std::string> labels = hop_labels(unit, names, orbits);
  const Polyhedra polyhedra(unit, species);
  std::vector<Hop> hops;
  for (std::size_t i = 0; i < orbits.size(); ++i) {
    if (orbits[i].length > max_distance + round_off) continue;
    const DirectedHop hop = representative(orbits[i], names);
    const Eigen::Vector3i translation(hop.translation[0], hop.translation[1], hop.translation[2]);
    hops.push_back({labels[i], hop.from, hop.to, translation, orbits[i].length,
                    orbits[i].undirected.size(), orbits[i].reversible,
                    polyhedra.kind(hop.from, hop.to, translation)});
  }
  if (hops.empty()) {
    throw InputError(fmt::format(
        "no two {} are within {:g} Å (the nearest are {:.2f} Å apart): raise max_distance",
        element_symbol(species), max_distance, shortest_distance(unit, species)));
  }
  std::sort(hops.begin(), hops.end(), [](const Hop& a, const Hop& b) {
    // Equal but for rounding counts as equal, so that the order does not hang on the last bit.
    const auto key = [](const Hop& hop) {
      return std::make_tuple(std::llround(hop.length / round_off), std::cref(hop.label));
    };
    return key(a) < key(b);
  });
  return hops;
}

HopEndpoints make_endpoints(const Supercell& supercell, const Hop& hop, double charge,
                            std::optional<int> unpaired) {
  const Structure& host = supercell.structure;
  const std::size_t from = find_atom(supercell, hop.from, Eigen::Vector3i::Zero());
  const std::size_t to = find_atom(supercell, hop.to, hop.translation);
  if (from == to) {
    throw InputError(fmt::format(
        "hop {}: both ends are the same site of the supercell (images {:.2f} Å apart): use "
        "a larger supercell",
        hop.label, host.cell->shortest_vector()));
  }
  const Eigen::Vector3d vector = actual_vector(supercell, hop, from, to);
  require_separate_images(*host.cell, hop, vector);

  HopEndpoints ends;
  ends.initial.cell = host.cell;
  ends.initial.charge = charge;
  ends.initial.unpaired = unpaired;
  ends.initial.positions.resize(3, static_cast<Eigen::Index>(host.size() - 1));
  for (std::size_t i = 0; i < host.size(); ++i) {
    if (i == to) continue;
    ends.initial.positions.col(static_cast<Eigen::Index>(ends.host_atom.size())) =
        host.positions.col(static_cast<Eigen::Index>(i));
    ends.initial.numbers.push_back(host.numbers[i]);
    if (!host.labels.empty()) ends.initial.labels.push_back(host.labels[i]);
    if (i == from) ends.ion = ends.host_atom.size();
    ends.host_atom.push_back(i);
  }
  ends.final_ = ends.initial;
  ends.final_.positions.col(static_cast<Eigen::Index>(ends.ion)) += vector;
  return ends;
}

}  // namespace ionpass
