// A farm whose workers are teams of ranks, formed anew when the work asks for other ones.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <hpc/communicator.hpp>
#include <hpc/farm.hpp>
#include <hpc/team.hpp>

namespace ionpass::hpc {

/// What decides how ranks are best cut into teams.
struct TeamDemand {
  int ranks = 1;          ///< there are
  std::size_t tasks = 1;  ///< at the same time, about equal
  int most_ranks = 1;     ///< that can share one task and all have something to do
};

/// How many teams end such tasks first, counted in rounds: a task takes less time the more ranks
/// share it, but a tenth of it is done by each of them. Of equals, the most teams.
[[nodiscard]] int best_team_count(const TeamDemand& demand);

/// Ranks cut into teams of neighbours, whose sizes differ by one rank at most.
struct Teams {
  /// All ranks make them together.
  Teams(const Communicator& ranks, int count);

  Team team;             ///< that this rank belongs to
  Communicator leaders;  ///< of all teams; without meaning on other ranks
};

/// Spreads work over teams of ranks. Rank 0 manages, and leads the first team.
class TeamFarm {
 public:
  /// What a team does with a piece of work.
  struct Roles {
    /// Leader: the result. It may have the whole team work (Team::lead) or do it alone.
    std::function<Bytes(const Bytes& payload, const Team& team)> lead;
    /// The others: their part of what the leader has the team do.
    std::function<void(const Bytes& payload, const Team& team)> join;
  };

  /// @param ranks_per_team leaves the choice to best_team_count if empty
  TeamFarm(Communicator ranks, Roles roles, std::optional<int> ranks_per_team = std::nullopt);
  TeamFarm(const TeamFarm&) = delete;
  TeamFarm& operator=(const TeamFarm&) = delete;

  /// Manager only, as Farm::map.
  /// @param most_ranks that can share any of the tasks
  std::vector<Bytes> map(std::span<const FarmTask> tasks, int most_ranks,
                         const Farm::Arrival& arrival = {});
  /// All other ranks: serve the manager until it calls stop().
  void serve();
  /// Manager only: lets the others return from serve(). A second call does nothing.
  void stop();
  /// Ranks of the manager's team in the last map().
  [[nodiscard]] int team_size() const noexcept;

 private:
  const Teams& teams(int count);
  void form(int count);
  void disband();
  void order(int count) const;

  Communicator ranks_;
  Roles roles_;
  std::optional<int> ranks_per_team_;
  std::map<int, Teams> teams_;  ///< by their number; the same on all ranks
  std::unique_ptr<Farm> farm_;  ///< manager: of the teams that are at work
  int count_ = 0;               ///< of these teams
  bool stopped_ = false;
};

}  // namespace ionpass::hpc
