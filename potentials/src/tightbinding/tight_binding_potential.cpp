#include "tightbinding/tight_binding_potential.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <utility>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/neighbors.hpp>
#include <structures/symmetry.hpp>
#include <structures/units.hpp>

#include "gamma_only.hpp"
#include "tightbinding/kpoint_symmetry.hpp"

namespace ionpass::tightbinding {

namespace {

using Complex = std::complex<double>;

// Å; nearer to a symmetry than this, a structure has it to the accuracy of its energy.
constexpr double symmetry_tolerance = 1e-5;
// Closer than this no table and no repulsion means anything, Å.
constexpr double closest_approach = 0.4;

template <typename Scalar>
Eigenproblem<Scalar> eigenproblem_at(const Eigen::Vector3d& k, const PairBlocks& blocks,
                                     std::unique_ptr<Eigensolver<Scalar>> solver) {
  auto m = bloch_matrices<Scalar>(blocks, k);
  return Eigenproblem<Scalar>(std::move(m.hamiltonian), std::move(m.overlap), std::move(solver));
}

/// @param grid ranks that solve it together; null: this rank alone
KpointProblem problem_at(const Eigen::Vector3d& k, const PairBlocks& blocks, const Reducer* grid) {
  if (has_real_phases(k))
    return eigenproblem_at<double>(k, blocks, grid ? grid->real_eigensolver() : nullptr);
  return eigenproblem_at<Complex>(k, blocks, grid ? grid->complex_eigensolver() : nullptr);
}

// Orbitals below which one rank solves an eigenproblem sooner than several.
constexpr Eigen::Index smallest_on_grid = 100;

/// Whether the ranks share each eigenproblem instead of the k-points: where these are too few.
bool is_grid(const Reducer* group, std::size_t kpoints, Eigen::Index orbitals) {
  return group != nullptr && group->has_eigensolver() && orbitals >= smallest_on_grid &&
         static_cast<std::size_t>(group->size()) > kpoints;
}

const Eigen::VectorXd& eigenvalues(const KpointProblem& problem) {
  return std::visit([](const auto& p) -> const Eigen::VectorXd& { return p.eigenvalues(); },
                    problem);
}

ScfProblem make_problem(const Model& model, const std::vector<Kpoint>& kpoints,
                        const Reducer* group) {
  ScfProblem problem;
  const Reducer* grid = is_grid(group, kpoints.size(), model.basis().orbitals()) ? group : nullptr;
  problem.shares = KpointShares(kpoints, grid != nullptr ? nullptr : group);
  problem.kpoints.reserve(problem.shares.own().size());
  for (const std::size_t k : problem.shares.own())
    problem.kpoints.push_back(problem_at(kpoints[k].fractional, model.blocks(), grid));
  for (const Kpoint& k : kpoints) problem.weights.push_back(k.weight);
  const Basis& basis = model.basis();
  for (std::size_t s = 0; s < basis.shells.size(); ++s) {
    problem.site_of_orbital.insert(problem.site_of_orbital.end(),
                                   static_cast<std::size_t>(basis.shells[s].size()),
                                   model.sites().of_shell[s]);
  }
  problem.reference = model.sites().reference;
  problem.charges = model.charges();
  return problem;
}

ElectronicState electronic_state(const ScfProblem& problem, const ScfResult& scf,
                                 const Model& model, const std::vector<Kpoint>& kpoints) {
  const PairBlocks& blocks = model.blocks();
  ElectronicState out;
  const auto elements = static_cast<Eigen::Index>(blocks.overlap.size());
  Eigen::VectorXd both = Eigen::VectorXd::Zero(2 * elements);
  problem.shares.accumulate(both, [&](std::size_t i) {
    const std::size_t k = problem.shares.own()[i];
    Eigen::VectorXd part = Eigen::VectorXd::Zero(2 * elements);
    const std::span<double> numbers(part.data(), 2 * blocks.overlap.size());
    std::visit(
        [&](const auto& p) {
          const auto d = p.densities(scf.filling.occupations[k]);
          add_pair_weights(blocks.pairs, d.density, kpoints[k].fractional, kpoints[k].weight,
                           numbers.first(blocks.overlap.size()));
          add_pair_weights(blocks.pairs, d.energy_weighted, kpoints[k].fractional,
                           kpoints[k].weight, numbers.last(blocks.overlap.size()));
        },
        problem.kpoints[i]);
    return part;
  });
  out.density.assign(both.begin(), both.begin() + elements);
  out.energy_weighted.assign(both.begin() + elements, both.end());
  const auto& of_shell = model.sites().of_shell;
  out.shell_potential.resize(static_cast<Eigen::Index>(of_shell.size()));
  for (std::size_t s = 0; s < of_shell.size(); ++s)
    out.shell_potential(static_cast<Eigen::Index>(s)) = scf.potential(of_shell[s]);
  out.dq = scf.populations - problem.reference;
  return out;
}

/// Sites of an atom stand in the same order on all atoms of an element.
std::vector<std::vector<Eigen::Index>> site_images(const Symmetrizer& symmetrizer,
                                                   const Model& model) {
  const std::vector<ChargeSite>& sites = model.sites().sites;
  std::vector<std::size_t> first(model.basis().atoms() + 1, sites.size());
  for (std::size_t s = sites.size(); s-- > 0;) first[sites[s].atom] = s;
  std::vector<std::vector<Eigen::Index>> out;
  for (std::size_t i = 0; i < symmetrizer.size(); ++i) {
    std::vector<Eigen::Index>& image = out.emplace_back();
    for (std::size_t s = 0; s < sites.size(); ++s) {
      const auto atom = static_cast<std::size_t>(symmetrizer.images(i)[sites[s].atom]);
      image.push_back(static_cast<Eigen::Index>(first[atom] + s - first[sites[s].atom]));
    }
  }
  return out;
}

Eigen::VectorXd atomic_charges(const ChargeSites& sites, const Eigen::VectorXd& dq,
                               std::size_t atoms) {
  Eigen::VectorXd out = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(atoms));
  for (std::size_t i = 0; i < sites.sites.size(); ++i)
    out(static_cast<Eigen::Index>(sites.sites[i].atom)) -= dq(static_cast<Eigen::Index>(i));
  return out;
}

void require_sound(const ScfSettings& scf, double temperature) {
  if (!(temperature >= 0.0) || temperature > 1e5) {
    throw InputError(fmt::format("electronic_temperature is {} K: it must lie between 0 and 100000",
                                 temperature));
  }
  if (!(scf.tolerance > 0.0) || scf.max_iterations < 1 || !(scf.mixing > 0.0) || scf.mixing > 1.0 ||
      scf.history < 1) {
    throw InputError(
        "scf settings are out of range: tolerance > 0, max_iterations >= 1, 0 < mixing <= 1, "
        "history >= 1");
  }
}

bool is_integer(double x) { return std::abs(x - std::round(x)) < 1e-6; }

/// @throws InputError if so many electrons cannot be unpaired in so many orbitals
void require_possible(const ElectronCount& count, double orbitals) {
  const bool fits = count.unpaired >= 0.0 && count.unpaired <= count.electrons &&
                    count.unpaired <= 2.0 * orbitals - count.electrons;
  if (fits && is_integer(0.5 * (count.electrons - count.unpaired))) return;
  throw InputError(fmt::format(
      "{:g} unpaired electrons are not possible among {:g} valence electrons: give an {} number "
      "that fits, or check the charge",
      count.unpaired, count.electrons, std::lround(count.electrons) % 2 == 0 ? "even" : "odd"));
}

std::string describe(const Unpaired& unpaired) {
  if (unpaired.rule == Unpaired::Rule::lowest) return "0 or 1, as the number of electrons is";
  if (unpaired.rule == Unpaired::Rule::shared_level) return "none: both spins share one level";
  return fmt::format("{}", unpaired.number);
}

}  // namespace

