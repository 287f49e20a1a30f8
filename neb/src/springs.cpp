// Spring constants between the images of a band.
#include "springs.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <structures/error.hpp>

namespace ionpass::neb {
namespace {

// Profiles flatter than this have no high part that deserves more images.
constexpr double flat = 1e-6;  // eV

struct Constants {
  std::span<const double> energies;

  std::vector<double> operator()(const ConstantSprings& springs) const {
    return std::vector<double>(energies.size() - 1, springs.stiffness);
  }
  // Ásgeirsson et al., J. Chem. Theory Comput. 17, 4929 (2021), eq. 6, with the lower end as
  // reference.
  std::vector<double> operator()(const EnergyWeightedSprings& springs) const {
    const double highest = *std::max_element(energies.begin(), energies.end());
    const double reference = std::min(energies.front(), energies.back());
    std::vector<double> out;
    for (std::size_t i = 0; i + 1 < energies.size(); ++i) {
      const double level = std::max(energies[i], energies[i + 1]);
      if (level <= reference || highest - reference < flat) {
        out.push_back(springs.lower);
        continue;
      }
      const double alpha = (highest - level) / (highest - reference);
      out.push_back((1.0 - alpha) * springs.upper + alpha * springs.lower);
    }
    return out;
  }
};

struct Check {
  static void positive(double value, const char* name) {
    if (value > 0.0) return;
    throw InputError(
        fmt::format("neb springs {}: {} eV/Å² given, it must be above 0", name, value));
  }
  void operator()(const ConstantSprings& springs) const {
    positive(springs.stiffness, "stiffness");
  }
  void operator()(const EnergyWeightedSprings& springs) const {
    positive(springs.lower, "lower");
    if (springs.upper >= springs.lower) return;
    throw InputError(
        fmt::format("neb springs upper: {} eV/Å² given, it must not be below lower ({})",
                    springs.upper, springs.lower));
  }
};

}  // namespace

std::vector<double> spring_constants(const Springs& springs, std::span<const double> energies) {
  return std::visit(Constants{energies}, springs);
}

void check_springs(const Springs& springs) { std::visit(Check{}, springs); }

}  // namespace ionpass::neb
