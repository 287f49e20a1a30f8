#include <limits>

#include <structures/minimum_image.hpp>

#include "crystals.hpp"

namespace ionpass::testing {
namespace {

/// The two shortest of many images, without any cleverness.
std::pair<double, double> two_shortest(const Cell& cell, const Eigen::Vector3d& displacement,
                                       int reach) {
  double first = std::numeric_limits<double>::infinity(), second = first;
  for (int i = -reach; i <= reach; ++i) {
    for (int j = -reach; j <= reach; ++j) {
      for (int k = -reach; k <= reach; ++k) {
        const double length = (displacement + cell.matrix() * Eigen::Vector3d(i, j, k)).norm();
        if (length < first) {
          second = first;
          first = length;
        } else if (length < second) {
          second = length;
        }
      }
    }
  }
  return {first, second};
}

TEST(MinimumImage, AgreesWithBruteForceInSkewedCells) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> part(-1.5, 1.5);
  for (int n = 0; n < 200; ++n) {
    const Cell cell = random_cell(random, 9.0);
    const Eigen::Vector3d displacement =
        cell.matrix() * Eigen::Vector3d(part(random), part(random), part(random));
    const MinimumImage image = minimum_image(cell, displacement);
    const auto [first, second] = two_shortest(cell, displacement, 9);
    EXPECT_NEAR(image.vector.norm(), first, 1e-9);
    EXPECT_NEAR(image.runner_up, second, 1e-9);
    const Eigen::Vector3d rebuilt = displacement + cell.matrix() * image.translation.cast<double>();
    EXPECT_TRUE(image.vector.isApprox(rebuilt, 1e-9));
  }
}

TEST(MinimumImage, RoundingOfFractionalCoordinatesAloneWouldBeWrong) {
  const Cell cell = Cell::from_parameters({6.0, 6.0, 6.0}, {90.0, 90.0, 30.0});
  const Eigen::Vector3d displacement = cell.matrix() * Eigen::Vector3d(0.45, 0.45, 0.0);
  const MinimumImage image = minimum_image(cell, displacement);
  EXPECT_LT(image.vector.norm(), displacement.norm() - 1.0);
}

TEST(MinimumImage, CrossesTheCellEdge) {
  const Cell cell(10.0 * Eigen::Matrix3d::Identity());
  const MinimumImage image = minimum_image(cell, {9.998, 0.0, 0.0});
  EXPECT_NEAR(image.vector(0), -0.002, 1e-12);
  EXPECT_EQ(image.translation, Eigen::Vector3i(-1, 0, 0));
}

TEST(MinimumImage, TieShowsInTheRunnerUp) {
  const Cell cell(8.0 * Eigen::Matrix3d::Identity());
  const MinimumImage image = minimum_image(cell, {4.0, 0.0, 0.0});
  EXPECT_NEAR(image.runner_up, image.vector.norm(), 1e-9);
}

TEST(MinimumImage, RefusesWhatIsNotFinite) {
  const Cell cell(8.0 * Eigen::Matrix3d::Identity());
  EXPECT_THROW((void)minimum_image(cell, {std::numeric_limits<double>::quiet_NaN(), 0, 0}),
               InputError);
  EXPECT_THROW((void)minimum_image(cell, {1e300, 0, 0}), InputError);
}

}  // namespace
}  // namespace ionpass::testing
