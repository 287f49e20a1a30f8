#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include <neb/dynamics.hpp>
#include <neb/relaxation.hpp>
#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/units.hpp>

#include "answer_check.hpp"

namespace ionpass::neb {

namespace {

/// At constant energy a structure near a minimum cools; what heats this much falls apart.
constexpr double hottest = 5.0;
/// K: what starts at rest may become this hot.
constexpr double harmless = 1000.0;

Eigen::RowVectorXd masses_of(const Structure& structure) {
  Eigen::RowVectorXd out(structure.positions.cols());
  for (Eigen::Index i = 0; i < out.size(); ++i)
    out(i) = atomic_mass(structure.numbers[static_cast<std::size_t>(i)]) * units::atomic_mass_unit;
  return out;
}

/// eV
double kinetic_energy(const Eigen::RowVectorXd& masses, const Eigen::Matrix3Xd& velocities) {
  return 0.5 * masses.dot(velocities.colwise().squaredNorm());
}

void check(const Structure& start, const Eigen::Matrix3Xd& velocities,
           const DynamicsSettings& settings) {
  if (start.size() == 0) throw InputError("dynamics: the structure has no atoms");
  if (velocities.cols() != start.positions.cols() || !velocities.allFinite())
    throw InputError(fmt::format("dynamics: {} velocities for {} atoms, or not finite ones",
                                 velocities.cols(), start.size()));
  if (!(settings.time_step > 0.0) || settings.steps < 0)
    throw InputError(
        fmt::format("dynamics: {} steps of {} fs given, expected none or more, of above 0 fs",
                    settings.steps, settings.time_step));
}

}  // namespace

Dynamics::Dynamics(Structure start, Eigen::Matrix3Xd velocities, DynamicsSettings settings)
    : structure_(std::move(start)), velocities_(std::move(velocities)), settings_(settings) {
  check(structure_, velocities_, settings_);
  next_ = structure_;
  masses_ = masses_of(structure_);
}

std::vector<Query> Dynamics::ask() { return {Query{.structure = next_, .guess = {}}}; }

void Dynamics::stop(std::string why) {
  finished_ = true;
  diagnosis_ = std::move(why);
}

void Dynamics::settle(const Evaluation& evaluation) {
  structure_ = next_;
  forces_ = evaluation.forces;
  force_ = max_force(forces_);
  temperatures_.push_back(kinetic_temperature(structure_, velocities_));
  total_energies_.push_back(evaluation.free_energy + kinetic_energy(masses_, velocities_));
}

void Dynamics::tell(std::span<const Answer> answers) {
  const Answer& answer = answers.front();
  const bool is_first = total_energies_.empty();
  if (const std::string defect = answer_defect(answer, structure_.size()); !defect.empty())
    return stop(fmt::format("step {}: {}", is_first ? 0 : steps_ + 1, defect));
  const double dt = settings_.time_step;
  const auto kick = [&](const Eigen::Matrix3Xd& forces) {
    velocities_ += 0.5 * dt * (forces.array().rowwise() / masses_.array()).matrix();
  };
  if (!is_first) {
    kick(answer.evaluation.forces);
    ++steps_;
  }
  settle(answer.evaluation);
  const double limit = std::max(hottest * temperatures_.front(), harmless);
  if (temperatures_.back() > limit)
    return stop(fmt::format("step {}: {:.0f} K after a start at {:.0f} K", steps_,
                            temperatures_.back(), temperatures_.front()));
  if (steps_ == settings_.steps) {
    finished_ = true;
    return;
  }
  kick(forces_);
  next_.positions += dt * velocities_;
}

Progress Dynamics::progress() const {
  return {.stage = "dynamics", .iteration = steps_, .max_force = force_};
}

double kinetic_temperature(const Structure& structure, const Eigen::Matrix3Xd& velocities) {
  const double freedom =
      structure.size() > 1 ? 3.0 * static_cast<double>(structure.size()) - 3.0 : 3.0;
  return 2.0 * kinetic_energy(masses_of(structure), velocities) / (freedom * units::boltzmann);
}

double energy_drift(std::span<const double> energies, double time_step) {
  if (energies.size() < 2) return 0.0;
  const auto n = static_cast<double>(energies.size());
  const double middle = (n - 1.0) / 2.0;
  const double mean = std::accumulate(energies.begin(), energies.end(), 0.0) / n;
  double slope = 0.0, weight = 0.0;
  for (std::size_t i = 0; i < energies.size(); ++i) {
    const double t = static_cast<double>(i) - middle;
    slope += t * (energies[i] - mean);
    weight += t * t;
  }
  return slope / weight / time_step;
}

}  // namespace ionpass::neb
