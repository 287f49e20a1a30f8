// The lowest states of H c = S c ε for matrices whose largest eigenvalues are out of all
// proportion.
#pragma once

#include <optional>

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

/// The same states by Rayleigh quotient iteration from those of a similar Hamiltonian, for matrices
/// that are zero further than `bandwidth` from the diagonal: a hundredth of the work.
/// @returns nothing if they did not converge, or are not the lowest (counted by the inertia of
///          H - σS, Sylvester's law)
[[nodiscard]] std::optional<RadialStates> refined_states(const Eigen::MatrixXd& hamiltonian,
                                                         const Eigen::MatrixXd& overlap,
                                                         Eigen::Index bandwidth,
                                                         const RadialStates& start);

}  // namespace ionpass::skgen
