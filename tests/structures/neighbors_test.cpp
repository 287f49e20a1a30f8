#include <algorithm>
#include <set>
#include <tuple>

#include <structures/neighbors.hpp>

#include "crystals.hpp"

namespace ionpass::testing {
namespace {

using Key = std::tuple<std::size_t, std::size_t, int, int, int>;

std::set<Key> keys(const std::vector<NeighborPair>& pairs) {
  std::set<Key> result;
  for (const NeighborPair& pair : pairs) {
    const auto& t = pair.translation;
    result.emplace(pair.first, pair.second, t(0), t(1), t(2));
  }
  return result;
}

std::set<Key> brute_force(const Structure& s, double radius, int reach) {
  std::set<Key> result;
  for (std::size_t i = 0; i < s.size(); ++i) {
    for (std::size_t j = i; j < s.size(); ++j) {
      for (int a = -reach; a <= reach; ++a) {
        for (int b = -reach; b <= reach; ++b) {
          for (int c = -reach; c <= reach; ++c) {
            if (i == j && std::tie(a, b, c) <= std::make_tuple(0, 0, 0)) continue;
            const Eigen::Vector3d apart = s.positions.col(static_cast<Eigen::Index>(j)) -
                                          s.positions.col(static_cast<Eigen::Index>(i)) +
                                          s.cell->matrix() * Eigen::Vector3d(a, b, c);
            if (apart.norm() <= radius) result.emplace(i, j, a, b, c);
          }
        }
      }
    }
  }
  return result;
}

Structure random_crystal(std::mt19937& random, const Cell& cell, Eigen::Index atoms) {
  std::uniform_real_distribution<double> part(-1.3, 1.3);
  const Eigen::Matrix3Xd x = Eigen::Matrix3Xd::NullaryExpr(3, atoms, [&] { return part(random); });
  return crystal(cell, std::vector<int>(static_cast<std::size_t>(atoms), 18), x);
}

TEST(Neighbors, AgreeWithBruteForceInSkewedCells) {
  std::mt19937 random(3);
  for (int n = 0; n < 12; ++n) {
    const Structure s = random_crystal(random, random_cell(random, 6.0), 7);
    EXPECT_EQ(keys(neighbor_pairs(s, 5.0)), brute_force(s, 5.0, 9)) << "case " << n;
  }
}

TEST(Neighbors, AgreeWithBruteForceWhereTheRadiusIsLargerThanTheCell) {
  std::mt19937 random(4);
  const Structure s = random_crystal(random, Cell(2.5 * Eigen::Matrix3d::Identity()), 2);
  EXPECT_EQ(keys(neighbor_pairs(s, 9.0)), brute_force(s, 9.0, 7));
}

TEST(Neighbors, AgreeWithBruteForceWhereTheCellIsLargerThanTheRadius) {
  std::mt19937 random(5);
  const Structure s = random_crystal(random, Cell(12.0 * Eigen::Matrix3d::Identity()), 60);
  EXPECT_EQ(keys(neighbor_pairs(s, 2.0)), brute_force(s, 2.0, 4));
}

TEST(Neighbors, StandInOrderInSmallAndInLargeCells) {
  std::mt19937 random(7);
  for (const double length : {3.0, 14.0}) {
    const Structure s = random_crystal(random, Cell(length * Eigen::Matrix3d::Identity()), 40);
    const std::vector<NeighborPair> pairs = neighbor_pairs(s, 2.5);
    EXPECT_GT(pairs.size(), 10U);
    EXPECT_TRUE(std::ranges::is_sorted(pairs, {}, [](const NeighborPair& pair) {
      const auto& t = pair.translation;
      return Key(pair.first, pair.second, t(0), t(1), t(2));
    })) << length;
  }
}

TEST(Neighbors, VectorsPointFromFirstToSecond) {
  std::mt19937 random(6);
  const Structure s = random_crystal(random, random_cell(random, 4.0), 5);
  for (const NeighborPair& pair : neighbor_pairs(s, 6.0)) {
    const Eigen::Vector3d expected = s.positions.col(static_cast<Eigen::Index>(pair.second)) +
                                     s.cell->matrix() * pair.translation.cast<double>() -
                                     s.positions.col(static_cast<Eigen::Index>(pair.first));
    EXPECT_TRUE(pair.vector.isApprox(expected, 1e-9));
    EXPECT_NEAR(pair.distance, expected.norm(), 1e-9);
  }
}

TEST(Neighbors, SixCubicNeighboursAreThreePairs) {
  const Structure s =
      crystal(Cell(3.0 * Eigen::Matrix3d::Identity()), {84}, Eigen::Matrix3Xd::Zero(3, 1));
  EXPECT_EQ(neighbor_pairs(s, 3.1).size(), 3U);
  EXPECT_EQ(neighbor_pairs(s, 4.3).size(), 9U);
}

TEST(Neighbors, MoleculeHasNoImages) {
  Structure molecule;
  molecule.numbers = {1, 8, 1};
  molecule.positions.resize(3, 3);
  molecule.positions << -0.8, 0.0, 0.8, 0.6, 0.0, 0.6, 0.0, 0.0, 0.0;
  const auto pairs = neighbor_pairs(molecule, 50.0);
  ASSERT_EQ(pairs.size(), 3U);
  for (const NeighborPair& pair : pairs) EXPECT_EQ(pair.translation, Eigen::Vector3i::Zero());
}

TEST(Neighbors, RefuseARadiusNobodyCanCount) {
  const Structure s =
      crystal(Cell(0.01 * Eigen::Matrix3d::Identity()), {18}, Eigen::Matrix3Xd::Zero(3, 1));
  EXPECT_THROW((void)neighbor_pairs(s, 20.0), InputError);
  EXPECT_THROW((void)neighbor_pairs(s, -1.0), InputError);
}

}  // namespace
}  // namespace ionpass::testing
