// Convergence acceleration for fixed points x = F(x).
#pragma once

#include <deque>
#include <functional>

#include <Eigen/Dense>

namespace ionpass::tightbinding {

/// Broyden's second method with bounded history, in the form of Johnson, Phys. Rev. B 38, 12807
/// (1988): multisecant updates of the inverse Jacobian, regularised, so that no step is lost to
/// near-parallel residuals.
class BroydenMixer {
 public:
  /// The step for a residual as far as nothing has been seen yet: a linear function, an estimate of
  /// minus the inverse Jacobian of F(x) - x.
  using FirstStep = std::function<Eigen::VectorXd(const Eigen::VectorXd&)>;

  /// @param history number of earlier steps remembered
  BroydenMixer(FirstStep first_step, int history);
  /// First steps are this share of the residual.
  BroydenMixer(double fraction, int history);

  /// The next input from the last input and its residual F(x) - x.
  [[nodiscard]] Eigen::VectorXd next(const Eigen::VectorXd& input, const Eigen::VectorXd& residual);

 private:
  struct Step {
    Eigen::VectorXd residual;  // difference of residuals, scaled to unit length
    Eigen::VectorXd excess;    // first step for that difference less the one it takes
  };

  FirstStep first_step_;
  std::size_t history_;
  std::deque<Step> steps_;
  Eigen::VectorXd last_input_, last_residual_;
};

}  // namespace ionpass::tightbinding
