// Everything two-centre integrals need of an element, tabulated for fast evaluation at any
// distance.
#pragma once

#include <vector>

#include <Eigen/Dense>

#include "skgen/element.hpp"

namespace ionpass::skgen {

/// Rows of the tables: R, R', kinetic part of every orbital, then density, its slope, potential.
class RadialTables {
 public:
  explicit RadialTables(const Element& element);

  [[nodiscard]] Eigen::Index rows() const noexcept { return rows_; }
  [[nodiscard]] static Eigen::Index value_row(Eigen::Index orbital) { return 3 * orbital; }
  [[nodiscard]] static Eigen::Index slope_row(Eigen::Index orbital) { return 3 * orbital + 1; }
  [[nodiscard]] static Eigen::Index kinetic_row(Eigen::Index orbital) { return 3 * orbital + 2; }
  [[nodiscard]] Eigen::Index density_row() const noexcept { return rows_ - 3; }
  [[nodiscard]] Eigen::Index density_slope_row() const noexcept { return rows_ - 2; }
  [[nodiscard]] Eigen::Index potential_row() const noexcept { return rows_ - 1; }

  /// From the basis itself; one column per distance.
  [[nodiscard]] static Eigen::ArrayXXd exact(const Element& element, const Eigen::ArrayXd& r);
  /// From the tables, one row of `out` per function, one column per distance.
  void evaluate(const Eigen::ArrayXd& r, Eigen::ArrayXXd& out) const;

 private:
  Eigen::Index rows_;
  Eigen::Index intervals_;
  Eigen::ArrayXXd coefficients_;  // per interval and power of the local variable: a column of rows_
};

}  // namespace ionpass::skgen
