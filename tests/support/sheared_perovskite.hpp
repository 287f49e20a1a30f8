// A crystal for tests that need low symmetry and few atoms.
#pragma once

#include <Eigen/Dense>

#include <structures/structure.hpp>

namespace ionpass::test {

/// CsPbI3, tetragonal and sheared a little.
inline Structure sheared_perovskite() {
  Structure out;
  out.numbers = {55, 82, 53, 53, 53};
  Eigen::Matrix3d cell;
  cell << 6.2, 0.1, 0.0, 0.0, 6.3, 0.05, 0.0, 0.0, 6.4;
  out.cell.emplace(cell);
  Eigen::Matrix3Xd f(3, 5);
  f << 0.5, 0.0, 0.5, 0.02, 0.0, 0.5, 0.0, 0.0, 0.5, 0.01, 0.5, 0.0, 0.01, 0.0, 0.5;
  out.positions = cell * f;
  return out;
}

}  // namespace ionpass::test
