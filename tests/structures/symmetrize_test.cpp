// Averages over a space group.
#include <gtest/gtest.h>

#include <structures/error.hpp>
#include <structures/symmetrize.hpp>

#include "crystals.hpp"

namespace ionpass {
namespace {

/// Rock salt, with the primitive cell doubled so that centring translations count.
Structure rock_salt() {
  Structure out;
  out.cell.emplace(5.6 * Eigen::Matrix3d::Identity());
  Eigen::Matrix3Xd fractional(3, 8);
  fractional << 0, .5, .5, 0, .5, 0, 0, .5, 0, .5, 0, .5, .5, 0, .5, 0, 0, 0, .5, .5, .5, .5, 0, 0;
  out.positions = out.cell->matrix() * fractional;
  out.numbers = {11, 11, 11, 11, 17, 17, 17, 17};
  return out;
}

Eigen::Matrix3Xd field(Eigen::Index n) {
  Eigen::Matrix3Xd out(3, n);
  for (Eigen::Index i = 0; i < out.size(); ++i) out.data()[i] = std::sin(1.0 + 3.7 * double(i));
  return out;
}

TEST(Symmetrizer, LeavesNothingOfAFieldOnSitesOfFullSymmetry) {
  const Structure salt = rock_salt();
  const Symmetrizer symmetrizer(salt, find_symmetry(salt));
  EXPECT_EQ(symmetrizer.size(), 192U);
  EXPECT_LT(symmetrizer.vectors(field(8), *salt.cell).norm(), 1e-12);
  Eigen::Matrix3d tensor;
  tensor << 3, 1, 2, 1, 5, 4, 2, 4, 10;
  EXPECT_TRUE(symmetrizer.tensor(tensor, *salt.cell).isApprox(6.0 * Eigen::Matrix3d::Identity()));
}

TEST(Symmetrizer, IsAProjection) {
  // Tetragonal, with atoms off the centres: a field has components that stay.
  Structure crystal;
  crystal.cell.emplace(Eigen::Matrix3d(Eigen::Vector3d(4.0, 4.0, 5.0).asDiagonal()));
  crystal.numbers = {55, 53, 53};
  crystal.positions = (Eigen::Matrix3Xd(3, 3) << 0, 2, 2, 0, 2, 2, 0, 1.1, 3.9).finished();
  const Symmetrizer symmetrizer(crystal, find_symmetry(crystal));
  const Eigen::Matrix3Xd once = symmetrizer.vectors(field(3), *crystal.cell);
  EXPECT_GT(once.norm(), 0.1);
  EXPECT_TRUE(once.isApprox(symmetrizer.vectors(once, *crystal.cell), 1e-12));
  EXPECT_LT(once.col(0).norm(), 1e-12);
  EXPECT_NEAR(once(2, 1), -once(2, 2), 1e-12);
}

TEST(Symmetrizer, RefusesOperationsOfAnotherCrystal) {
  Structure salt = rock_salt();
  const Symmetry symmetry = find_symmetry(salt);
  salt.positions(0, 2) += 0.2;
  EXPECT_THROW(Symmetrizer(salt, symmetry), InputError);
}

}  // namespace
}  // namespace ionpass
