#include "tightbinding/eigenproblem.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <structures/error.hpp>

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
Eigenproblem<Scalar>::Eigenproblem(Matrix h0, Matrix overlap)
    : h0_(std::move(h0)), overlap_(std::move(overlap)) {
  factor_ = overlap_;
  if (!lapack::cholesky(factor_)) {
    throw ConvergenceError(
        "the overlap matrix is not positive definite: atoms lie much too close together for this "
        "basis; check the geometry");
  }
}

template <typename Scalar>
void Eigenproblem<Scalar>::solve(const Eigen::VectorXd& orbital_potential, Precision precision) {
  kept_ = {};
  if (precision == Precision::single) {
    if (single_factor_.size() == 0) single_factor_ = factor_.template cast<InSingle>();
    if (solve_as<InSingle>(orbital_potential, single_factor_)) return;
  }
  if (!solve_as<Scalar>(orbital_potential, factor_)) {
    throw ConvergenceError(
        "the eigenvalue problem has no solution (LAPACK gave up): the Hamiltonian holds absurd "
        "numbers");
  }
}

template <typename Scalar>
template <typename As>
bool Eigenproblem<Scalar>::solve_as(const Eigen::VectorXd& orbital_potential,
                                    const lapack::Matrix<As>& factor) {
  const Eigen::Index n = h0_.rows();
  if (!std::holds_alternative<Reduced<As>>(reduced_)) reduced_.template emplace<Reduced<As>>();
  auto& [reflections, tridiagonal, vectors] = std::get<Reduced<As>>(reduced_);
  reflections.resize(n, n);
  for (Eigen::Index j = 0; j < n; ++j) {
    const double half = 0.5 * orbital_potential(j);
    reflections.col(j).tail(n - j) =
        (h0_.col(j).tail(n - j).array() +
         overlap_.col(j).tail(n - j).array() *
             (0.5 * orbital_potential.tail(n - j).array() + half).template cast<Scalar>())
            .template cast<As>();
  }
  lapack::reduce_to_standard(reflections, factor);
  if (!lapack::tridiagonalise(reflections, tridiagonal)) return false;
  lapack::Vector<lapack::Real<As>> values = tridiagonal.diagonal, below = tridiagonal.off_diagonal;
  if (!lapack::solve_tridiagonal(values, below, vectors)) return false;
  eigenvalues_ = values.template cast<double>();
  return true;
}

template <typename Scalar>
template <typename As, typename Solved>
typename Eigenproblem<Scalar>::template States<As> Eigenproblem<Scalar>::transformed(
    const Reduced<Solved>& reduced, const lapack::Matrix<As>& factor, Eigen::Index first,
    Eigen::Index count) {
  States<As> out;
  out.coefficients = reduced.vectors.middleCols(first, count)
                         .template cast<lapack::Real<As>>()
                         .template cast<As>();
  if constexpr (std::is_same_v<As, Solved>) {
    lapack::back_transform(reduced.reflections, reduced.tridiagonal, out.coefficients);
  } else {
    lapack::Tridiagonal<As> scales;
    scales.scales = reduced.tridiagonal.scales.template cast<As>();
    lapack::back_transform(lapack::Matrix<As>(reduced.reflections.template cast<As>()), scales,
                           out.coefficients);
  }
  out.projected = out.coefficients;
  lapack::solve_upper(factor, out.coefficients);
  lapack::multiply_lower(factor, out.projected);
  return out;
}

template <typename Scalar>
typename Eigenproblem<Scalar>::template States<Scalar> Eigenproblem<Scalar>::lowest(
    Eigen::Index count) const {
  if (const auto* single = std::get_if<Reduced<InSingle>>(&reduced_)) {
    const auto states = transformed(*single, single_factor_, 0, count);
    return {states.coefficients.template cast<Scalar>(), states.projected.template cast<Scalar>()};
  }
  return transformed(std::get<Reduced<Scalar>>(reduced_), factor_, 0, count);
}

template <typename Scalar>
typename Eigenproblem<Scalar>::template States<lapack::Single<Scalar>> Eigenproblem<Scalar>::states(
    Eigen::Index first, Eigen::Index count) const {
  const Eigen::Index known = std::clamp<Eigen::Index>(kept_.coefficients.cols() - first, 0, count);
  const lapack::Matrix<InSingle> made = single_factor_.size() == 0
                                            ? factor_.template cast<InSingle>().eval()
                                            : lapack::Matrix<InSingle>();
  const auto& factor = single_factor_.size() == 0 ? made : single_factor_;
  const auto rest = std::visit(
      [&](const auto& reduced) {
        return transformed(reduced, factor, first + known, count - known);
      },
      reduced_);
  States<InSingle> out;
  out.coefficients.resize(h0_.rows(), count);
  out.projected.resize(h0_.rows(), count);
  out.coefficients << kept_.coefficients.middleCols(first, known).template cast<InSingle>(),
      rest.coefficients;
  out.projected << kept_.projected.middleCols(first, known).template cast<InSingle>(),
      rest.projected;
  return out;
}

template <typename Scalar>
Eigen::VectorXd Eigenproblem<Scalar>::populations(const Eigen::VectorXd& occupations) {
  // With C = L^-H X and S C = L X, the population of orbital i is Σ_k f_k Re(conj(C_ik) (L X)_ik):
  // no density matrix is needed.
  const Eigen::Index count = occupied_states(occupations);
  kept_ = lowest(count);
  Eigen::VectorXd result = Eigen::VectorXd::Zero(h0_.rows());
  for (Eigen::Index k = 0; k < count; ++k) {
    result.array() +=
        occupations(k) *
        (kept_.coefficients.col(k).conjugate().array() * kept_.projected.col(k).array()).real();
  }
  return result;
}

template <typename Scalar>
typename Eigenproblem<Scalar>::Densities Eigenproblem<Scalar>::densities(
    const Eigen::VectorXd& occupations) const {
  const Eigen::Index count = occupied_states(occupations);
  Matrix coefficients = kept_.coefficients.cols() >= count
                            ? Matrix(kept_.coefficients.leftCols(count))
                            : lowest(count).coefficients;
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
