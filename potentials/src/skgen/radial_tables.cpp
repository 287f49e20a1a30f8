#include "skgen/radial_tables.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ionpass::skgen {
namespace {

// Polynomials in ln r, which follow both the core and the tail: interpolation errors stay below
// 1e-11 of the functions.
constexpr Eigen::Index powers = 7;
constexpr double width = 0.025;       // of an interval in ln r
constexpr double nearest_r = 1e-6;    // bohr; closer to the other nucleus there is no point
constexpr double farthest_r = 100.0;  // bohr; every orbital has vanished

}  // namespace

Eigen::ArrayXXd RadialTables::exact(const Element& element, const Eigen::ArrayXd& r) {
  const auto& orbitals = element.orbitals();
  const auto count = static_cast<Eigen::Index>(orbitals.size());
  Eigen::ArrayXXd out(3 * count + 3, r.size());
  for (Eigen::Index i = 0; i < count; ++i) {
    const RadialFunction f = orbitals[static_cast<std::size_t>(i)].evaluate(r);
    out.row(value_row(i)) = f.value.transpose();
    out.row(slope_row(i)) = f.slope.transpose();
    out.row(kinetic_row(i)) = f.kinetic.transpose();
  }
  const AtomField field = element.field(r);
  out.row(3 * count) = field.density.transpose();
  out.row(3 * count + 1) = field.density_slope.transpose();
  out.row(3 * count + 2) = field.potential.transpose();
  return out;
}

RadialTables::RadialTables(const Element& element)
    : rows_(3 * static_cast<Eigen::Index>(element.orbitals().size()) + 3),
      intervals_(static_cast<Eigen::Index>(std::ceil(std::log(farthest_r / nearest_r) / width))) {
  // Values at Chebyshev points of every interval, turned into powers by one small matrix.
  Eigen::VectorXd nodes(powers);
  for (Eigen::Index k = 0; k < powers; ++k)
    nodes[k] = std::cos(std::numbers::pi * (static_cast<double>(k) + 0.5) / powers);
  Eigen::MatrixXd vandermonde(powers, powers);
  for (Eigen::Index k = 0; k < powers; ++k)
    for (Eigen::Index p = 0; p < powers; ++p)
      vandermonde(k, p) = std::pow(nodes[k], static_cast<double>(p));
  const Eigen::MatrixXd to_powers = vandermonde.inverse();
  Eigen::ArrayXd r(intervals_ * powers);
  for (Eigen::Index i = 0; i < intervals_; ++i)
    for (Eigen::Index k = 0; k < powers; ++k)
      r[i * powers + k] =
          nearest_r * std::exp(width * (static_cast<double>(i) + 0.5 * (nodes[k] + 1.0)));
  const Eigen::ArrayXXd values = exact(element, r);
  coefficients_.resize(rows_, intervals_ * powers);
  for (Eigen::Index i = 0; i < intervals_; ++i)
    coefficients_.middleCols(i * powers, powers) =
        (values.middleCols(i * powers, powers).matrix() * to_powers.transpose()).array();
}

void RadialTables::evaluate(const Eigen::ArrayXd& r, Eigen::ArrayXXd& out) const {
  out.resize(rows_, r.size());
  for (Eigen::Index j = 0; j < r.size(); ++j) {
    const double t = std::log(std::clamp(r[j], nearest_r, farthest_r) / nearest_r) / width;
    const auto i = std::min(static_cast<Eigen::Index>(t), intervals_ - 1);
    const double x = 2.0 * (t - static_cast<double>(i)) - 1.0;
    const double* c = &coefficients_(0, i * powers);
    double* result = &out(0, j);
    const double* last = c + (powers - 1) * rows_;
    for (Eigen::Index k = 0; k < rows_; ++k) result[k] = last[k];
    for (Eigen::Index p = powers - 2; p >= 0; --p) {
      const double* term = c + p * rows_;
      for (Eigen::Index k = 0; k < rows_; ++k) result[k] = result[k] * x + term[k];
    }
  }
}

}  // namespace ionpass::skgen
