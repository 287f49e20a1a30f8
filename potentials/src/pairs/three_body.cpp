#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <potentials/calibrate.hpp>
#include <potentials/three_body.hpp>
#include <structures/elements.hpp>

#include "pairs/three_body_kernel.hpp"

namespace ionpass::calibrate {

namespace {

using Eigen::Index;

/// Energy of a triple and its derivatives with respect to the two vectors.
struct TripleTerm {
  double energy = 0.0;
  Eigen::Vector3d first = Eigen::Vector3d::Zero(), second = Eigen::Vector3d::Zero();
};

/// Sums over n and m for each l: of the functions, and of their slopes by either distance.
struct RadialSums {
  std::array<double, most_angular + 1> value{}, first{}, second{};
};

RadialSums radial_sums(const ThreeBodyShape& shape, const ElementTriple& triple,
                       const Eigen::VectorXd& c, const Neighbour& a, const Neighbour& b) {
  RadialSums out;
  visit_radial_pairs(shape, triple, a, b, [&](Index place, std::size_t i, std::size_t j) {
    const double value = a.radial.value[i] * b.radial.value[j];
    const double first = a.radial.slope[i] * b.radial.value[j];
    const double second = a.radial.value[i] * b.radial.slope[j];
    for (int l = 0; l <= shape.angular; ++l) {
      const double coefficient = c(place + l);
      const auto k = static_cast<std::size_t>(l);
      out.value[k] += coefficient * value;
      out.first[k] += coefficient * first;
      out.second[k] += coefficient * second;
    }
  });
  return out;
}

/// @param a, b in the order of the triple's elements
TripleTerm triple_term(const ThreeBodyShape& shape, const ElementTriple& triple,
                       const Eigen::VectorXd& c, const Neighbour& a, const Neighbour& b) {
  const RadialSums sums = radial_sums(shape, triple, c, a, b);
  const Angle angle(a, b);
  const Legendre legendre(angle.cosine, shape.angular);
  TripleTerm out;
  double first = 0.0, second = 0.0, turning = 0.0;
  for (int l = 0; l <= shape.angular; ++l) {
    const auto k = static_cast<std::size_t>(l);
    out.energy += sums.value[k] * legendre.value[k];
    first += sums.first[k] * legendre.value[k];
    second += sums.second[k] * legendre.value[k];
    turning += sums.value[k] * legendre.slope[k];
  }
  out.first = first / a.distance * a.vector + turning * angle.first;
  out.second = second / b.distance * b.vector + turning * angle.second;
  return out;
}

void add_group(const Structure& structure, const ThreeBodyGroup& group, PairSum& out) {
  std::set<int> elements;
  for (const auto& [triple, c] : group.coefficients)
    elements.insert({triple.centre, triple.first, triple.second});
  const std::vector<int> known(elements.begin(), elements.end());
  visit_triples(
      structure, group.shape, known,
      [&](Index centre, const ElementTriple& triple, const Neighbour& a, const Neighbour& b) {
        const auto found = group.coefficients.find(triple);
        if (found == group.coefficients.end()) return;
        const TripleTerm term = triple_term(group.shape, triple, found->second, a, b);
        out.energy += term.energy;
        out.forces.col(static_cast<Index>(a.atom)) -= term.first;
        out.forces.col(static_cast<Index>(b.atom)) -= term.second;
        out.forces.col(centre) += term.first + term.second;
        out.stress += term.first * a.vector.transpose() + term.second * b.vector.transpose();
      });
}

}  // namespace

ElementTriple element_triple(int centre, int a, int b) {
  return {centre, std::min(a, b), std::max(a, b)};
}

std::string triple_name(const ElementTriple& triple) {
  std::string a(element_symbol(triple.first)), b(element_symbol(triple.second));
  if (a > b) std::swap(a, b);
  return fmt::format("{}-{}-{}", a, element_symbol(triple.centre), b);
}

Index three_body_size(const ThreeBodyShape& shape, const ElementTriple& triple) {
  const Index n = shape.radial;
  return (triple.has_equal_neighbours() ? n * (n + 1) / 2 : n * n) * (shape.angular + 1);
}

Index three_body_place(const ThreeBodyShape& shape, const ElementTriple& triple, int n, int m,
                       int l) {
  const Index size = shape.radial;
  Index low = n, high = m;
  Index place = low * size + high;
  if (triple.has_equal_neighbours()) {
    if (low > high) std::swap(low, high);
    place = low * size - low * (low - 1) / 2 + (high - low);
  }
  return place * (shape.angular + 1) + l;
}

Legendre::Legendre(double x, int highest) {
  value[0] = 1.0;
  if (highest < 1) return;
  value[1] = x;
  slope[1] = 1.0;
  for (std::size_t l = 2; l <= static_cast<std::size_t>(highest); ++l) {
    const auto n = static_cast<double>(l);
    value[l] = ((2.0 * n - 1.0) * x * value[l - 1] - (n - 1.0) * value[l - 2]) / n;
    slope[l] = slope[l - 2] + (2.0 * n - 1.0) * value[l - 1];
  }
}

Angle::Angle(const Neighbour& a, const Neighbour& b) {
  const Eigen::Vector3d u = a.vector / a.distance, v = b.vector / b.distance;
  cosine = u.dot(v);
  first = (v - cosine * u) / a.distance;
  second = (u - cosine * v) / b.distance;
}

BsplineBasis radial_basis(const ThreeBodyShape& shape) {
  return {shape.start, shape.cutoff, (shape.cutoff - shape.start) / shape.radial};
}

std::vector<std::vector<Neighbour>> neighbours_within(const Structure& structure,
                                                      const ThreeBodyShape& shape,
                                                      std::span<const int> elements) {
  const auto matters = [&](std::size_t atom) {
    return std::ranges::find(elements, structure.numbers[atom]) != elements.end();
  };
  const BsplineBasis basis = radial_basis(shape);
  std::vector<std::vector<Neighbour>> out(structure.size());
  for (const NeighborPair& pair : neighbor_pairs(structure, shape.cutoff)) {
    if (pair.distance >= shape.cutoff || !matters(pair.first) || !matters(pair.second)) continue;
    const BsplineBasis::Values radial = basis.at(pair.distance);
    out[pair.first].push_back(
        {pair.second, structure.numbers[pair.second], pair.vector, pair.distance, radial});
    out[pair.second].push_back(
        {pair.first, structure.numbers[pair.first], -pair.vector, pair.distance, radial});
  }
  return out;
}

PairSum three_body_sum(const Structure& structure, std::span<const ThreeBodyGroup> groups) {
  PairSum out;
  out.forces = Eigen::Matrix3Xd::Zero(3, static_cast<Index>(structure.size()));
  for (const ThreeBodyGroup& group : groups) add_group(structure, group, out);
  if (structure.cell)
    out.stress /= structure.cell->volume();
  else
    out.stress.setZero();
  return out;
}

}  // namespace ionpass::calibrate
