// The D3 dispersion correction with Becke-Johnson damping, two-body terms.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include <potentials/registry.hpp>
#include <structures/structure.hpp>

#include "dispersion/coordination.hpp"
#include "dispersion/d3_reference.hpp"
#include "tightbinding/derivatives.hpp"

namespace ionpass::dispersion {

/// E = -Σ C6 [s6 / (R⁶ + R0⁶) + 3 Q_A Q_B s8 / (R⁸ + R0⁸)] over all pairs and images closer than
/// 50 bohr, R0 = a1 √(3 Q_A Q_B) + a2. C6 interpolates between reference systems by coordination
/// number. S. Grimme et al., J. Chem. Phys. 132, 154104 (2010); J. Comput. Chem. 32, 1456 (2011).
class D3 {
 public:
  /// @throws InputError for damping parameters that make no sense
  D3(std::shared_ptr<const D3Reference> reference, const D3Damping& damping);

  /// Energy, Hartree, with its derivatives.
  double add_energy(const Structure& structure, tightbinding::Derivatives& out) const;
  /// The same with coordination numbers that are already there.
  /// @param slope dE/dCN is added to it; its derivatives are left to the caller
  double add_energy(const Structure& structure, const Eigen::VectorXd& coordination,
                    tightbinding::Derivatives& out, Eigen::VectorXd& slope) const;

  /// The damping parameters as text.
  [[nodiscard]] std::string description() const;
  [[nodiscard]] static std::vector<std::string> citations();

 private:
  std::shared_ptr<const D3Reference> reference_;
  D3Damping damping_;
};

}  // namespace ionpass::dispersion
