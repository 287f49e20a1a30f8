#include <array>
#include <cmath>
#include <limits>

#include <structures/error.hpp>
#include <structures/minimum_image.hpp>

#include "lattice_reduction.hpp"

namespace ionpass {

namespace {

// Beyond it a translation would not fit an int.
constexpr double largest_fraction = 1e9;

/// The two shortest of the images seen so far.
struct Shortest {
  double first = std::numeric_limits<double>::infinity();   // Å²
  double second = std::numeric_limits<double>::infinity();  // Å²
  Eigen::Vector3d vector = Eigen::Vector3d::Zero();
  Eigen::Vector3i steps = Eigen::Vector3i::Zero();

  void offer(const Eigen::Vector3d& candidate, const Eigen::Vector3i& candidate_steps) {
    const double square = candidate.squaredNorm();
    if (square < first) {
      second = first;
      first = square;
      vector = candidate;
      steps = candidate_steps;
    } else if (square < second) {
      second = square;
    }
  }
};

void search(const Eigen::Matrix3d& columns, const Eigen::Vector3d& start,
            const Eigen::Vector3i& reach, Shortest& best) {
  for (int i = -reach(0); i <= reach(0); ++i) {
    for (int j = -reach(1); j <= reach(1); ++j) {
      for (int k = -reach(2); k <= reach(2); ++k) {
        const Eigen::Vector3i steps(i, j, k);
        best.offer(start + columns * steps.cast<double>(), steps);
      }
    }
  }
}

}  // namespace

MinimumImage minimum_image(const Cell& cell, const Eigen::Vector3d& displacement) {
  const ReducedLattice lattice = reduce_lattice(cell);
  const Eigen::Matrix3d inverse = lattice.columns.inverse();
  const Eigen::Vector3d fraction = inverse * displacement;
  if (!(fraction.cwiseAbs().maxCoeff() < largest_fraction)) {
    throw InputError(
        "a displacement is not finite or spans more than 1e9 cells: check the positions");
  }
  const Eigen::Vector3d nearest = fraction.array().round();
  const Eigen::Vector3d start = lattice.columns * (fraction - nearest);

  Shortest close;
  search(lattice.columns, start, Eigen::Vector3i::Ones(), close);
  // Any image as short as the second one found has |fraction| <= length / height along every axis;
  // the start has |fraction| <= 1/2, hence the half.
  const Eigen::Vector3d extent = inverse.rowwise().norm() * std::sqrt(close.second);
  const Eigen::Vector3i reach = (extent.array() + 0.5 + 1e-9).floor().cast<int>();
  Shortest best = close;
  if (reach.maxCoeff() > 1) {
    best = Shortest{};
    search(lattice.columns, start, reach, best);
  }
  const Eigen::Vector3i steps = best.steps - nearest.cast<int>();
  return {best.vector, lattice.transformation * steps, std::sqrt(best.second)};
}

}  // namespace ionpass
