#include "hop_labels.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include <structures/elements.hpp>

namespace ionpass {

namespace {

constexpr double same_length = 1e-6;  // Å
// Idealised cells give lengths that end exactly in half a hundredth; rounding must not depend on
// their last bit.
constexpr double rounding_bias = 1e-6;  // hundredths of an Å

/// Splits "I10A" into "I", 10, "A" so that numbers compare as numbers.
std::tuple<std::string, unsigned long, std::string> natural_key(const std::string& label) {
  const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  const auto begin = std::find_if(label.begin(), label.end(), is_digit);
  const auto end = std::find_if_not(begin, label.end(), is_digit);
  const std::string digits(begin, end);
  return {std::string(label.begin(), begin), std::strtoul(digits.c_str(), nullptr, 10),
          std::string(end, label.end())};
}

struct SiteOrbit {
  std::vector<std::size_t> members;
  Environment environment;
  std::string name;
};

std::vector<SiteOrbit> site_orbits(const Structure& unit, const Symmetry& symmetry, int species) {
  const EnvironmentProbe probe(unit);
  std::vector<SiteOrbit> orbits;
  for (const Site& site : inequivalent_sites(unit, symmetry)) {
    if (site.number != species) continue;
    std::vector<Environment> environments;
    for (const std::size_t atom : site.members) {
      environments.push_back(probe.around(unit.positions.col(static_cast<Eigen::Index>(atom))));
    }
    orbits.push_back({site.members, mean(environments), {}});
  }
  std::stable_sort(orbits.begin(), orbits.end(), [](const SiteOrbit& a, const SiteOrbit& b) {
    if (a.members.size() != b.members.size()) return a.members.size() < b.members.size();
    return compare(a.environment, b.environment) < 0;
  });
  return orbits;
}

std::string smallest_label(const Structure& unit, const std::vector<std::size_t>& members) {
  std::string smallest = unit.labels.at(members.front());
  for (const std::size_t atom : members) {
    if (natural_key(unit.labels.at(atom)) < natural_key(smallest)) smallest = unit.labels[atom];
  }
  return smallest;
}

/// What tells hops of equal ends and length apart.
struct HopEnvironment {
  double length = 0.0;  // Å
  Environment middle;
  Environment quarters;
};

HopEnvironment hop_environment(const Structure& unit, const EnvironmentProbe& probe,
                               const HopOrbit& orbit) {
  std::vector<Environment> middles, quarters;
  for (const DirectedHop& hop : orbit.undirected) {
    const Eigen::Vector3d start = unit.positions.col(static_cast<Eigen::Index>(hop.from));
    const Eigen::Vector3d step = hop_vector(unit, hop);
    middles.push_back(probe.around(start + 0.5 * step));
    quarters.push_back(probe.around(start + 0.25 * step));
    quarters.push_back(probe.around(start + 0.75 * step));
  }
  return {orbit.length, mean(middles), mean(quarters)};
}

bool comes_first(const HopEnvironment& a, const HopEnvironment& b) {
  if (std::abs(a.length - b.length) > same_length) return a.length < b.length;
  const int by_middle = compare(a.middle, b.middle);
  return by_middle != 0 ? by_middle < 0 : compare(a.quarters, b.quarters) < 0;
}

/// a, b, … z, aa, ab, …
std::string letters(std::size_t index) {
  std::string text(1, static_cast<char>('a' + index % 26));
  return index < 26 ? text : letters(index / 26 - 1) + text;
}

std::string base_label(const HopOrbit& orbit, const SiteNames& names) {
  const DirectedHop hop = representative(orbit, names);
  const double hundredths = std::round(orbit.length * 100.0 + rounding_bias);
  return fmt::format("{}-{}_{:.2f}A", names.name(hop.from), names.name(hop.to), hundredths / 100.0);
}

}  // namespace

SiteNames::SiteNames(const Structure& unit, const Symmetry& symmetry, int species)
    : names_(unit.size()), ranks_(unit.size()) {
  std::vector<SiteOrbit> orbits = site_orbits(unit, symmetry, species);
  for (std::size_t i = 0; i < orbits.size(); ++i) {
    orbits[i].name = unit.labels.empty() ? fmt::format("{}{}", element_symbol(species), i + 1)
                                         : smallest_label(unit, orbits[i].members);
  }
  std::stable_sort(orbits.begin(), orbits.end(), [](const SiteOrbit& a, const SiteOrbit& b) {
    return natural_key(a.name) < natural_key(b.name);
  });
  for (std::size_t i = 0; i < orbits.size(); ++i) {
    for (const std::size_t atom : orbits[i].members) {
      names_[atom] = orbits[i].name;
      ranks_[atom] = i;
    }
  }
}

const std::string& SiteNames::name(std::size_t atom) const { return names_.at(atom); }

std::size_t SiteNames::rank(std::size_t atom) const { return ranks_.at(atom); }

DirectedHop representative(const HopOrbit& orbit, const SiteNames& names) {
  const auto key = [&](const DirectedHop& hop) {
    const auto& t = hop.translation;
    const int steps = std::abs(t[0]) + std::abs(t[1]) + std::abs(t[2]);
    return std::make_tuple(names.rank(hop.from), hop.from, hop.to, steps,
                           std::array<int, 3>{-t[0], -t[1], -t[2]});
  };
  DirectedHop best = *orbit.undirected.begin();
  for (const DirectedHop& hop : orbit.undirected) {
    for (const DirectedHop& candidate : {hop, hop.reversed()}) {
      if (key(candidate) < key(best)) best = candidate;
    }
  }
  return best;
}

std::vector<std::string> hop_labels(const Structure& unit, const SiteNames& names,
                                    const std::vector<HopOrbit>& orbits) {
  std::map<std::string, std::vector<std::size_t>> sharing;
  for (std::size_t i = 0; i < orbits.size(); ++i) {
    sharing[base_label(orbits[i], names)].push_back(i);
  }
  const EnvironmentProbe probe(unit);
  std::vector<std::string> labels(orbits.size());
  for (const auto& [base, group] : sharing) {
    if (group.size() == 1) {
      labels[group.front()] = base;
      continue;
    }
    std::vector<std::pair<HopEnvironment, std::size_t>> ordered;
    for (const std::size_t i : group) {
      ordered.emplace_back(hop_environment(unit, probe, orbits[i]), i);
    }
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](const auto& a, const auto& b) { return comes_first(a.first, b.first); });
    for (std::size_t n = 0; n < ordered.size(); ++n) {
      labels[ordered[n].second] = base + "_" + letters(n);
    }
  }
  return labels;
}

}  // namespace ionpass
