// Cubic B-splines on a regular grid that vanish with two derivatives at its end.
#pragma once

#include <array>

#include <Eigen/Dense>

namespace ionpass::calibrate {

/// Function k lives between cutoff - (k+4) knot and cutoff - k knot. C. de Boor, A Practical Guide
/// to Splines (Springer, 2001), chapter IX.
class BsplineBasis {
 public:
  /// As many functions as reach above `lowest`. All lengths in Å.
  BsplineBasis(double lowest, double cutoff, double knot);

  [[nodiscard]] Eigen::Index size() const noexcept { return size_; }
  [[nodiscard]] double cutoff() const noexcept { return cutoff_; }

  /// The four functions that may differ from zero at a distance; those with an index outside of
  /// 0 … size-1 are not part of the basis.
  struct Values {
    Eigen::Index first = 0;  ///< index of the first of them
    std::array<double, 4> value{}, slope{}, curvature{};
  };
  [[nodiscard]] Values at(double r) const;

  /// ∫ (r / 2 Å)^growth B_i'' B_j'' dr between the lowest distance and the cut-off.
  [[nodiscard]] Eigen::MatrixXd penalty(double growth) const;

 private:
  double lowest_, cutoff_, knot_;
  Eigen::Index size_;
};

}  // namespace ionpass::calibrate
