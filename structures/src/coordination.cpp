#include "coordination.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <queue>
#include <set>
#include <utility>

#include <structures/elements.hpp>
#include <structures/molecules.hpp>
#include <structures/neighbors.hpp>

namespace ionpass {

namespace {

constexpr double longest_bond = 1.25;  // in units of the shortest bond between the two elements
constexpr double nearly_as_near =
    1.15;  // in units of the shortest distance from the species to any metal
constexpr double bond_by_radii =
    1.5;  // in units of the sum of covalent radii: beyond it nothing is a bond

bool is_anion_former(int number) {
  static constexpr std::array numbers{8, 9, 16, 17, 34, 35, 52, 53, 85};
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

bool is_metal(int number) { return !is_nonmetal(number); }

using ElementPair = std::pair<int, int>;  // anion, metal

/// Shortest distance of every anion-metal pair of elements that can be called a bond, Å.
std::map<ElementPair, double> shortest_bonds(const Structure& unit,
                                             const std::vector<NeighborPair>& pairs, int species) {
  std::map<ElementPair, double> shortest;
  for (const NeighborPair& pair : pairs) {
    int anion = unit.numbers[pair.first], metal = unit.numbers[pair.second];
    if (is_metal(anion)) std::swap(anion, metal);
    if (!is_metal(metal) || (anion != species && !is_anion_former(anion))) continue;
    if (pair.distance > bond_by_radii * (covalent_radius(anion) + covalent_radius(metal))) continue;
    const auto found = shortest.try_emplace({anion, metal}, pair.distance).first;
    found->second = std::min(found->second, pair.distance);
  }
  return shortest;
}

std::set<int> coordinating_metals(const std::map<ElementPair, double>& shortest, int species) {
  double nearest = std::numeric_limits<double>::infinity();
  for (const auto& [elements, distance] : shortest) {
    if (elements.first == species) nearest = std::min(nearest, distance);
  }
  std::set<int> metals;
  for (const auto& [elements, distance] : shortest) {
    if (elements.first == species && distance <= nearly_as_near * nearest) {
      metals.insert(elements.second);
    }
  }
  return metals;
}

double largest_bond_radius(const Structure& unit) {
  double largest = 0.0;
  for (const auto& [number, count] : composition(unit)) {
    largest = std::max(largest, covalent_radius(number));
  }
  return 2.0 * bond_by_radii * largest;
}

}  // namespace

void TranslationLattice::add(Eigen::Vector3i translation) {
  for (int i = 0; i < 3; ++i) {
    auto& row = echelon_[static_cast<std::size_t>(i)];
    if (translation(i) == 0) continue;
    if (!row) {
      row = translation;
      return;
    }
    while (translation(i) != 0) {  // Euclid's algorithm on the leading entries
      const Eigen::Vector3i rest = *row - ((*row)(i) / translation(i)) * translation;
      row = translation;
      translation = rest;
    }
  }
}

bool TranslationLattice::contains(Eigen::Vector3i translation) const {
  for (int i = 0; i < 3; ++i) {
    const auto& row = echelon_[static_cast<std::size_t>(i)];
    if (translation(i) == 0) continue;
    if (!row || translation(i) % (*row)(i) != 0) return false;
    translation -= (translation(i) / (*row)(i)) * *row;
  }
  return true;
}

int TranslationLattice::rank() const {
  return static_cast<int>(std::count_if(echelon_.begin(), echelon_.end(),
                                        [](const auto& row) { return row.has_value(); }));
}

Polyhedra::Polyhedra(const Structure& unit, int species)
    : centres_(unit.size()), places_(unit.size()) {
  // A mobile metal has no metals round it that would make a polyhedron with it.
  if (is_metal(species)) return;
  find_bonds(unit, species);
  connect(unit);
}

void Polyhedra::find_bonds(const Structure& unit, int species) {
  const std::vector<NeighborPair> pairs = neighbor_pairs(unit, largest_bond_radius(unit));
  const std::map<ElementPair, double> shortest = shortest_bonds(unit, pairs, species);
  const std::set<int> metals = coordinating_metals(shortest, species);
  for (const NeighborPair& pair : pairs) {
    const bool metal_first = is_metal(unit.numbers[pair.first]);
    const std::size_t anion = metal_first ? pair.second : pair.first;
    const std::size_t metal = metal_first ? pair.first : pair.second;
    const auto bond = shortest.find({unit.numbers[anion], unit.numbers[metal]});
    if (bond == shortest.end() || !metals.contains(unit.numbers[metal])) continue;
    if (pair.distance > longest_bond * bond->second) continue;
    const Eigen::Vector3i step =
        metal_first ? Eigen::Vector3i(-pair.translation) : pair.translation;
    centres_[anion].push_back({metal, step});
  }
}

void Polyhedra::connect(const Structure& unit) {
  std::vector<std::vector<AtomImage>> linked(unit.size());
  for (const std::vector<AtomImage>& centres : centres_) {
    for (std::size_t k = 0; k < centres.size(); ++k) {
      const AtomImage& a = centres.front();
      const AtomImage& b = centres[k];
      linked[a.atom].push_back({b.atom, b.translation - a.translation});
      linked[b.atom].push_back({a.atom, a.translation - b.translation});
    }
  }
  for (std::size_t root = 0; root < unit.size(); ++root) {
    if (linked[root].empty() || places_[root]) continue;
    const std::size_t component = components_.size();
    components_.emplace_back();
    places_[root] = Place{component, Eigen::Vector3i::Zero()};
    std::queue<std::size_t> waiting({root});
    while (!waiting.empty()) {
      const std::size_t here = waiting.front();
      waiting.pop();
      for (const AtomImage& next : linked[here]) {
        const Eigen::Vector3i offset = places_[here]->offset + next.translation;
        if (!places_[next.atom]) {
          places_[next.atom] = Place{component, offset};
          waiting.push(next.atom);
        } else {  // a closed walk in the unit cell that does not return is a period
          components_[component].periods.add(offset - places_[next.atom]->offset);
        }
      }
    }
  }
}

bool Polyhedra::are_connected(const AtomImage& a, const AtomImage& b) const {
  const Place& place_a = *places_[a.atom];
  const Place& place_b = *places_[b.atom];
  if (place_a.component != place_b.component) return false;
  const Eigen::Vector3i apart = (b.translation - place_b.offset) - (a.translation - place_a.offset);
  return components_[place_a.component].periods.contains(apart);
}

HopKind Polyhedra::kind(std::size_t from, std::size_t to,
                        const Eigen::Vector3i& translation) const {
  std::vector<AtomImage> shared;
  for (const AtomImage& a : centres_[from]) {
    for (const AtomImage& b : centres_[to]) {
      if (a.atom == b.atom && a.translation == b.translation + translation) shared.push_back(a);
    }
  }
  if (shared.size() >= 2) return HopKind::within_face;
  if (shared.size() == 1) {
    const int extent = components_[places_[shared[0].atom]->component].periods.rank();
    if (extent == 0) return HopKind::within_cluster;
    return extent == 1 ? HopKind::along_chain : HopKind::within_octahedron;
  }
  if (centres_[from].empty() || centres_[to].empty()) return HopKind::other;
  const AtomImage& a = centres_[from].front();
  AtomImage b = centres_[to].front();
  b.translation += translation;
  return are_connected(a, b) ? HopKind::other : HopKind::between_chains;
}

}  // namespace ionpass
