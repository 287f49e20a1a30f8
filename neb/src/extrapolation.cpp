// Starting states for new geometries from those of the last ones.
#include "extrapolation.hpp"

#include <algorithm>

namespace ionpass::neb {
namespace {

constexpr std::size_t longest_history = 4;
// Relative to the largest move: keeps nearly parallel moves from cancelling with huge coefficients.
constexpr double regularization = 1e-3;
// Beyond this the noise of the self-consistency would be amplified rather than the trend followed.
constexpr double largest_coefficient = 3.0;

}  // namespace

void StateHistory::add(const Eigen::Matrix3Xd& positions, const std::vector<double>& state) {
  if (state.empty()) return;
  const bool fits = points_.empty() || (points_.back().state.size() == state.size() &&
                                        points_.back().positions.cols() == positions.cols());
  if (!fits) points_.clear();
  points_.push_back({positions, state});
  if (points_.size() > longest_history) points_.pop_front();
}

std::vector<double> StateHistory::guess(const Eigen::Matrix3Xd& positions) const {
  if (points_.empty()) return {};
  const Point& last = points_.back();
  if (last.positions.cols() != positions.cols()) return last.state;
  const Eigen::Matrix3Xd target = positions - last.positions;
  // With c_last = 1 - sum of the others, the others are free: least squares on moves relative to
  // the last geometry.
  for (std::size_t used = points_.size() - 1; used > 0; --used) {
    const std::size_t first = points_.size() - 1 - used;
    const auto columns = static_cast<Eigen::Index>(used);
    Eigen::MatrixXd moves(target.size(), columns);
    for (std::size_t i = 0; i < used; ++i) {
      const Eigen::Matrix3Xd move = points_[first + i].positions - last.positions;
      moves.col(static_cast<Eigen::Index>(i)) = move.reshaped();
    }
    Eigen::MatrixXd normal = moves.transpose() * moves;
    const double scale = normal.diagonal().maxCoeff();
    if (scale <= 0.0) continue;
    normal.diagonal().array() += regularization * regularization * scale;
    const Eigen::VectorXd c = normal.ldlt().solve(moves.transpose() * target.reshaped());
    const double own = 1.0 - c.sum();
    const bool is_tame = c.allFinite() && c.cwiseAbs().maxCoeff() <= largest_coefficient &&
                         std::abs(own) <= largest_coefficient;
    if (!is_tame) continue;
    std::vector<double> out(last.state.size());
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = own * last.state[k];
    for (std::size_t i = 0; i < used; ++i) {
      const double factor = c[static_cast<Eigen::Index>(i)];
      const std::vector<double>& state = points_[first + i].state;
      for (std::size_t k = 0; k < out.size(); ++k) out[k] += factor * state[k];
    }
    return out;
  }
  return last.state;
}

}  // namespace ionpass::neb
