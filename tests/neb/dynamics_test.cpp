// Dynamics at constant energy: exact answers of a harmonic oscillator, conservation, early ends.
#include <algorithm>
#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <neb/dynamics.hpp>
#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/units.hpp>

#include "test_potentials.hpp"

namespace ionpass::neb {
namespace {

using testing::HasSubstr;

constexpr double stiffness = 5.0;  // eV/Å²

test::FunctionPotential harmonic() {
  return test::one_atom([](const Eigen::Vector3d& r) {
    return std::pair{0.5 * stiffness * r.squaredNorm(), Eigen::Vector3d(-stiffness * r)};
  });
}

TEST(Dynamics, AHarmonicAtomMovesAsVerletMustMoveIt) {
  constexpr double dt = 0.7;
  constexpr int steps = 40;
  Dynamics dynamics(test::atom_at(0.1, 0.0), Eigen::Matrix3Xd::Zero(3, 1),
                    {.time_step = dt, .steps = steps});
  test::solve(dynamics, harmonic());
  // x_n = x_0 cos(n θ) with cos θ = 1 - (ω dt)²/2: the discrete equations are solved exactly.
  // 1 u is 103.64269... eV fs²/Å².
  const double square = stiffness / (atomic_mass(1) * 103.642696562) * dt * dt;
  const double theta = std::acos(1.0 - square / 2.0);
  EXPECT_NEAR(dynamics.structure().positions(0, 0), 0.1 * std::cos(steps * theta), 1e-9);
  EXPECT_EQ(dynamics.steps(), steps);
  EXPECT_EQ(dynamics.total_energies().size(), 41U);
  EXPECT_EQ(dynamics.diagnosis(), "");
}

/// Largest deviation of the total energy over 60 fs of a hot copper cluster of the Morse crystal.
double energy_error(double dt) {
  const test::VacancyHop hop = test::fcc_vacancy_hop(3.7, 2);
  Eigen::Matrix3Xd velocities(3, hop.initial.positions.cols());
  for (Eigen::Index k = 0; k < velocities.size(); ++k)
    velocities(k) = 0.05 * std::sin(1.0 + 7.3 * static_cast<double>(k));
  velocities.colwise() -= Eigen::Vector3d(velocities.rowwise().mean());
  Dynamics dynamics(hop.initial, velocities,
                    {.time_step = dt, .steps = static_cast<int>(std::lround(60.0 / dt))});
  test::solve(dynamics, test::morse_crystal());
  EXPECT_EQ(dynamics.diagnosis(), "");
  double worst = 0.0;
  for (const double e : dynamics.total_energies())
    worst = std::max(worst, std::abs(e - dynamics.total_energies().front()));
  return worst;
}

TEST(Dynamics, EnergyIsConservedToTheSquareOfTheTimeStep) {
  const double coarse = energy_error(1.0), fine = energy_error(0.5);
  ASSERT_GT(coarse, 1e-5);
  EXPECT_NEAR(coarse / fine, 4.0, 0.5);
}

TEST(Dynamics, TurnedRoundItGoesBackToItsStart) {
  const test::VacancyHop hop = test::fcc_vacancy_hop(3.7, 2);
  Eigen::Matrix3Xd velocities(3, hop.initial.positions.cols());
  for (Eigen::Index k = 0; k < velocities.size(); ++k)
    velocities(k) = 0.01 * std::sin(1.0 + 7.3 * static_cast<double>(k));
  const DynamicsSettings settings{.time_step = 1.0, .steps = 30};
  Dynamics there(hop.initial, velocities, settings);
  test::solve(there, test::morse_crystal());
  ASSERT_GT((there.structure().positions - hop.initial.positions).cwiseAbs().maxCoeff(), 0.05);
  Dynamics back(there.structure(), -there.velocities(), settings);
  test::solve(back, test::morse_crystal());
  EXPECT_LT((back.structure().positions - hop.initial.positions).cwiseAbs().maxCoeff(), 1e-9);
  EXPECT_LT((back.velocities() + velocities).cwiseAbs().maxCoeff(), 1e-10);
}

TEST(Dynamics, AFailedEnergyEndsItWhereItWas) {
  Dynamics dynamics(test::atom_at(0.1, 0.0), Eigen::Matrix3Xd::Zero(3, 1), {.steps = 10});
  const test::FunctionPotential potential = harmonic();
  test::FailingEvaluator evaluator({4});
  const RunningJob job{.job = &dynamics, .potential = &potential, .name = "test"};
  EXPECT_TRUE(run(std::span(&job, 1), evaluator));
  EXPECT_TRUE(dynamics.finished());
  EXPECT_EQ(dynamics.steps(), 3);
  EXPECT_THAT(dynamics.diagnosis(), HasSubstr("step 4: "));
  EXPECT_EQ(dynamics.total_energies().size(), 4U);
}

TEST(Dynamics, WhatExplodesIsStopped) {
  // A hill instead of a valley.
  const test::FunctionPotential hill = test::one_atom([](const Eigen::Vector3d& r) {
    return std::pair{-2.0 * r.squaredNorm(), Eigen::Vector3d(4.0 * r)};
  });
  Dynamics dynamics(test::atom_at(0.1, 0.0), Eigen::Matrix3Xd::Zero(3, 1), {.steps = 1000});
  test::solve(dynamics, hill);
  EXPECT_LT(dynamics.steps(), 200);
  EXPECT_THAT(dynamics.diagnosis(), HasSubstr("K after a start at 0 K"));
}

TEST(Dynamics, TemperatureAndDriftAreTheirDefinitions) {
  Structure two;
  two.numbers = {1, 1};
  two.positions = Eigen::Matrix3Xd::Zero(3, 2);
  Eigen::Matrix3Xd velocities = Eigen::Matrix3Xd::Zero(3, 2);
  velocities(0, 0) = 0.02;
  velocities(0, 1) = -0.02;
  // m v² of kinetic energy over three degrees of freedom of kT/2.
  const double kinetic = atomic_mass(1) * 103.642696562 * 0.02 * 0.02;
  EXPECT_NEAR(kinetic_temperature(two, velocities), 2.0 * kinetic / 3.0 / 8.617333262e-5, 1e-3);
  EXPECT_NEAR(energy_drift(std::vector<double>{1.0, 1.5, 2.0, 2.5}, 0.25), 2.0, 1e-12);
  EXPECT_NEAR(energy_drift(std::vector<double>{1.0, -1.0, -1.0, 1.0}, 0.25), 0.0, 1e-12);
}

TEST(Dynamics, RefusesWhatMeansNothing) {
  const auto make = [](Eigen::Index atoms, DynamicsSettings settings) {
    Dynamics(test::atom_at(0.0, 0.0), Eigen::Matrix3Xd::Zero(3, atoms), settings);
  };
  EXPECT_THROW(make(2, {}), InputError);
  EXPECT_THROW(make(1, {.time_step = 0.0}), InputError);
  EXPECT_THROW(make(1, {.steps = -1}), InputError);
}

}  // namespace
}  // namespace ionpass::neb
