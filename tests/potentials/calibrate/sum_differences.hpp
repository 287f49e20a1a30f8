// Forces and stress of a sum over pairs or triples against central differences of its energy.
#pragma once

#include <functional>

#include <gtest/gtest.h>

#include <potentials/calibrate.hpp>
#include <structures/structure.hpp>

namespace ionpass::calibrate {

/// @param energy     eV
/// @param tolerance  of forces (eV/Å) and of stress (eV/Å³), which a molecule has none of
inline void expect_derivatives(const std::function<double(const Structure&)>& energy,
                               const Structure& structure, const PairSum& sum, double tolerance) {
  constexpr double h = 1e-5;
  for (Eigen::Index atom = 0; atom < structure.positions.cols(); ++atom)
    for (int i = 0; i < 3; ++i) {
      Structure plus = structure, minus = structure;
      plus.positions(i, atom) += h;
      minus.positions(i, atom) -= h;
      EXPECT_NEAR(sum.forces(i, atom), -(energy(plus) - energy(minus)) / (2 * h), tolerance);
    }
  if (!structure.cell) return;
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) {
      const auto strained = [&](double e) {
        Eigen::Matrix3d deformation = Eigen::Matrix3d::Identity();
        deformation(i, j) += e;
        Structure out = structure;
        out.cell = Cell(deformation * structure.cell->matrix());
        out.positions = deformation * structure.positions;
        return energy(out);
      };
      const double slope = (strained(h) - strained(-h)) / (2 * h);
      EXPECT_NEAR(sum.stress(i, j), slope / structure.cell->volume(), tolerance);
    }
}

}  // namespace ionpass::calibrate
