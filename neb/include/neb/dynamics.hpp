// Newton's equations at constant energy.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include <neb/job.hpp>
#include <structures/structure.hpp>

namespace ionpass::neb {

struct DynamicsSettings {
  double time_step = 0.5;  ///< fs
  int steps = 1000;
};

/// Velocity Verlet, W. C. Swope et al., J. Chem. Phys. 76, 637 (1982): one energy per step. It ends
/// early where an energy cannot be computed, or the atoms have become five times as hot as they
/// were and hotter than 1000 K.
class Dynamics final : public Job {
 public:
  /// @param velocities Å/fs, one column per atom
  /// @throws InputError for settings out of range or velocities that do not fit
  Dynamics(Structure start, Eigen::Matrix3Xd velocities, DynamicsSettings settings);

  [[nodiscard]] bool finished() const override { return finished_; }
  [[nodiscard]] std::vector<Query> ask() override;
  void tell(std::span<const Answer> answers) override;
  [[nodiscard]] Progress progress() const override;

  /// Why it ended early; empty if it did not.
  [[nodiscard]] const std::string& diagnosis() const noexcept { return diagnosis_; }
  /// Steps done.
  [[nodiscard]] int steps() const noexcept { return steps_; }
  /// The last geometry with an energy; not wrapped into the cell.
  [[nodiscard]] const Structure& structure() const noexcept { return structure_; }
  /// Å/fs, of the last geometry once it has finished; half a step ahead before.
  [[nodiscard]] const Eigen::Matrix3Xd& velocities() const noexcept { return velocities_; }
  /// eV, kinetic plus free energy, at the start and after each step.
  [[nodiscard]] const std::vector<double>& total_energies() const noexcept {
    return total_energies_;
  }
  /// K, likewise.
  [[nodiscard]] const std::vector<double>& temperatures() const noexcept { return temperatures_; }

 private:
  void settle(const Evaluation& evaluation);
  void stop(std::string why);

  Structure structure_, next_;
  Eigen::Matrix3Xd velocities_;  // Å/fs
  Eigen::Matrix3Xd forces_;      // on structure_
  Eigen::RowVectorXd masses_;    // eV fs²/Å²
  DynamicsSettings settings_;
  int steps_ = 0;
  bool finished_ = false;
  double force_ = 0.0;
  std::string diagnosis_;
  std::vector<double> total_energies_, temperatures_;
};

/// Kinetic temperature, K, of 3N - 3 degrees of freedom (3 of a lone atom).
/// @param velocities Å/fs
[[nodiscard]] double kinetic_temperature(const Structure& structure,
                                         const Eigen::Matrix3Xd& velocities);

/// Slope of a straight line through energies at equal steps, least squares: eV per fs.
[[nodiscard]] double energy_drift(std::span<const double> energies, double time_step);

}  // namespace ionpass::neb
