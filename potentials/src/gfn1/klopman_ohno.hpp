// The Coulomb kernel of GFN1-xTB.
#pragma once

#include "tightbinding/short_range.hpp"

namespace ionpass::gfn1 {

/// γ(R) = 1/√(R² + η⁻²) with η the harmonic mean of the two hardnesses: Ohno, Theor. Chim. Acta 2,
/// 219 (1964). s = 1/R - γ falls off as 1/(2 η² R³) only, so that its lattice sum diverges: in a
/// crystal it must be cut.
class KlopmanOhno final : public tightbinding::ShortRange {
 public:
  enum class End {
    none,      ///< as it is
    smooth10,  ///< times a step that falls from 1 at 9 bohr to 0 at 10 bohr
  };
  KlopmanOhno(double hardness_a, double hardness_b, End end);

  [[nodiscard]] tightbinding::RadialValue at(double r) const override;
  [[nodiscard]] double on_site() const noexcept override { return hardness_; }
  [[nodiscard]] double range() const noexcept override;

 private:
  double hardness_;
  double softness2_;  // η⁻²
  End end_;
};

}  // namespace ionpass::gfn1
