// Mode following against saddles known from elsewhere.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <neb/saddle.hpp>
#include <structures/error.hpp>

#include "test_potentials.hpp"

namespace ionpass::neb {
namespace {

using test::atom_at;

Eigen::Matrix3Xd direction(double x, double y) {
  Eigen::Matrix3Xd out(3, 1);
  out.col(0) << x, y, 0.0;
  return out;
}

// Müller & Brown, Theor. Chim. Acta 53, 75 (1979): saddles at (-0.822, 0.624) and (0.212, 0.293),
// -40.66 and -72.25 (here times 0.01).
TEST(SaddleSearch, FindsBothSaddlesOfMuellerAndBrown) {
  const auto potential = test::mueller_brown();
  struct Known {
    double x, y, energy, start_x, start_y;
  };
  for (const Known& known :
       {Known{-0.822, 0.624, -0.4066, -0.75, 0.75}, Known{0.212, 0.293, -0.7225, 0.1, 0.35}}) {
    SaddleSettings settings;
    settings.fmax = 1e-3;
    settings.difference = 1e-3;
    SaddleSearch job(atom_at(known.start_x, known.start_y), direction(1.0, -0.5), settings);
    test::solve(job, potential);
    ASSERT_TRUE(job.converged()) << job.diagnosis();
    EXPECT_NEAR(job.structure().positions(0, 0), known.x, 2e-3);
    EXPECT_NEAR(job.structure().positions(1, 0), known.y, 2e-3);
    EXPECT_NEAR(job.evaluation().free_energy, known.energy, 1e-4);
    EXPECT_LT(job.curvature(), 0.0);
  }
}

TEST(SaddleSearch, TurnsAPoorDirectionIntoTheSoftestMode) {
  // A quadratic saddle: softest along x, which the first direction hardly contains.
  const auto potential = test::one_atom([](const Eigen::Vector3d& r) {
    return std::pair{-r.x() * r.x() + 2.0 * r.y() * r.y() + 3.0 * r.z() * r.z(),
                     Eigen::Vector3d(2.0 * r.x(), -4.0 * r.y(), -6.0 * r.z())};
  });
  SaddleSettings settings;
  settings.fmax = 1e-3;
  SaddleSearch job(atom_at(0.2, 0.2), direction(0.3, 1.0), settings);
  test::solve(job, potential);
  ASSERT_TRUE(job.converged()) << job.diagnosis();
  EXPECT_GT(std::abs(job.mode()(0, 0)), 0.99);
  EXPECT_NEAR(job.curvature(), -2.0, 0.02);
  EXPECT_LT(job.structure().positions.norm(), 1e-3);
}

TEST(SaddleSearch, FindsTheSaddleOfAVacancyHopFromAPointBesideIt) {
  const auto potential = test::morse_crystal();
  const test::VacancyHop hop = test::fcc_vacancy_hop(2.74412 * std::sqrt(2.0), 2);
  Structure start = hop.initial;
  start.positions = 0.55 * hop.initial.positions + 0.45 * hop.final_.positions;
  SaddleSettings settings;
  settings.fmax = 0.005;
  SaddleSearch job(start, hop.final_.positions - hop.initial.positions, settings);
  test::solve(job, potential);
  ASSERT_TRUE(job.converged()) << job.diagnosis();
  // By symmetry the saddle lies half way.
  const auto ion = static_cast<Eigen::Index>(hop.ion);
  const Eigen::Vector3d along =
      (hop.final_.positions.col(ion) - hop.initial.positions.col(ion)).normalized();
  const Eigen::Vector3d middle =
      0.5 * (hop.final_.positions.col(ion) + hop.initial.positions.col(ion));
  Eigen::Matrix3Xd shift = job.structure().positions - hop.initial.positions;
  shift.col(ion).setZero();
  const Eigen::Vector3d drift = shift.rowwise().sum() / static_cast<double>(shift.cols() - 1);
  EXPECT_NEAR((job.structure().positions.col(ion) - drift - middle).dot(along), 0.0, 0.02);
}

TEST(SaddleSearch, SaysWhenItLeavesThePlace) {
  const auto potential = test::one_atom([](const Eigen::Vector3d& r) {
    return std::pair{r.x() + 2.0 * r.y() * r.y() + 2.0 * r.z() * r.z(),
                     Eigen::Vector3d(-1.0, -4.0 * r.y(), -4.0 * r.z())};
  });
  SaddleSearch job(atom_at(0.0, 0.0), direction(1.0, 0.0), {});
  test::solve(job, potential);
  EXPECT_FALSE(job.converged());
  EXPECT_THAT(job.diagnosis(), testing::HasSubstr("moved an atom by more than"));
}

TEST(SaddleSearch, RefusesADirectionWithoutLength) {
  EXPECT_THROW(SaddleSearch(atom_at(0.0, 0.0), direction(0.0, 0.0), {}), InputError);
}

}  // namespace
}  // namespace ionpass::neb
