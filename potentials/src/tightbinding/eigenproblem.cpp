#include "tightbinding/eigenproblem.hpp"

#include <algorithm>
#include <utility>

#include <structures/error.hpp>

#include "tightbinding/lapack_eigensolver.hpp"

namespace ionpass::tightbinding {

namespace {

// Occupations below this change no result at double precision.
constexpr double empty_state = 1e-15;

}  // namespace

Eigen::Index occupied_states(const Eigen::VectorXd& occupations) {
  Eigen::Index count = occupations.size();
  while (count > 0 && occupations(count - 1) < empty_state) --count;
  return count;
}

template <typename Scalar>
Eigenproblem<Scalar>::Eigenproblem(Matrix h0, Matrix overlap,
                                   std::unique_ptr<Eigensolver<Scalar>> solver)
    : solver_(std::move(solver)) {
  if (!solver_) solver_ = std::make_unique<LapackEigensolver<Scalar>>();
  if (!solver_->factorise(overlap)) {
    throw ConvergenceError(
        "the overlap matrix is not positive definite: atoms lie much too close together for this "
        "basis; check the geometry");
  }
  const Eigen::Index n = h0.rows();
  columns_.resize(n + 1, n);
  for (Eigen::Index j = 0; j < n; ++j) {
    columns_.col(j).tail(n - j) = h0.col(j).tail(n - j);
    columns_.col(n - 1 - j).head(n - j) = overlap.col(j).tail(n - j);
  }
}

template <typename Scalar>
void Eigenproblem<Scalar>::solve(const Eigen::VectorXd& orbital_potential, Precision precision) {
  kept_ = {};
  weights_.resize(0, 0);
  const Eigen::Index n = columns_.cols();
  Matrix& hamiltonian = solver_->hamiltonian();
  hamiltonian.resize(n, n);
  for (Eigen::Index j = 0; j < n; ++j) {
    const double half = 0.5 * orbital_potential(j);
    hamiltonian.col(j).tail(n - j) =
        h0_column(j).array() +
        overlap_column(j).array() *
            (0.5 * orbital_potential.tail(n - j).array() + half).template cast<Scalar>();
  }
  if (!solver_->solve(eigenvalues_, precision)) {
    throw ConvergenceError(
        "the eigenvalue problem has no solution (LAPACK gave up): the Hamiltonian holds absurd "
        "numbers");
  }
}

template <typename Scalar>
Eigen::VectorXd Eigenproblem<Scalar>::populations(const Eigen::VectorXd& occupations) {
  // With C = L^-H X and S C = L X, the population of orbital i is Σ_k f_k Re(conj(C_ik) (L X)_ik):
  // no density matrix is needed.
  const Eigen::Index count = occupied_states(occupations);
  kept_ = solver_->states(0, count);
  Eigen::VectorXd result = Eigen::VectorXd::Zero(columns_.cols());
  for (Eigen::Index k = 0; k < count; ++k) {
    result.array() +=
        occupations(k) *
        (kept_.coefficients.col(k).conjugate().array() * kept_.projected.col(k).array()).real();
  }
  return result;
}

template <typename Scalar>
typename Eigenproblem<Scalar>::SingleStates Eigenproblem<Scalar>::states(Eigen::Index first,
                                                                         Eigen::Index count) const {
  const Eigen::Index known = std::clamp<Eigen::Index>(kept_.coefficients.cols() - first, 0, count);
  const SingleStates rest = solver_->single_states(first + known, count - known);
  SingleStates out;
  out.coefficients.resize(columns_.cols(), count);
  out.projected.resize(columns_.cols(), count);
  out.coefficients << kept_.coefficients.middleCols(first, known).template cast<InSingle>(),
      rest.coefficients;
  out.projected << kept_.projected.middleCols(first, known).template cast<InSingle>(),
      rest.projected;
  return out;
}

template <typename Scalar>
typename Eigenproblem<Scalar>::Matrix Eigenproblem<Scalar>::coefficients(Eigen::Index first,
                                                                         Eigen::Index count) const {
  if (first + count <= kept_.coefficients.cols())
    return kept_.coefficients.middleCols(first, count);
  return solver_->coefficients(first, count);
}

template <typename Scalar>
void Eigenproblem<Scalar>::adopt(const Eigen::VectorXd& eigenvalues, Matrix coefficients,
                                 Matrix weights) {
  eigenvalues_ = eigenvalues;
  kept_.coefficients = std::move(coefficients);
  kept_.projected.resize(0, 0);
  weights_ = std::move(weights);
}

template <typename Scalar>
typename Eigenproblem<Scalar>::Densities Eigenproblem<Scalar>::densities(
    const Eigen::VectorXd& occupations) const {
  const Eigen::Index count = occupied_states(occupations);
  Matrix coefficients = kept_.coefficients.cols() >= count
                            ? Matrix(kept_.coefficients.leftCols(count))
                            : solver_->coefficients(0, count);
  Densities result;
  if (weights_.size() > 0) {
    Matrix weighted;
    lapack::multiply(coefficients, weights_, weighted);
    lapack::multiply_by_adjoint(weighted, coefficients, result.energy_weighted);
  }
  coefficients *= occupations.head(count).cwiseSqrt().asDiagonal();
  lapack::rank_k(coefficients, result.density);
  if (weights_.size() > 0) return result;
  // ε may have either sign: shift all states below zero, so that the weighted sum is one rank-k
  // update too.
  const double shift = count > 0 ? eigenvalues_(count - 1) + 1.0 : 0.0;
  coefficients *= (shift - eigenvalues_.head(count).array()).sqrt().matrix().asDiagonal();
  lapack::rank_k(coefficients, result.energy_weighted);
  result.energy_weighted = shift * result.density - result.energy_weighted;
  return result;
}

template <typename Scalar>
double Eigenproblem<Scalar>::smallest_overlap_eigenvalue() const {
  Matrix overlap = Matrix::Zero(columns_.cols(), columns_.cols());
  for (Eigen::Index j = 0; j < overlap.cols(); ++j)
    overlap.col(j).tail(overlap.rows() - j) = overlap_column(j);
  return Eigen::SelfAdjointEigenSolver<Matrix>(overlap, Eigen::EigenvaluesOnly)
      .eigenvalues()
      .minCoeff();
}

template class Eigenproblem<double>;
template class Eigenproblem<std::complex<double>>;

}  // namespace ionpass::tightbinding