TightBindingPotential::TightBindingPotential(PotentialDescription description,
                                             const PotentialSettings& settings,
                                             const Method& method)
    : description_(std::move(description)),
      kpoints_(settings.kpoints),
      use_symmetry_(settings.kpoint_symmetry),
      electronic_temperature_(
          settings.electronic_temperature.value_or(default_electronic_temperature)),
      kt_(electronic_temperature_ * method.boltzmann),
      unpaired_(settings.unpaired),
      scf_(settings.scf) {
  require_sound(scf_, electronic_temperature_);
  if (unpaired_.rule == Unpaired::Rule::of_method) unpaired_.rule = method.unpaired;
  auto& text = description_.settings;
  text.emplace_back("kpoints", ionpass::describe(kpoints_));
  if (use_symmetry_) text.emplace_back("kpoints.symmetry", "yes");
  text.emplace_back("electronic_temperature", fmt::format("{} K", electronic_temperature_));
  text.emplace_back("unpaired", describe(unpaired_));
  text.emplace_back("scf.tolerance", fmt::format("{} e", scf_.tolerance));
}

std::vector<Kpoint> TightBindingPotential::kpoints_of(const Structure& structure) const {
  if (!structure.cell) return {Kpoint{}};
  return kpoints(kpoints_, *structure.cell);
}

