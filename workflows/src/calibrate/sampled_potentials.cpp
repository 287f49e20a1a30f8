#include "calibrate/sampled_potentials.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <workflows/data_paths.hpp>

#include "calibrate/read_labels.hpp"

namespace ionpass::workflows {
namespace {

/// The texts of rank 0, one per line.
std::string lines_of_all(const std::set<std::string>& kpts, const hpc::Communicator& world) {
  std::string text;
  if (world.is_root()) text = fmt::format("{}\n", fmt::join(kpts, "\n"));
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  const hpc::Bytes bytes = world.broadcast(hpc::Bytes(begin, begin + text.size()));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

SampledPotentials::SampledPotentials(const PotentialSettings& settings,
                                     const std::set<std::string>& kpts,
                                     const hpc::Communicator& world) {
  std::istringstream lines(lines_of_all(kpts, world));
  for (std::string text; std::getline(lines, text);) {
    PotentialSettings sampled = settings;
    if (!text.empty()) sampled.kpoints = KpointList{parse_kpoints(text, {})};
    entries_.push_back({text, sampled.kpoints, make_potential(sampled, data_paths().potentials)});
  }
}

const SampledPotentials::Entry& SampledPotentials::of(const std::string& kpts) const {
  const auto found = std::ranges::find(entries_, kpts, &Entry::kpts);
  if (found == entries_.end()) throw std::logic_error("a sampling that was not asked for: " + kpts);
  return *found;
}

std::vector<const Potential*> SampledPotentials::list() const {
  std::vector<const Potential*> out;
  out.reserve(entries_.size());
  for (const Entry& entry : entries_) out.push_back(entry.potential.get());
  return out;
}

}  // namespace ionpass::workflows
