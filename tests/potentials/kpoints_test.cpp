#include <gtest/gtest.h>

#include <potentials/kpoints.hpp>
#include <structures/error.hpp>

namespace ionpass {
namespace {

const Cell cubic(Eigen::Matrix3d(6.0 * Eigen::Matrix3d::Identity()));

double total_weight(const std::vector<Kpoint>& points) {
  double sum = 0.0;
  for (const Kpoint& point : points) sum += point.weight;
  return sum;
}

TEST(Kpoints, MeshIsReducedByTimeReversal) {
  const auto points = kpoints(KpointMesh{{3, 3, 3}, Eigen::Vector3d::Zero()}, cubic);
  EXPECT_EQ(points.size(), 14U);  // Γ and 13 pairs of the other 26
  EXPECT_NEAR(total_weight(points), 1.0, 1e-14);
}

TEST(Kpoints, HalfwayPointsAreTheirOwnPartners) {
  EXPECT_EQ(kpoints(KpointMesh{{2, 2, 2}, Eigen::Vector3d::Zero()}, cubic).size(), 8U);
}

TEST(Kpoints, ShiftedMeshOfMonkhorstAndPackHasQuarters) {
  const auto points = kpoints(KpointMesh{{2, 2, 2}, Eigen::Vector3d::Constant(0.5)}, cubic);
  EXPECT_EQ(points.size(), 4U);
  for (const Kpoint& point : points)
    EXPECT_NEAR(std::remainder(point.fractional(0), 0.5), -0.25, 0.5);
  EXPECT_NEAR(points[0].weight, 0.25, 1e-14);
}

TEST(Kpoints, SpacingGivesMoreAlongShortAxes) {
  const Cell cell(Eigen::Matrix3d(Eigen::Vector3d(6.0, 12.0, 30.0).asDiagonal()));
  const KpointMesh mesh = mesh_for_spacing({0.25}, cell);
  EXPECT_EQ(mesh.mesh, Eigen::Vector3i(5, 3, 1));
  const double largest_step =
      (cell.reciprocal().colwise().norm().transpose().array() / mesh.mesh.cast<double>().array())
          .maxCoeff();
  EXPECT_LE(largest_step, 0.25 * 1.001);
}

TEST(Kpoints, ListIsNormalised) {
  const auto points =
      kpoints(KpointList{{{{0.25, 0.25, 0.25}, 3.0}, {{0.0, 0.0, 0.0}, 1.0}}}, cubic);
  ASSERT_EQ(points.size(), 2U);
  EXPECT_NEAR(points[0].weight, 0.75, 1e-14);
}

TEST(Kpoints, NonsenseIsRefused) {
  EXPECT_THROW(static_cast<void>(kpoints(KpointMesh{{0, 1, 1}, Eigen::Vector3d::Zero()}, cubic)),
               InputError);
  // No digit of the phases is left of such a shift.
  const KpointMesh far{{2, 1, 1}, Eigen::Vector3d(1e300, 0.0, 0.0)};
  EXPECT_THROW(static_cast<void>(kpoints(far, cubic)), InputError);
  EXPECT_THROW(static_cast<void>(kpoints(KpointSpacing{-0.1}, cubic)), InputError);
  EXPECT_THROW(static_cast<void>(kpoints(KpointList{}, cubic)), InputError);
  EXPECT_THROW(static_cast<void>(kpoints(KpointList{{{{0.0, 0.0, 0.0}, 0.0}}}, cubic)), InputError);
}

}  // namespace
}  // namespace ionpass
