#include "calibrate/novelty.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/neighbors.hpp>

namespace ionpass::workflows {
namespace {

constexpr double bin_width = 0.2;  // Å; a count is shared between the two nearest bins
/// Descriptors closer than this are copies: round-off of coordinates, not another structure.
constexpr double same = 1e-7;

double distance(const Eigen::VectorXd& a, const Eigen::VectorXd& b) { return (a - b).norm(); }

std::size_t farthest_from_mean(std::span<const Eigen::VectorXd> candidates) {
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(candidates.front().size());
  for (const Eigen::VectorXd& one : candidates) mean += one;
  mean /= static_cast<double>(candidates.size());
  const auto found = std::ranges::max_element(
      candidates, {}, [&mean](const Eigen::VectorXd& one) { return distance(one, mean); });
  return static_cast<std::size_t>(found - candidates.begin());
}

}  // namespace

RadialDescriptor::RadialDescriptor(std::vector<int> elements, double radius)
    : elements_(std::move(elements)), radius_(radius) {
  std::ranges::sort(elements_);
  elements_.erase(std::unique(elements_.begin(), elements_.end()), elements_.end());
}

Eigen::VectorXd RadialDescriptor::describe(const Structure& structure) const {
  const auto bins = static_cast<Eigen::Index>(std::ceil(radius_ / bin_width)) + 2;
  const auto kinds = static_cast<Eigen::Index>(elements_.size());
  std::vector<Eigen::Index> kind;
  for (const int number : structure.numbers) {
    const auto found = std::ranges::lower_bound(elements_, number);
    if (found == elements_.end() || *found != number)
      throw InputError(
          fmt::format("{} is none of the elements described together", element_symbol(number)));
    kind.push_back(found - elements_.begin());
  }
  Eigen::VectorXd out = Eigen::VectorXd::Zero(bins * kinds * (kinds + 1) / 2);
  for (const NeighborPair& pair : neighbor_pairs(structure, radius_)) {
    const auto [low, high] = std::minmax(kind[pair.first], kind[pair.second]);
    const double place = pair.distance / bin_width;
    const auto bin = static_cast<Eigen::Index>(place);
    const double rest = place - static_cast<double>(bin);
    // Falls to zero at the radius, so that no neighbour enters with a jump.
    const double end = 1.0 - pair.distance / radius_;
    const double weight = end * end / (pair.distance * pair.distance);
    const Eigen::Index at = bins * (high * (high + 1) / 2 + low) + bin;
    out(at) += weight * (1.0 - rest);
    out(at + 1) += weight * rest;
  }
  return out / static_cast<double>(structure.size());
}

std::vector<std::size_t> farthest_points(std::span<const Eigen::VectorXd> candidates,
                                         std::size_t count,
                                         std::span<const Eigen::VectorXd> known) {
  if (candidates.empty() || count == 0) return {};
  std::vector<double> nearest(candidates.size(), std::numeric_limits<double>::infinity());
  const auto mark = [&](const Eigen::VectorXd& chosen) {
    for (std::size_t i = 0; i < candidates.size(); ++i)
      nearest[i] = std::min(nearest[i], distance(candidates[i], chosen));
  };
  for (const Eigen::VectorXd& one : known) mark(one);
  std::vector<std::size_t> chosen;
  while (chosen.size() < count) {
    const auto best = static_cast<std::size_t>(std::ranges::max_element(nearest) - nearest.begin());
    if (nearest[best] < same) break;
    const bool is_first = chosen.empty() && known.empty();
    chosen.push_back(is_first ? farthest_from_mean(candidates) : best);
    mark(candidates[chosen.back()]);
  }
  return chosen;
}

}  // namespace ionpass::workflows
