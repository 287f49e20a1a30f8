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

namespace ionpass::tightbinding {

using KpointProblem = std::variant<Eigenproblem<double>, Eigenproblem<std::complex<double>>>;

/// Everything the cycle needs; charges sit on sites (shells or atoms).
struct ScfProblem {
  std::vector<KpointProblem> kpoints;
  std::vector<double> weights;
  std::vector<Eigen::Index> site_of_orbital;
  Eigen::VectorXd reference;  ///< electrons of the neutral atoms, per site
  Eigen::MatrixXd
      gamma;  ///< sites × sites, Hartree; all zero for a calculation without self-consistency
  double electrons = 0.0;
  double kt = 0.0;  ///< Hartree
};

struct ScfResult {
  Eigen::VectorXd populations;  ///< electrons per site, of the last diagonalisation
  Eigen::VectorXd potential;    ///< Hartree per site, that the last diagonalisation used
  Filling filling;
  double energy_h0 = 0.0;       ///< Tr(P H0), Hartree
  double energy_charges = 0.0;  ///< ½ dq γ dq, Hartree
  int iterations = 0;
};

/// Iterates to self-consistency; a cycle that does not converge is tried once more with a slower
/// mixing from neutral atoms.
/// @param guess populations per site to start from, or empty for neutral atoms
/// @throws ConvergenceError with what was seen, if the populations do not settle
[[nodiscard]] ScfResult solve_scf(ScfProblem& problem, const ScfSettings& settings,
                                  const std::vector<double>& guess);

}  // namespace ionpass::tightbinding
