// Relaxations reach minima, survive failures, and take few steps where stiff bonds meet soft
// contacts.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <neb/relaxation.hpp>
#include <structures/error.hpp>
#include <structures/minimum_image.hpp>
#include <structures/neighbors.hpp>

#include "test_potentials.hpp"

namespace ionpass::neb {
namespace {

using test::atom_at;
using test::FunctionPotential;
using ::testing::HasSubstr;

RelaxationSettings tight() {
  RelaxationSettings settings;
  settings.fmax = 1e-4;
  return settings;
}

// Minimum of the Müller-Brown surface at (-0.5582, 1.4417), -146.6995 in units of the paper.
TEST(Relaxation, FindsAMinimumOfMuellerBrown) {
  const FunctionPotential potential = test::mueller_brown();
  Relaxation relaxation(atom_at(-0.75, 1.2, 0.2), tight());
  test::solve(relaxation, potential);
  ASSERT_TRUE(relaxation.converged()) << relaxation.diagnosis();
  EXPECT_NEAR(relaxation.structure().positions(0, 0), -0.5582, 1e-4);
  EXPECT_NEAR(relaxation.structure().positions(1, 0), 1.4417, 1e-4);
  EXPECT_NEAR(relaxation.evaluation().free_energy, -1.466995, 1e-6);
  EXPECT_EQ(relaxation.evaluations(), static_cast<std::size_t>(relaxation.iterations()) + 1U);
}

TEST(Relaxation, FireFindsItToo) {
  const FunctionPotential potential = test::mueller_brown();
  RelaxationSettings settings = tight();
  settings.optimizer = FireSettings{};
  Relaxation relaxation(atom_at(-0.75, 1.2, 0.2), settings);
  test::solve(relaxation, potential);
  ASSERT_TRUE(relaxation.converged()) << relaxation.diagnosis();
  EXPECT_NEAR(relaxation.evaluation().free_energy, -1.466995, 1e-6);
}

TEST(Relaxation, BringsACrystalBackToItsSites) {
  const FunctionPotential potential = test::morse_crystal();
  Structure crystal = test::fcc_vacancy_hop(3.65, 2).initial;
  // The full crystal: the vacancy filled again.
  crystal.numbers.push_back(29);
  crystal.positions.conservativeResize(3, crystal.positions.cols() + 1);
  crystal.positions.col(crystal.positions.cols() - 1) = Eigen::Vector3d(0.5, 0.5, 0) * 3.65;
  const Eigen::Matrix3Xd sites = crystal.positions;
  const double energy = potential.evaluate(crystal).free_energy;
  for (Eigen::Index a = 0; a < sites.cols(); ++a) {
    const auto x = static_cast<double>(a);
    crystal.positions.col(a) +=
        0.1 * Eigen::Vector3d(std::sin(3 * x), std::sin(5 * x), std::cos(7 * x));
  }
  Relaxation relaxation(crystal, tight());
  test::solve(relaxation, potential);
  ASSERT_TRUE(relaxation.converged()) << relaxation.diagnosis();
  EXPECT_NEAR(relaxation.evaluation().free_energy, energy, 1e-6);
  const Eigen::Vector3d before = crystal.positions.rowwise().mean();
  const Eigen::Vector3d after = relaxation.structure().positions.rowwise().mean();
  EXPECT_LT((before - after).norm(), 1e-9) << "the crystal as a whole stays where it is";
}

/// A methylammonium in a cube of lead and iodide, all pairs in reach held by springs of a realistic
/// size at their present distance.
struct HybridModel {
  Structure structure;
  std::vector<test::Spring> springs;

  HybridModel() {
    structure.numbers = {6, 7, 1, 1, 1, 1, 1, 1};
    std::vector<Eigen::Vector3d> r = {{-0.74, 0, 0}, {0.74, 0, 0}};
    for (int k = 0; k < 3; ++k) {
      const double phi = 2.0 * 3.14159265358979 * k / 3.0;
      r.emplace_back(-1.10, 1.03 * std::cos(phi), 1.03 * std::sin(phi));
    }
    for (int k = 0; k < 3; ++k) {
      const double phi = 2.0 * 3.14159265358979 * (k + 0.5) / 3.0;
      r.emplace_back(1.08, 0.97 * std::cos(phi), 0.97 * std::sin(phi));
    }
    for (int corner = 0; corner < 8; ++corner) {
      const Eigen::Vector3d sign(corner & 1 ? 1 : -1, corner & 2 ? 1 : -1, corner & 4 ? 1 : -1);
      structure.numbers.push_back(82);
      r.emplace_back(3.2 * sign);
    }
    for (int axis = 0; axis < 3; ++axis) {
      for (int edge = 0; edge < 4; ++edge) {
        Eigen::Vector3d middle = Eigen::Vector3d::Zero();
        middle[(axis + 1) % 3] = edge & 1 ? 3.2 : -3.2;
        middle[(axis + 2) % 3] = edge & 2 ? 3.2 : -3.2;
        structure.numbers.push_back(53);
        r.push_back(middle);
      }
    }
    structure.positions.resize(3, static_cast<Eigen::Index>(r.size()));
    for (std::size_t i = 0; i < r.size(); ++i) {
      structure.positions.col(static_cast<Eigen::Index>(i)) = r[i];
    }
    add_springs();
  }

  void add_springs() {
    for (const NeighborPair& pair : neighbor_pairs(structure, 5.0)) {
      const bool in_molecule = pair.first < 8 && pair.second < 8;
      const bool in_frame = pair.first >= 8 && pair.second >= 8;
      double stiffness = 0.08;  // across the gap between molecule and frame
      if (in_molecule) stiffness = pair.distance < 1.6 ? 33.0 : 3.0;
      if (in_frame) stiffness = pair.distance < 3.3 ? 1.8 : 0.1;
      springs.push_back({pair.first, pair.second, stiffness, pair.distance});
    }
  }

