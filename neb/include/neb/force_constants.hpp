// Force constants of a structure by finite differences of forces, and the vibrations they make: in
// a crystal those at Γ of the cell that is given.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include <neb/job.hpp>
#include <structures/structure.hpp>

namespace ionpass::neb {

/// Φ_ij = -∂F_i/∂x_j by central differences: each coordinate of each atom is moved both ways, all
/// 6 N energies are asked for at once.
class ForceConstants final : public Job {
 public:
  /// @param displacement Å @param guess starting state for all evaluations; may be empty
  /// @throws InputError for a structure without atoms, a displacement that is not above 0
  ForceConstants(Structure at, double displacement, std::vector<double> guess = {});

  [[nodiscard]] bool finished() const override { return finished_; }
  [[nodiscard]] std::vector<Query> ask() override;
  void tell(std::span<const Answer> answers) override;
  [[nodiscard]] Progress progress() const override;

  /// Why there are none; empty if all went well.
  [[nodiscard]] const std::string& diagnosis() const noexcept { return diagnosis_; }
  /// eV/Å², 3N × 3N; x, y, z of the first atom first. As computed, symmetric up to round-off only.
  [[nodiscard]] const Eigen::MatrixXd& matrix() const noexcept { return matrix_; }

 private:
  Structure at_;
  double displacement_;
  std::vector<double> guess_;
  bool finished_ = false;
  std::string diagnosis_;
  Eigen::MatrixXd matrix_;
};

/// Geometries of one crystal or molecule with the forces on their atoms.
struct DisplacedForces {
  Eigen::Matrix3Xd positions;  ///< Å, one column per atom
  Eigen::Matrix3Xd forces;     ///< eV/Å
};
/// The force constants that explain best, in least squares, how forces answer to displacements from
/// the first geometry; a shift of the whole is taken to change nothing. Displacements of each
/// coordinate both ways give central differences, but for that.
/// @return 3N × 3N, eV/Å²; empty if the displacements do not reach all directions
[[nodiscard]] Eigen::MatrixXd fitted_force_constants(std::span<const DisplacedForces> geometries);

/// Harmonic vibrations.
struct NormalModes {
  /// THz, ascending; an imaginary one as a negative number. Motions of the whole are left out:
  /// three in a crystal, in a molecule its rotations as well.
  Eigen::VectorXd frequencies;
  /// eV/Å²: largest |Σ_j Φ_ij| over all atoms j, which a shift of the whole makes vanish.
  double sum_rule_error = 0.0;
  double asymmetry = 0.0;     ///< eV/Å², largest |Φ_ij - Φ_ji|
  std::size_t imaginary = 0;  ///< modes below -`least_frequency`
};
/// THz (3 cm⁻¹): what lies nearer to zero is neither called stable nor unstable.
inline constexpr double least_frequency = 0.1;

/// @param force_constants eV/Å², 3N × 3N; motions of the whole are projected out
[[nodiscard]] NormalModes normal_modes(const Structure& structure,
                                       const Eigen::MatrixXd& force_constants);

}  // namespace ionpass::neb
