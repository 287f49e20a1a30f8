#include "tightbinding/mixer.hpp"

#include <algorithm>
#include <utility>

namespace ionpass::tightbinding {

namespace {

// Johnson's w0²: damps combinations of old steps that the data do not fix.
constexpr double regularisation = 1e-8;

}  // namespace

BroydenMixer::BroydenMixer(FirstStep first_step, int history)
    : first_step_(std::move(first_step)),
      history_(static_cast<std::size_t>(std::max(1, history))) {}

BroydenMixer::BroydenMixer(double fraction, int history)
    : BroydenMixer([fraction](const Eigen::VectorXd& residual) { return fraction * residual; },
                   history) {}

Eigen::VectorXd BroydenMixer::next(const Eigen::VectorXd& input, const Eigen::VectorXd& residual) {
  if (last_input_.size() == input.size()) {
    const Eigen::VectorXd change = residual - last_residual_;
    const double length = change.norm();
    if (length > 0.0) {
      steps_.push_back({change / length, (first_step_(change) + input - last_input_) / length});
      if (steps_.size() > history_) steps_.pop_front();
    }
  }
  last_input_ = input;
  last_residual_ = residual;

  Eigen::VectorXd mixed = input + first_step_(residual);
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
  for (Eigen::Index i = 0; i < m; ++i)
    mixed -= weights(i) * steps_[static_cast<std::size_t>(i)].excess;
  return mixed;
}

}  // namespace ionpass::tightbinding
