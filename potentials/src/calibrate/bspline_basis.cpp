#include "calibrate/bspline_basis.hpp"

#include <algorithm>
#include <cmath>

namespace ionpass::calibrate {

BsplineBasis::BsplineBasis(double lowest, double cutoff, double knot)
    : lowest_(lowest),
      cutoff_(cutoff),
      knot_(knot),
      size_(static_cast<Eigen::Index>(std::ceil((cutoff - lowest) / knot - 1e-9))) {
  size_ = std::max<Eigen::Index>(size_, 1);
}

BsplineBasis::Values BsplineBasis::at(double r) const {
  // Counted from the cut-off downwards: interval i lies between (i+1) and i knots below it, and
  // function k covers the intervals k … k+3.
  const double x = (cutoff_ - r) / knot_;
  const double interval = std::floor(x);
  const double t = x - interval;
  Values out;
  out.first = static_cast<Eigen::Index>(interval) - 3;
  const double u = 1.0 - t, d = -1.0 / knot_;
  out.value = {u * u * u / 6.0, (3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0,
               (3.0 * u * u * u - 6.0 * u * u + 4.0) / 6.0, t * t * t / 6.0};
  out.slope = {-u * u / 2.0 * d, (1.5 * t * t - 2.0 * t) * d, -(1.5 * u * u - 2.0 * u) * d,
               t * t / 2.0 * d};
  out.curvature = {u * d * d, (3.0 * t - 2.0) * d * d, (3.0 * u - 2.0) * d * d, t * d * d};
  return out;
}

Eigen::MatrixXd BsplineBasis::penalty(double growth) const {
  // Gauss-Legendre with three points: exact but for the power of r.
  static const std::array<double, 3> nodes{-std::sqrt(0.6), 0.0, std::sqrt(0.6)};
  static constexpr std::array<double, 3> weights{5.0 / 9.0, 8.0 / 9.0, 5.0 / 9.0};
  constexpr double reference = 2.0;  // Å
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(size_, size_);
  for (Eigen::Index i = 0; i < size_; ++i) {
    const double high = cutoff_ - static_cast<double>(i) * knot_;
    const double low = std::max(high - knot_, lowest_), half = (high - low) / 2.0;
    for (std::size_t g = 0; g < nodes.size(); ++g) {
      const double r = (high + low) / 2.0 + half * nodes[g];
      const Values values = at(r);
      const double weight = half * weights[g] * std::pow(r / reference, growth);
      for (Eigen::Index a = 0; a < 4; ++a) {
        const Eigen::Index row = values.first + a;
        if (row < 0 || row >= size_) continue;
        for (Eigen::Index b = 0; b < 4; ++b) {
          const Eigen::Index column = values.first + b;
          if (column < 0 || column >= size_) continue;
          out(row, column) += weight * values.curvature[static_cast<std::size_t>(a)] *
                              values.curvature[static_cast<std::size_t>(b)];
        }
      }
    }
  }
  return out;
}

}  // namespace ionpass::calibrate
