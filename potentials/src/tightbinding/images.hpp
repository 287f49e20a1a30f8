// Visiting every periodic image of a vector within a radius.
#pragma once

#include <cmath>

#include <Eigen/Dense>

namespace ionpass::tightbinding {

/// A lattice prepared for image loops; lengths in bohr.
class ImageLattice {
 public:
  explicit ImageLattice(const Eigen::Matrix3d& columns)
      : columns_(columns), inverse_(columns.inverse()), reach_(inverse_.rowwise().norm()) {}

  /// Calls visit(r + T, |r + T|²) for every lattice vector T with |r + T| < cutoff.
  template <typename Visitor>
  void for_each(const Eigen::Vector3d& r, double cutoff, Visitor&& visit) const {
    const Eigen::Vector3d f = inverse_ * r;
    const Eigen::Vector3d reach = reach_ * cutoff;
    const double limit = cutoff * cutoff;
    for (double i = std::ceil(-f(0) - reach(0)); i <= -f(0) + reach(0); i += 1.0) {
      const Eigen::Vector3d ri = r + i * columns_.col(0);
      for (double j = std::ceil(-f(1) - reach(1)); j <= -f(1) + reach(1); j += 1.0) {
        const Eigen::Vector3d rij = ri + j * columns_.col(1);
        for (double k = std::ceil(-f(2) - reach(2)); k <= -f(2) + reach(2); k += 1.0) {
          const Eigen::Vector3d image = rij + k * columns_.col(2);
          const double squared = image.squaredNorm();
          if (squared < limit) visit(image, squared);
        }
      }
    }
  }

 private:
  Eigen::Matrix3d columns_;
  Eigen::Matrix3d inverse_;
  Eigen::Vector3d reach_;  // cells per unit of length along each axis
};

}  // namespace ionpass::tightbinding
