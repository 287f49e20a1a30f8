// Analytic derivatives of an energy in a cell against central differences.
#pragma once

#include <functional>

#include <gtest/gtest.h>

#include "tightbinding/derivatives.hpp"

namespace ionpass::test {

/// Energy (hartree) as a function of the cell (columns, bohr) and of the positions (3 × n, bohr).
using CellEnergy = std::function<double(const Eigen::Matrix3d&, const Eigen::Matrix3Xd&)>;

/// Compares the gradient of one atom and all of the strain derivative.
inline void expect_derivatives(const CellEnergy& energy, const Eigen::Matrix3d& cell,
                               const Eigen::Matrix3Xd& positions,
                               const tightbinding::Derivatives& derivatives, Eigen::Index atom,
                               double step) {
  constexpr double gradient_difference = 1e-8, strain_difference = 1e-7;  // hartree(/bohr)
  for (int i = 0; i < 3; ++i) {
    Eigen::Matrix3Xd plus = positions, minus = positions;
    plus(i, atom) += step;
    minus(i, atom) -= step;
    EXPECT_NEAR(derivatives.gradient(i, atom),
                (energy(cell, plus) - energy(cell, minus)) / (2 * step), gradient_difference);
    for (int j = 0; j < 3; ++j) {
      Eigen::Matrix3d up = Eigen::Matrix3d::Identity(), down = up;
      up(i, j) += step;
      down(i, j) -= step;
      const double slope =
          (energy(up * cell, up * positions) - energy(down * cell, down * positions)) / (2 * step);
      EXPECT_NEAR(derivatives.strain(i, j), slope, strain_difference);
    }
  }
}

}  // namespace ionpass::test
