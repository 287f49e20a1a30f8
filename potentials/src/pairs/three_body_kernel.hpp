// One triple of atoms at a time: what its energy and the fit's columns are made of.
#pragma once

#include <array>
#include <cstddef>
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

}  // namespace ionpass::calibrate
