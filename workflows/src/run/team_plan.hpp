// How the ranks of a run are shared out, stage by stage.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <workflows/plan.hpp>

namespace ionpass::workflows {

/// Counts the energies that a stage asks for at the same time.
struct StageDemand {
  std::string what;
  std::size_t energies = 0;
};

/// Teams for each stage that has work.
/// @param most_ranks that one energy can be shared by
[[nodiscard]] std::vector<TeamPlan> plan_teams(const std::vector<StageDemand>& stages, int ranks,
                                               int most_ranks, std::optional<int> ranks_per_image);

/// "1 team of 4 for 2 hosts, 4 teams of 1 for 8 images".
[[nodiscard]] std::string teams_text(const std::vector<TeamPlan>& teams);

}  // namespace ionpass::workflows
