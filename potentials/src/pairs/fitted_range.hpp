// The distances that pair potentials were fitted to, and structures outside of them.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include <yaml-cpp/yaml.h>

#include <structures/structure.hpp>

namespace ionpass {

/// Å, per pair of atomic numbers, the lower first: the shortest distance in the data.
using ShortestFitted = std::map<std::pair<int, int>, double>;

/// `{C-H: 1.02}` of a set.yaml. @throws InputError naming the file
[[nodiscard]] ShortestFitted read_shortest_fitted(const std::filesystem::path& file,
                                                  const YAML::Node& node);

/// Names distances below those that were fitted, for a warning; empty if there are none.
[[nodiscard]] std::string unfitted_distances(const Structure& structure,
                                             const ShortestFitted& shortest);

}  // namespace ionpass
