#include "run/team_plan.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <hpc/team_farm.hpp>

namespace ionpass::workflows {

std::vector<TeamPlan> plan_teams(const std::vector<StageDemand>& stages, int ranks, int most_ranks,
                                 std::optional<int> ranks_per_image) {
  std::vector<TeamPlan> out;
  for (const StageDemand& stage : stages) {
    if (stage.energies == 0) continue;
    const int teams =
        ranks_per_image ? std::max(ranks / *ranks_per_image, 1)
                        : hpc::best_team_count(
                              {.ranks = ranks, .tasks = stage.energies, .most_ranks = most_ranks});
    out.push_back({.stage = stage.what,
                   .energies = stage.energies,
                   .teams = teams,
                   .ranks_per_team = ranks / teams});
  }
  return out;
}

std::string teams_text(const std::vector<TeamPlan>& teams) {
  std::string text;
  for (const TeamPlan& plan : teams) {
    const bool is_one = plan.energies == 1;
    text += fmt::format("{}{} team{} of {} for {} {}", text.empty() ? "" : ", ", plan.teams,
                        plan.teams == 1 ? "" : "s", plan.ranks_per_team, plan.energies,
                        is_one ? plan.stage.substr(0, plan.stage.size() - 1) : plan.stage);
  }
  return text;
}

}  // namespace ionpass::workflows