  [[nodiscard]] Structure disturbed() const {
    Structure out = structure;
    for (Eigen::Index a = 0; a < out.positions.cols(); ++a) {
      const auto x = static_cast<double>(a);
      const double size = a < 8 ? 0.06 : 0.25;
      out.positions.col(a) +=
          size * Eigen::Vector3d(std::sin(3 * x), std::sin(5 * x), std::cos(7 * x));
    }
    return out;
  }
};

std::size_t evaluations_of(const HybridModel& model, bool precondition) {
  const FunctionPotential potential = test::spring_network(model.springs);
  RelaxationSettings settings;
  settings.fmax = 0.01;
  settings.precondition = precondition;
  Relaxation relaxation(model.disturbed(), settings);
  test::solve(relaxation, potential);
  EXPECT_TRUE(relaxation.converged()) << relaxation.diagnosis();
  return relaxation.evaluations();
}

TEST(Relaxation, ModelHessianHalvesTheStepsOfAHybridCrystal) {
  const HybridModel model;
  const std::size_t with = evaluations_of(model, true);
  const std::size_t without = evaluations_of(model, false);
  EXPECT_LT(2 * with, without) << with << " against " << without;
  EXPECT_LT(with, 40U);
}

TEST(Relaxation, StopsAtOnceWhereNothingIsToDo) {
  const FunctionPotential potential = test::mueller_brown();
  Relaxation relaxation(atom_at(-0.558224, 1.441726), RelaxationSettings{});
  test::solve(relaxation, potential);
  EXPECT_TRUE(relaxation.converged());
  EXPECT_EQ(relaxation.iterations(), 0);
  EXPECT_EQ(relaxation.evaluations(), 1U);
}

TEST(Relaxation, HalvesTheStepAfterAFailure) {
  const FunctionPotential potential = test::mueller_brown();
  Relaxation relaxation(atom_at(-0.75, 1.2), tight());
  test::RecordingEvaluator recorder;
  const Eigen::Vector3d start = relaxation.ask()[0].structure.positions.col(0);
  relaxation.tell(recorder.evaluate(std::vector<WorkItem>{{&potential, atom_at(-0.75, 1.2), {}}}));
  const Eigen::Vector3d first = relaxation.ask()[0].structure.positions.col(0);
  relaxation.tell(std::vector<Answer>{{{}, "no"}});
  const Eigen::Vector3d second = relaxation.ask()[0].structure.positions.col(0);
  EXPECT_LT((second - start - 0.5 * (first - start)).norm(), 1e-12);
}

TEST(Relaxation, SurvivesFailuresOnTheWay) {
  const FunctionPotential potential = test::mueller_brown();
  Relaxation relaxation(atom_at(-0.75, 1.2), tight());
  test::FailingEvaluator evaluator({1, 2, 4});
  const std::vector<RunningJob> jobs = {{&relaxation, &potential, "relax"}};
  ASSERT_TRUE(run(jobs, evaluator));
  ASSERT_TRUE(relaxation.converged()) << relaxation.diagnosis();
  EXPECT_NEAR(relaxation.evaluation().free_energy, -1.466995, 1e-6);
  EXPECT_EQ(relaxation.evaluations(), static_cast<std::size_t>(relaxation.iterations()) + 4U);
}

TEST(Relaxation, GivesUpAfterThreeShorterStepsAndKeepsTheBest) {
  const FunctionPotential potential = test::mueller_brown();
  Relaxation relaxation(atom_at(-0.75, 1.2), tight());
  test::FailingEvaluator evaluator({1, 2, 3, 4});
  const std::vector<RunningJob> jobs = {{&relaxation, &potential, "relax"}};
  ASSERT_TRUE(run(jobs, evaluator));
  EXPECT_FALSE(relaxation.converged());
  EXPECT_THAT(relaxation.diagnosis(), HasSubstr("the charges did not converge"));
  EXPECT_EQ(relaxation.evaluations(), 5U);
  EXPECT_EQ(relaxation.structure().positions, atom_at(-0.75, 1.2).positions);
}

TEST(Relaxation, SaysWhichAtomIsLeftWhenItsIterationsAreUsedUp) {
  const FunctionPotential potential = test::mueller_brown();
  RelaxationSettings settings = tight();
  settings.max_iterations = 2;
  Relaxation relaxation(atom_at(-0.75, 1.2), settings);
  test::solve(relaxation, potential);
  EXPECT_FALSE(relaxation.converged());
  EXPECT_EQ(relaxation.iterations(), 2);
  EXPECT_THAT(relaxation.diagnosis(), HasSubstr("H0"));
  EXPECT_THAT(relaxation.diagnosis(), HasSubstr("max_iterations"));
}

TEST(Relaxation, RefusesUselessSettings) {
  RelaxationSettings settings;
  settings.fmax = -1.0;
  EXPECT_THROW(Relaxation(atom_at(0, 0), settings), InputError);
  EXPECT_THROW(Relaxation(Structure{}, RelaxationSettings{}), InputError);
}

TEST(MaxForce, IsTheLongestColumn) {
  Eigen::Matrix3Xd forces(3, 2);
  forces << 3, 0, 4, 0, 0, 4.5;
  EXPECT_DOUBLE_EQ(max_force(forces), 5.0);
}

}  // namespace
}  // namespace ionpass::neb
