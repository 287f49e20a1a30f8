#include "tightbinding/prediction.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "tightbinding/lapack.hpp"

namespace ionpass::tightbinding {

namespace {

// Residuals, electrons. States of a diagonalisation as far from self-consistency as the first tell
// little of how populations will answer; those of the second little of what they will do later.
constexpr double too_far = 0.5, far = 0.05;

/// How small the residual at the response should become, as a fraction of that of the last
/// diagonalisation, whose largest component is `largest`.
double worthwhile_accuracy(double largest, double tolerance) {
  // The error of the response is of second order in the step.
  const double accuracy = std::clamp(0.1 * largest, 1e-3, 3e-2);
  // Where the goal is within reach, rather a step more here than another diagonalisation.
  const double enough = 0.3 * tolerance / largest;
  return accuracy < 30.0 * enough ? std::clamp(enough, 1e-4, 3e-2) : accuracy;
}

}  // namespace

BroydenMixer Predictor::mixer_for(const ResponseModel& model, const Eigen::VectorXd& dq,
                                  double residual) {
  if (residual > too_far) return {mixing_, history_};
  Eigen::MatrixXd susceptibility =
      susceptibility_.size() > 0 ? susceptibility_ : model.smooth_susceptibility();
  if (residual < far) susceptibility_ = susceptibility;
  susceptibility += model.window_susceptibility();
  // The residual at dq + d is that at dq plus (χ dv/dq - 1) d.
  lapack::Matrix<float> jacobian;
  lapack::multiply(-susceptibility.cast<float>(), problem_.charges.hardness(dq).cast<float>(),
                   jacobian);
  jacobian.diagonal().array() += 1.0F;
  const auto factors = std::make_shared<const lapack::Factors>(std::move(jacobian));
  return {[factors, this](const Eigen::VectorXd& r) {
            return symmetrised(problem_, factors->solve(r));
          },
          history_};
}

bool Predictor::advance(ScfResult& result, Eigen::VectorXd& dq, double tolerance, bool accurate) {
  constexpr int most = 40;
  constexpr int patience = 8;       // evaluations without progress
  constexpr double astray = 3.0;    // times the best residual
  constexpr double farthest = 4.0;  // electrons from the last diagonalisation
  const auto orbitals = static_cast<Eigen::Index>(problem_.site_of_orbital.size());
  ResponseModel model(problem_, result, kt_, std::clamp<Eigen::Index>(orbitals / 12, 4, 32));
  struct Point {
    Eigen::VectorXd dq, residual;
    double size;
  };
  const Eigen::VectorXd residual = result.populations - problem_.reference - dq;
  const double largest = residual.cwiseAbs().maxCoeff(), start = residual.norm();
  const double goal = start * worthwhile_accuracy(largest, tolerance);
  Point best{dq, residual, start};
  Point at = best;
  double mixing = mixing_;
  BroydenMixer mixer = mixer_for(model, dq, largest);
  for (int i = 0, progress = 0; i < most && i - progress <= patience && best.size > goal; ++i) {
    at.dq = mixer.next(at.dq, at.residual);
    at.size = std::numeric_limits<double>::infinity();
    if (at.dq.allFinite() && (at.dq - dq).cwiseAbs().maxCoeff() < farthest) {
      at.residual =
          model.populations(problem_.charges.potential(at.dq)) - problem_.reference - at.dq;
      at.size = at.residual.norm();
    }
    if (at.size < 0.9 * best.size) progress = i;
    if (at.size < best.size) {
      best = at;
    } else if (!(at.size < astray * best.size)) {
      at = best;
      mixing *= 0.4;
      mixer = BroydenMixer(mixing, history_);
    }
  }
  if (!(best.size < start)) {
    dq += mixing_ * residual;
    return false;
  }
  dq = best.dq;
  if (!accurate || best.residual.cwiseAbs().maxCoeff() >= tolerance) return false;
  // 1e-9 for the usual tolerance, which changes no force by 1e-6 eV/Å.
  const double accuracy = 0.01 * tolerance;
  return model.move_to(problem_.charges.potential(dq), problem_.reference + dq + best.residual,
                       accuracy, result);
}

}  // namespace ionpass::tightbinding
