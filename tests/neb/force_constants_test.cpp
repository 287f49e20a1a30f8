// Force constants and vibrations: analytic crystals and molecules, fits to displaced geometries.
#include <cmath>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <neb/force_constants.hpp>
#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/units.hpp>

#include "test_potentials.hpp"

namespace ionpass::neb {
namespace {

using Eigen::Index;

/// THz of a curvature (eV/Å²) over a mass (u).
double terahertz(double curvature, double mass) {
  // 1 eV/Å²/u is (1.602176634e-19 / 1e-20 / 1.66053906660e-27) rad²/s².
  return std::sqrt(curvature / mass * 1.602176634e1 / 1.66053906660e-27) / (2e12 * M_PI);
}

double reduced_mass(int a, int b) {
  return atomic_mass(a) * atomic_mass(b) / (atomic_mass(a) + atomic_mass(b));
}

/// Caesium chloride, nearest neighbours at a distance of `bond` Å.
Structure caesium_chloride(double bond) {
  const double a = 2.0 * bond / std::sqrt(3.0);
  Structure out;
  out.numbers = {55, 17};
  out.positions.resize(3, 2);
  out.positions.col(0).setConstant(0.1);
  out.positions.col(1).setConstant(0.1 + a / 2.0);
  out.cell = Cell(Eigen::Matrix3d(a * Eigen::Matrix3d::Identity()));
  return out;
}

NormalModes modes_of(const Structure& structure, const Potential& potential) {
  ForceConstants constants(structure, 0.005);
  test::solve(constants, potential);
  EXPECT_EQ(constants.diagnosis(), "");
  return normal_modes(structure, constants.matrix());
}

/// Springs between neighbours whose tension at the crystal's distance is not zero.
NormalModes modes_of_springs(double stiffness) {
  constexpr double bond = 3.0, cutoff = 3.15;
  return modes_of(
      caesium_chloride(bond),
      test::pair_potential(
          [stiffness](double r) {
            return std::pair{0.5 * stiffness * (r - bond) * (r - bond), stiffness * (r - bond)};
          },
          cutoff));
}

TEST(ForceConstants, SpringsOfCaesiumChlorideHaveTheirAnalyticFrequency) {
  constexpr double stiffness = 1.7, bond = 3.0, cutoff = 3.15;
  const NormalModes modes = modes_of_springs(stiffness);
  // Eight neighbours: one third of each spring along any axis, two thirds of the tension across.
  const double tension = -stiffness * (cutoff - bond);
  const double curvature = 8.0 / 3.0 * stiffness + 16.0 / 3.0 * tension / bond;
  ASSERT_EQ(modes.frequencies.size(), 3);
  constexpr double third_order = 1e-4;  // THz, of displacements of 0.005 Å
  for (const double f : modes.frequencies)
    EXPECT_NEAR(f, terahertz(curvature, reduced_mass(55, 17)), third_order);
  EXPECT_LT(modes.sum_rule_error, 1e-9);
  EXPECT_LT(modes.asymmetry, 1e-9);
  EXPECT_EQ(modes.imaginary, 0U);
}

TEST(ForceConstants, SpringsThatPushMakeImaginaryModes) {
  const NormalModes modes = modes_of_springs(-1.7);
  EXPECT_EQ(modes.imaginary, 3U);
  EXPECT_LT(modes.frequencies(2), -1.0);
}

TEST(ForceConstants, AMoleculeOfTwoHasOneVibration) {
  Structure iodide;
  iodide.numbers = {1, 53};
  iodide.positions = Eigen::Matrix3Xd::Zero(3, 2);
  iodide.positions.col(1) = 1.6 * Eigen::Vector3d(1, 2, 2) / 3.0;
  constexpr double stiffness = 19.6;
  const NormalModes modes = modes_of(iodide, test::spring_network({{0, 1, stiffness, 1.6}}));
  ASSERT_EQ(modes.frequencies.size(), 1);
  EXPECT_NEAR(modes.frequencies(0), terahertz(stiffness, reduced_mass(1, 53)), 1e-3);
}

TEST(ForceConstants, AFailedEnergyLeavesNoMatrix) {
  ForceConstants constants(caesium_chloride(3.0), 0.01);
  test::FailingEvaluator evaluator({5});
  const test::FunctionPotential potential = test::morse_crystal();
  const RunningJob job{.job = &constants, .potential = &potential, .name = "test"};
  EXPECT_TRUE(run(std::span(&job, 1), evaluator));
  EXPECT_NE(constants.diagnosis(), "");
  EXPECT_EQ(constants.matrix().size(), 0);
  EXPECT_THROW(ForceConstants(caesium_chloride(3.0), 0.0), InputError);
}

TEST(ForceConstants, DisplacedGeometriesGiveThemBack) {
  constexpr Index size = 9;
  std::mt19937 random(3);
  std::uniform_real_distribution<double> draw(-1.0, 1.0);
  Eigen::MatrixXd truth = Eigen::MatrixXd::Zero(size, size);
  for (double& x : truth.reshaped()) x = draw(random);
  // A shift of the whole changes no force.
  truth = Eigen::MatrixXd(truth + truth.transpose());
  for (int axis = 0; axis < 3; ++axis) {
    Eigen::VectorXd shift = Eigen::VectorXd::Zero(size);
    for (Index k = axis; k < size; k += 3) shift(k) = 1.0 / std::sqrt(3.0);
    const Eigen::MatrixXd without =
        Eigen::MatrixXd::Identity(size, size) - shift * shift.transpose();
    truth = Eigen::MatrixXd(without * truth * without);
  }
  const auto displaced = [&](std::size_t count) {
    std::vector<DisplacedForces> out;
    for (std::size_t m = 0; m <= count; ++m) {
      DisplacedForces geometry{Eigen::Matrix3Xd::Zero(3, 3), {}};
      if (m > 0)
        for (double& x : geometry.positions.reshaped()) x = 0.01 * draw(random);
      const Eigen::VectorXd u = geometry.positions.reshaped();
      geometry.forces = Eigen::VectorXd(-truth * u).reshaped(3, 3).array() + 0.3;
      out.push_back(geometry);
    }
    return out;
  };
  const std::vector<DisplacedForces> enough = displaced(12);
  EXPECT_LT((fitted_force_constants(enough) - truth).cwiseAbs().maxCoeff(), 1e-9);
  // Six directions are left beside the shifts; five displacements cannot reach them.
  EXPECT_EQ(fitted_force_constants(displaced(6)).size(), size * size);
  EXPECT_EQ(fitted_force_constants(displaced(5)).size(), 0);
}

}  // namespace
}  // namespace ionpass::neb
