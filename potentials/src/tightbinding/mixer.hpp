// Convergence acceleration for fixed points x = F(x).
#pragma once

#include <deque>

#include <Eigen/Dense>

namespace ionpass::tightbinding {

/// Broyden's second method with bounded history, in the form of Johnson, Phys. Rev. B 38, 12807
/// (1988): multisecant updates of the inverse Jacobian, regularised, so that no step is lost to
/// near-parallel residuals.
class BroydenMixer {
 public:
  /// @param fraction  share of the residual taken in the first step and along directions not yet
  /// seen
  /// @param history   number of earlier steps remembered
  BroydenMixer(double fraction, int history);

  /// The next input from the last input and its residual F(x) - x.
  [[nodiscard]] Eigen::VectorXd next(const Eigen::VectorXd& input, const Eigen::VectorXd& residual);

 private:
  struct Step {
    Eigen::VectorXd input;     // difference of inputs
    Eigen::VectorXd residual;  // difference of residuals, both scaled to unit residual length
  };

  double fraction_;
  std::size_t history_;
  std::deque<Step> steps_;
  Eigen::VectorXd last_input_, last_residual_;
};

}  // namespace ionpass::tightbinding
