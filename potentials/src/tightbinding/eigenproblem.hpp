// H C = S C ε at one k-point, with S factorised once per geometry.
#pragma once

#include <complex>
#include <memory>

#include <Eigen/Dense>

#include <potentials/eigensolver.hpp>

#include "tightbinding/lapack.hpp"

namespace ionpass::tightbinding {

/// Hamiltonian and overlap at one k-point. Scalar is double where every Bloch phase is real (Γ and
/// the half-way points).
template <typename Scalar>
class Eigenproblem {
 public:
  using Matrix = lapack::Matrix<Scalar>;

  /// @param h0      Hamiltonian without the charge-dependent part, lower triangle filled, Hartree
  /// @param overlap lower triangle filled
  /// @param solver  null: LAPACK's
  /// @throws ConvergenceError if the overlap is not positive definite (atoms on top of each other)
  Eigenproblem(Matrix h0, Matrix overlap, std::unique_ptr<Eigensolver<Scalar>> solver = nullptr);

  /// Solves H = H0 + S ∘ (v_i + v_j)/2 for the orbital potential v (Hartree).
  /// @throws ConvergenceError if the solver fails
  void solve(const Eigen::VectorXd& orbital_potential, Precision precision = Precision::full);

  [[nodiscard]] const Eigen::VectorXd& eigenvalues() const noexcept {
    return eigenvalues_;
  }  ///< Hartree, ascending

  /// Mulliken population of every orbital for occupations f (0..2) of the lowest states, whose
  /// coefficients are kept for what follows.
  [[nodiscard]] Eigen::VectorXd populations(const Eigen::VectorXd& occupations);

  /// Coefficients C and S C of `count` states from the first given on, in single precision.
  using InSingle = typename Eigensolver<Scalar>::InSingle;
  using SingleStates = typename Eigensolver<Scalar>::template StatesAs<InSingle>;
  [[nodiscard]] SingleStates states(Eigen::Index first, Eigen::Index count) const;

  /// Σ f c c^H and Σ f ε c c^H, lower triangles.
  struct Densities {
    Matrix density;
    Matrix energy_weighted;
  };
  [[nodiscard]] Densities densities(const Eigen::VectorXd& occupations) const;
  /// Costs as much as a diagonalisation; for diagnoses.
  [[nodiscard]] double smallest_overlap_eigenvalue() const;
  /// Σ_ij P_ij H0_ji, Hartree.
  [[nodiscard]] double trace_h0(const Matrix& density) const;

 private:
  Matrix h0_;
  Matrix overlap_;
  std::unique_ptr<Eigensolver<Scalar>> solver_;
  Eigen::VectorXd eigenvalues_;
  typename Eigensolver<Scalar>::States kept_;  // the lowest ones
};

/// Number of leading states whose occupation matters.
[[nodiscard]] Eigen::Index occupied_states(const Eigen::VectorXd& occupations);

extern template class Eigenproblem<double>;
extern template class Eigenproblem<std::complex<double>>;

}  // namespace ionpass::tightbinding
