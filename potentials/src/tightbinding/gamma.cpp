#include "tightbinding/gamma.hpp"

#include <cmath>

namespace ionpass::tightbinding {

namespace {

// Relative difference below which the formula for unequal parameters loses more digits (as the
// third power of the difference) than the expansion in it is wrong by (fourth power): at this value
// both are good to about 3e-9.
constexpr double nearly_equal = 0.01;
constexpr double negligible = 1e-13;

}  // namespace

ShortRangeGamma::ShortRangeGamma(double hubbard_a, double hubbard_b)
    : nearly_equal_(std::abs(hubbard_a - hubbard_b) < 0.5 * nearly_equal * (hubbard_a + hubbard_b)),
      tau_a_(3.2 * hubbard_a),
      tau_b_(3.2 * hubbard_b) {
  const double a = tau_a_, b = tau_b_;
  mean_ = 0.5 * (a + b);
  spread_ = 0.25 * (a - b) * (a - b) / (480.0 * mean_);
  on_site_ = 0.5 * (a * b / (a + b) + a * a * b * b / std::pow(a + b, 3));
  if (!nearly_equal_) {
    const double d = a * a - b * b;
    linear_ab_ = std::pow(b, 4) * a / (2.0 * d * d);
    inverse_ab_ = (std::pow(b, 6) - 3.0 * std::pow(b, 4) * a * a) / (d * d * d);
    linear_ba_ = std::pow(a, 4) * b / (2.0 * d * d);
    inverse_ba_ = -(std::pow(a, 6) - 3.0 * std::pow(a, 4) * b * b) / (d * d * d);
  }
  range_ = 1.0;
  while (std::abs(value(range_)) > negligible) range_ += 0.25;
}

double ShortRangeGamma::value(double r) const {
  if (nearly_equal_) {
    const double t = mean_, x = t * r;
    const double equal = 1.0 / r + t * (11.0 / 16.0 + x * (3.0 / 16.0 + x / 48.0));
    return std::exp(-x) * (equal + spread_ * (180.0 + x * (180.0 + x * (75.0 + x * (15.0 + x)))));
  }
  return std::exp(-tau_a_ * r) * (linear_ab_ - inverse_ab_ / r) +
         std::exp(-tau_b_ * r) * (linear_ba_ - inverse_ba_ / r);
}

double ShortRangeGamma::slope(double r) const {
  if (nearly_equal_) {
    const double t = mean_, x = t * r;
    const double equal = t * t * (3.0 / 16.0 + x / 24.0) - 1.0 / (r * r);
    return std::exp(-x) * (equal + spread_ * t * (180.0 + x * (150.0 + x * (45.0 + 4.0 * x)))) -
           t * value(r);
  }
  const double inverse = 1.0 / r;
  return std::exp(-tau_a_ * r) *
             (-tau_a_ * (linear_ab_ - inverse_ab_ * inverse) + inverse_ab_ * inverse * inverse) +
         std::exp(-tau_b_ * r) *
             (-tau_b_ * (linear_ba_ - inverse_ba_ * inverse) + inverse_ba_ * inverse * inverse);
}

}  // namespace ionpass::tightbinding
