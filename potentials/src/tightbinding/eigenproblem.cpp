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
    : h0_(std::move(h0)), overlap_(std::move(overlap)), solver_(std::move(solver)) {
  if (!solver_) solver_ = std::make_unique<LapackEigensolver<Scalar>>();
  if (!solver_->factorise(overlap_)) {
    throw ConvergenceError(
        "the overlap matrix is not positive definite: atoms lie much too close together for this "
        "basis; check the geometry");
  }
}

template <typename Scalar>
void Eigenproblem<Scalar>::solve(const Eigen::VectorXd& orbital_potential, Precision precision) {
  kept_ = {};
  const Eigen::Index n = h0_.rows();
  Matrix& hamiltonian = solver_->hamiltonian();
  hamiltonian.resize(n, n);
  for (Eigen::Index j = 0; j < n; ++j) {
    const double half = 0.5 * orbital_potential(j);
    hamiltonian.col(j).tail(n - j) =
        h0_.col(j).tail(n - j).array() +
        overlap_.col(j).tail(n - j).array() *
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
  Eigen::VectorXd result = Eigen::VectorXd::Zero(h0_.rows());
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
  out.coefficients.resize(h0_.rows(), count);
  out.projected.resize(h0_.rows(), count);
  out.coefficients << kept_.coefficients.middleCols(first, known).template cast<InSingle>(),
      rest.coefficients;
  out.projected << kept_.projected.middleCols(first, known).template cast<InSingle>(),
      rest.projected;
  return out;
}

template <typename Scalar>
typename Eigenproblem<Scalar>::Densities Eigenproblem<Scalar>::densities(
    const Eigen::VectorXd& occupations) const {
  const Eigen::Index count = occupied_states(occupations);
  Matrix coefficients = kept_.coefficients.cols() >= count
                            ? Matrix(kept_.coefficients.leftCols(count))
                            : solver_->coefficients(0, count);
  Densities result;
  coefficients *= occupations.head(count).cwiseSqrt().asDiagonal();
  lapack::rank_k(coefficients, result.density);
  // ε may have either sign: shift all states below zero, so that the weighted sum is one rank-k
  // update too.
  const double shift = count > 0 ? eigenvalues_(count - 1) + 1.0 : 0.0;
  coefficients *= (shift - eigenvalues_.head(count).array()).sqrt().matrix().asDiagonal();
  lapack::rank_k(coefficients, result.energy_weighted);
  result.energy_weighted = shift * result.density - result.energy_weighted;
  return result;
}

template <typename Scalar>
double Eigenproblem<Scalar>::trace_h0(const Matrix& density) const {
  double sum = 0.0;
  const Eigen::Index n = h0_.rows();
  for (Eigen::Index j = 0; j < n; ++j) {
    sum += std::real(density(j, j)) * std::real(h0_(j, j));
    const Eigen::Index below = n - j - 1;
    sum += 2.0 * (density.col(j).tail(below).conjugate().array() * h0_.col(j).tail(below).array())
                     .real()
                     .sum();
  }
  return sum;
}

template <typename Scalar>
double Eigenproblem<Scalar>::smallest_overlap_eigenvalue() const {
  return Eigen::SelfAdjointEigenSolver<Matrix>(overlap_, Eigen::EigenvaluesOnly)
      .eigenvalues()
      .minCoeff();
}

template class Eigenproblem<double>;
template class Eigenproblem<std::complex<double>>;

}  // namespace ionpass::tightbinding
