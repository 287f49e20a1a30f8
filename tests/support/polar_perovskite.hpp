// A small crystal with few symmetries, for tests of k-points and of ranks.
#pragma once

#include <structures/structure.hpp>

namespace ionpass::test {

/// CsPbI3 with c longer than a and the lead atom off the centre along c: P4mm.
inline Structure polar_perovskite() {
  Structure out;
  out.numbers = {55, 82, 53, 53, 53};
  const Eigen::Matrix3d cell = Eigen::Vector3d(6.2, 6.2, 6.5).asDiagonal();
  out.cell.emplace(cell);
  Eigen::Matrix3Xd f(3, 5);
  f << 0.5, 0.0, 0.5, 0.0, 0.0, 0.5, 0.0, 0.0, 0.5, 0.0, 0.5, 0.03, 0.01, 0.0, 0.5;
  out.positions = cell * f;
  return out;
}

}  // namespace ionpass::test
