// Rotation of two-centre integrals from the bond axis into the crystal's axes.
#pragma once

#include <Eigen/Dense>

namespace ionpass::tightbinding {

/// One shell pair's integrals σ, π, δ (m = 0 … min(l_a, l_b)) and their slopes.
struct BondIntegrals {
  double value[3] = {};
  double slope[3] = {};
};

/// Small dense blocks: rows are the orbitals m = -l … l of shell a (p: y, z, x; d: xy, yz, z², zx,
/// x²-y²), columns those of b.
using ShellBlock = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor, 5, 5>;

/// What s, p and d orbitals are along a bond and across it. Slater & Koster, Phys. Rev. 94, 1498
/// (1954), table I, written with traceless symmetric tensors: σ, π and δ parts are projections
/// along, once across and twice across the bond.
class BondFrame {
 public:
  /// @param direction unit vector from atom a to atom b
  /// @param length    bohr
  BondFrame(const Eigen::Vector3d& direction, double length);

  /// ⟨a|b⟩ for shells l_a, l_b <= 2.
  [[nodiscard]] ShellBlock block(int l_a, int l_b, const BondIntegrals& integrals) const;

  /// Gradient with respect to the position of b of Σ_ij weight_ij ⟨a_i|b_j⟩.
  [[nodiscard]] Eigen::Vector3d gradient(int l_a, int l_b, const BondIntegrals& integrals,
                                         const Eigen::Ref<const Eigen::MatrixXd>& weight) const;

 private:
  template <int l>
  [[nodiscard]] auto along() const {
    return along_.template segment<2 * l + 1>(l * l);
  }
  template <int l>
  [[nodiscard]] auto across() const {
    return across_.template middleCols<2 * l + 1>(l * l);
  }
  template <int l>
  [[nodiscard]] Eigen::Vector3d turned(const Eigen::Matrix<double, 3, 2 * l + 1>& pull) const;
  template <int l_a, int l_b>
  [[nodiscard]] ShellBlock block_of(const BondIntegrals& integrals) const;
  template <int l_a, int l_b>
  [[nodiscard]] Eigen::Vector3d gradient_of(const BondIntegrals& integrals,
                                            const Eigen::Ref<const Eigen::MatrixXd>& weight) const;

  Eigen::Vector3d direction_;
  double length_;
  // Orbitals of s, p and d: the value along the bond (σ), and the vector perpendicular to it (π).
  Eigen::Matrix<double, 9, 1> along_;
  Eigen::Matrix<double, 3, 9> across_;
};

}  // namespace ionpass::tightbinding
