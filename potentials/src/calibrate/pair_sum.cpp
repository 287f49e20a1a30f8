// Pair potentials: their names, their sums, and where existing ones are read from.
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include <potentials/calibrate.hpp>
#include <structures/elements.hpp>
#include <structures/neighbors.hpp>
#include <structures/units.hpp>

#include "dftb/parameter_set.hpp"

namespace ionpass::calibrate {

ElementPair element_pair(int a, int b) { return std::minmax(a, b); }

std::string pair_name(ElementPair pair) {
  std::string a(element_symbol(pair.first)), b(element_symbol(pair.second));
  if (a > b) std::swap(a, b);
  return fmt::format("{}-{}", a, b);
}

PairFunctions set_repulsion(const std::filesystem::path& folder, std::span<const int> elements) {
  const auto set =
      std::make_shared<const dftb::ParameterSet>(dftb::read_set_description(folder), elements);
  const auto missing = dftb::pairs_without_repulsion(*set, elements);
  PairFunctions out;
  for (const int a : elements) {
    for (const int b : elements) {
      if (a > b || std::ranges::find(missing, std::pair{a, b}) != missing.end()) continue;
      out[{a, b}] = {
          set->repulsion(a, b).cutoff() * units::bohr, [set, a, b](double r) {
            const dftb::PairValue v = set->repulsion(a, b).evaluate(r / units::bohr);
            return PairPoint{v.energy * units::hartree, v.slope * units::hartree_per_bohr};
          }};
    }
  }
  return out;
}

PairSum pair_sum(const Structure& structure, const PairFunctions& functions) {
  PairSum out;
  out.forces = Eigen::Matrix3Xd::Zero(3, static_cast<Eigen::Index>(structure.size()));
  double range = 0.0;
  for (const auto& [pair, function] : functions) range = std::max(range, function.cutoff);
  if (range == 0.0) return out;
  for (const NeighborPair& pair : neighbor_pairs(structure, range)) {
    const auto found =
        functions.find(element_pair(structure.numbers[pair.first], structure.numbers[pair.second]));
    if (found == functions.end() || pair.distance >= found->second.cutoff) continue;
    const PairPoint v = found->second.at(pair.distance);
    const Eigen::Vector3d pull = v.slope / pair.distance * pair.vector;
    out.energy += v.energy;
    out.forces.col(static_cast<Eigen::Index>(pair.first)) += pull;
    out.forces.col(static_cast<Eigen::Index>(pair.second)) -= pull;
    out.stress += pull * pair.vector.transpose();
  }
  if (structure.cell)
    out.stress /= structure.cell->volume();
  else
    out.stress.setZero();
  return out;
}

}  // namespace ionpass::calibrate
