// Teams that are formed as the work asks for them, and the same results with all of them.
#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <hpc/team_farm.hpp>

namespace ionpass::hpc {
namespace {

using ::testing::HasSubstr;

TEST(BestTeamCount, GivesIdleRanksToTheTasks) {
  struct Case {
    TeamDemand demand;
    int teams;
  };
  for (const auto& [demand, teams] : {
           Case{{.ranks = 1, .tasks = 5, .most_ranks = 8}, 1},
           Case{{.ranks = 4, .tasks = 1, .most_ranks = 8}, 1},
           Case{{.ranks = 4, .tasks = 2, .most_ranks = 8}, 2},
           Case{{.ranks = 4, .tasks = 4, .most_ranks = 8}, 4},
           Case{{.ranks = 4, .tasks = 40, .most_ranks = 8}, 4},
           // What cannot be shared is not.
           Case{{.ranks = 4, .tasks = 1, .most_ranks = 1}, 4},
           Case{{.ranks = 8, .tasks = 1, .most_ranks = 2}, 4},
           // Five at once on four ranks would leave three of them idle while the fifth is computed.
           Case{{.ranks = 4, .tasks = 5, .most_ranks = 8}, 1},
           Case{{.ranks = 4, .tasks = 3, .most_ranks = 1}, 4},
       }) {
    EXPECT_EQ(best_team_count(demand), teams)
        << demand.ranks << " ranks, " << demand.tasks << " tasks of " << demand.most_ranks;
  }
}

Bytes bytes_of(double number) {
  Bytes bytes(sizeof(number));
  std::memcpy(bytes.data(), &number, sizeof(number));
  return bytes;
}

double number_of(const Bytes& bytes) {
  double number = 0.0;
  std::memcpy(&number, bytes.data(), sizeof(number));
  return number;
}

/// The number of a task times as many ranks as work on it; task 13 fails on the last of them.
double shared_work(const Bytes& payload, const Team& team) {
  std::array<double, 1> number{number_of(payload)};
  if (number[0] == 13.0 && team.rank() == team.size() - 1) throw std::domain_error("unlucky");
  team.sum(number);
  return number[0];
}

TeamFarm::Roles roles() {
  return {.lead =
              [](const Bytes& payload, const Team& team) {
                double result = 0.0;
                team.lead(payload, [&](const Bytes& p) { result = shared_work(p, team); });
                return bytes_of(result);
              },
          .join = [](const Bytes& payload, const Team& team) { (void)shared_work(payload, team); }};
}

std::vector<FarmTask> tasks_of(const std::vector<double>& numbers) {
  std::vector<FarmTask> tasks;
  for (const double number : numbers) tasks.push_back({bytes_of(number), 1.0});
  return tasks;
}

TEST(TeamFarm, FormsTeamsAnewForEveryCall) {
  const Communicator world = Communicator::world();
  TeamFarm farm(world, roles());
  if (!world.is_root()) return farm.serve();
  const std::vector<Bytes> one = farm.map(tasks_of({3.0}), 100);
  EXPECT_EQ(number_of(one.at(0)), 3.0 * world.size()) << "all ranks share a task that is alone";
  EXPECT_EQ(farm.team_size(), world.size());
  const std::vector<Bytes> alone = farm.map(tasks_of({3.0}), 1);
  EXPECT_EQ(number_of(alone.at(0)), 3.0);
  const std::vector<double> many(20 * static_cast<std::size_t>(world.size()), 5.0);
  for (const Bytes& result : farm.map(tasks_of(many), 100)) EXPECT_EQ(number_of(result), 5.0);
  EXPECT_EQ(number_of(farm.map(tasks_of({2.0}), 100).at(0)), 2.0 * world.size());
  EXPECT_TRUE(farm.map({}, 1).empty());
  farm.stop();
  farm.stop();
  EXPECT_THROW((void)farm.map({}, 1), std::logic_error);
}

TEST(TeamFarm, FollowsTheSizeAskedFor) {
  const Communicator world = Communicator::world();
  TeamFarm farm(world, roles(), 2);
  if (!world.is_root()) return farm.serve();
  for (const Bytes& result : farm.map(tasks_of({1.0, 1.0, 1.0, 1.0, 1.0}), 1)) {
    if (world.size() % 2 == 0) {
      EXPECT_EQ(number_of(result), 2.0);
    } else {
      EXPECT_THAT(number_of(result), testing::AnyOf(1.0, 2.0, 3.0));
    }
  }
  farm.stop();
}

TEST(TeamFarm, AFailingMemberEndsTheCallAndNothingHangs) {
  const Communicator world = Communicator::world();
  TeamFarm farm(world, roles());
  if (!world.is_root()) return farm.serve();
  try {
    (void)farm.map(tasks_of({13.0}), 100);
    FAIL() << "nothing was thrown";
  } catch (const WorkError& error) {
    EXPECT_THAT(error.what(), HasSubstr("unlucky"));
  }
}

}  // namespace
}  // namespace ionpass::hpc
