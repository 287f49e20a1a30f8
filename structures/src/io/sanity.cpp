#include "sanity.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/neighbors.hpp>

namespace ionpass {

namespace {

constexpr double largest_coordinate = 1e6;  // Å
constexpr double coincident = 0.1;          // Å
constexpr double least_bond = 0.5;          // Å

double least_distance(Closeness closeness, int first, int second) {
  if (closeness == Closeness::coincidence) return coincident;
  return std::max(least_bond, 0.5 * (covalent_radius(first) + covalent_radius(second)));
}

double largest_least_distance(const Structure& structure, Closeness closeness) {
  double largest = 0.0;
  for (const auto& [number, count] : composition(structure)) {
    largest = std::max(largest, least_distance(closeness, number, number));
  }
  return largest;
}

}  // namespace

void require_sane(const Structure& structure, Closeness closeness, const SourceLocation& where) {
  for (std::size_t i = 0; i < structure.size(); ++i) {
    const Eigen::Vector3d r = structure.positions.col(static_cast<Eigen::Index>(i));
    if (r.cwiseAbs().maxCoeff() <= largest_coordinate) continue;
    throw InputError(
        where,
        fmt::format("atom {} ({}) lies at {:g}, {:g}, {:g} Å: check its coordinates and the cell",
                    i, structure.label(i), r(0), r(1), r(2)));
  }
  const double radius = largest_least_distance(structure, closeness);
  if (structure.cell && structure.cell->shortest_vector() < coincident) {
    throw InputError(where,
                     fmt::format("the cell repeats after {:.3g} Å: check the lattice vectors",
                                 structure.cell->shortest_vector()));
  }
  for (const NeighborPair& pair : neighbor_pairs(structure, radius)) {
    const int a = structure.numbers[pair.first], b = structure.numbers[pair.second];
    if (pair.distance >= least_distance(closeness, a, b)) continue;
    const std::string first = structure.label(pair.first), second = structure.label(pair.second);
    if (pair.first == pair.second) {
      throw InputError(where, fmt::format("{} is {:.2f} Å from its own image: check the cell",
                                          first, pair.distance));
    }
    throw InputError(
        where,
        fmt::format(
            "{} and {} are {:.2f} Å apart: two atoms overlap, remove one or mend the coordinates",
            first, second, pair.distance));
  }
}

Cell cell_at(const Eigen::Matrix3d& columns, const SourceLocation& where) {
  try {
    return Cell(columns);
  } catch (const InputError& error) {
    throw InputError(where, error.what());
  }
}

}  // namespace ionpass
