// How populations answer a change of the potential, without a diagonalisation.
#pragma once

#include <complex>
#include <variant>
#include <vector>

#include <Eigen/Dense>

#include "tightbinding/scf.hpp"

namespace ionpass::tightbinding {

/// Stands in for the diagonalisation near the last one: exact at its potential and to first order
/// around it. H' = ½ S ∘ (v_i + v_j) acts between the states of the last diagonalisation. Those
/// next to the Fermi level (the window) are diagonalised and filled anew, so that they may cross,
/// empty and fill; all other pairs of states take part by perturbation theory,
/// (f_i - f_a)/(ε_i - ε_a) H'_ia. Populations are Mulliken's.
///
/// In single precision: it says where the next diagonalisation should take place and is no part of
/// any result.
class ResponseModel {
 public:
  /// @param problem outlives the model
  /// @param last    its last diagonalisation
  /// @param margin  states on either side of those that are neither full nor empty that the window
  ///                takes in; at least 1
  ResponseModel(const ScfProblem& problem, const ScfResult& last, double kt, Eigen::Index margin);

  /// Electrons per site at a potential per site (Hartree).
  [[nodiscard]] Eigen::VectorXd populations(const Eigen::VectorXd& potential);

 private:
  /// One k-point with N orbitals. "Lower" are the states up to the end of the window, "upper" those
  /// from its start on.
  template <typename Scalar>
  struct States {
    using Matrix = lapack::Matrix<Scalar>;
    Eigen::Index window = 0;      // its first state
    Eigen::VectorXd occupations;  // of the window, 0..2
    Matrix lower, upper;          // C above S C, and S C above C: 2N × states
    Eigen::MatrixXf strength;     // lower × upper: density per perturbation; 0 within the window
    // Work of populations(), kept because fresh memory costs a tenth of the time: the change of the
    // Hamiltonian between lower and upper states, and two the size of them.
    Matrix perturbation, weighted, density;
    lapack::Matrix<lapack::Double<Scalar>> eigenvectors;  // of the window
  };
  using KpointStates = std::variant<States<float>, States<std::complex<float>>>;
  template <typename Scalar>
  [[nodiscard]] static KpointStates states_of(const Eigenproblem<Scalar>& solved,
                                              const Eigen::VectorXd& occupations,
                                              Eigen::Index margin);

  template <typename Scalar>
  static void perturb(States<Scalar>& states, const Eigen::VectorXd& orbital_potential);
  template <typename Scalar>
  static void solve_window(States<Scalar>& states, Eigen::VectorXd& energies);
  template <typename Scalar>
  [[nodiscard]] static Eigen::VectorXd change(States<Scalar>& states,
                                              const Eigen::VectorXd& occupations);

  const ScfProblem& problem_;
  double kt_;
  Eigen::VectorXd potential_, populations_;   // of the last diagonalisation
  std::vector<Eigen::VectorXd> eigenvalues_;  // likewise, of all k-points
  std::vector<KpointStates> kpoints_;         // those of this rank
};

}  // namespace ionpass::tightbinding
