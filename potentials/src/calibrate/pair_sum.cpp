// Pair potentials: their names, their sums, and where existing ones are read from.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include <potentials/calibrate.hpp>
#include <structures/elements.hpp>
#include <structures/neighbors.hpp>
#include <structures/units.hpp>

#include "dftb/parameter_set.hpp"
#include "tightbinding/smooth_step.hpp"

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

std::vector<ThreeBodyGroup> set_three_body(const std::filesystem::path& folder) {
  return dftb::read_set_description(folder).three_body;
}

PairSum& PairSum::operator+=(const PairSum& other) {
  energy += other.energy;
  forces += other.forces;
  stress += other.stress;
  return *this;
}

PairSum& PairSum::operator-=(const PairSum& other) {
  energy -= other.energy;
  forces -= other.forces;
  stress -= other.stress;
  return *this;
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

PairFunction screened_repulsion(ElementPair pair, double share) {
  constexpr double taper_start = 1.5, taper_end = 4.5;      // Å
  constexpr double coulomb = units::hartree * units::bohr;  // e²/4πε0, eV Å
  const double za = pair.first, zb = pair.second;
  const double length = 0.8854 * units::bohr / (std::pow(za, 0.23) + std::pow(zb, 0.23));
  const double strength = share * coulomb * za * zb;
  return {taper_end, [length, strength](double r) {
            static constexpr std::array<std::pair<double, double>, 4> terms{
                {{0.18175, 3.19980}, {0.50986, 0.94229}, {0.28022, 0.40290}, {0.02817, 0.20162}}};
            if (r >= taper_end) return PairPoint{};
            double screening = 0.0, screening_slope = 0.0;
            for (const auto& [weight, decay] : terms) {
              const double e = weight * std::exp(-decay * r / length);
              screening += e;
              screening_slope -= decay / length * e;
            }
            constexpr double width = taper_end - taper_start;
            const tightbinding::SmoothStep taper((r - taper_start) / width);
            const double v = strength * screening / r;
            const double slope = strength * (screening_slope - screening / r) / r;
            return PairPoint{v * taper.value, slope * taper.value + v * taper.slope / width};
          }};
}

}  // namespace ionpass::calibrate
