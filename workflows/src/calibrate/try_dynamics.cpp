// Molecular dynamics with the written set: does it hold together?
#include <cmath>
#include <map>

#include <fmt/format.h>

#include <neb/dynamics.hpp>
#include <structures/elements.hpp>
#include <structures/minimum_image.hpp>
#include <structures/molecules.hpp>
#include <structures/neighbors.hpp>
#include <structures/units.hpp>

#include "calibrate/bench.hpp"
#include "calibrate/random_numbers.hpp"

namespace ionpass::workflows {
namespace {

/// A bond is broken beyond this times the sum of covalent radii: 1.6 Å for C-H.
constexpr double broken_factor = 1.5;
constexpr double shown_range = 4.5;  // Å, of pairs whose shortest distance is kept

/// Å/fs: Maxwell's distribution at the temperature, exactly that temperature, no drift.
Eigen::Matrix3Xd maxwell_velocities(const Structure& structure, double temperature,
                                    std::uint64_t seed) {
  RandomNumbers random(seed);
  Eigen::Matrix3Xd out(3, structure.positions.cols());
  Eigen::RowVectorXd masses(out.cols());
  for (Eigen::Index i = 0; i < out.cols(); ++i) {
    masses(i) =
        atomic_mass(structure.numbers[static_cast<std::size_t>(i)]) * units::atomic_mass_unit;
    out.col(i) = std::sqrt(units::boltzmann * temperature / masses(i)) * random.normal_vector();
  }
  if (out.cols() > 1) out.colwise() -= Eigen::Vector3d(out * masses.transpose() / masses.sum());
  const double drawn = neb::kinetic_temperature(structure, out);
  if (drawn > 0.0) out *= std::sqrt(temperature / drawn);
  return out;
}

/// A bond of the structure at the start.
struct Bond {
  std::size_t first = 0, second = 0;
  double longest = 0.0;  ///< Å, beyond which it is broken
};

std::vector<Bond> bonds_of(const Structure& structure) {
  std::vector<Bond> out;
  for (const Molecule& molecule : find_molecules(structure))
    for (const auto& [a, b] : molecule.bonds) {
      const std::size_t first = molecule.atoms[a], second = molecule.atoms[b];
      out.push_back({first, second,
                     broken_factor * (covalent_radius(structure.numbers[first]) +
                                      covalent_radius(structure.numbers[second]))});
    }
  return out;
}

double distance(const Structure& structure, const Bond& bond) {
  const Eigen::Vector3d apart = structure.positions.col(static_cast<Eigen::Index>(bond.second)) -
                                structure.positions.col(static_cast<Eigen::Index>(bond.first));
  return structure.cell ? minimum_image(*structure.cell, apart).vector.norm() : apart.norm();
}

/// Looks at every step, and says where it stands.
class Onlooker final : public neb::RunObserver {
 public:
  Onlooker(const neb::Dynamics& dynamics, const DynamicsCheck& check, const Trial& trial)
      : dynamics_(dynamics), check_(check), trial_(trial), bonds_(bonds_of(dynamics.structure())) {}

  bool on_round(std::span<const neb::RunningJob> jobs) override {
    (void)jobs;
    const Structure& now = dynamics_.structure();
    for (const NeighborPair& pair : neighbor_pairs(now, shown_range)) {
      const auto key = calibrate::element_pair(now.numbers[pair.first], now.numbers[pair.second]);
      double& shortest = shortest_.try_emplace(key, pair.distance).first->second;
      shortest = std::min(shortest, pair.distance);
    }
    for (const Bond& bond : bonds_)
      if (distance(now, bond) > bond.longest)
        broken_.try_emplace({bond.first, bond.second}, dynamics_.steps());
    if (trial_.progress)
      trial_.progress(fmt::format("dynamics of {}: {} of {} steps", check_.name, dynamics_.steps(),
                                  check_.time_steps));
    return true;
  }

  [[nodiscard]] std::vector<DynamicsRun::Distance> distances(const calibrate::Fit& fit) const {
    std::vector<DynamicsRun::Distance> out;
    for (const auto& [pair, shortest] : shortest_) {
      const auto fitted = fit.pairs.find(pair);
      const bool known = fitted != fit.pairs.end() && fitted->second.distances > 0;
      out.push_back(
          {pair, shortest, known ? std::optional(fitted->second.shortest) : std::nullopt});
    }
    return out;
  }
  [[nodiscard]] std::vector<std::string> broken() const {
    std::vector<std::string> out;
    for (const auto& [bond, step] : broken_)
      out.push_back(fmt::format("{}-{} at step {}", dynamics_.structure().label(bond.first),
                                dynamics_.structure().label(bond.second), step));
    return out;
  }

 private:
  const neb::Dynamics& dynamics_;
  const DynamicsCheck& check_;
  const Trial& trial_;
  std::vector<Bond> bonds_;
  std::map<calibrate::ElementPair, double> shortest_;
  std::map<std::pair<std::size_t, std::size_t>, int> broken_;  // at which step
};

void summarise(const neb::Dynamics& dynamics, DynamicsRun& out) {
  const std::vector<double>& energies = dynamics.total_energies();
  const auto atoms = static_cast<double>(dynamics.structure().size());
  const double slope = neb::energy_drift(energies, out.check.time_step);  // eV/fs
  out.drift = 1e6 * slope / atoms;
  const Eigen::Map<const Eigen::ArrayXd> e(energies.data(),
                                           static_cast<Eigen::Index>(energies.size()));
  const Eigen::ArrayXd line =
      Eigen::ArrayXd::LinSpaced(e.size(), 0.0, static_cast<double>(e.size() - 1)) *
      (slope * out.check.time_step);
  const Eigen::ArrayXd rest = e - line;
  out.fluctuation = 1e3 * std::sqrt((rest - rest.mean()).square().mean()) / atoms;
  const Eigen::Map<const Eigen::ArrayXd> t(dynamics.temperatures().data(), e.size());
  out.mean_temperature = t.mean();
  out.highest_temperature = t.maxCoeff();
  out.steps = dynamics.steps();
  out.early_end = dynamics.diagnosis();
}

}  // namespace

DynamicsRun try_dynamics(const DynamicsCheck& check, const calibrate::Fit& fit,
                         const Trial& trial) {
  DynamicsRun out;
  out.check = check;
  const Structure crystal = read_crystal(check);
  Bench bench(trial, check.kpoints, crystal);
  const neb::Relaxation relaxation = relaxed(bench, crystal, check);
  if (relaxation.evaluation().forces.size() == 0) {
    out.failure = relaxation.diagnosis();
    return out;
  }
  out.at_rest = relaxation.converged();
  const Structure& start = relaxation.structure();
  neb::Dynamics dynamics(start, maxwell_velocities(start, check.temperature, check.seed),
                         {.time_step = check.time_step, .steps = check.time_steps});
  Onlooker onlooker(dynamics, check, trial);
  neb::Job* const job = &dynamics;
  bench.run(std::span(&job, 1), check.name, &onlooker);
  if (dynamics.total_energies().empty()) {
    out.failure = dynamics.diagnosis();
    return out;
  }
  summarise(dynamics, out);
  out.distances = onlooker.distances(fit);
  out.broken = onlooker.broken();
  return out;
}

}  // namespace ionpass::workflows
