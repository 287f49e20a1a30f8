// A model of how stiff a structure is, made from its geometry alone: what makes optimisers take few
// steps.
#pragma once

#include <memory>

#include <neb/optimizer.hpp>
#include <structures/structure.hpp>

namespace ionpass::neb {

/// Springs between near atoms, in the spirit of Lindh et al., Chem. Phys. Lett. 241, 423 (1995) and
/// of the exponential preconditioner of Packwood et al., J. Chem. Phys. 144, 164109 (2016). With r0
/// the sum of covalent radii,
///     k(r) = bond_stiffness * min(1, (bond_length / r0)^3) * exp(-decay (r / r0 - 1)),
/// the cube being Badger's rule for heavier atoms (J. Chem. Phys. 2, 128 (1934)).
/// C-H and N-H get 30 to 40 eV/Å², Pb-I about 2, contacts without a bond 0.05 to 0.2.
struct ModelHessianSettings {
  double bond_stiffness = 35.0;  ///< eV/Å²
  double bond_length = 1.6;      ///< Å
  double decay = 8.0;
  double transverse = 0.07;  ///< part of k across the pair
  double transverse_limit =
      0.2;  ///< eV/Å², at most across the pair: more would hinder molecules from turning
  double angle = 0.0055;  ///< Å²/eV: two bonds of one atom hold their far ends with angle * k1 * k2
  double diagonal = 0.25;  ///< eV/Å², on every coordinate
};

/// Positive definite 3n × 3n model Hessian, factorised once; apply() solves with it.
class ModelHessian final : public Preconditioner {
 public:
  explicit ModelHessian(const Structure& structure, const ModelHessianSettings& settings = {});

  [[nodiscard]] Eigen::Matrix3Xd apply(const Eigen::Matrix3Xd& forces) const override;
  /// The model Hessian times a displacement: eV/Å from Å.
  [[nodiscard]] Eigen::Matrix3Xd multiply(const Eigen::Matrix3Xd& displacement) const;

 private:
  struct Factor;
  std::shared_ptr<const Factor> factor_;
};

}  // namespace ionpass::neb
