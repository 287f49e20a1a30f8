// What makes the interaction of two charge clouds differ from that of two points.
#pragma once

namespace ionpass::tightbinding {

/// A function of the distance, Hartree, and its derivative, Hartree/bohr.
struct RadialValue {
  double value = 0.0, slope = 0.0;
};

/// s in γ(R) = 1/R - s(R), for one pair of Hubbard parameters.
class ShortRange {
 public:
  virtual ~ShortRange() = default;
  /// s at distance r (bohr, below the range).
  [[nodiscard]] virtual RadialValue at(double r) const = 0;
  /// γ at R = 0: two shells of one atom, Hartree.
  [[nodiscard]] virtual double on_site() const noexcept = 0;
  /// Distance beyond which s counts as zero, bohr; may be infinite.
  [[nodiscard]] virtual double range() const noexcept = 0;
};

}  // namespace ionpass::tightbinding
