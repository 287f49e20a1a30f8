// The self-consistent cycle: populations that reproduce themselves.
#pragma once

#include <complex>
#include <cstddef>
#include <variant>
#include <vector>

#include <Eigen/Dense>

#include <potentials/registry.hpp>

#include "tightbinding/eigenproblem.hpp"
#include "tightbinding/fermi.hpp"
#include "tightbinding/kpoint_shares.hpp"

namespace ionpass::tightbinding {

using KpointProblem = std::variant<Eigenproblem<double>, Eigenproblem<std::complex<double>>>;

/// Energy of the charge fluctuations dq (electrons above the neutral atoms, per site):
/// ½ dq γ dq - ⅓ Σ_A Γ_A dq_A³, with dq_A the sum over the sites of atom A.
struct ChargeModel {
  Eigen::MatrixXd gamma;  ///< sites × sites, Hartree; empty for a calculation without charges
  Eigen::VectorXd third_order;             ///< Γ per atom, Hartree; empty for a second-order model
  std::vector<Eigen::Index> atom_of_site;  ///< needed with third_order

  [[nodiscard]] bool is_empty() const noexcept { return gamma.size() == 0; }
  [[nodiscard]] double second_order_energy(const Eigen::VectorXd& dq) const;  ///< Hartree
  [[nodiscard]] double third_order_energy(const Eigen::VectorXd& dq) const;   ///< Hartree
  /// Derivative of the energy with respect to the population of every site, Hartree.
  [[nodiscard]] Eigen::VectorXd potential(const Eigen::VectorXd& dq) const;
  /// Derivative of the potential with respect to dq, sites × sites, Hartree.
  [[nodiscard]] Eigen::MatrixXd hardness(const Eigen::VectorXd& dq) const;
  /// Electrons gained by the atom that gained most; 0 without third order.
  [[nodiscard]] double largest_gain(const Eigen::VectorXd& dq) const;

 private:
  [[nodiscard]] Eigen::VectorXd per_atom(const Eigen::VectorXd& dq) const;
};

/// Everything the cycle needs; charges sit on sites (shells or atoms).
struct ScfProblem {
  KpointShares shares;
  std::vector<KpointProblem> kpoints;  ///< those of shares.own()
  std::vector<double> weights;         ///< of all k-points
  std::vector<Eigen::Index> site_of_orbital;
  Eigen::VectorXd reference;  ///< electrons of the neutral atoms, per site
  /// Per operation of a space group that left k-points out, the site each site is carried to.
  std::vector<std::vector<Eigen::Index>> site_images;
  ChargeModel charges;
  ElectronCount count;
  double kt = 0.0;  ///< Hartree
};

struct ScfResult {
  Eigen::VectorXd populations;               ///< electrons per site
  Eigen::VectorXd potential;                 ///< Hartree per site, that they follow from
  std::vector<Eigen::VectorXd> eigenvalues;  ///< Hartree, of all k-points
  Filling filling;
  double energy_h0 = 0.0;  ///< Tr(P H0), Hartree
  int iterations = 0;
};

/// Populations averaged over the operations that left k-points out.
[[nodiscard]] Eigen::VectorXd symmetrised(const ScfProblem& problem,
                                          const Eigen::VectorXd& populations);

/// A potential per site, spread over the orbitals of the sites.
[[nodiscard]] Eigen::VectorXd per_orbital(const ScfProblem& problem,
                                          const Eigen::VectorXd& site_potential);

/// Iterates to self-consistency. Between two diagonalisations the mixing goes on at the response of
/// the first (response.hpp), and while the residual is large they are done in single precision. A
/// cycle that stops to make progress is abandoned for the next of a ladder of remedies, from
/// neutral atoms each: mixing alone; slower mixing with a longer memory; hot electrons that are
/// cooled in steps; very slow mixing. `settings.max_iterations` bounds all cycles together. The
/// remedies change how the answer is reached, never the equations.
///
/// The energy of GFN1-xTB has no lower bound, since its third order favours ever larger negative
/// charges; a self-consistent state in which an atom gained more than 2.5 electrons is such an
/// artefact and counts as a failed remedy.
/// @param guess populations per site to start from, or empty for neutral atoms
/// @throws ConvergenceError with what was seen, if the populations do not settle
[[nodiscard]] ScfResult solve_scf(ScfProblem& problem, const ScfSettings& settings,
                                  const std::vector<double>& guess);

}  // namespace ionpass::tightbinding
