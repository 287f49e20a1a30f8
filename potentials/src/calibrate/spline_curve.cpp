// Pair potentials as splines of the .skf format.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <potentials/calibrate.hpp>
#include <structures/units.hpp>

#include "calibrate/sampled_curve.hpp"

namespace ionpass::calibrate {

namespace {

double slope_at(const SplineCurve::Piece& p, double x) {
  return p.c[1] + x * (2.0 * p.c[2] + x * 3.0 * p.c[3]);
}

/// Second derivatives at the nodes of the cubic spline through values on a regular grid, with given
/// slopes at both ends.
Eigen::VectorXd clamped_curvatures(const Eigen::VectorXd& values, double step, double first_slope,
                                   double last_slope) {
  const Eigen::Index n = values.size();
  Eigen::VectorXd diagonal = Eigen::VectorXd::Constant(n, 4.0), right(n);
  diagonal(0) = diagonal(n - 1) = 2.0;
  const double scale = 6.0 / (step * step);
  for (Eigen::Index i = 1; i + 1 < n; ++i)
    right(i) = scale * (values(i - 1) - 2.0 * values(i) + values(i + 1));
  right(0) = scale * (values(1) - values(0) - step * first_slope);
  right(n - 1) = scale * (step * last_slope - values(n - 1) + values(n - 2));
  for (Eigen::Index i = 1; i < n; ++i) {  // off-diagonal elements are 1
    diagonal(i) -= 1.0 / diagonal(i - 1);
    right(i) -= right(i - 1) / diagonal(i - 1);
  }
  right(n - 1) /= diagonal(n - 1);
  for (Eigen::Index i = n - 1; i-- > 0;) right(i) = (right(i) - right(i + 1)) / diagonal(i);
  return right;
}

/// Below the data a cubic rises on top of the continued parabola, so steeply that the potential
/// falls and curves upwards where the exponential takes over.
SplineCurve::Piece wall_below(const SplineCurve::Piece& first) {
  constexpr double longest = 0.4, share = 0.3;  // Å; of the first distance
  constexpr double least_rise = 10.0;           // eV/Å³
  constexpr double least_fall = 1.0;            // eV/Å
  constexpr double least_curvature = 1.0;       // eV/Å²
  const double length = std::min(longest, share * first.start);
  const double slope = first.c[1], curvature = 2.0 * first.c[2];
  const double for_slope = (slope - curvature * length + least_fall) / (3.0 * length * length);
  const double for_curvature = (least_curvature - curvature) / (6.0 * length);
  const double rise = std::max({least_rise, for_slope, for_curvature});
  // V = c0 + c1 y + c2 y² - rise y³ with y = r - first.start < 0, written around its own start.
  const double y = -length;
  return {first.start - length,
          first.start,
          {first.c[0] + y * (slope + y * (first.c[2] - rise * y)),
           slope + y * (curvature - 3.0 * rise * y), first.c[2] - 3.0 * rise * y, -rise}};
}

}  // namespace

SplineCurve::SplineCurve(std::vector<Piece> pieces) : pieces_(std::move(pieces)) {
  const Piece& first = pieces_.front();
  const double slope = first.c[1], curvature = 2.0 * first.c[2];
  decay_ = -curvature / slope;
  amplitude_ = curvature / (decay_ * decay_);
  offset_ = first.c[0] - amplitude_;
}

PairPoint SplineCurve::at(double r) const {
  if (r >= cutoff()) return {};
  if (r < pieces_.front().start) {
    const double e = amplitude_ * std::exp(-decay_ * (r - pieces_.front().start));
    return {e + offset_, -decay_ * e};
  }
  const auto next = std::ranges::upper_bound(pieces_, r, {}, &Piece::start);
  const Piece& p = *std::prev(next);
  const double x = r - p.start;
  return {p.c[0] + x * (p.c[1] + x * (p.c[2] + x * p.c[3])), slope_at(p, x)};
}

double SplineCurve::curvature(double r) const {
  if (r >= cutoff()) return 0.0;
  if (r < pieces_.front().start)
    return decay_ * decay_ * amplitude_ * std::exp(-decay_ * (r - pieces_.front().start));
  const Piece& p = *std::prev(std::ranges::upper_bound(pieces_, r, {}, &Piece::start));
  return 2.0 * p.c[2] + 6.0 * p.c[3] * (r - p.start);
}

std::string SplineCurve::text() const {
  using units::bohr, units::hartree;
  const double a1 = decay_ * bohr;
  const double start = pieces_.front().start / bohr;
  std::string out = fmt::format("Spline\n{} {:.12f}\n", pieces_.size(), cutoff() / bohr);
  out += fmt::format("{:.16e} {:.16e} {:.16e}\n", a1, std::log(amplitude_ / hartree) + a1 * start,
                     offset_ / hartree);
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const Piece& p = pieces_[i];
    out += fmt::format("{:.12f} {:.12f}", p.start / bohr, p.end / bohr);
    double unit = 1.0 / hartree;
    for (const double c : p.c) {
      out += fmt::format(" {:.16e}", c * unit);
      unit *= bohr;
    }
    out += i + 1 == pieces_.size() ? " 0 0\n" : "\n";
  }
  return out;
}

SplineCurve sampled_curve(const PairFunction& function, double start, double cutoff, double step) {
  const auto intervals = static_cast<Eigen::Index>(std::lround((cutoff - start) / step));
  const auto node = [&](Eigen::Index i) {
    return cutoff - static_cast<double>(intervals - i) * step;
  };
  Eigen::VectorXd values(intervals + 1);
  for (Eigen::Index i = 0; i <= intervals; ++i) values(i) = function.at(node(i)).energy;
  const Eigen::VectorXd curvatures = clamped_curvatures(values, step, function.at(node(0)).slope,
                                                        function.at(node(intervals)).slope);
  std::vector<SplineCurve::Piece> pieces(1);
  for (Eigen::Index i = 0; i < intervals; ++i) {
    const double m0 = curvatures(i), m1 = curvatures(i + 1);
    pieces.push_back({node(i),
                      node(i + 1),
                      {values(i), (values(i + 1) - values(i)) / step - step * (2.0 * m0 + m1) / 6.0,
                       m0 / 2.0, (m1 - m0) / (6.0 * step)}});
  }
  pieces.front() = wall_below(pieces[1]);
  return SplineCurve(std::move(pieces));
}

}  // namespace ionpass::calibrate
