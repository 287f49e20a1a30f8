#include <structures/symmetry.hpp>

#include "crystals.hpp"

namespace ionpass::testing {
namespace {

TEST(Symmetry, RockSaltIsFm3m) {
  Eigen::Matrix3Xd x(3, 8);
  x << 0, 0, .5, .5, .5, .5, 0, 0,  //
      0, .5, 0, .5, .5, 0, .5, 0,   //
      0, .5, .5, 0, .5, 0, 0, .5;
  const Structure salt =
      crystal(Cell(5.64 * Eigen::Matrix3d::Identity()), {11, 11, 11, 11, 17, 17, 17, 17}, x);
  const Symmetry symmetry = find_symmetry(salt);
  // International Tables A, space group 225.
  EXPECT_EQ(symmetry.number, 225);
  EXPECT_EQ(symmetry.international, "Fm-3m");
  EXPECT_EQ(symmetry.operations.size(), 192U);
  EXPECT_EQ(inequivalent_sites(salt, symmetry).size(), 2U);
}

TEST(Symmetry, CubicPerovskiteHasOneIodineOnTheFace) {
  const Structure perovskite = cubic_perovskite();
  const Symmetry symmetry = find_symmetry(perovskite);
  EXPECT_EQ(symmetry.number, 221);
  const std::vector<Site> sites = inequivalent_sites(perovskite, symmetry);
  ASSERT_EQ(sites.size(), 3U);
  EXPECT_EQ(sites[2].members, (std::vector<std::size_t>{2, 3, 4}));
  EXPECT_EQ(sites[2].representative, 2U);
  EXPECT_EQ(sites[2].site_symmetry, "4/mm.m");  // International Tables A, Pm-3m, 3c and 3d
}

TEST(Symmetry, OperationsMapTheCrystalOntoItself) {
  const Structure crystal = read_frame(library("PrPyrPbI3")).structure;
  const Symmetry symmetry = find_symmetry(crystal);
  const Eigen::Matrix3Xd x = crystal.cell->inverse() * crystal.positions;
  for (const SymmetryOperation& op : symmetry.operations) {
    for (Eigen::Index i = 0; i < x.cols(); ++i) {
      const Eigen::Vector3d moved = op.rotation.cast<double>() * x.col(i) + op.translation;
      double nearest = 1e9;
      for (Eigen::Index j = 0; j < x.cols(); ++j) {
        if (crystal.numbers[static_cast<std::size_t>(i)] !=
            crystal.numbers[static_cast<std::size_t>(j)])
          continue;
        Eigen::Vector3d apart = moved - x.col(j);
        apart -= Eigen::Vector3d(apart.array().round());
        nearest = std::min(nearest, (crystal.cell->matrix() * apart).norm());
      }
      EXPECT_LT(nearest, default_symmetry_tolerance);
    }
  }
}

TEST(Symmetry, RefusesMoleculesAndOverlaps) {
  Structure molecule;
  molecule.numbers = {1};
  molecule.positions = Eigen::Matrix3Xd::Zero(3, 1);
  EXPECT_THROW((void)find_symmetry(molecule), InputError);
  const Structure overlap =
      crystal(Cell(5.0 * Eigen::Matrix3d::Identity()), {11, 11}, Eigen::Matrix3Xd::Zero(3, 2));
  EXPECT_THROW((void)find_symmetry(overlap), InputError);
  EXPECT_THROW((void)find_symmetry(cubic_perovskite(), 0.0), InputError);
}

}  // namespace
}  // namespace ionpass::testing
