#include "tightbinding/mixer.hpp"

#include <algorithm>
#include <utility>

namespace ionpass::tightbinding {

namespace {

// Johnson's w0²: damps combinations of old steps that the data do not fix.
constexpr double regularisation = 1e-8;

}  // namespace

BroydenMixer::BroydenMixer(double fraction, int history)
    : fraction_(fraction), history_(static_cast<std::size_t>(std::max(1, history))) {}

Eigen::VectorXd BroydenMixer::next(const Eigen::VectorXd& input, const Eigen::VectorXd& residual) {
  if (last_input_.size() == input.size()) {
    Step step{input - last_input_, residual - last_residual_};
    const double length = step.residual.norm();
    if (length > 0.0) {
      step.input /= length;
      step.residual /= length;
      steps_.push_back(std::move(step));
      if (steps_.size() > history_) steps_.pop_front();
    }
  }
  last_input_ = input;
  last_residual_ = residual;

  Eigen::VectorXd mixed = input + fraction_ * residual;
  const auto m = static_cast<Eigen::Index>(steps_.size());
  if (m == 0) return mixed;
  Eigen::MatrixXd overlap(m, m);
  Eigen::VectorXd projection(m);
  for (Eigen::Index i = 0; i < m; ++i) {
    const Step& si = steps_[static_cast<std::size_t>(i)];
    projection(i) = si.residual.dot(residual);
    for (Eigen::Index j = 0; j <= i; ++j) {
      overlap(i, j) = overlap(j, i) = si.residual.dot(steps_[static_cast<std::size_t>(j)].residual);
    }
  }
  overlap.diagonal().array() += regularisation;
  const Eigen::VectorXd weights = overlap.ldlt().solve(projection);
  for (Eigen::Index i = 0; i < m; ++i) {
    const Step& step = steps_[static_cast<std::size_t>(i)];
    mixed -= weights(i) * (fraction_ * step.residual + step.input);
  }
  return mixed;
}

}  // namespace ionpass::tightbinding
