// Eigenproblems by LAPACK, on this rank alone.
#pragma once

#include <complex>
#include <variant>

#include <potentials/eigensolver.hpp>

#include "tightbinding/lapack.hpp"

namespace ionpass::tightbinding {

/// Reduces L^-1 H L^-H to tridiagonal form and keeps the reduced problem as Q T Q^H: only the
/// eigenvectors that are asked for are ever multiplied by Q.
template <typename Scalar>
class LapackEigensolver final : public Eigensolver<Scalar> {
 public:
  using typename Eigensolver<Scalar>::Matrix;
  using typename Eigensolver<Scalar>::InSingle;
  using typename Eigensolver<Scalar>::States;
  template <typename As>
  using StatesAs = typename Eigensolver<Scalar>::template StatesAs<As>;

  [[nodiscard]] bool factorise(const Matrix& overlap) override;
  [[nodiscard]] bool solve(Eigen::VectorXd& eigenvalues, Precision precision) override;
  [[nodiscard]] Matrix coefficients(Eigen::Index first, Eigen::Index count) const override;
  [[nodiscard]] States states(Eigen::Index first, Eigen::Index count) const override;
  [[nodiscard]] StatesAs<InSingle> single_states(Eigen::Index first,
                                                 Eigen::Index count) const override;

 private:
  template <typename As>
  struct Reduced {
    lapack::Matrix<As> reflections;
    lapack::Tridiagonal<As> tridiagonal;
    lapack::Matrix<lapack::Real<As>> vectors;  // of T
  };

  template <typename As>
  [[nodiscard]] static bool solve_reduced(Reduced<As>& reduced, Eigen::VectorXd& eigenvalues);
  /// Eigenvectors of L^-1 H L^-H, with reflections in the precision asked for.
  template <typename As, typename Solved>
  [[nodiscard]] static lapack::Matrix<As> reduced_vectors(const Reduced<Solved>& reduced,
                                                          Eigen::Index first, Eigen::Index count);
  template <typename As, typename Solved>
  [[nodiscard]] static StatesAs<As> states_as(const Reduced<Solved>& reduced,
                                              const lapack::Matrix<As>& factor, Eigen::Index first,
                                              Eigen::Index count);

  Matrix factor_;                           // Cholesky factor of the overlap
  lapack::Matrix<InSingle> single_factor_;  // the same, once it is needed
  std::variant<Reduced<Scalar>, Reduced<InSingle>> reduced_;
};

extern template class LapackEigensolver<double>;
extern template class LapackEigensolver<std::complex<double>>;

}  // namespace ionpass::tightbinding
