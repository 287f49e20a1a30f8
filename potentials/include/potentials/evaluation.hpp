// What a potential is asked, and what it answers.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Dense>

namespace ionpass {

class Reducer;

/// What is wanted of one evaluation.
struct EvaluationRequest {
  bool stress = false;  ///< compute the stress as well
  /// Starting point of the self-consistency: the `state` of an earlier evaluation (or a blend of
  /// several), or empty. It changes the speed, and the answer only within the tolerance of the
  /// self-consistency.
  std::vector<double> guess;
  /// Called several times a second while an external program computes. What it throws ends program
  /// and evaluation, and goes on to the caller.
  std::function<void()> on_wait = {};
  /// Ranks of which each makes this request at the same time, to share the work: no more of them
  /// than Potential::most_ranks can use. None: this rank alone. It changes the speed, and not a bit
  /// of the answer.
  const Reducer* group = nullptr;
};

/// How the self-consistent cycle ended. A potential without one reports converged after 0
/// iterations.
struct ScfSummary {
  bool converged = true;
  int iterations = 0;
};

/// Result of one evaluation, for the whole cell or molecule.
struct Evaluation {
  double energy =
      0.0;  ///< eV; extrapolated to zero electronic temperature where states are smeared
  double free_energy = 0.0;                ///< eV; the forces are minus the gradient of this one
  Eigen::Matrix3Xd forces;                 ///< eV/Å, one column per atom
  std::optional<Eigen::Matrix3d> stress;   ///< eV/Å³, (1/V) dF/dstrain; tension is positive
  std::optional<Eigen::VectorXd> charges;  ///< e, one per atom, summing to the total charge
  std::optional<double> fermi_level;       ///< eV
  std::optional<double>
      gap;  ///< eV between highest occupied and lowest empty state over all k-points
  ScfSummary scf;
  std::vector<std::pair<std::string, double>>
      components;  ///< eV, the terms that add up to free_energy
  std::vector<double>
      state;  ///< what `EvaluationRequest::guess` of a neighbouring geometry may start from
  double seconds = 0.0;  ///< wall time
  std::vector<std::string>
      incidents;  ///< failures of an external program that a fresh start overcame
};

}  // namespace ionpass
