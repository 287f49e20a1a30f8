#include "calibrate/validate.hpp"

#include <cmath>

#include <fmt/format.h>

#include <neb/relaxation.hpp>
#include <structures/neighbors.hpp>
#include <structures/units.hpp>

#include "calibrate/bench.hpp"

namespace ionpass::workflows {
namespace {

Structure strained(const Structure& structure, double strain) {
  Structure out = structure;
  out.cell = Cell(structure.cell->matrix() * (1.0 + strain));
  out.positions *= 1.0 + strain;
  return out;
}

/// Minimum of the cubic through the energies, if it lies inside.
void find_minimum(VolumeCurve& curve) {
  const auto n = static_cast<Eigen::Index>(curve.strains.size());
  Eigen::MatrixXd powers(n, 4);
  Eigen::VectorXd energies(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const double e = curve.strains[static_cast<std::size_t>(i)];
    powers.row(i) << 1.0, e, e * e, e * e * e;
    energies(i) = curve.energies[static_cast<std::size_t>(i)] - curve.energies.front();
  }
  const Eigen::Vector4d c = powers.colPivHouseholderQr().solve(energies);
  // c1 + 2 c2 e + 3 c3 e² = 0, the root where the curvature is positive.
  const double root = c(2) * c(2) - 3.0 * c(3) * c(1);
  if (root < 0.0) return;
  const double e = -c(1) / (c(2) + std::sqrt(root));
  if (!std::isfinite(e) || std::abs(e) > curve.check.strain) return;
  curve.strain = e;
  // B = V d²E/dV² with V = V0 (1+e)³: d²E/de² / (9 V0 (1+e)).
  curve.modulus =
      (2.0 * c(2) + 6.0 * c(3) * e) / (9.0 * curve.start_volume * (1.0 + e)) / units::gigapascal;
}

std::vector<RelaxedBonds::Bond> shortest_distances(const Structure& before,
                                                   const Structure& after) {
  constexpr double range = 4.5;  // Å
  std::map<calibrate::ElementPair, RelaxedBonds::Bond> out;
  const auto add = [&](const Structure& structure, double RelaxedBonds::Bond::*which) {
    for (const NeighborPair& pair : neighbor_pairs(structure, range)) {
      const auto key =
          calibrate::element_pair(structure.numbers[pair.first], structure.numbers[pair.second]);
      RelaxedBonds::Bond& bond = out[key];
      bond.pair = key;
      if (bond.*which == 0.0 || pair.distance < bond.*which) bond.*which = pair.distance;
    }
  };
  add(before, &RelaxedBonds::Bond::before);
  add(after, &RelaxedBonds::Bond::after);
  std::vector<RelaxedBonds::Bond> bonds;
  for (const auto& [pair, bond] : out)
    if (bond.before > 0.0 && bond.after > 0.0) bonds.push_back(bond);
  return bonds;
}

}  // namespace

std::optional<double> VolumeCurve::volume() const {
  if (!strain) return std::nullopt;
  return start_volume * std::pow(1.0 + *strain, 3);
}

VolumeCurve try_volumes(const CrystalCheck& check, const Trial& trial) {
  VolumeCurve out;
  out.check = check;
  const Structure crystal = read_crystal(check);
  if (!crystal.cell) {
    out.failure = "it has no cell";
    return out;
  }
  out.start_volume = crystal.cell->volume();
  Bench bench(trial, check.kpoints, crystal);
  std::vector<neb::Relaxation> jobs;
  for (int i = 0; i < check.points; ++i) {
    out.strains.push_back(check.strain * (2.0 * i / (check.points - 1) - 1.0));
    jobs.emplace_back(strained(crystal, out.strains.back()), short_relaxation(check));
  }
  std::vector<neb::Job*> list;
  list.reserve(jobs.size());
  for (neb::Relaxation& job : jobs) list.push_back(&job);
  bench.run(list, check.name);
  for (const neb::Relaxation& job : jobs) {
    if (job.evaluation().forces.size() == 0) {
      out.failure = job.diagnosis();
      return out;
    }
    out.energies.push_back(job.evaluation().free_energy);
    out.unrelaxed += job.converged() ? 0 : 1;
  }
  find_minimum(out);
  return out;
}

RelaxedBonds try_relaxation(const RelaxationCheck& check, const Trial& trial) {
  RelaxedBonds out;
  out.check = check;
  const Structure crystal = read_crystal(check);
  Bench bench(trial, check.kpoints, crystal);
  neb::Relaxation job(crystal, short_relaxation(check));
  neb::Job* const list = &job;
  bench.run(std::span(&list, 1), check.name);
  out.steps = job.iterations();
  out.converged = job.converged();
  out.largest_force = job.progress().max_force;
  if (!out.converged) out.failure = job.diagnosis();
  const Structure& end = job.structure();
  out.largest_shift = (end.positions - crystal.positions).colwise().norm().maxCoeff();
  out.bonds = shortest_distances(crystal, end);
  return out;
}

}  // namespace ionpass::workflows
