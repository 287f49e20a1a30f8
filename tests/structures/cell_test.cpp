#include <cmath>

#include <structures/cell.hpp>

#include "crystals.hpp"

namespace ionpass::testing {
namespace {

TEST(Cell, KeepsLengthsAndAnglesOfATriclinicCell) {
  const Cell cell = Cell::from_parameters({8.6953, 8.7153, 12.8347}, {89.626, 89.497, 89.955});
  EXPECT_TRUE(cell.lengths().isApprox(Eigen::Vector3d(8.6953, 8.7153, 12.8347), 1e-12));
  EXPECT_TRUE(cell.angles().isApprox(Eigen::Vector3d(89.626, 89.497, 89.955), 1e-12));
  // Volume as printed in Brivio et al., Phys. Rev. B 92, 144308 (2015), data set of the tetragonal
  // phase.
  EXPECT_NEAR(cell.volume(), 972.58, 0.01);
}

TEST(Cell, ReciprocalVectorsAreDualToTheLattice) {
  std::mt19937 random(1);
  const Cell cell = random_cell(random, 4.0);
  const Eigen::Matrix3d products = cell.matrix().transpose() * cell.reciprocal();
  EXPECT_TRUE(products.isApprox(2.0 * M_PI * Eigen::Matrix3d::Identity(), 1e-12));
}

TEST(Cell, ShortestVectorIsFoundBehindASkewedBasis) {
  Eigen::Matrix3d columns = 5.0 * Eigen::Matrix3d::Identity();
  columns.col(1) += 7.0 * columns.col(0);
  columns.col(2) -= 3.0 * columns.col(1) + 2.0 * columns.col(0);
  EXPECT_NEAR(Cell(columns).shortest_vector(), 5.0, 1e-9);
}

TEST(Cell, ShortestVectorIsASumOfAllThree) {
  // Rhombohedral with α > 109.5°: a + b + c is shorter than a.
  const Cell cell = Cell::from_parameters({6.0, 6.0, 6.0}, {115.0, 115.0, 115.0});
  const double sum = cell.matrix().rowwise().sum().norm();
  ASSERT_LT(sum, 6.0);
  EXPECT_NEAR(cell.shortest_vector(), sum, 1e-9);
}

TEST(Cell, NearlyFlatCellIsStillSearchedAtOnce) {
  const Cell cell = Cell::from_parameters({5.0, 5.0, 5.0}, {90.0, 90.0, 0.01});
  EXPECT_NEAR(cell.shortest_vector(), 2.0 * 5.0 * std::sin(0.005 * M_PI / 180.0), 1e-9);
}

TEST(Cell, RefusesWhatSpansNoVolume) {
  EXPECT_THROW(Cell(Eigen::Matrix3d::Zero()), InputError);
  EXPECT_THROW(Cell(Eigen::Matrix3d::Constant(std::nan(""))), InputError);
  EXPECT_THROW((void)Cell::from_parameters({6, 6, 6}, {60, 60, 120}), InputError);
  EXPECT_THROW((void)Cell::from_parameters({6, -6, 6}, {90, 90, 90}), InputError);
}

}  // namespace
}  // namespace ionpass::testing
