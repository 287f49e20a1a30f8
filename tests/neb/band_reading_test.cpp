// Barriers and remarks from energy profiles alone.
#include "band_reading.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <neb/band.hpp>

#include "springs.hpp"
#include "tangent.hpp"

namespace ionpass::neb {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A straight path with this spacing.
BandGeometry straight(std::size_t images, double spacing = 0.5) {
  BandGeometry geometry;
  geometry.segments.assign(images - 1, spacing);
  geometry.bends.assign(images, 0.0);
  return geometry;
}

TEST(ReadBarrier, ForwardIsFromTheInitialEnd) {
  const std::vector<double> energies = {-10.0, -9.75, -9.5, -9.625, -9.875};
  const std::optional<BandBarrier> barrier = read_barrier(energies);
  ASSERT_TRUE(barrier.has_value());
  EXPECT_EQ(barrier->saddle, 2U);
  EXPECT_DOUBLE_EQ(barrier->forward, 0.5);
  EXPECT_DOUBLE_EQ(barrier->backward, 0.375);
}

TEST(ReadBarrier, ReversedProfileSwapsForwardAndBackwardExactly) {
  std::vector<double> energies = {-10.3, -9.81, -9.57, -9.72, -9.94};
  const BandBarrier there = read_barrier(energies).value();
  std::reverse(energies.begin(), energies.end());
  const BandBarrier back = read_barrier(energies).value();
  EXPECT_EQ(there.forward, back.backward);
  EXPECT_EQ(there.backward, back.forward);
  EXPECT_EQ(there.saddle, 4U - back.saddle);
}

TEST(ReadBarrier, StartsFromTheLowestImageBeforeTheSaddle) {
  const std::vector<double> energies = {0.0, 0.2, -0.3, 0.6, 0.1};
  EXPECT_DOUBLE_EQ(read_barrier(energies)->forward, 0.9);
  EXPECT_DOUBLE_EQ(read_barrier(energies)->backward, 0.5);
}

TEST(ReadBarrier, IsEmptyWithoutAnInteriorMaximum) {
  EXPECT_FALSE(read_barrier(std::vector<double>{0.0, 0.1, 0.2, 0.3}).has_value());
  EXPECT_FALSE(read_barrier(std::vector<double>{0.3, 0.1, 0.2, 0.0}).has_value())
      << "the highest image is an end";
  EXPECT_FALSE(read_barrier(std::vector<double>{0.0, 0.0005, 0.0}).has_value()) << "noise";
  EXPECT_TRUE(read_barrier(std::vector<double>{0.0, 0.002, 0.0}).has_value());
}

TEST(Remarks, SaysNothingOfAPlainBarrier) {
  EXPECT_THAT(remarks(std::vector<double>{0.0, 0.2, 0.5, 0.2, 0.0}, straight(5)), IsEmpty());
}

TEST(Remarks, NamesAnIntermediateMinimumAndBothSaddles) {
  const std::vector<double> energies = {0.0, 0.3, 0.1, 0.4, 0.0};
  const std::vector<std::string> said = remarks(energies, straight(5));
  EXPECT_THAT(said, Contains(HasSubstr("intermediate minimum at image 2")));
  EXPECT_THAT(said, Contains(HasSubstr("image 1 (0.300")));
  EXPECT_THAT(said, Contains(HasSubstr("image 3 (0.400")));
}

TEST(Remarks, SaysWhenTheMinimumIsDeeperThanBothEnds) {
  const std::vector<double> energies = {0.0, 0.3, -0.2, 0.4, 0.0};
  EXPECT_THAT(remarks(energies, straight(5)), Contains(HasSubstr("deeper than both ends")));
}

TEST(Remarks, ForgivesShallowDips) {
  EXPECT_THAT(remarks(std::vector<double>{0.0, 0.3, 0.29, 0.4, 0.0}, straight(5)), IsEmpty());
}

TEST(Remarks, NamesAnImageBelowAnEnd) {
  const std::vector<double> energies = {0.0, -0.05, 0.4, 0.2, 0.3};
  const std::vector<std::string> said = remarks(energies, straight(5));
  EXPECT_THAT(said, Contains(HasSubstr("0.050 eV below the initial end")));
  EXPECT_THAT(said, Contains(HasSubstr("0.100 eV below the final end")));
}

TEST(Remarks, NamesKinksAndUnevenSpacing) {
  BandGeometry geometry = straight(5);
  geometry.bends[2] = 75.0;
  geometry.segments[3] = 1.7;
  const std::vector<std::string> said =
      remarks(std::vector<double>{0.0, 0.2, 0.5, 0.2, 0.0}, geometry);
  EXPECT_THAT(said, Contains(HasSubstr("75 degrees at image 2")));
  EXPECT_THAT(said, Contains(HasSubstr("uneven spacing around image 3")));
}

// Henkelman & Jónsson, J. Chem. Phys. 113, 9978 (2000), eqs 8-11: the tangent points to the higher
// neighbour, never along the bisector.
TEST(ImprovedTangent, FollowsTheHigherNeighbour) {
  const Eigen::Matrix3Xd forward = Eigen::Vector3d(2.0, 0.0, 0.0);
  const Eigen::Matrix3Xd backward = Eigen::Vector3d(0.0, 1.0, 0.0);
  const Eigen::Vector3d up = improved_tangent(forward, backward, {0.0, 0.5, 1.0});
  EXPECT_TRUE(up.isApprox(Eigen::Vector3d(1, 0, 0)));
  const Eigen::Vector3d down = improved_tangent(forward, backward, {1.0, 0.5, 0.0});
  EXPECT_TRUE(down.isApprox(Eigen::Vector3d(0, 1, 0)));
}

TEST(ImprovedTangent, MixesByEnergyAtAnExtremum) {
  const Eigen::Matrix3Xd forward = Eigen::Vector3d(1.0, 0.0, 0.0);
  const Eigen::Matrix3Xd backward = Eigen::Vector3d(0.0, 1.0, 0.0);
  // Differences 0.6 backwards and 0.2 forwards; the next image is the higher one.
  const Eigen::Vector3d top = improved_tangent(forward, backward, {0.4, 1.0, 0.8});
  EXPECT_TRUE(top.isApprox(Eigen::Vector3d(0.6, 0.2, 0.0).normalized()));
  const Eigen::Vector3d bottom = improved_tangent(forward, backward, {0.6, 0.0, 0.2});
  EXPECT_TRUE(bottom.isApprox(Eigen::Vector3d(0.2, 0.6, 0.0).normalized()));
}

/// Force of a bend of this many degrees in an otherwise free path of three images, 1 Å apart.
Eigen::Vector3d kink_of(double degrees) {
  const double angle = degrees * std::numbers::pi / 180.0;
  const std::vector<Eigen::Matrix3Xd> positions = {
      Eigen::Vector3d(-1, 0, 0), Eigen::Vector3d(0, 0, 0),
      Eigen::Vector3d(std::cos(angle), std::sin(angle), 0)};
  const std::vector<Eigen::Matrix3Xd> forces(3, Eigen::Vector3d::Zero());
  const std::vector<double> energies(3, 0.0);
  const BandPoint band{positions, forces, energies};
  return kink_force(band, band_geometry(band), 1);
}

TEST(KinkForce, LeavesOrdinaryCurvesAlone) {
  EXPECT_EQ(kink_of(0.0).norm(), 0.0);
  EXPECT_EQ(kink_of(44.0).norm(), 0.0);
}

TEST(KinkForce, PullsABentImageBetweenItsNeighbours) {
  const Eigen::Vector3d force = kink_of(90.0);
  EXPECT_TRUE(force.isApprox(Eigen::Vector3d(-1, 1, 0), 1e-9)) << force.transpose();
  EXPECT_LT(kink_of(60.0).norm(), force.norm());
  EXPECT_GT(kink_of(60.0).norm(), 0.1);
}

// Ásgeirsson et al., J. Chem. Theory Comput. 17, 4929 (2021), eq. 6.
TEST(SpringConstants, GrowLinearlyWithTheEnergy) {
  const EnergyWeightedSprings springs{1.0, 5.0};
  const std::vector<double> k = spring_constants(springs, std::vector<double>{0.0, 0.5, 1.0, -0.1});
  ASSERT_EQ(k.size(), 3U);
  EXPECT_NEAR(k[0], 1.0 + 4.0 * 0.6 / 1.1, 1e-12);
  EXPECT_DOUBLE_EQ(k[1], 5.0);
  EXPECT_DOUBLE_EQ(k[2], 5.0);
}

}  // namespace
}  // namespace ionpass::neb
