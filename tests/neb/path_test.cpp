// Unwrapped ends and first paths.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <neb/path.hpp>
#include <structures/error.hpp>
#include <structures/minimum_image.hpp>

#include "test_potentials.hpp"

namespace ionpass::neb {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

Structure crystal(const std::vector<Eigen::Vector3d>& fractional, std::vector<int> numbers,
                  const Eigen::Matrix3d& cell) {
  Structure out;
  out.numbers = std::move(numbers);
  out.cell = Cell(cell);
  out.positions.resize(3, static_cast<Eigen::Index>(fractional.size()));
  for (std::size_t i = 0; i < fractional.size(); ++i) {
    out.positions.col(static_cast<Eigen::Index>(i)) = cell * fractional[i];
  }
  return out;
}

const Eigen::Matrix3d cube = 10.0 * Eigen::Matrix3d::Identity();

std::string error_of(const Path& path) {
  try {
    check_path(path);
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

TEST(Unwrap, CrossesTheCellEdgeTheShortWay) {
  const Structure a =
      crystal({{0.0002, 0.5, 0.5}, {0.5, 0.5, 0.5}, {0.5, 0, 0}}, {53, 82, 82}, cube);
  const Structure b =
      crystal({{0.9998, 0.5, 0.5}, {0.5, 0.5, 0.5}, {0.5, 0, 0}}, {53, 82, 82}, cube);
  const Structure end = unwrap(a, b, 0);
  EXPECT_NEAR(end.positions(0, 0), -0.002, 1e-9);
  for (const Structure& image : linear_path(a, end, 3)) {
    EXPECT_LT(std::abs(image.positions(0, 0)), 0.01) << "through the edge, not through the crystal";
  }
}

TEST(Unwrap, TakesOutTheDriftOfTheHostButNotTheHop) {
  const Structure a = crystal({{0.1, 0, 0}, {0.5, 0.5, 0.5}, {0.2, 0.7, 0.1}}, {53, 82, 82}, cube);
  Structure b = a;
  b.positions.col(0) += Eigen::Vector3d(0, 3, 0);
  b.positions.colwise() += Eigen::Vector3d(0.4, -0.2, 0.1);
  const Structure end = unwrap(a, b, 0);
  EXPECT_LT((end.positions.col(0) - a.positions.col(0) - Eigen::Vector3d(0, 3, 0)).norm(), 1e-12);
  EXPECT_LT((end.positions.col(1) - a.positions.col(1)).norm(), 1e-12);
}

TEST(Unwrap, FindsTheShortestImageInASkewedCell) {
  Eigen::Matrix3d skewed;
  skewed << 6, 4.5, 0, 0, 3, 0, 0, 0, 8;
  const Structure a = crystal({{0, 0, 0}, {0.3, 0.3, 0.5}}, {53, 82}, skewed);
  const Structure b = crystal({{0.45, -0.45, 0}, {0.3, 0.3, 0.5}}, {53, 82}, skewed);
  const Eigen::Vector3d move = (unwrap(a, b, 0).positions - a.positions).col(0);
  for (int i = -3; i <= 3; ++i) {
    for (int j = -3; j <= 3; ++j) {
      EXPECT_LE(move.norm(), (move + skewed * Eigen::Vector3d(i, j, 0)).norm() + 1e-9);
    }
  }
}

TEST(Unwrap, LeavesMoleculesInVacuumAlone) {
  Structure a;
  a.numbers = {1, 6};
  a.positions.resize(3, 2);
  a.positions << 0, 0, 0, 0, 0, 0;
  Structure b = a;
  b.positions(0, 0) = 9.0;
  EXPECT_NEAR(unwrap(a, b, 0).positions(0, 0), 9.0, 1e-12);
}

TEST(Unwrap, RefusesEndsThatDoNotMatch) {
  const Structure a = crystal({{0, 0, 0}, {0.5, 0.5, 0.5}}, {53, 82}, cube);
  const Structure swapped = crystal({{0.5, 0.5, 0.5}, {0, 0, 0}}, {82, 53}, cube);
  const Structure fewer = crystal({{0, 0, 0}}, {53}, cube);
  const Structure other_cell = crystal({{0, 0, 0}, {0.5, 0.5, 0.5}}, {53, 82}, 1.01 * cube);
  EXPECT_THROW((void)unwrap(a, swapped, 0), InputError);
  EXPECT_THROW((void)unwrap(a, fewer, 0), InputError);
  EXPECT_THROW((void)unwrap(a, other_cell, 0), InputError);
  EXPECT_THROW((void)unwrap(a, a, 2), InputError);
}

TEST(SuspiciousDisplacements, NamesExchangedAtoms) {
  const Structure a = crystal({{0.1, 0, 0}, {0.5, 0.5, 0.5}, {0.2, 0.7, 0.1}}, {53, 82, 82}, cube);
  Structure b = a;
  b.positions.col(0) += Eigen::Vector3d(0, 2, 0);
  EXPECT_THAT(suspicious_displacements(a, b, 0), IsEmpty());
  b.positions.col(1).swap(b.positions.col(2));
  const std::vector<std::string> said = suspicious_displacements(a, unwrap(a, b, 0), 0);
  EXPECT_THAT(said, ::testing::Contains(HasSubstr("change places")));
  EXPECT_THAT(said, ::testing::Contains(HasSubstr("2 atoms move besides")));
}

TEST(SuspiciousDisplacements, NamesTies) {
  const Structure a = crystal({{0, 0, 0}, {0.5, 0.5, 0.5}}, {53, 82}, cube);
  Structure b = a;
  b.positions(0, 0) = 4.98;
  EXPECT_THAT(suspicious_displacements(a, b, 0), ::testing::Contains(HasSubstr("direction")));
}

TEST(LinearPath, DividesTheWayEvenly) {
  const Path path = linear_path(test::atom_at(0, 0), test::atom_at(2, 1), 3);
  ASSERT_EQ(path.size(), 5U);
  EXPECT_NEAR(path[1].positions(0, 0), 0.5, 1e-15);
  EXPECT_NEAR(path[2].positions(1, 0), 0.5, 1e-15);
  EXPECT_EQ(path[4].positions, test::atom_at(2, 1).positions);
  EXPECT_THROW((void)linear_path(test::atom_at(0, 0), test::atom_at(2, 1), 0), InputError);
}

/// An iodide that passes close to a lead atom on the straight line.
struct Passing {
  Structure a = crystal({{0.2, 0.5, 0.5}, {0.5, 0.52, 0.5}, {0.5, 0.0, 0.0}}, {53, 82, 82}, cube);
  Structure b = crystal({{0.8, 0.5, 0.5}, {0.5, 0.52, 0.5}, {0.5, 0.0, 0.0}}, {53, 82, 82}, cube);
};

TEST(IdppPath, GoesRoundAnAtomInTheWay) {
  const Passing passing;
  const Structure end = passing.b;
  EXPECT_LT(closest_contact(linear_path(passing.a, end, 5)), 0.1);
  const Path path = idpp_path(passing.a, end, 5);
  EXPECT_GT(closest_contact(path), 0.8);
  EXPECT_EQ(path.front().positions, passing.a.positions);
  EXPECT_EQ(path.back().positions, end.positions);
  EXPECT_NO_THROW(check_path(path));
}

TEST(IdppPath, GoesRoundAnAtomHitHeadOn) {
  Passing passing;
  passing.a.positions(1, 1) = passing.b.positions(1, 1) = 5.0;
  EXPECT_GT(closest_contact(idpp_path(passing.a, passing.b, 5)), 0.8);
}

TEST(IdppPath, IsEvenlySpaced) {
  const Passing passing;
  const Path path = idpp_path(passing.a, passing.b, 5);
  std::vector<double> lengths;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    lengths.push_back((path[i + 1].positions - path[i].positions).norm());
  }
  const auto [low, high] = std::minmax_element(lengths.begin(), lengths.end());
  EXPECT_LT(*high / *low, 1.3);
}

TEST(IdppPath, FollowsAnAtomOverTheCellEdgeWithoutAJump) {
  const Structure a =
      crystal({{0.95, 0.1, 0.5}, {0.0, 0.3, 0.5}, {0.5, 0.5, 0.0}}, {53, 82, 82}, cube);
  const Structure b =
      crystal({{0.1, 0.55, 0.5}, {0.0, 0.3, 0.5}, {0.5, 0.5, 0.0}}, {53, 82, 82}, cube);
  const Path path = idpp_path(a, unwrap(a, b, 0), 5);
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    EXPECT_LT((path[i + 1].positions - path[i].positions).colwise().norm().maxCoeff(), 1.8);
  }
  EXPECT_GT(closest_contact(path), 0.7);
}

TEST(ClosestContact, IsInUnitsOfCovalentRadii) {
  const Structure a = crystal({{0, 0, 0}, {0.9, 0, 0}}, {1, 1}, cube);
  // One Å through the cell edge; two hydrogen radii of Cordero et al. are 0.62 Å.
  EXPECT_NEAR(closest_contact({a}), 1.0 / 0.62, 1e-6);
}

TEST(CheckPath, NamesAtomsThatCollide) {
  const Passing passing;
  const std::string error = error_of(linear_path(passing.a, passing.b, 5));
  EXPECT_THAT(error, HasSubstr("image 3"));
  EXPECT_THAT(error, HasSubstr("I0 and Pb1"));
}

TEST(CheckPath, RefusesImagesEqualToTheInitialStructure) {
  const Passing passing;
  const Path path = {passing.a, passing.a, passing.b};
  EXPECT_THAT(error_of(path), HasSubstr("images 0 and 1 are the same"));
}

TEST(CheckPath, RefusesAPathThroughTheWholeCrystal) {
  const Structure a = crystal({{0.0002, 0.5, 0.5}, {0.5, 0.0, 0.5}}, {53, 82}, cube);
  const Structure b = crystal({{0.9998, 0.5, 0.5}, {0.5, 0.0, 0.5}}, {53, 82}, cube);
  EXPECT_THAT(error_of({a, b, b}), HasSubstr("unwrap"));
}

}  // namespace
}  // namespace ionpass::neb
