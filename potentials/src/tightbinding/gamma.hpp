// The short-range part of the interaction between two spherical charge clouds.
#pragma once

#include "tightbinding/short_range.hpp"

namespace ionpass::tightbinding {

/// γ(R) = 1/R - s(R) for exponentially decaying charges with Hubbard parameters U (Elstner et al.,
/// Phys. Rev. B 58, 7260 (1998)). s decays exponentially, so that γ is the bare Coulomb interaction
/// far away and (U_a, U_b) decide it at R = 0.
class ShortRangeGamma final : public ShortRange {
 public:
  /// @param hubbard_a, hubbard_b  Hartree, positive
  ShortRangeGamma(double hubbard_a, double hubbard_b);

  [[nodiscard]] RadialValue at(double r) const override;
  /// U for equal parameters.
  [[nodiscard]] double on_site() const noexcept override { return on_site_; }
  /// Beyond it |s| stays below 1e-11 Hartree.
  [[nodiscard]] double range() const noexcept override { return range_; }

 private:
  // Nearly equal parameters: the formula for equal ones at their mean, and the term quadratic in
  // half their difference, δ² e^-x (x⁴ + 15x³ + 75x² + 180x + 180) / 480τ with x = τr (from the
  // Fourier transform 4π/k² · τ⁸ / ((k²+τ_a²)(k²+τ_b²))²).
  bool nearly_equal_ = false;
  double mean_ = 0.0, spread_ = 0.0;
  double tau_a_ = 0.0, tau_b_ = 0.0;
  double linear_ab_ = 0.0, inverse_ab_ = 0.0, linear_ba_ = 0.0, inverse_ba_ = 0.0;
  double on_site_ = 0.0;
  double range_ = 0.0;
};

}  // namespace ionpass::tightbinding
