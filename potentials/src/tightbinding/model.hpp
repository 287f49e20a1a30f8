// What a tight-binding model has to supply for one geometry; all the rest is the shared engine.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include "tightbinding/basis.hpp"
#include "tightbinding/bloch.hpp"
#include "tightbinding/coulomb.hpp"
#include "tightbinding/derivatives.hpp"
#include "tightbinding/scf.hpp"

namespace ionpass::tightbinding {

/// Where charge fluctuations sit.
enum class ChargeResolution { none, atom, shell };

/// Charge sites of a basis: every shell, or every atom with the Hubbard parameter of its first
/// shell.
struct ChargeSites {
  std::vector<ChargeSite> sites;
  std::vector<Eigen::Index> of_shell;
  Eigen::VectorXd reference;  ///< electrons of the neutral atoms
};
[[nodiscard]] ChargeSites charge_sites(const Basis& basis, ChargeResolution resolution);

/// The electrons, as the derivatives need them.
struct ElectronicState {
  std::vector<double> density;          ///< laid out as the pair blocks
  std::vector<double> energy_weighted;  ///< likewise
  Eigen::VectorXd shell_potential;      ///< Hartree
  Eigen::VectorXd dq;                   ///< electrons above the neutral atoms, per site
};

/// Hamiltonian, interaction and pair terms of one geometry.
class Model {
 public:
  virtual ~Model() = default;

  [[nodiscard]] virtual const Basis& basis() const = 0;
  [[nodiscard]] virtual const ChargeSites& sites() const = 0;
  [[nodiscard]] virtual const PairBlocks& blocks() const = 0;
  [[nodiscard]] virtual ChargeModel charges() const = 0;

  /// Adds the derivatives of Tr(P H0), with the overlap's Pulay term, and of the interaction of the
  /// charges.
  virtual void add_electronic_derivatives(const ElectronicState& state, Derivatives& out) const = 0;
  /// The terms without electrons, by name, Hartree; their derivatives are added to `out`.
  virtual std::vector<std::pair<std::string, double>> add_classical_terms(
      Derivatives& out) const = 0;
};

}  // namespace ionpass::tightbinding
