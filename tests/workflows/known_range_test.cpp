// Rank correlation: known answers.
#include "calibrate/known_range.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace ionpass::workflows {
namespace {

using List = std::vector<double>;

TEST(KnownRange, RankCorrelationsOfKnownLists) {
  EXPECT_NEAR(*rank_correlation(List{1, 2, 3, 4}, List{10, 100, 1000, 1e9}), 1.0, 1e-12);
  EXPECT_NEAR(*rank_correlation(List{1, 2, 3, 4}, List{4, 3, 2, -1}), -1.0, 1e-12);
  // 1 - 6 Σ d² / n (n² - 1) with d = 0, 1, 1, 1, 1.
  EXPECT_NEAR(*rank_correlation(List{1, 2, 3, 4, 5}, List{1, 3, 2, 5, 4}), 1.0 - 24.0 / 120.0,
              1e-12);
  // Equal ones share their rank: (0.5, 0.5, 2) against (0, 1, 2).
  EXPECT_NEAR(*rank_correlation(List{7, 7, 9}, List{1, 2, 3}), 1.5 / std::sqrt(1.5 * 2.0), 1e-12);
  EXPECT_EQ(rank_correlation(List{1, 2}, List{1, 2}), std::nullopt);
  EXPECT_EQ(rank_correlation(List{1, 1, 1}, List{1, 2, 3}), std::nullopt);
}

}  // namespace
}  // namespace ionpass::workflows