ElectronCount TightBindingPotential::electron_count(const Basis& basis,
                                                    const Structure& structure) const {
  const double electrons = basis.reference_electrons() - structure.charge;
  if (structure.unpaired) return {electrons, static_cast<double>(*structure.unpaired)};
  switch (unpaired_.rule) {
    case Unpaired::Rule::lowest:
      // A fractional number of electrons has no parity.
      return {electrons, is_integer(electrons) ? std::abs(std::remainder(electrons, 2.0)) : 0.0};
    case Unpaired::Rule::number:
      return {electrons, static_cast<double>(unpaired_.number)};
    default:
      return {electrons, 0.0};
  }
}

void TightBindingPotential::check(const Structure& structure) const {
  if (structure.size() == 0) throw InputError("the structure holds no atoms");
  const Basis basis = make_basis(structure);
  const ElectronCount count = electron_count(basis, structure);
  const auto room = static_cast<double>(basis.orbitals());
  if (!(count.electrons > 0.0) || count.electrons > 2.0 * room) {
    throw InputError(fmt::format(
        "charge {:+g} leaves {:g} valence electrons for {} ({} orbitals hold at most "
        "{:g}): check the charge",
        structure.charge, count.electrons, formula(structure), basis.orbitals(), 2.0 * room));
  }
  if (structure.unpaired || unpaired_.rule == Unpaired::Rule::number) require_possible(count, room);
  for (const NeighborPair& pair : neighbor_pairs(structure, closest_approach)) {
    throw InputError(
        fmt::format("{} and {} are {:.2f} Å apart: two atoms overlap; check the structure",
                    structure.label(pair.first), structure.label(pair.second), pair.distance));
  }
}

std::vector<std::string> TightBindingPotential::warnings(const Structure& structure) const {
  std::vector<std::string> out;
  if (auto warning = gamma_only_warning(structure, kpoints_of(structure)))
    out.push_back(std::move(*warning));
  const ElectronCount count = electron_count(make_basis(structure), structure);
  if (std::abs(std::remainder(count.electrons, 2.0)) > 1e-6 && count.unpaired == 0.0) {
    out.push_back(
        fmt::format("{:g} valence electrons cannot pair up: they are treated without spin, the "
                    "last level is partly filled",
                    count.electrons));
  }
  return out;
}

double TightBindingPotential::cost(const Structure& structure) const {
  const double n3 = std::pow(static_cast<double>(make_basis(structure).orbitals()), 3);
  double sum = 0.0;
  // A complex eigenproblem takes about three times as long as a real one.
  for (const Kpoint& k : kpoints_of(structure))
    sum += has_real_phases(k.fractional) ? n3 : 3.0 * n3;
  return sum;
}

bool TightBindingPotential::fills_grid(const Structure& structure) const {
  return make_basis(structure).orbitals() >= smallest_on_grid;
}

int TightBindingPotential::most_ranks(const Structure& structure) const {
  return static_cast<int>(kpoints_of(structure).size());
}

