#include "pairs/fitted_range.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/neighbors.hpp>

namespace ionpass {

ShortestFitted read_shortest_fitted(const std::filesystem::path& file, const YAML::Node& node) {
  ShortestFitted out;
  for (const auto& entry : node) {
    const auto name = entry.first.as<std::string>();
    const std::size_t dash = name.find('-');
    const auto a = atomic_number(name.substr(0, dash));
    const auto b = dash == std::string::npos ? std::nullopt : atomic_number(name.substr(dash + 1));
    if (!a || !b) {
      const YAML::Mark mark = entry.first.Mark();
      throw InputError(
          {file.string(), static_cast<std::size_t>(mark.line + 1),
           static_cast<std::size_t>(mark.column + 1)},
          fmt::format("shortest_fitted: '{}' is no pair of elements, such as C-H", name));
    }
    out[std::minmax(*a, *b)] = entry.second.as<double>();
  }
  return out;
}

std::optional<Extrapolation> unfitted_distances(const Structure& structure,
                                                const ShortestFitted& shortest,
                                                std::span<const NeighborPair> pairs) {
  constexpr double slack = 0.05;  // Å, over which a smooth potential can be trusted to go on
  std::map<std::pair<int, int>, double> nearest;
  for (const NeighborPair& pair : pairs) {
    const std::pair<int, int> key =
        std::minmax(structure.numbers[pair.first], structure.numbers[pair.second]);
    const auto fitted = shortest.find(key);
    if (fitted == shortest.end() || pair.distance >= fitted->second - slack) continue;
    double& found = nearest.try_emplace(key, pair.distance).first->second;
    found = std::min(found, pair.distance);
  }
  if (nearest.empty()) return std::nullopt;
  std::vector<std::string> names;
  names.reserve(nearest.size());
  double extent = 0.0;
  for (const auto& [pair, distance] : nearest) {
    extent = std::max(extent, shortest.at(pair) / distance);
    names.push_back(fmt::format("{}-{} {:.2f} Å (data from {:.2f} Å)", element_symbol(pair.first),
                                element_symbol(pair.second), distance, shortest.at(pair)));
  }
  return Extrapolation{
      .kind = "distance",
      .text = fmt::format("atoms are nearer to each other than in any structure the parameters "
                          "were fitted to: {}; forces there are extrapolated",
                          fmt::join(names, ", ")),
      .extent = extent};
}

std::vector<Extrapolation> FittedRange::extrapolations(const Structure& structure) const {
  // One list of pairs serves both.
  double range = environments.empty() ? 0.0 : environments.shape.cutoff;
  for (const auto& [pair, distance] : shortest) range = std::max(range, distance);
  std::vector<Extrapolation> out;
  if (range <= 0.0) return out;
  const std::vector<NeighborPair> pairs = neighbor_pairs(structure, range);
  if (auto distances = unfitted_distances(structure, shortest, pairs))
    out.push_back(*std::move(distances));
  if (auto unknown = unknown_environments(structure, environments, pairs))
    out.push_back(*std::move(unknown));
  return out;
}

FittedRange read_fitted_range(const std::filesystem::path& file, const YAML::Node& root) {
  FittedRange out;
  if (root["shortest_fitted"]) out.shortest = read_shortest_fitted(file, root["shortest_fitted"]);
  if (root["environments"])
    out.environments =
        read_environments(file.parent_path() / root["environments"].as<std::string>());
  return out;
}

}  // namespace ionpass
