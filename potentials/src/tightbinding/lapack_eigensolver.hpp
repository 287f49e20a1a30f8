// Eigenproblems by LAPACK, on this rank alone.
#pragma once

#include <complex>

#include <potentials/eigensolver.hpp>

#include "tightbinding/lapack.hpp"

namespace ionpass::tightbinding {

/// Reduces L^-1 H L^-H to tridiagonal form and keeps the reduced problem as Q T Q^H: only the
/// eigenvectors that are asked for are ever multiplied by Q.
template <typename Scalar>
class LapackEigensolver final : public Eigensolver<Scalar> {
 public:
  using typename Eigensolver<Scalar>::Matrix;
  using typename Eigensolver<Scalar>::States;

  [[nodiscard]] bool factorise(const Matrix& overlap) override;
  [[nodiscard]] bool solve(Eigen::VectorXd& eigenvalues) override;
  [[nodiscard]] Matrix coefficients(Eigen::Index first, Eigen::Index count) const override;
  [[nodiscard]] States states(Eigen::Index first, Eigen::Index count) const override;

 private:
  /// Eigenvectors of the reduced problem.
  [[nodiscard]] Matrix reduced_vectors(Eigen::Index first, Eigen::Index count) const;
  /// Q as reflections: what is left where the Hamiltonian was.
  [[nodiscard]] const Matrix& reflections() const noexcept { return this->hamiltonian_; }

  Matrix factor_;  // Cholesky factor of the overlap
  lapack::Tridiagonal<Scalar> tridiagonal_;
  lapack::Matrix<double> tridiagonal_vectors_;
};

extern template class LapackEigensolver<double>;
extern template class LapackEigensolver<std::complex<double>>;

}  // namespace ionpass::tightbinding
