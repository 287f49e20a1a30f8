// A crystal of Lennard-Jones atoms: a potential for tests of everything that is not a potential.
#pragma once

#include <chrono>
#include <cmath>
#include <cstddef>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include <potentials/potential.hpp>
#include <structures/error.hpp>
#include <structures/neighbors.hpp>

namespace ionpass::test {

/// Energies of argon: Rahman, Phys. Rev. 136, A405 (1964).
struct LennardJonesSettings {
  double depth = 0.01034;              ///< eV
  double radius = 3.405;               ///< Å, where the energy of a pair is zero
  double cutoff = 6.5;                 ///< Å; the energy and its slope go to zero there
  std::chrono::microseconds delay{0};  ///< time each evaluation takes at least
  int refused = 0;  ///< atomic number that makes an evaluation fail, as an SCF might
};

/// Largest effect of a starting guess on the energy, eV.
inline constexpr double scf_tolerance = 1e-9;

class LennardJones final : public Potential {
 public:
  explicit LennardJones(LennardJonesSettings settings = {}) : settings_(settings) {
    description_.name = "test/lennard-jones";
    description_.version = "1";
    description_.summary = "Lennard-Jones atoms";
    description_.settings = {{"depth", fmt::format("{} eV", settings.depth)},
                             {"radius", fmt::format("{} Å", settings.radius)}};
  }

  [[nodiscard]] const PotentialDescription& description() const noexcept override {
    return description_;
  }
  void check(const Structure&) const override {}
  [[nodiscard]] double cost(const Structure& structure) const override {
    return static_cast<double>(structure.size());
  }

 private:
  /// Energy and its derivative by the distance, shifted so that both vanish at the cutoff.
  [[nodiscard]] std::pair<double, double> pair(double r) const {
    const auto plain = [this](double distance) {
      const double s6 = std::pow(settings_.radius / distance, 6);
      return std::pair(4.0 * settings_.depth * (s6 * s6 - s6),
                       -24.0 * settings_.depth * (2.0 * s6 * s6 - s6) / distance);
    };
    const auto [energy, slope] = plain(r);
    const auto [end_energy, end_slope] = plain(settings_.cutoff);
    return {energy - end_energy - end_slope * (r - settings_.cutoff), slope - end_slope};
  }

  [[nodiscard]] Evaluation do_evaluate(const Structure& structure,
                                       const EvaluationRequest& request) const override {
    std::this_thread::sleep_for(settings_.delay);
    for (const int number : structure.numbers) {
      if (number == settings_.refused) throw ConvergenceError("the test potential refuses this");
    }
    Evaluation result;
    result.forces = Eigen::Matrix3Xd::Zero(3, structure.positions.cols());
    Eigen::Matrix3d virial = Eigen::Matrix3d::Zero();
    for (const NeighborPair& neighbors : neighbor_pairs(structure, settings_.cutoff)) {
      const auto [energy, slope] = pair(neighbors.distance);
      const Eigen::Vector3d force = slope / neighbors.distance * neighbors.vector;
      result.energy += energy;
      result.forces.col(static_cast<Eigen::Index>(neighbors.first)) += force;
      result.forces.col(static_cast<Eigen::Index>(neighbors.second)) -= force;
      virial += force * neighbors.vector.transpose();
    }
    // As a self-consistency does, the answer depends on where it started, within a tolerance.
    if (!request.guess.empty()) result.energy += scf_tolerance * std::sin(1e3 * request.guess[0]);
    result.free_energy = result.energy;
    if (request.stress && structure.cell) result.stress = virial / structure.cell->volume();
    result.components = {{"pairs", result.energy}};
    result.state = {result.energy, 1.0};
    return result;
  }

  LennardJonesSettings settings_;
  PotentialDescription description_;
};

}  // namespace ionpass::test
