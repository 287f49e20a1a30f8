// Relaxation of atoms and cell together, against lattices found otherwise, and what it keeps.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lennard_jones.hpp>

#include <neb/cell_freedom.hpp>
#include <neb/relaxation.hpp>
#include <structures/error.hpp>
#include <structures/symmetrize.hpp>

#include "test_potentials.hpp"

namespace ionpass::neb {
namespace {

using ionpass::test::LennardJones;

/// Four argon atoms on a face-centred lattice in a cell of these columns.
Structure argon(const Eigen::Matrix3d& cell) {
  Structure out;
  out.numbers = {18, 18, 18, 18};
  out.cell.emplace(cell);
  Eigen::Matrix3Xd fractional(3, 4);
  fractional << 0.0, 0.5, 0.5, 0.0, 0.0, 0.5, 0.0, 0.5, 0.0, 0.0, 0.5, 0.5;
  out.positions = cell * fractional;
  return out;
}

Structure strained_argon() {
  Eigen::Matrix3d cell = 5.4 * Eigen::Matrix3d::Identity();
  cell(0, 1) = 0.4;
  cell(2, 2) = 5.0;
  cell(1, 2) = -0.3;
  Structure out = argon(cell);
  out.positions.col(1) += Eigen::Vector3d(0.1, -0.05, 0.08);
  return out;
}

/// Lattice constant of the lowest energy by a golden-section scan.
double best_lattice_constant() {
  const LennardJones potential;
  const auto energy = [&](double a) {
    return potential.evaluate(argon(a * Eigen::Matrix3d::Identity())).energy;
  };
  double low = 4.8, high = 5.8;
  const double golden = 0.5 * (std::sqrt(5.0) - 1.0);
  while (high - low > 1e-7) {
    const double left = high - golden * (high - low), right = low + golden * (high - low);
    (energy(left) < energy(right) ? high : low) = energy(left) < energy(right) ? right : left;
  }
  return 0.5 * (low + high);
}

RelaxationSettings tight(const CellConstraints& constraints) {
  RelaxationSettings settings;
  settings.fmax = 1e-5;
  settings.smax = 1e-7;
  settings.cell = constraints;
  return settings;
}

Structure relaxed(const Structure& start, const RelaxationSettings& settings) {
  const LennardJones potential;
  Relaxation job(start, settings);
  test::solve(job, potential);
  EXPECT_TRUE(job.converged()) << job.diagnosis();
  EXPECT_LE(job.largest_stress(), settings.smax);
  return job.structure();
}

TEST(CellRelaxation, FindsTheLatticeOfTheLowestEnergy) {
  const Structure out = relaxed(strained_argon(), tight({}));
  const double a = best_lattice_constant();
  EXPECT_NEAR(out.cell->volume(), a * a * a, 1e-3);
  for (int axis = 0; axis < 3; ++axis) {
    EXPECT_NEAR(out.cell->lengths()(axis), a, 1e-4);
    EXPECT_NEAR(out.cell->angles()(axis), 90.0, 1e-2);
  }
}

TEST(CellRelaxation, OfASupercellFindsTheSameVolume) {
  Structure doubled = strained_argon();
  const Structure single = doubled;
  doubled.cell.emplace(single.cell->matrix() * Eigen::Vector3d(1, 1, 2).asDiagonal());
  doubled.positions.resize(3, 8);
  doubled.positions << single.positions,
      single.positions.colwise() + Eigen::Vector3d(single.cell->matrix().col(2));
  doubled.numbers.assign(8, 18);
  EXPECT_NEAR(relaxed(doubled, tight({})).cell->volume(),
              2.0 * relaxed(single, tight({})).cell->volume(), 2e-3);
}

TEST(CellRelaxation, KeepsTheVolume) {
  const Structure start = strained_argon();
  const Structure out = relaxed(start, tight({.volume = true}));
  EXPECT_NEAR(out.cell->volume(), start.cell->volume(), 1e-9);
  // At this volume the cube is the lowest shape.
  EXPECT_NEAR(out.cell->lengths()(0), std::cbrt(start.cell->volume()), 1e-3);
}

TEST(CellRelaxation, KeepsTheShape) {
  const Structure start = strained_argon();
  const Structure out = relaxed(start, tight({.shape = true}));
  const Eigen::Matrix3d ratio = out.cell->matrix() * start.cell->inverse();
  EXPECT_TRUE(ratio.isApprox(ratio(0, 0) * Eigen::Matrix3d::Identity(), 1e-12)) << ratio;
  EXPECT_GT(std::abs(ratio(0, 0) - 1.0), 1e-3);
}

TEST(CellRelaxation, KeepsTheAngles) {
  const Structure start = strained_argon();
  const Structure out = relaxed(start, tight({.angles = true}));
  EXPECT_TRUE(out.cell->angles().isApprox(start.cell->angles(), 1e-12));
  const Eigen::Vector3d change = out.cell->lengths() - start.cell->lengths();
  EXPECT_GT(change.cwiseAbs().minCoeff(), 1e-3);
}

TEST(CellRelaxation, KeepsTheRepeatOfAChain) {
  const Structure start = strained_argon();
  const Structure out = relaxed(start, tight({.lengths = {false, false, true}}));
  EXPECT_NEAR(out.cell->lengths()(2), start.cell->lengths()(2), 1e-12);
  EXPECT_GT((out.cell->lengths() - start.cell->lengths()).norm(), 1e-2);
  const Structure both = relaxed(start, tight({.volume = true, .lengths = {false, false, true}}));
  EXPECT_NEAR(both.cell->lengths()(2), start.cell->lengths()(2), 1e-12);
  EXPECT_NEAR(both.cell->volume(), start.cell->volume(), 1e-9);
}

TEST(CellRelaxation, DoesNotDependOnOrientation) {
  const Structure start = strained_argon();
  const Eigen::Matrix3d turn =
      Eigen::AngleAxisd(0.7, Eigen::Vector3d(1, 2, -1).normalized()).toRotationMatrix();
  Structure turned = start;
  turned.cell.emplace(turn * start.cell->matrix());
  turned.positions = turn * start.positions;
  const CellConstraints constraints{.lengths = {false, true, false}};
  const Structure a = relaxed(start, tight(constraints)), b = relaxed(turned, tight(constraints));
  EXPECT_TRUE(a.cell->lengths().isApprox(b.cell->lengths(), 1e-5));
  EXPECT_TRUE(a.cell->angles().isApprox(b.cell->angles(), 1e-5));
}

/// Argon whose energies favour one direction and one atom, as a file's rounding or a mesh would.
test::FunctionPotential crooked() {
  return test::FunctionPotential([](const Structure& structure, const EvaluationRequest& request) {
    Evaluation out = LennardJones().evaluate(structure, request);
    out.forces.col(0) += Eigen::Vector3d(0.003, 0.001, 0.0);
    out.forces.col(1) -= Eigen::Vector3d(0.003, 0.001, 0.0);
    if (out.stress) (*out.stress)(0, 1) = (*out.stress)(1, 0) += 1e-3;
    return out;
  });
}

TEST(CellRelaxation, KeepsTheSpaceGroupWhereTheEnergyDoesNot) {
  const test::FunctionPotential potential = crooked();
  const Structure start = argon(Eigen::Vector3d(5.5, 5.5, 5.3).asDiagonal());
  const Symmetry symmetry = find_symmetry(start);
  RelaxationSettings settings;
  settings.fmax = 1e-4;
  settings.smax = 1e-6;
  settings.cell.emplace();
  for (const bool keep : {true, false}) {
    settings.keep_symmetry = keep;
    Relaxation job(start, settings);
    test::solve(job, potential);
    const Structure& out = job.structure();
    EXPECT_EQ(std::abs(out.cell->angles()(2) - 90.0) < 1e-9, keep);
    if (keep) {
      EXPECT_TRUE(job.converged()) << job.diagnosis();
      EXPECT_NO_THROW(Symmetrizer(out, symmetry, 1e-9));
    } else {
      EXPECT_THROW(Symmetrizer(out, symmetry), InputError);
    }
  }
}

TEST(CellRelaxation, RefusesWhatCannotBe) {
  EXPECT_THROW(Relaxation(strained_argon(), tight({.shape = true, .volume = true})), InputError);
  Structure molecule = strained_argon();
  molecule.cell.reset();
  EXPECT_THROW(Relaxation(molecule, tight({})), InputError);
  RelaxationSettings settings;
  settings.keep_symmetry = true;
  EXPECT_THROW(Relaxation(molecule, settings), InputError);
}

TEST(CellRelaxation, SaysThatAPotentialGivesNoStress) {
  const test::FunctionPotential potential = test::morse_crystal();
  Relaxation job(strained_argon(), tight({}));
  test::solve(job, potential);
  EXPECT_FALSE(job.converged());
  EXPECT_THAT(job.diagnosis(), testing::HasSubstr("no stress"));
}

}  // namespace
}  // namespace ionpass::neb
