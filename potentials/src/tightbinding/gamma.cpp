#include "tightbinding/gamma.hpp"

#include <cmath>

namespace ionpass::tightbinding {

namespace {

// Relative difference below which the formula for unequal parameters loses more digits (as the
// third power of the difference) than the expansion in it is wrong by (fourth power): at this value
// both are good to about 3e-9.
constexpr double nearly_equal = 0.01;
constexpr double negligible = 1e-11;  // Hartree

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
  while (std::abs(at(range_).value) > negligible) range_ += 0.25;
}

RadialValue ShortRangeGamma::at(double r) const {
  const double inverse = 1.0 / r;
  if (nearly_equal_) {
    const double t = mean_, x = t * r, decay = std::exp(-x);
    const double equal = inverse + t * (11.0 / 16.0 + x * (3.0 / 16.0 + x / 48.0));
    const double equal_slope = t * t * (3.0 / 16.0 + x / 24.0) - inverse * inverse;
    const double unequal = 180.0 + x * (180.0 + x * (75.0 + x * (15.0 + x)));
    const double unequal_slope = t * (180.0 + x * (150.0 + x * (45.0 + 4.0 * x)));
    const double value = decay * (equal + spread_ * unequal);
    return {value, decay * (equal_slope + spread_ * unequal_slope) - t * value};
  }
  const double a = std::exp(-tau_a_ * r), b = std::exp(-tau_b_ * r);
  const double of_a = linear_ab_ - inverse_ab_ * inverse, of_b = linear_ba_ - inverse_ba_ * inverse;
  return {a * of_a + b * of_b, a * (-tau_a_ * of_a + inverse_ab_ * inverse * inverse) +
                                   b * (-tau_b_ * of_b + inverse_ba_ * inverse * inverse)};
}

}  // namespace ionpass::tightbinding
