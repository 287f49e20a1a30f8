// H C = S C ε at one k-point, with S factorised once per geometry.
#pragma once

#include <complex>

#include <Eigen/Dense>

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
  /// @throws ConvergenceError if the overlap is not positive definite (atoms on top of each other)
  Eigenproblem(Matrix h0, Matrix overlap);

  /// Solves H = H0 + S ∘ (v_i + v_j)/2 for the orbital potential v (Hartree).
  /// @throws ConvergenceError if LAPACK fails
  void solve(const Eigen::VectorXd& orbital_potential);

  [[nodiscard]] const Eigen::VectorXd& eigenvalues() const noexcept {
    return eigenvalues_;
  }  ///< Hartree, ascending

  /// Mulliken population of every orbital for occupations f (0..2) of the lowest states.
  [[nodiscard]] Eigen::VectorXd populations(const Eigen::VectorXd& occupations) const;

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
  /// The lowest eigenvectors of the reduced problem L^-1 H L^-H.
  [[nodiscard]] Matrix reduced_vectors(Eigen::Index count) const;

  Matrix h0_;
  Matrix overlap_;
  Matrix factor_;  // Cholesky factor of the overlap
  // The reduced problem as Q T Q^H: only the eigenvectors of states that hold electrons are ever
  // multiplied by Q.
  Matrix reflections_;
  lapack::Tridiagonal<Scalar> tridiagonal_;
  lapack::Matrix<double> tridiagonal_vectors_;
  Eigen::VectorXd eigenvalues_;
};

/// Number of leading states whose occupation matters.
[[nodiscard]] Eigen::Index occupied_states(const Eigen::VectorXd& occupations);

extern template class Eigenproblem<double>;
extern template class Eigenproblem<std::complex<double>>;

}  // namespace ionpass::tightbinding
