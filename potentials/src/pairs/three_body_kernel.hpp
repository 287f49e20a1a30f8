// One triple of atoms at a time: what its energy and the fit's columns are made of.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include <potentials/three_body.hpp>
#include <structures/neighbors.hpp>

#include "calibrate/bspline_basis.hpp"

namespace ionpass::calibrate {

constexpr int most_angular = 8;

/// Legendre polynomials and their derivatives, l = 0 … most_angular.
struct Legendre {
  std::array<double, most_angular + 1> value{}, slope{};
  Legendre(double x, int highest);
};

/// A neighbour seen from the centre.
struct Neighbour {
  std::size_t atom = 0;
  int element = 0;
  Eigen::Vector3d vector;  ///< Å
  double distance = 0.0;   ///< Å
  BsplineBasis::Values radial;
};

/// Neighbours of every atom within the cut-off of a shape, in the order of neighbor_pairs.
/// @param elements of centres and neighbours that matter
[[nodiscard]] std::vector<std::vector<Neighbour>> neighbours_within(const Structure& structure,
                                                                    const ThreeBodyShape& shape,
                                                                    std::span<const int> elements);

/// The B-splines of a shape.
[[nodiscard]] BsplineBasis radial_basis(const ThreeBodyShape& shape);

/// Cosine between two neighbours, and how it changes with each vector.
struct Angle {
  double cosine = 0.0;
  Eigen::Vector3d first, second;  ///< 1/Å, derivatives with respect to the vectors
  Angle(const Neighbour& a, const Neighbour& b);
};

/// Calls visit(centre, triple, a, b), the neighbours in the order of the triple's elements, for
/// every triple of atoms that a shape reaches.
/// @param elements of centres and neighbours that matter
template <class Visit>
void visit_triples(const Structure& structure, const ThreeBodyShape& shape,
                   std::span<const int> elements, const Visit& visit) {
  const auto neighbours = neighbours_within(structure, shape, elements);
  for (std::size_t i = 0; i < neighbours.size(); ++i)
    for (std::size_t k = 1; k < neighbours[i].size(); ++k)
      for (std::size_t j = 0; j < k; ++j) {
        const Neighbour *a = &neighbours[i][j], *b = &neighbours[i][k];
        const ElementTriple triple = element_triple(structure.numbers[i], a->element, b->element);
        if (a->element != triple.first) std::swap(a, b);
        visit(static_cast<Eigen::Index>(i), triple, *a, *b);
      }
}

/// Calls visit(place, i, j) for each pair of radial functions that are not zero at both neighbours:
/// the place of its coefficient with l = 0, and where the two stand in their neighbour's values.
template <class Visit>
void visit_radial_pairs(const ThreeBodyShape& shape, const ElementTriple& triple,
                        const Neighbour& a, const Neighbour& b, const Visit& visit) {
  for (std::size_t i = 0; i < a.radial.value.size(); ++i) {
    const auto n = static_cast<int>(a.radial.first) + static_cast<int>(i);
    if (n < 0 || n >= shape.radial) continue;
    for (std::size_t j = 0; j < b.radial.value.size(); ++j) {
      const auto m = static_cast<int>(b.radial.first) + static_cast<int>(j);
      if (m < 0 || m >= shape.radial) continue;
      visit(three_body_place(shape, triple, n, m, 0), i, j);
    }
  }
}

}  // namespace ionpass::calibrate
