#include "run/extrapolation_watch.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ionpass::workflows {

std::vector<std::string> ExtrapolationWatch::look(const Potential& potential,
                                                  const Structure& structure) {
  std::vector<std::string> out;
  for (Extrapolation& beyond : potential.extrapolations(structure))
    if (said_.insert(beyond.kind).second) out.push_back(std::move(beyond.text));
  return out;
}

std::vector<Extrapolation> farthest_on_path(const Potential& potential,
                                            std::span<const Structure> path) {
  std::vector<Extrapolation> out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    for (Extrapolation& beyond : potential.extrapolations(path[i])) {
      beyond.text = fmt::format("image {}: {}", i, beyond.text);
      const auto known = std::ranges::find(out, beyond.kind, &Extrapolation::kind);
      if (known == out.end())
        out.push_back(std::move(beyond));
      else if (beyond.extent > known->extent)
        *known = std::move(beyond);
    }
  }
  return out;
}

std::vector<neb::Answer> WatchingEvaluator::evaluate(std::span<const neb::WorkItem> items) {
  for (const neb::WorkItem& item : items)
    for (const std::string& text : watch_.look(*item.potential, item.structure)) say_(text);
  return inner_.evaluate(items);
}

}  // namespace ionpass::workflows
