#include "tightbinding/lapack_eigensolver.hpp"

namespace ionpass::tightbinding {

template <typename Scalar>
bool LapackEigensolver<Scalar>::factorise(const Matrix& overlap) {
  factor_ = overlap;
  return lapack::cholesky(factor_);
}

template <typename Scalar>
bool LapackEigensolver<Scalar>::solve(Eigen::VectorXd& eigenvalues) {
  lapack::reduce_to_standard(this->hamiltonian_, factor_);
  const bool reduced = lapack::tridiagonalise(this->hamiltonian_, tridiagonal_);
  Eigen::VectorXd off_diagonal = tridiagonal_.off_diagonal;
  eigenvalues = tridiagonal_.diagonal;
  return reduced && lapack::solve_tridiagonal(eigenvalues, off_diagonal, tridiagonal_vectors_);
}

template <typename Scalar>
typename LapackEigensolver<Scalar>::Matrix LapackEigensolver<Scalar>::reduced_vectors(
    Eigen::Index first, Eigen::Index count) const {
  Matrix vectors = tridiagonal_vectors_.middleCols(first, count).template cast<Scalar>();
  lapack::back_transform(reflections(), tridiagonal_, vectors);
  return vectors;
}

template <typename Scalar>
typename LapackEigensolver<Scalar>::Matrix LapackEigensolver<Scalar>::coefficients(
    Eigen::Index first, Eigen::Index count) const {
  Matrix out = reduced_vectors(first, count);
  lapack::solve_upper(factor_, out);
  return out;
}

template <typename Scalar>
typename LapackEigensolver<Scalar>::States LapackEigensolver<Scalar>::states(
    Eigen::Index first, Eigen::Index count) const {
  States out;
  out.coefficients = reduced_vectors(first, count);
  out.projected = out.coefficients;
  lapack::solve_upper(factor_, out.coefficients);
  lapack::multiply_lower(factor_, out.projected);
  return out;
}

template class LapackEigensolver<double>;
template class LapackEigensolver<std::complex<double>>;

}  // namespace ionpass::tightbinding
