// Limited-memory BFGS without line search (Nocedal & Wright, Numerical Optimization,
// algorithm 7.4).
#include "lbfgs.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include <neb/relaxation.hpp>

#include "drift.hpp"

namespace ionpass::neb {
namespace {

// Pairs with less curvature than this would spoil the inverse Hessian.
constexpr double least_curvature = 1e-6;
// Forces that grow by more than this, at once or little by little, mean that the model of the
// curvature is wrong.
constexpr double tolerated_growth = 2.0;
constexpr int tolerated_growing_steps = 4;
constexpr double step_recovery = 1.5;
constexpr double step_caution = 0.8;
constexpr double cautious_step_fraction = 1.0 / 4.0;
constexpr double least_step_fraction = 1.0 / 8.0;

}  // namespace

Lbfgs::Lbfgs(const LbfgsSettings& settings, std::shared_ptr<const Preconditioner> preconditioner)
    : settings_(settings),
      preconditioner_(std::move(preconditioner)),
      allowed_step_(settings.max_step) {}

void Lbfgs::reset() {
  pairs_.clear();
  least_norm_ = std::numeric_limits<double>::infinity();
  growing_steps_ = 0;
  last_positions_.resize(3, 0);
  last_forces_.resize(3, 0);
}

void Lbfgs::precondition(std::shared_ptr<const Preconditioner> preconditioner) {
  preconditioner_ = std::move(preconditioner);
}

void Lbfgs::adapt(const Eigen::Matrix3Xd& forces) {
  const double norm = forces.norm();
  const bool jumps = max_force(forces) > tolerated_growth * max_force(last_forces_);
  const bool grows = norm > last_forces_.norm();
  growing_steps_ = grows ? growing_steps_ + 1 : 0;
  if (jumps || norm > tolerated_growth * least_norm_ || growing_steps_ >= tolerated_growing_steps) {
    // Either a wall was met, or many small steps led away; the pair that saw it last is added after
    // this.
    pairs_.clear();
    scale_ = std::min(scale_, 1.0);
    allowed_step_ *= 0.5;
    least_norm_ = norm;
    growing_steps_ = 0;
  } else {
    // Caution alone must not bring the steps to a standstill.
    if (!grows) allowed_step_ *= step_recovery;
    if (grows && allowed_step_ > settings_.max_step * cautious_step_fraction)
      allowed_step_ *= step_caution;
  }
  allowed_step_ =
      std::clamp(allowed_step_, settings_.max_step * least_step_fraction, settings_.max_step);
  least_norm_ = std::min(least_norm_, norm);
}

void Lbfgs::learn(const Eigen::Matrix3Xd& positions, const Eigen::Matrix3Xd& forces) {
  if (last_positions_.cols() != positions.cols()) return;
  adapt(forces);
  Pair pair{positions - last_positions_, last_forces_ - forces, 0.0};
  const double sy = inner_product(pair.s, pair.y);
  if (sy <= least_curvature * pair.s.norm() * pair.y.norm()) return;
  pair.rho = 1.0 / sy;
  scale_ = sy / inner_product(pair.y, unscaled(pair.y));
  pairs_.push_back(std::move(pair));
  if (pairs_.size() > static_cast<std::size_t>(settings_.memory)) pairs_.pop_front();
}

Eigen::Matrix3Xd Lbfgs::initial_guess(const Eigen::Matrix3Xd& forces) const {
  if (pairs_.empty() && !preconditioner_) return settings_.inverse_curvature * forces;
  return scale_ * unscaled(forces);
}

Eigen::Matrix3Xd Lbfgs::unscaled(const Eigen::Matrix3Xd& forces) const {
  return preconditioner_ ? preconditioner_->apply(forces) : forces;
}

Eigen::Matrix3Xd Lbfgs::direction(const Eigen::Matrix3Xd& forces) const {
  std::vector<double> alpha(pairs_.size());
  Eigen::Matrix3Xd q = forces;
  for (std::size_t i = pairs_.size(); i-- > 0;) {
    alpha[i] = pairs_[i].rho * inner_product(pairs_[i].s, q);
    q -= alpha[i] * pairs_[i].y;
  }
  Eigen::Matrix3Xd r = initial_guess(q);
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    const double beta = pairs_[i].rho * inner_product(pairs_[i].y, r);
    r += (alpha[i] - beta) * pairs_[i].s;
  }
  return r;
}

Eigen::Matrix3Xd Lbfgs::step(const Eigen::Matrix3Xd& positions, const Eigen::Matrix3Xd& forces) {
  learn(positions, forces);
  Eigen::Matrix3Xd move = direction(forces);
  if (inner_product(move, forces) <= 0.0) {
    pairs_.clear();
    move = direction(forces);
  }
  const double longest = max_force(move);
  if (longest > allowed_step_) move *= allowed_step_ / longest;
  last_positions_ = positions;
  last_forces_ = forces;
  least_norm_ = std::min(least_norm_, forces.norm());
  return move;
}

}  // namespace ionpass::neb
