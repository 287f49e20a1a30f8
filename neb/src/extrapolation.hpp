// Starting states for new geometries from those of the last ones.
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include <Eigen/Dense>

namespace ionpass::neb {

/// The last geometries of one image and the states their evaluations ended in.
class StateHistory {
 public:
  void add(const Eigen::Matrix3Xd& positions, const std::vector<double>& state);

  /// Sum of c_i state_i with sum c_i = 1, the c_i chosen so that the same sum of positions comes
  /// nearest to `positions`: what is linear in the geometry is then exact. The last state alone
  /// where the earlier ones do not fit; empty without history.
  [[nodiscard]] std::vector<double> guess(const Eigen::Matrix3Xd& positions) const;

  [[nodiscard]] bool empty() const noexcept { return points_.empty(); }

 private:
  struct Point {
    Eigen::Matrix3Xd positions;  ///< Å
    std::vector<double> state;
  };
  std::deque<Point> points_;
};

}  // namespace ionpass::neb
