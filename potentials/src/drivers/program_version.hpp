// Which version of a program is installed.
#pragma once

#include <string>
#include <vector>

#include "drivers/recipe.hpp"

namespace ionpass::drivers {

/// Asks the program itself, and refuses one that is too old. Empty for programs we know nothing
/// of.
/// @throws DriverError not_found, wrong_version
[[nodiscard]] std::string program_version(const Recipe& recipe,
                                          const std::vector<std::string>& command);

/// Compares "2023.1" and "6.7MaX" part by part, as numbers.
[[nodiscard]] bool is_older(const std::string& version, const std::string& than);

}  // namespace ionpass::drivers
