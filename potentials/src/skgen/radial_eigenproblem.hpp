// The lowest states of H c = S c ε for matrices whose largest eigenvalues are out of all
// proportion.
#pragma once

#include <Eigen/Dense>

namespace ionpass::skgen {

struct RadialStates {
  Eigen::VectorXd energies;      ///< Hartree, ascending
  Eigen::MatrixXd coefficients;  ///< column = state, c^T S c = 1
};

/// Solves the inverted problem S c = μ (H - σS) c, ε = σ + 1/μ, so that the accuracy is relative to
/// the states asked for and not to the largest eigenvalue of H.
/// @param sigma a guess below the lowest eigenvalue; lowered until it is
/// @throws ConvergenceError if no such σ is found (numbers that are none)
[[nodiscard]] RadialStates lowest_states(const Eigen::MatrixXd& hamiltonian,
                                         const Eigen::MatrixXd& overlap, Eigen::Index count,
                                         double sigma);

}  // namespace ionpass::skgen
