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
/// The change is computed in single precision.
class ResponseModel {
 public:
  /// @param problem outlives the model
  /// @param last    its last diagonalisation
  /// @param margin  states on either side of those that are neither full nor empty that the window
  ///                takes in; at least 1
  ResponseModel(ScfProblem& problem, const ScfResult& last, double kt, Eigen::Index margin);

  /// Electrons per site at a potential per site (Hartree).
  [[nodiscard]] Eigen::VectorXd populations(const Eigen::VectorXd& potential);

  /// An estimate of the derivative of these populations with respect to the potential, sites ×
  /// sites: one factor for each occupied and one for each empty state stand for the inverse
  /// difference of their energies, so that products of matrices give it.
  [[nodiscard]] Eigen::MatrixXd smooth_susceptibility() const;
  /// What states next to the Fermi level add to it where some are partly filled: their true
  /// energies, at a constant number of electrons.
  [[nodiscard]] Eigen::MatrixXd window_susceptibility() const;

  /// Turns the states of the last diagonalisation into those at a potential near by, to first
  /// order, in place of another diagonalisation. Leaves everything as it is if second order would
  /// matter.
  /// @param populations those at this potential
  /// @param accuracy    largest squared rotation of a state that may be left out, electrons
  /// @param result      the last diagonalisation; becomes the one at this potential. Its energy is
  ///                    good to second order: its derivative with respect to the potential are the
  ///                    populations, which are known at both ends.
  /// @return whether it was done
  [[nodiscard]] bool move_to(const Eigen::VectorXd& potential, const Eigen::VectorXd& populations,
                             double accuracy, ScfResult& result);

 private:
  /// One k-point with N orbitals. "Lower" are the states up to the end of the window, "upper" those
  /// from its start on.
  template <typename Scalar>
  struct States {
    using Matrix = lapack::Matrix<Scalar>;
    Eigen::Index window = 0;        // its first state
    Eigen::VectorXd occupations;    // of the window, 0..2
    Matrix lower, upper;            // C above S C, and S C above C: 2N × states
    Eigen::MatrixXf strength;       // lower × upper: density per perturbation; 0 within the window
    Eigen::VectorXf depth, height;  // of lower and of upper states: -2 depth_i height_a stands for
                                    // the strength of a pair
    Matrix perturbation;  // between lower and upper states; becomes the change of the density
    lapack::Matrix<lapack::Double<Scalar>> eigenvectors;  // of the window
    Matrix rotation;  // of lower states into upper ones, for move_to()
  };
  using KpointStates = std::variant<States<float>, States<std::complex<float>>>;
  template <typename Scalar>
  [[nodiscard]] static KpointStates states_of(const Eigenproblem<Scalar>& solved,
                                              const Eigen::VectorXd& occupations,
                                              double fermi_level, Eigen::Index margin);
  template <typename Scalar>
  static void separate(States<Scalar>& states, const Eigen::VectorXd& energies,
                       const Eigen::VectorXd& occupations, double fermi_level);

  /// Energies of all states at all k-points, with the windows solved anew.
  [[nodiscard]] std::vector<Eigen::VectorXd> solve_windows(
      const Eigen::VectorXd& orbital_potential);
  template <typename Scalar>
  static void perturb(States<Scalar>& states, const Eigen::VectorXd& orbital_potential);
  template <typename Scalar>
  static void solve_window(States<Scalar>& states, Eigen::VectorXd& energies);
  template <typename Scalar>
  [[nodiscard]] static Eigen::VectorXd change(States<Scalar>& states,
                                              const Eigen::VectorXd& occupations);

  template <typename Scalar>
  [[nodiscard]] Eigen::MatrixXd smooth_part(const States<Scalar>& states) const;
  template <typename Scalar>
  [[nodiscard]] Eigen::MatrixXd window_part(const States<Scalar>& states,
                                            const Eigen::VectorXd& energies) const;

  template <typename Scalar>
  [[nodiscard]] static double rotate(States<Scalar>& states, const Eigen::VectorXd& occupations);
  template <typename Scalar>
  static void replace(const States<Scalar>& states, const Eigen::VectorXd& orbital_potential,
                      Eigen::VectorXd energies, const Eigen::VectorXd& occupations,
                      Eigenproblem<lapack::Double<Scalar>>& solved);

  ScfProblem& problem_;
  double kt_;
  bool partly_filled_;                        // some state
  Eigen::VectorXd potential_, populations_;   // of the last diagonalisation
  std::vector<Eigen::VectorXd> eigenvalues_;  // likewise, of all k-points
  std::vector<KpointStates> kpoints_;         // those of this rank
};

}  // namespace ionpass::tightbinding
