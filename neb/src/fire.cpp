// Fast inertial relaxation: Bitzek et al., Phys. Rev. Lett. 97, 170201 (2006); the half step back
// on the way uphill and the order of integration are those of FIRE 2.0, Guénolé et al., Comput.
// Mater. Sci. 175, 109584 (2020), sections 2 and 3.
#include "fire.hpp"

#include <algorithm>

#include <neb/relaxation.hpp>

#include "drift.hpp"

namespace ionpass::neb {
namespace {

constexpr double first_time_step = 0.1;
constexpr double longest_time_step = 1.0;
constexpr double shortest_time_step = 0.002;
constexpr int delay = 5;
constexpr double growth = 1.1;
constexpr double shrinkage = 0.5;
constexpr double first_mixing = 0.1;
constexpr double mixing_decay = 0.99;

}  // namespace

Fire::Fire(const FireSettings& settings)
    : settings_(settings), time_step_(first_time_step), mixing_(first_mixing) {}

void Fire::reset() {
  velocity_.resize(3, 0);
  time_step_ = first_time_step;
  mixing_ = first_mixing;
  downhill_steps_ = 0;
}

void Fire::precondition(std::shared_ptr<const Preconditioner> /*preconditioner*/) {}

Eigen::Matrix3Xd Fire::step(const Eigen::Matrix3Xd& positions, const Eigen::Matrix3Xd& forces) {
  if (velocity_.cols() != positions.cols()) velocity_ = Eigen::Matrix3Xd::Zero(3, positions.cols());
  Eigen::Matrix3Xd move = Eigen::Matrix3Xd::Zero(3, positions.cols());
  const double power = inner_product(forces, velocity_);
  if (power > 0.0) {
    if (++downhill_steps_ > delay) {
      time_step_ = std::min(time_step_ * growth, longest_time_step);
      mixing_ *= mixing_decay;
    }
  } else if (velocity_.squaredNorm() > 0.0) {
    downhill_steps_ = 0;
    move = -0.5 * time_step_ * velocity_;
    time_step_ = std::max(time_step_ * shrinkage, shortest_time_step);
    mixing_ = first_mixing;
    velocity_.setZero();
  }
  velocity_ += time_step_ * forces;
  const double force_norm = forces.norm();
  if (force_norm > 0.0) {
    velocity_ = (1.0 - mixing_) * velocity_ + mixing_ * velocity_.norm() / force_norm * forces;
  }
  move += time_step_ * velocity_;
  const double longest = max_force(move);
  if (longest > settings_.max_step) {
    // The velocity shrinks with the move, or it would grow without being felt.
    velocity_ *= settings_.max_step / longest;
    move *= settings_.max_step / longest;
  }
  return move;
}

}  // namespace ionpass::neb
