// The state machine of a band: accepted images, the trial asked for, which image climbs, when it is
// done.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <neb/band.hpp>
#include <neb/band_symmetry.hpp>
#include <neb/preconditioner.hpp>

#include "band_forces.hpp"
#include "band_reading.hpp"
#include "springs.hpp"

namespace ionpass::neb {

struct Band::State {
  State(Path images, const BandSettings& wanted);
  void set_ends(const Evaluation& initial, const Evaluation& final_);

  /// Takes this image out of the motion, as the climbing one.
  void pin(KnownSaddle saddle);

  /// The images asked for, ascending.
  [[nodiscard]] std::vector<std::size_t> asked() const;
  /// What the self-consistency of an image may start from before it has been computed: a blend of
  /// the ends.
  [[nodiscard]] std::vector<double> first_guess(std::size_t image) const;
  [[nodiscard]] BandPoint point() const { return {positions, forces, energies}; }

  /// Takes the evaluations of the trial, and moves on or ends.
  void accept(std::span<const Answer> answers);
  /// Goes half way back to the accepted images, or gives up with this reason.
  void shorten(const std::string& reason);

  BandSettings settings;
  std::unique_ptr<Optimizer> optimizer;
  std::optional<BandSymmetry> symmetry;

  Path path;   ///< the last images with evaluations; before any, the first ones
  Path trial;  ///< the images asked for
  std::vector<Evaluation> evaluations;
  bool has_evaluations = false;

  // Of `path`, ends included.
  std::vector<Eigen::Matrix3Xd> positions;  ///< Å
  std::vector<Eigen::Matrix3Xd> forces;     ///< eV/Å, without drift
  std::vector<double> energies;             ///< eV
  BandGeometry geometry;
  std::vector<double> residuals;  ///< eV/Å, per image
  double largest_residual = 0.0;  ///< eV/Å, over the intermediate images

  std::optional<std::size_t> pinned;  ///< a known saddle: not asked for, not moved
  bool has_higher_image = false;      ///< than that, at rest
  std::optional<std::size_t> climbing;
  bool is_climbing_frozen = false;
  int stable_iterations = 0;
  double climb_below = 0.0;  ///< eV/Å, as in the settings, halved whenever climbing led astray
  double climb_start_force = 0.0;  ///< eV/Å, band force when the climbing image was chosen
  std::vector<double> barriers;    ///< eV, per iteration since the force law last changed

  Eigen::Matrix3Xd step;  ///< Å, from `path` to `trial`, intermediate images side by side
  int halvings = 0;
  int iterations = 0;
  std::size_t evaluation_count = 0;
  BandStatus status = BandStatus::running;
  std::string diagnosis;

 private:
  struct Model {
    std::shared_ptr<const ModelHessian> hessian;
    Eigen::Matrix3Xd positions;  ///< Å, it was made for
  };

  void look_for_symmetry();
  void store(std::span<const Answer> answers);
  void measure();
  void measure_residuals();
  void choose_climbing();
  [[nodiscard]] double plain_force() const;
  void climb_from(std::optional<std::size_t> image);
  [[nodiscard]] bool is_converged();
  [[nodiscard]] bool is_barrier_settled() const;
  void advance();
  void set_trial();
  void refresh_preconditioner(std::span<const double> springs);
  void symmetrize(Eigen::Matrix3Xd& vectors) const;
  void finish(BandStatus how, const std::string& reason);
  [[nodiscard]] Eigen::Index atoms() const { return path.front().positions.cols(); }

  std::vector<Model> models_;  ///< per intermediate image
};

}  // namespace ionpass::neb
