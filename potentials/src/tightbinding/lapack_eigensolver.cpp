#include "tightbinding/lapack_eigensolver.hpp"

#include <type_traits>
#include <utility>

namespace ionpass::tightbinding {

template <typename Scalar>
bool LapackEigensolver<Scalar>::factorise(const Matrix& overlap) {
  factor_ = overlap;
  single_factor_.resize(0, 0);
  return lapack::cholesky(factor_);
}

template <typename Scalar>
template <typename As>
bool LapackEigensolver<Scalar>::solve_reduced(Reduced<As>& reduced, Eigen::VectorXd& eigenvalues) {
  if (!lapack::tridiagonalise(reduced.reflections, reduced.tridiagonal)) return false;
  lapack::Vector<lapack::Real<As>> values = reduced.tridiagonal.diagonal,
                                   below = reduced.tridiagonal.off_diagonal;
  if (!lapack::solve_tridiagonal(values, below, reduced.vectors)) return false;
  eigenvalues = values.template cast<double>();
  return true;
}

template <typename Scalar>
bool LapackEigensolver<Scalar>::solve(Eigen::VectorXd& eigenvalues, Precision precision) {
  if (precision == Precision::single) {
    if (single_factor_.size() == 0) single_factor_ = factor_.template cast<InSingle>();
    if (!std::holds_alternative<Reduced<InSingle>>(reduced_))
      reduced_.template emplace<Reduced<InSingle>>();
    auto& reduced = std::get<Reduced<InSingle>>(reduced_);
    reduced.reflections = this->hamiltonian_.template cast<InSingle>();
    lapack::reduce_to_standard(reduced.reflections, single_factor_);
    if (solve_reduced(reduced, eigenvalues)) return true;
  }
  if (!std::holds_alternative<Reduced<Scalar>>(reduced_))
    reduced_.template emplace<Reduced<Scalar>>();
  auto& reduced = std::get<Reduced<Scalar>>(reduced_);
  reduced.reflections = std::move(this->hamiltonian_);
  lapack::reduce_to_standard(reduced.reflections, factor_);
  return solve_reduced(reduced, eigenvalues);
}

template <typename Scalar>
template <typename As, typename Solved>
lapack::Matrix<As> LapackEigensolver<Scalar>::reduced_vectors(const Reduced<Solved>& reduced,
                                                              Eigen::Index first,
                                                              Eigen::Index count) {
  lapack::Matrix<As> out = reduced.vectors.middleCols(first, count)
                               .template cast<lapack::Real<As>>()
                               .template cast<As>();
  if constexpr (std::is_same_v<As, Solved>) {
    lapack::back_transform(reduced.reflections, reduced.tridiagonal, out);
  } else {
    lapack::Tridiagonal<As> scales;
    scales.scales = reduced.tridiagonal.scales.template cast<As>();
    lapack::back_transform(lapack::Matrix<As>(reduced.reflections.template cast<As>()), scales,
                           out);
  }
  return out;
}

template <typename Scalar>
template <typename As, typename Solved>
typename LapackEigensolver<Scalar>::template StatesAs<As> LapackEigensolver<Scalar>::states_as(
    const Reduced<Solved>& reduced, const lapack::Matrix<As>& factor, Eigen::Index first,
    Eigen::Index count) {
  StatesAs<As> out;
  out.coefficients = reduced_vectors<As>(reduced, first, count);
  out.projected = out.coefficients;
  lapack::solve_upper(factor, out.coefficients);
  lapack::multiply_lower(factor, out.projected);
  return out;
}

template <typename Scalar>
typename LapackEigensolver<Scalar>::Matrix LapackEigensolver<Scalar>::coefficients(
    Eigen::Index first, Eigen::Index count) const {
  const auto* reduced = std::get_if<Reduced<Scalar>>(&reduced_);
  if (reduced == nullptr) return states(first, count).coefficients;
  Matrix out = reduced_vectors<Scalar>(*reduced, first, count);
  lapack::solve_upper(factor_, out);
  return out;
}

template <typename Scalar>
typename LapackEigensolver<Scalar>::States LapackEigensolver<Scalar>::states(
    Eigen::Index first, Eigen::Index count) const {
  if (const auto* single = std::get_if<Reduced<InSingle>>(&reduced_)) {
    const auto rough = states_as(*single, single_factor_, first, count);
    return {rough.coefficients.template cast<Scalar>(), rough.projected.template cast<Scalar>()};
  }
  return states_as(std::get<Reduced<Scalar>>(reduced_), factor_, first, count);
}

template <typename Scalar>
typename LapackEigensolver<Scalar>::template StatesAs<typename LapackEigensolver<Scalar>::InSingle>
LapackEigensolver<Scalar>::single_states(Eigen::Index first, Eigen::Index count) const {
  lapack::Matrix<InSingle> made;
  if (single_factor_.size() == 0) made = factor_.template cast<InSingle>();
  const auto& factor = single_factor_.size() == 0 ? made : single_factor_;
  return std::visit([&](const auto& reduced) { return states_as(reduced, factor, first, count); },
                    reduced_);
}

template class LapackEigensolver<double>;
template class LapackEigensolver<std::complex<double>>;

}  // namespace ionpass::tightbinding
