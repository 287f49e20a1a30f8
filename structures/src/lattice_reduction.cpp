#include "lattice_reduction.hpp"

#include <array>
#include <cmath>

#include <structures/error.hpp>

namespace ionpass {

namespace {

// Only a gain beyond rounding counts, or the loop could run in circles.
constexpr double worthwhile_gain = 1e-9;
constexpr int max_passes = 1000;
// Larger multiples leave the range of int, and only cells that are flat for any purpose need them.
constexpr double largest_multiple = 1e6;

bool shorten_pairwise(ReducedLattice& lattice) {
  bool changed = false;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      if (i == j) continue;
      const Eigen::Vector3d u = lattice.columns.col(i), v = lattice.columns.col(j);
      const double multiple = std::round(u.dot(v) / v.squaredNorm());
      if (multiple == 0.0 || std::abs(multiple) > largest_multiple) continue;
      const Eigen::Vector3d shorter = u - multiple * v;
      if (shorter.squaredNorm() >= u.squaredNorm() * (1.0 - worthwhile_gain)) continue;
      lattice.columns.col(i) = shorter;
      lattice.transformation.col(i) -= static_cast<int>(multiple) * lattice.transformation.col(j);
      changed = true;
    }
  }
  return changed;
}

// A pairwise reduced basis of three vectors can still hide a short a ± b ± c.
bool shorten_by_sums(ReducedLattice& lattice) {
  static constexpr std::array<std::array<int, 2>, 4> signs{{{1, 1}, {1, -1}, {-1, 1}, {-1, -1}}};
  for (int i = 0; i < 3; ++i) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    for (const auto& sign : signs) {
      const Eigen::Vector3d sum = lattice.columns.col(i) + sign[0] * lattice.columns.col(j) +
                                  sign[1] * lattice.columns.col(k);
      if (sum.squaredNorm() >= lattice.columns.col(i).squaredNorm() * (1.0 - worthwhile_gain)) {
        continue;
      }
      lattice.columns.col(i) = sum;
      const Eigen::Vector3i combination =
          sign[0] * lattice.transformation.col(j) + sign[1] * lattice.transformation.col(k);
      lattice.transformation.col(i) += combination;
      return true;
    }
  }
  return false;
}

}  // namespace

ReducedLattice reduce_lattice(const Cell& cell) {
  ReducedLattice lattice{cell.matrix(), Eigen::Matrix3i::Identity()};
  for (int pass = 0; pass < max_passes; ++pass) {
    if (!shorten_pairwise(lattice) && !shorten_by_sums(lattice)) break;
  }
  // From the integers, so that no rounding of the steps remains.
  lattice.columns = cell.matrix() * lattice.transformation.cast<double>();
  return lattice;
}

}  // namespace ionpass
