// Limited-memory BFGS without line search (Nocedal & Wright, Numerical Optimization,
// algorithm 7.4).
#include "lbfgs.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <neb/relaxation.hpp>

#include "drift.hpp"

namespace ionpass::neb {
namespace {

// Pairs with less curvature than this would spoil the inverse Hessian.
constexpr double least_curvature = 1e-6;
// A largest force that grows by more than this means that the model of the curvature is wrong.
constexpr double tolerated_growth = 2.0;
constexpr double step_recovery = 1.5;
constexpr double least_step_fraction = 1.0 / 16.0;

}  // namespace

Lbfgs::Lbfgs(const LbfgsSettings& settings, std::shared_ptr<const Preconditioner> preconditioner)
    : settings_(settings),
      preconditioner_(std::move(preconditioner)),
      allowed_step_(settings.max_step) {}

void Lbfgs::reset() {
  pairs_.clear();
  last_positions_.resize(3, 0);
  last_forces_.resize(3, 0);
}

void Lbfgs::precondition(std::shared_ptr<const Preconditioner> preconditioner) {
  preconditioner_ = std::move(preconditioner);
}

void Lbfgs::learn(const Eigen::Matrix3Xd& positions, const Eigen::Matrix3Xd& forces) {
  if (last_positions_.cols() != positions.cols()) return;
  if (max_force(forces) > tolerated_growth * max_force(last_forces_)) {
    // The pair that saw the growth is kept below: it is what is known of the wall just met.
    pairs_.clear();
    allowed_step_ = std::max(allowed_step_ / 2.0, settings_.max_step * least_step_fraction);
  } else {
    allowed_step_ = std::min(allowed_step_ * step_recovery, settings_.max_step);
  }
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
  return move;
}

}  // namespace ionpass::neb
