#include "tightbinding/gamma.hpp"

#include <cmath>

namespace ionpass::tightbinding {

namespace {

// Below this difference the formula for unequal parameters loses more digits than the one for equal ones is wrong by.
constexpr double equal_hubbard = 3.2e-6;
constexpr double negligible = 1e-13;

}  // namespace

ShortRangeGamma::ShortRangeGamma(double hubbard_a, double hubbard_b)
    : equal_(std::abs(hubbard_a - hubbard_b) < equal_hubbard), tau_a_(3.2 * hubbard_a), tau_b_(3.2 * hubbard_b) {
  const double a = tau_a_, b = tau_b_;
  on_site_ = 0.5 * (a * b / (a + b) + a * a * b * b / std::pow(a + b, 3));
  if (!equal_) {
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
  if (equal_) {
    const double t = tau_a_;
    return std::exp(-t * r) * (1.0 / r + t * (11.0 / 16.0 + t * r * (3.0 / 16.0 + t * r / 48.0)));
  }
  return std::exp(-tau_a_ * r) * (linear_ab_ - inverse_ab_ / r) + std::exp(-tau_b_ * r) * (linear_ba_ - inverse_ba_ / r);
}

double ShortRangeGamma::slope(double r) const {
  if (equal_) {
    const double t = tau_a_;
    return std::exp(-t * r) * (t * t * (3.0 / 16.0 + t * r / 24.0) - 1.0 / (r * r)) - t * value(r);
  }
  const double inverse = 1.0 / r;
  return std::exp(-tau_a_ * r) * (-tau_a_ * (linear_ab_ - inverse_ab_ * inverse) + inverse_ab_ * inverse * inverse) +
         std::exp(-tau_b_ * r) * (-tau_b_ * (linear_ba_ - inverse_ba_ * inverse) + inverse_ba_ * inverse * inverse);
}

}  // namespace ionpass::tightbinding
