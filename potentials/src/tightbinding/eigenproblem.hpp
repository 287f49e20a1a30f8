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

  /// Coefficients of `count` states from the first given on.
  [[nodiscard]] Matrix coefficients(Eigen::Index first, Eigen::Index count) const;

  /// Takes these in place of the last solution, for the densities alone.
  /// @param coefficients of the lowest states
  /// @param weights      Hermitian w that makes Σ w_ij c_i c_j^H of the energy-weighted density
  void adopt(const Eigen::VectorXd& eigenvalues, Matrix coefficients, Matrix weights);

  /// Σ f c c^H and Σ f ε c c^H, lower triangles.
  struct Densities {
    Matrix density;
    Matrix energy_weighted;
  };
  [[nodiscard]] Densities densities(const Eigen::VectorXd& occupations) const;
  /// Costs as much as a diagonalisation; for diagnoses.
  [[nodiscard]] double smallest_overlap_eigenvalue() const;

 private:
  [[nodiscard]] auto h0_column(Eigen::Index j) const {
    return columns_.col(j).tail(columns_.cols() - j);
  }
  [[nodiscard]] auto overlap_column(Eigen::Index j) const {
    return columns_.col(columns_.cols() - 1 - j).head(columns_.cols() - j);
  }

  // The lower triangles of H0 and S in one matrix: from the diagonal on, the columns of H0 end each
  // of its columns and those of S, last one first, begin it.
  Matrix columns_;
  std::unique_ptr<Eigensolver<Scalar>> solver_;
  Eigen::VectorXd eigenvalues_;
  typename Eigensolver<Scalar>::States kept_;  // the lowest ones
  Matrix weights_;                             // of adopted states; empty: they are f ε
};

/// Number of leading states whose occupation matters.
[[nodiscard]] Eigen::Index occupied_states(const Eigen::VectorXd& occupations);

extern template class Eigenproblem<double>;
extern template class Eigenproblem<std::complex<double>>;

}  // namespace ionpass::tightbinding
