// What a run asks of the machine it is on.
#pragma once

#include <filesystem>
#include <string>

namespace ionpass::workflows {

/// Makes a folder and those above it. @throws IoError
void make_folder(const std::filesystem::path& folder);

/// Name of this machine; "unknown" if it has none.
[[nodiscard]] std::string host_name();

}  // namespace ionpass::workflows
