// Ranks that work as one: equal sums, failures that all learn of, nobody left waiting.
#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <hpc/team.hpp>

namespace ionpass::hpc {
namespace {

using ::testing::HasSubstr;

/// Has the team do each piece of work, on the leader with what it throws.
std::vector<std::string> failures(const Team& team, int pieces, const Team::Work& work) {
  std::vector<std::string> out;
  if (team.rank() != 0) {
    team.follow(work);
    return out;
  }
  for (int piece = 0; piece < pieces; ++piece) {
    try {
      team.lead({static_cast<std::byte>(piece)}, work);
      out.emplace_back();
    } catch (const std::exception& error) {
      out.emplace_back(error.what());
    }
  }
  team.dismiss();
  return out;
}

TEST(Team, EveryRankGetsTheSameSums) {
  const Team team(Communicator::world());
  std::vector<double> values(1000);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = 1.0 / (3.0 + static_cast<double>(i) + static_cast<double>(team.rank()));
  team.sum(values);
  double expected = 0.0;
  for (int rank = 0; rank < team.size(); ++rank)
    expected += 1.0 / (3.0 + static_cast<double>(rank));
  EXPECT_NEAR(values[0], expected, 1e-15);
  const std::size_t size = values.size() * sizeof(double);
  const auto* first = reinterpret_cast<const std::byte*>(values.data());
  const Bytes mine(first, first + size);
  EXPECT_EQ(Communicator::world().broadcast(mine), mine);
}

TEST(Team, AllRanksWorkOnWhatTheLeaderGives) {
  const Team team(Communicator::world());
  std::vector<int> seen;
  const auto said = failures(team, 3, [&](const Bytes& payload) {
    seen.push_back(std::to_integer<int>(payload.at(0)));
    std::array<double, 1> one{1.0};
    team.sum(one);
    EXPECT_EQ(one[0], team.size());
  });
  EXPECT_EQ(seen, (std::vector<int>{0, 1, 2}));
  EXPECT_TRUE(std::all_of(said.begin(), said.end(), [](const auto& text) { return text.empty(); }));
}

TEST(Team, AFailureOnOneRankIsTheFailureOfAll) {
  const Team team(Communicator::world());
  int ended = 0;
  const auto said = failures(team, 4, [&](const Bytes& payload) {
    const int piece = std::to_integer<int>(payload.at(0));
    const bool is_last = team.rank() == team.size() - 1;
    // Before a sum that the others are in, after all sums, and on all ranks at once.
    if (piece == 0 && is_last) throw std::domain_error("no overlap");
    std::array<double, 2> numbers{1.0, 2.0};
    team.sum(numbers);
    team.sum(numbers);
    if (piece == 1 && is_last) throw std::domain_error("too late");
    if (piece == 2) throw std::domain_error("rank " + std::to_string(team.rank()));
    ++ended;
  });
  // The second piece ends on all ranks but the last; the fourth, as if nothing had happened, on
  // all.
  EXPECT_EQ(ended, team.rank() == team.size() - 1 ? 1 : 2);
  if (team.rank() != 0) return;
  ASSERT_EQ(said.size(), 4U);
  EXPECT_THAT(said[0], HasSubstr("no overlap"));
  EXPECT_THAT(said[1], HasSubstr("too late"));
  EXPECT_THAT(said[2], HasSubstr("rank 0"));
  EXPECT_EQ(said[3], "");
}

}  // namespace
}  // namespace ionpass::hpc
