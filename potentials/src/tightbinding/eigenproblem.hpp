// H C = S C ε at one k-point, with S factorised once per geometry.
#pragma once

#include <complex>
#include <variant>

#include <Eigen/Dense>

#include "tightbinding/lapack.hpp"

namespace ionpass::tightbinding {

/// Single precision is good enough for the first cycles of a self-consistency, and takes half the
/// time.
enum class Precision { single, full };

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
  void solve(const Eigen::VectorXd& orbital_potential, Precision precision = Precision::full);

  [[nodiscard]] const Eigen::VectorXd& eigenvalues() const noexcept {
    return eigenvalues_;
  }  ///< Hartree, ascending

  /// Mulliken population of every orbital for occupations f (0..2) of the lowest states, whose
  /// coefficients are kept for what follows.
  [[nodiscard]] Eigen::VectorXd populations(const Eigen::VectorXd& occupations);

  /// Coefficients C and S C of states.
  template <typename As>
  struct States {
    lapack::Matrix<As> coefficients, projected;
  };
  /// `count` states from the first given on, in single precision.
  [[nodiscard]] States<lapack::Single<Scalar>> states(Eigen::Index first, Eigen::Index count) const;

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
  /// The reduced problem L^-1 H L^-H as Q T Q^H: only the eigenvectors of states that are asked for
  /// are ever multiplied by Q.
  template <typename As>
  struct Reduced {
    lapack::Matrix<As> reflections;
    lapack::Tridiagonal<As> tridiagonal;
    lapack::Matrix<lapack::Real<As>> vectors;  // of T
  };
  using InSingle = lapack::Single<Scalar>;

  /// Returns false if LAPACK fails.
  template <typename As>
  [[nodiscard]] bool solve_as(const Eigen::VectorXd& orbital_potential,
                              const lapack::Matrix<As>& factor);
  /// Transforms states back, with factor and reflections in the precision asked for.
  template <typename As, typename Solved>
  [[nodiscard]] static States<As> transformed(const Reduced<Solved>& reduced,
                                              const lapack::Matrix<As>& factor, Eigen::Index first,
                                              Eigen::Index count);
  /// The lowest states in the precision of the solution.
  [[nodiscard]] States<Scalar> lowest(Eigen::Index count) const;

  Matrix h0_;
  Matrix overlap_;
  Matrix factor_;                           // Cholesky factor of the overlap
  lapack::Matrix<InSingle> single_factor_;  // the same
  std::variant<Reduced<Scalar>, Reduced<InSingle>> reduced_;
  Eigen::VectorXd eigenvalues_;
  States<Scalar> kept_;  // the lowest ones
};

/// Number of leading states whose occupation matters.
[[nodiscard]] Eigen::Index occupied_states(const Eigen::VectorXd& occupations);

extern template class Eigenproblem<double>;
extern template class Eigenproblem<std::complex<double>>;

}  // namespace ionpass::tightbinding
