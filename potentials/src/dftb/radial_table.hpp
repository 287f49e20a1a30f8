// Two-centre integrals as functions of distance.
#pragma once

#include <Eigen/Dense>

namespace ionpass::dftb {

/// Several functions on one uniform grid: between grid points the polynomial of degree 7 through
/// the eight nearest, beyond the last point a quintic tail that ends 1 bohr later with value, slope
/// and curvature zero.
class RadialTable {
 public:
  RadialTable() = default;
  /// @param spacing bohr
  /// @param values  one column per distance (k + 1) * spacing, one row per function; at least 8
  /// columns
  RadialTable(double spacing, Eigen::MatrixXd values);

  [[nodiscard]] Eigen::Index functions() const noexcept { return values_.rows(); }
  /// Distance at which every function has become zero, bohr.
  [[nodiscard]] double range() const noexcept { return end_ > 0.0 ? end_ + tail_width : 0.0; }

  /// Values and slopes (per bohr) at distance r; arrays of functions() numbers.
  void evaluate(double r, double* values, double* slopes) const;

 private:
  static constexpr double tail_width = 1.0;  // bohr
  double spacing_ = 0.0;
  double end_ = 0.0;  // last grid point
  Eigen::MatrixXd values_;
  Eigen::MatrixXd
      tail_;  // per function: coefficients of x³, x⁴, x⁵ with x = distance to the end of the tail
};

}  // namespace ionpass::dftb
