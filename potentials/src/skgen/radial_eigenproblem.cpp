#include "skgen/radial_eigenproblem.hpp"

#include <structures/error.hpp>

#include "tightbinding/lapack.hpp"

namespace ionpass::skgen {

namespace lapack = tightbinding::lapack;

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
