#include "drivers/sanity.hpp"

#include <cmath>

#include <fmt/format.h>

namespace ionpass::drivers {
namespace {

// Beyond these no structure that passed our checks can lie: all-electron energies of the heaviest
// atoms are 6e5 eV, and forces of 1e3 eV/Å belong to nuclei inside each other.
constexpr double largest_energy = 1e7;  // eV per atom
constexpr double largest_force = 1e3;   // eV/Å

}  // namespace

std::optional<std::string> absurdity(const Evaluation& evaluation, std::size_t atoms) {
  const double limit = largest_energy * static_cast<double>(atoms);
  for (const double energy : {evaluation.energy, evaluation.free_energy}) {
    if (!std::isfinite(energy)) return "gave an energy that is not a finite number";
    if (std::abs(energy) > limit) return fmt::format("gave an energy of {:g} eV", energy);
  }
  const Eigen::Matrix3Xd& forces = evaluation.forces;
  if (!forces.allFinite()) return "gave a force that is not a finite number";
  if (forces.size() > 0 && forces.cwiseAbs().maxCoeff() > largest_force)
    return fmt::format("gave a force of {:g} eV/Å", forces.cwiseAbs().maxCoeff());
  if (evaluation.stress && !evaluation.stress->allFinite())
    return "gave a stress that is not a finite number";
  if (evaluation.charges && !evaluation.charges->allFinite())
    return "gave a charge that is not a finite number";
  return std::nullopt;
}

}  // namespace ionpass::drivers