/// Leaves out the points that the space group makes equal to others.
void TightBindingPotential::reduce_points(const Structure& structure, Converged& out) {
  const Symmetrizer symmetrizer(structure, find_symmetry(structure, symmetry_tolerance),
                                symmetry_tolerance);
  ReducedKpoints reduced = tightbinding::reduced(out.points, symmetrizer);
  out.points = std::move(reduced.points);
  out.symmetrizer = std::move(reduced.symmetrizer);
}

TightBindingPotential::Converged TightBindingPotential::converge(
    const Structure& structure, const EvaluationRequest& request) const {
  Converged out{make_model(structure), kpoints_of(structure), {}, {}, {}};
  if (use_symmetry_ && out.points.size() > 1) reduce_points(structure, out);
  out.problem = make_problem(*out.model, out.points, request.group);
  out.problem.count = electron_count(out.model->basis(), structure);
  out.problem.kt = kt_;
  if (out.symmetrizer) out.problem.site_images = site_images(*out.symmetrizer, *out.model);
  out.scf = solve_scf(out.problem, scf_, request.guess);
  return out;
}

BandStructure TightBindingPotential::bands(const Structure& structure,
                                           std::span<const Eigen::Vector3d> points) const {
  if (!structure.cell) throw InputError("a molecule has levels, but no bands: give a crystal");
  check(structure);
  const Converged converged = converge(structure, {});
  BandStructure out;
  out.mesh = converged.points;
  out.points.assign(points.begin(), points.end());
  out.electrons = converged.problem.count.electrons;
  out.fermi_level = converged.scf.filling.fermi_level * units::hartree;
  out.mesh_energies.resize(converged.points.size());
  for (std::size_t i = 0; i < converged.problem.kpoints.size(); ++i) {
    out.mesh_energies[converged.problem.shares.own()[i]] =
        eigenvalues(converged.problem.kpoints[i]) * units::hartree;
  }
  const Eigen::VectorXd potential = per_orbital(converged.problem, converged.scf.potential);
  for (const Eigen::Vector3d& point : points) {
    KpointProblem problem = problem_at(point, converged.model->blocks(), nullptr);
    std::visit([&](auto& p) { p.solve(potential); }, problem);
    out.energies.emplace_back(eigenvalues(problem) * units::hartree);
  }
  return out;
}

Evaluation TightBindingPotential::do_evaluate(const Structure& structure,
                                              const EvaluationRequest& request) const {
  const Converged converged = converge(structure, request);
  const auto& [model, points, symmetrizer, problem, scf] = converged;
  const ElectronicState state = electronic_state(problem, scf, *model, points);

  Derivatives total = Derivatives::zero(static_cast<Eigen::Index>(structure.size()));
  model->add_electronic_derivatives(state, total);
  Evaluation out;
  out.components = {{"band_and_onsite", scf.energy_h0},
                    {"charge_fluctuations", problem.charges.second_order_energy(state.dq)}};
  if (problem.charges.third_order.size() > 0)
    out.components.emplace_back("third_order", problem.charges.third_order_energy(state.dq));
  for (auto& term : model->add_classical_terms(total)) out.components.push_back(std::move(term));
  if (symmetrizer) {
    total.gradient = symmetrizer->vectors(total.gradient, *structure.cell);
    total.strain = symmetrizer->tensor(total.strain, *structure.cell);
  }
  out.components.emplace_back("minus_TS", -scf.filling.entropy_energy);
  for (auto& [name, value] : out.components) {
    value *= units::hartree;
    out.free_energy += value;
  }
  out.energy = out.free_energy + 0.5 * scf.filling.entropy_energy * units::hartree;
  out.forces = -units::hartree_per_bohr * total.gradient;
  if (request.stress && structure.cell)
    out.stress = total.strain * (units::hartree / structure.cell->volume());
  out.charges = atomic_charges(model->sites(), state.dq, structure.size());
  out.fermi_level = scf.filling.fermi_level * units::hartree;
  if (scf.filling.has_gap) out.gap = scf.filling.gap * units::hartree;
  out.scf = {true, scf.iterations};
  out.state.assign(scf.populations.data(), scf.populations.data() + scf.populations.size());
  return out;
}

}  // namespace ionpass::tightbinding
