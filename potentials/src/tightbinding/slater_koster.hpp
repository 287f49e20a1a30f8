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

/// ⟨a|b⟩ for shells l_a, l_b <= 2 with b in direction c (unit vector) from a. Slater & Koster,
/// Phys. Rev. 94, 1498 (1954), table I, written with traceless symmetric tensors: σ, π and δ parts
/// are projections along, once across and twice across the bond.
[[nodiscard]] ShellBlock rotate_block(int l_a, int l_b, const Eigen::Vector3d& c,
                                      const BondIntegrals& integrals);

/// Gradient with respect to the position of b of Σ_ij weight_ij ⟨a_i|b_j⟩, for b at distance r in
/// direction c.
[[nodiscard]] Eigen::Vector3d rotate_gradient(int l_a, int l_b, const Eigen::Vector3d& c, double r,
                                              const BondIntegrals& integrals,
                                              const Eigen::Ref<const Eigen::MatrixXd>& weight);

}  // namespace ionpass::tightbinding
