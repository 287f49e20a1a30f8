// From a point near a saddle to the saddle itself, along the softest mode.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <neb/job.hpp>
#include <neb/optimizer.hpp>
#include <structures/structure.hpp>

namespace ionpass::neb {

struct SaddleSettings {
  double fmax = 0.05;         ///< eV/Å, largest force on an atom at the end
  int max_iterations = 150;   ///< moves
  double difference = 0.02;   ///< Å, displacement (norm over all atoms) that measures curvature
  double max_step = 0.1;      ///< Å, longest move of an atom
  double max_distance = 1.5;  ///< Å, an atom this far from the start means another saddle
};

/// Minimum-mode following: uphill along the mode of lowest curvature, downhill in all others
/// (Henkelman & Jónsson, J. Chem. Phys. 111, 7010 (1999)), with the mode found by a two-vector
/// Rayleigh–Ritz iteration on finite differences of forces, preconditioned with a model Hessian.
/// Unlike a climbing image it does not depend on how well a few images resolve the path, and at its
/// end the curvature along the mode is known to be negative.
class SaddleSearch final : public Job {
 public:
  /// @param start      geometry near the saddle
  /// @param direction  first guess of the mode (3 × n, any length): the tangent of the path
  /// @throws InputError for a direction of the wrong size or without length, or settings out of
  /// range
  SaddleSearch(Structure start, const Eigen::Matrix3Xd& direction, SaddleSettings settings);
  ~SaddleSearch() override;

  [[nodiscard]] bool finished() const override;
  [[nodiscard]] std::vector<Query> ask() override;
  void tell(std::span<const Answer> answers) override;
  [[nodiscard]] Progress progress() const override;

  [[nodiscard]] bool converged() const;
  [[nodiscard]] const std::string& diagnosis() const;  ///< why it did not converge; else empty
  [[nodiscard]] int iterations() const;
  [[nodiscard]] std::size_t evaluations() const;
  [[nodiscard]] const Structure& structure() const;    ///< the geometry so far
  [[nodiscard]] const Evaluation& evaluation() const;  ///< of that geometry
  [[nodiscard]] const Eigen::Matrix3Xd& mode() const;  ///< unit length over all atoms
  [[nodiscard]] double curvature() const;              ///< eV/Å², along the mode

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ionpass::neb
