#include "dftb/dftb_potential.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/neighbors.hpp>
#include <structures/units.hpp>

#include "dftb/hamiltonian.hpp"
#include "fingerprint.hpp"
#include "tightbinding/coulomb.hpp"
#include "tightbinding/scf.hpp"

namespace ionpass::dftb {

namespace {

using tightbinding::Basis;
using tightbinding::ChargeSite;
using tightbinding::CoulombInteraction;
using tightbinding::Derivatives;
using tightbinding::Eigenproblem;
using tightbinding::ScfProblem;
using tightbinding::ScfResult;
using Complex = std::complex<double>;

// Closer than this no table and no repulsion means anything, Å.
constexpr double closest_approach = 0.4;
// Below this distance between periodic images one k-point is not enough for a perovskite, Å.
constexpr double small_cell = 14.0;
// Repulsions of published sets end below this distance, Å.
constexpr double contact_range = 5.0;

/// Charge sites of a basis: every shell, or every atom with the Hubbard parameter of its s shell.
struct Sites {
  std::vector<ChargeSite> charge;
  std::vector<Eigen::Index> of_shell;
  Eigen::VectorXd reference;
};

Sites make_sites(const Basis& basis, ChargeResolution resolution) {
  Sites out;
  std::vector<double> reference;
  for (const auto& shell : basis.shells) {
    const bool new_site = resolution == ChargeResolution::shell || out.charge.empty() ||
                          out.charge.back().atom != shell.atom;
    if (new_site) {
      out.charge.push_back({shell.atom, shell.hubbard});
      reference.push_back(0.0);
    }
    reference.back() += shell.reference;
    out.of_shell.push_back(static_cast<Eigen::Index>(reference.size()) - 1);
  }
  out.reference = Eigen::Map<const Eigen::VectorXd>(reference.data(),
                                                    static_cast<Eigen::Index>(reference.size()));
  return out;
}

ScfProblem make_problem(const Basis& basis, const Sites& sites,
                        const tightbinding::PairBlocks& blocks,
                        const std::vector<Kpoint>& kpoints) {
  ScfProblem problem;
  problem.kpoints.reserve(kpoints.size());
  for (const Kpoint& k : kpoints) {
    if (tightbinding::has_real_phases(k.fractional)) {
      auto m = tightbinding::bloch_matrices<double>(blocks, k.fractional);
      problem.kpoints.emplace_back(
          Eigenproblem<double>(std::move(m.hamiltonian), std::move(m.overlap)));
    } else {
      auto m = tightbinding::bloch_matrices<Complex>(blocks, k.fractional);
      problem.kpoints.emplace_back(
          Eigenproblem<Complex>(std::move(m.hamiltonian), std::move(m.overlap)));
    }
    problem.weights.push_back(k.weight);
  }
  for (std::size_t s = 0; s < basis.shells.size(); ++s) {
    problem.site_of_orbital.insert(problem.site_of_orbital.end(),
                                   static_cast<std::size_t>(basis.shells[s].size()),
                                   sites.of_shell[s]);
  }
  problem.reference = sites.reference;
  return problem;
}

PairWeights pair_weights(const ScfProblem& problem, const ScfResult& scf,
                         const TwoCenter& two_center, const std::vector<Kpoint>& kpoints) {
  PairWeights out;
  out.density.assign(two_center.blocks.overlap.size(), 0.0);
  out.energy_weighted.assign(two_center.blocks.overlap.size(), 0.0);
  for (std::size_t k = 0; k < kpoints.size(); ++k) {
    std::visit(
        [&](const auto& p) {
          const auto d = p.densities(scf.filling.occupations[k]);
          tightbinding::add_pair_weights(two_center.blocks.pairs, d.density, kpoints[k].fractional,
                                         kpoints[k].weight, out.density);
          tightbinding::add_pair_weights(two_center.blocks.pairs, d.energy_weighted,
                                         kpoints[k].fractional, kpoints[k].weight,
                                         out.energy_weighted);
        },
        problem.kpoints[k]);
  }
  return out;
}

void add(Derivatives& total, const Derivatives& part) {
  total.gradient += part.gradient;
  total.strain += part.strain;
}

double valence_electrons(const Structure& structure, const ParameterSet& parameters) {
  double electrons = -structure.charge;
  for (const int z : structure.numbers) {
    const ElementParameters& element = parameters.element(z);
    for (int l = 0; l <= element.highest_l; ++l)
      electrons += element.atom.occupation[static_cast<std::size_t>(l)];
  }
  return electrons;
}

/// Names the neighbouring elements that nothing keeps apart; empty if there are none.
std::string unrepelled_contacts(const Structure& structure, const ParameterSet& parameters) {
  const std::set<int> distinct(structure.numbers.begin(), structure.numbers.end());
  const std::vector<int> elements(distinct.begin(), distinct.end());
  const auto missing = pairs_without_repulsion(parameters, elements);
  std::set<std::pair<int, int>> met;
  if (!missing.empty()) {
    for (const NeighborPair& pair : neighbor_pairs(structure, contact_range)) {
      met.insert(std::minmax(structure.numbers[pair.first], structure.numbers[pair.second]));
    }
  }
  std::vector<std::string> names;
  for (const auto& pair : missing) {
    if (!met.contains(pair)) continue;
    names.push_back(fmt::format("{}-{}", element_symbol(pair.first), element_symbol(pair.second)));
  }
  if (names.empty()) return {};
  return fmt::format(
      "the parameters have no repulsion for {}, which come within {} Å: forces between "
      "them are those of the electrons alone, and no geometry can be trusted",
      fmt::join(names, ", "), contact_range);
}

}  // namespace

DftbPotential::DftbPotential(SetDescription set, const PotentialSettings& settings)
    : set_(std::move(set)),
      kpoints_(settings.kpoints),
      electronic_temperature_(settings.electronic_temperature),
      scf_(settings.scf) {
  if (!(electronic_temperature_ >= 0.0) || electronic_temperature_ > 1e5) {
    throw InputError(fmt::format("electronic_temperature is {} K: it must lie between 0 and 100000",
                                 electronic_temperature_));
  }
  if (!(scf_.tolerance > 0.0) || scf_.max_iterations < 1 || !(scf_.mixing > 0.0) ||
      scf_.mixing > 1.0 || scf_.history < 1) {
    throw InputError(
        "scf settings are out of range: tolerance > 0, max_iterations >= 1, 0 < mixing <= 1, "
        "history >= 1");
  }
  auto& text = set_.potential.settings;
  text.emplace_back("kpoints", describe(kpoints_));
  text.emplace_back("electronic_temperature", fmt::format("{} K", electronic_temperature_));
  text.emplace_back("scf.tolerance", fmt::format("{} e", scf_.tolerance));
  text.emplace_back("parameters", folder_fingerprint({set_.tables, set_.splines}));
}

std::shared_ptr<const ParameterSet> DftbPotential::parameters(const Structure& structure) const {
  const std::set<int> distinct(structure.numbers.begin(), structure.numbers.end());
  const std::vector<int> elements(distinct.begin(), distinct.end());
  const std::lock_guard lock(mutex_);
  auto& slot = loaded_[elements];
  if (!slot) slot = std::make_shared<const ParameterSet>(set_, elements);
  return slot;
}

std::vector<Kpoint> DftbPotential::kpoints_of(const Structure& structure) const {
  if (!structure.cell) return {Kpoint{}};
  return kpoints(kpoints_, *structure.cell);
}

void DftbPotential::check(const Structure& structure) const {
  if (structure.size() == 0) throw InputError("the structure holds no atoms");
  const auto set = parameters(structure);
  const Basis basis = make_basis(structure, *set);
  const double electrons = valence_electrons(structure, *set);
  const auto room = 2.0 * static_cast<double>(basis.orbitals());
  if (!(electrons > 0.0) || electrons > room) {
    throw InputError(
        fmt::format("charge {:+g} leaves {:g} valence electrons for {} ({} orbitals hold at most "
                    "{:g}): check the charge",
                    structure.charge, electrons, formula(structure), basis.orbitals(), room));
  }
  for (const NeighborPair& pair : neighbor_pairs(structure, closest_approach)) {
    throw InputError(
        fmt::format("{} and {} are {:.2f} Å apart: two atoms overlap; check the structure",
                    structure.label(pair.first), structure.label(pair.second), pair.distance));
  }
}

std::vector<std::string> DftbPotential::warnings(const Structure& structure) const {
  std::vector<std::string> out;
  const std::vector<Kpoint> points = kpoints_of(structure);
  if (structure.cell && points.size() == 1 && points[0].fractional.isZero(0.0)) {
    const double shortest = structure.cell->heights().minCoeff();
    if (shortest < small_cell) {
      out.push_back(
          fmt::format("a cell with {:.1f} Å between periodic images is sampled at Γ only: energies "
                      "of small perovskite cells are then "
                      "wrong by eV; use a k-point mesh",
                      shortest));
    }
  }
  const double electrons = valence_electrons(structure, *parameters(structure));
  if (std::abs(std::remainder(electrons, 2.0)) > 1e-6) {
    out.push_back(
        fmt::format("{:g} valence electrons cannot pair up: they are treated without spin, the "
                    "last level is partly filled",
                    electrons));
  }
  if (std::string missing = unrepelled_contacts(structure, *parameters(structure));
      !missing.empty()) {
    out.push_back(std::move(missing));
  }
  return out;
}

double DftbPotential::cost(const Structure& structure) const {
  const Basis basis = make_basis(structure, *parameters(structure));
  const double n3 = std::pow(static_cast<double>(basis.orbitals()), 3);
  double sum = 0.0;
  // A complex eigenproblem takes about three times as long as a real one.
  for (const Kpoint& k : kpoints_of(structure))
    sum += tightbinding::has_real_phases(k.fractional) ? n3 : 3.0 * n3;
  return sum;
}

Evaluation DftbPotential::do_evaluate(const Structure& structure,
                                      const EvaluationRequest& request) const {
  const auto set = parameters(structure);
  const Basis basis = make_basis(structure, *set);
  const Sites sites = make_sites(basis, set_.charges);
  const std::vector<Kpoint> points = kpoints_of(structure);
  const std::vector<BondedPair> pairs = bonded_pairs(structure, *set);
  const TwoCenter two_center = two_center_blocks(structure, *set, basis, pairs);

  std::optional<Eigen::Matrix3d> cell;
  if (structure.cell) cell = structure.cell->matrix() / units::bohr;
  const CoulombInteraction coulomb(sites.charge, structure.positions / units::bohr, cell);
  ScfProblem problem = make_problem(basis, sites, two_center.blocks, points);
  const auto n = static_cast<Eigen::Index>(sites.charge.size());
  problem.gamma = set_.charges == ChargeResolution::none
                      ? Eigen::MatrixXd(Eigen::MatrixXd::Zero(n, n))
                      : coulomb.matrix();
  problem.electrons = valence_electrons(structure, *set);
  problem.kt = electronic_temperature_ * units::boltzmann_hartree;
  const ScfResult scf = solve_scf(problem, scf_, request.guess);

  const Eigen::VectorXd dq = scf.populations - sites.reference;
  PairWeights weights = pair_weights(problem, scf, two_center, points);
  weights.shell_potential.resize(static_cast<Eigen::Index>(basis.shells.size()));
  for (std::size_t s = 0; s < basis.shells.size(); ++s) {
    weights.shell_potential(static_cast<Eigen::Index>(s)) = scf.potential(sites.of_shell[s]);
  }
  Derivatives total;
  total.gradient = Eigen::Matrix3Xd::Zero(3, static_cast<Eigen::Index>(structure.size()));
  add_two_center_derivatives(structure, *set, basis, pairs, two_center, weights, total);
  if (set_.charges != ChargeResolution::none) add(total, coulomb.derivatives(dq));
  const double repulsion = add_repulsion(structure, *set, pairs, total);

  Evaluation out;
  const double free_energy =
      scf.energy_h0 + scf.energy_charges + repulsion - scf.filling.entropy_energy;
  out.free_energy = free_energy * units::hartree;
  out.energy = (free_energy + 0.5 * scf.filling.entropy_energy) * units::hartree;
  out.forces = -units::hartree_per_bohr * total.gradient;
  if (request.stress && structure.cell)
    out.stress = total.strain * (units::hartree / structure.cell->volume());
  Eigen::VectorXd charges = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(structure.size()));
  for (Eigen::Index i = 0; i < n; ++i)
    charges(static_cast<Eigen::Index>(sites.charge[static_cast<std::size_t>(i)].atom)) -= dq(i);
  out.charges = charges;
  out.fermi_level = scf.filling.fermi_level * units::hartree;
  if (scf.filling.has_gap) out.gap = scf.filling.gap * units::hartree;
  out.scf = {true, scf.iterations};
  out.components = {{"band_and_onsite", scf.energy_h0 * units::hartree},
                    {"charge_fluctuations", scf.energy_charges * units::hartree},
                    {"repulsion", repulsion * units::hartree},
                    {"minus_TS", -scf.filling.entropy_energy * units::hartree}};
  out.state.assign(scf.populations.data(), scf.populations.data() + scf.populations.size());
  return out;
}

}  // namespace ionpass::dftb
