// What a set was fitted to, and structures outside of it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <yaml-cpp/yaml.h>

#include <potentials/environments.hpp>
#include <potentials/potential.hpp>
#include <structures/structure.hpp>

namespace ionpass {

/// Å, per pair of atomic numbers, the lower first: the shortest distance in the data.
using ShortestFitted = std::map<std::pair<int, int>, double>;

/// `{C-H: 1.02}` of a set.yaml. @throws InputError naming the file
[[nodiscard]] ShortestFitted read_shortest_fitted(const std::filesystem::path& file,
                                                  const YAML::Node& node);

/// Names distances below those that were fitted; nothing if there are none.
/// @param pairs of the structure, within the longest of them and maybe farther
[[nodiscard]] std::optional<Extrapolation> unfitted_distances(const Structure& structure,
                                                              const ShortestFitted& shortest,
                                                              std::span<const NeighborPair> pairs);

/// Both as a set has them; empty in sets that do not say it.
struct FittedRange {
  ShortestFitted shortest;
  KnownEnvironments environments;

  [[nodiscard]] std::vector<Extrapolation> extrapolations(const Structure& structure) const;
};

/// The keys `shortest_fitted` and `environments` (a file beside set.yaml).
/// @throws InputError, IoError
[[nodiscard]] FittedRange read_fitted_range(const std::filesystem::path& file,
                                            const YAML::Node& root);

}  // namespace ionpass
