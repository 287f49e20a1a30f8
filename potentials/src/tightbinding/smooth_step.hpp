// The step with which sums end smoothly.
#pragma once

namespace ionpass::tightbinding {

/// Falls from 1 at x <= 0 to 0 at x >= 1 with continuous first and second derivatives:
/// 1 - 10 x³ + 15 x⁴ - 6 x⁵.
struct SmoothStep {
  double value = 1.0;
  double slope = 0.0;  ///< per x

  explicit SmoothStep(double x) {
    if (x <= 0.0) return;
    if (x >= 1.0) {
      value = 0.0;
      return;
    }
    value = 1.0 - x * x * x * (10.0 + x * (-15.0 + 6.0 * x));
    slope = -30.0 * x * x * (1.0 - x) * (1.0 - x);
  }
};

}  // namespace ionpass::tightbinding
