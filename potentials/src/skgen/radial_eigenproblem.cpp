#include "skgen/radial_eigenproblem.hpp"

#include <algorithm>
#include <cmath>

#include <structures/error.hpp>

#include "tightbinding/lapack.hpp"

namespace ionpass::skgen {

namespace lapack = tightbinding::lapack;

namespace {

/// Rayleigh–Ritz in the span of the columns: S-orthonormal, energies ascending.
bool rayleigh_ritz(const Eigen::MatrixXd& hamiltonian, const Eigen::MatrixXd& overlap,
                   RadialStates& states) {
  Eigen::MatrixXd& x = states.coefficients;
  // Near-eigenvectors of very different length: normalise first.
  for (Eigen::Index i = 0; i < x.cols(); ++i)
    x.col(i) /= std::sqrt(x.col(i).dot(overlap * x.col(i)));
  const Eigen::MatrixXd small_h = x.transpose() * hamiltonian * x;
  const Eigen::MatrixXd small_s = x.transpose() * overlap * x;
  if (!small_h.allFinite() || !small_s.allFinite()) return false;
  const Eigen::GeneralizedSelfAdjointEigenSolver<Eigen::MatrixXd> solver(small_h, small_s);
  if (solver.info() != Eigen::Success) return false;
  states.energies = solver.eigenvalues();
  x = x * solver.eigenvectors();
  return true;
}

/// Number of eigenvalues below σ: negative pivots of H - σS = L D L^T within the band.
Eigen::Index count_below(const Eigen::MatrixXd& hamiltonian, const Eigen::MatrixXd& overlap,
                         Eigen::Index bandwidth, double sigma) {
  Eigen::MatrixXd a = hamiltonian - sigma * overlap;
  const Eigen::Index n = a.rows();
  Eigen::Index negative = 0;
  for (Eigen::Index k = 0; k < n; ++k) {
    if (a(k, k) < 0.0) ++negative;
    const Eigen::Index rest = std::min(bandwidth, n - 1 - k);
    const Eigen::VectorXd column = a.col(k).segment(k + 1, rest);
    a.block(k + 1, k + 1, rest, rest).noalias() -= column * column.transpose() / a(k, k);
  }
  return negative;
}

}  // namespace

std::optional<RadialStates> refined_states(const Eigen::MatrixXd& hamiltonian,
                                           const Eigen::MatrixXd& overlap, Eigen::Index bandwidth,
                                           const RadialStates& start) {
  constexpr int passes = 6;
  constexpr double converged = 1e-13;  // relative; the error is cubic in the change before
  RadialStates states = start;
  if (!rayleigh_ritz(hamiltonian, overlap, states)) return std::nullopt;
  for (int pass = 0; pass < passes; ++pass) {
    const Eigen::VectorXd before = states.energies;
    for (Eigen::Index i = 0; i < before.size(); ++i) {
      Eigen::VectorXd x = overlap * states.coefficients.col(i);
      if (!lapack::solve_banded(hamiltonian - before[i] * overlap, bandwidth, x))
        return std::nullopt;
      states.coefficients.col(i) = x;
    }
    if (!rayleigh_ritz(hamiltonian, overlap, states)) return std::nullopt;
    const Eigen::ArrayXd scale = states.energies.array().abs().max(1.0);
    if (((states.energies - before).array().abs() / scale).maxCoeff() > converged) continue;
    const double highest = states.energies[states.energies.size() - 1];
    const double above = highest + 1e-6 * std::max(1.0, std::abs(highest));
    if (count_below(hamiltonian, overlap, bandwidth, above) != states.energies.size())
      return std::nullopt;
    return states;
  }
  return std::nullopt;
}

RadialStates lowest_states(const Eigen::MatrixXd& hamiltonian, const Eigen::MatrixXd& overlap,
                           Eigen::Index count, double sigma) {
  Eigen::MatrixXd factor;
  Eigen::VectorXd scale;
  constexpr int attempts = 8;
  for (int attempt = 0;; ++attempt, sigma *= 2.0) {
    if (attempt == attempts)
      throw ConvergenceError("the radial Hamiltonian has no lowest state: its numbers overflow");
    factor = hamiltonian - sigma * overlap;
    if (!(factor.diagonal().minCoeff() > 0.0)) continue;
    scale = factor.diagonal().cwiseSqrt().cwiseInverse();
    factor = scale.asDiagonal() * factor * scale.asDiagonal();
    if (lapack::cholesky(factor)) break;
  }
  Eigen::MatrixXd reduced = scale.asDiagonal() * overlap * scale.asDiagonal();
  lapack::reduce_to_standard(reduced, factor);
  lapack::Tridiagonal<double> t;
  Eigen::MatrixXd vectors;
  if (!lapack::tridiagonalise(reduced, t) ||
      !lapack::solve_tridiagonal(t.diagonal, t.off_diagonal, vectors))
    throw ConvergenceError("LAPACK found no eigenvalues of the radial Hamiltonian");
  RadialStates out;
  // The largest μ belong to the lowest ε.
  Eigen::MatrixXd x = vectors.rightCols(count).rowwise().reverse();
  const Eigen::VectorXd mu = t.diagonal.tail(count).reverse();
  lapack::back_transform(reduced, t, x);
  lapack::solve_upper(factor, x);
  out.energies = (sigma + mu.array().inverse()).matrix();
  // x^T (H - σS) x = 1 here, so that x^T S x = μ.
  out.coefficients = scale.asDiagonal() * x * mu.cwiseSqrt().cwiseInverse().asDiagonal();
  return out;
}

}  // namespace ionpass::skgen
