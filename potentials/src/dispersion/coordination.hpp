// How many neighbours an atom has, as a smooth function of the geometry.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include "tightbinding/atom_pairs.hpp"
#include "tightbinding/derivatives.hpp"

namespace ionpass::dispersion {

/// CN_A = Σ_B 1 / (1 + exp(-16 (R_AB^cov / R_AB - 1))) over all images closer than `cutoff`, with
/// R_AB^cov = 4/3 (r_A + r_B): Grimme et al., J. Chem. Phys. 132, 154104 (2010), eq. 15.
class CoordinationNumbers {
 public:
  static constexpr double cutoff = 25.0;  ///< bohr

  /// @param radii covalent radius of every atom, bohr
  /// @param pairs all pairs of atoms to at least the cut-off
  CoordinationNumbers(std::span<const double> radii, std::span<const tightbinding::AtomPair> pairs);

  [[nodiscard]] const Eigen::VectorXd& values() const noexcept { return values_; }

  /// Adds the derivatives of an energy through the coordination numbers.
  /// @param slope dE/dCN of every atom, Hartree
  void add_derivatives(const Eigen::VectorXd& slope, tightbinding::Derivatives& out) const;

 private:
  struct Contact {
    tightbinding::AtomPair pair;
    double slope = 0.0;  // of the pair's share in a coordination number, 1/bohr
  };
  Eigen::VectorXd values_;
  std::vector<Contact> contacts_;  // those whose share changes with distance
};

}  // namespace ionpass::dispersion
