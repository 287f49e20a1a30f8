// Names that a run folder has of its own, beside the folders of its materials.
#pragma once

#include <array>
#include <string_view>

namespace ionpass::workflows {

/// What a run writes beside its database.
inline constexpr std::array<std::string_view, 6> run_files = {
    "study.yaml", "log.txt", "drivers", "report.html", "report.md", "report.json"};
inline constexpr std::string_view database_file = "ionpass.db";
/// What `--fresh` found goes to a folder of this name and a number.
inline constexpr std::string_view earlier_run = "earlier-";

}  // namespace ionpass::workflows
