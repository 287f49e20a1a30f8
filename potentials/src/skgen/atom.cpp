#include "skgen/atom.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>

#include "skgen/radial_eigenproblem.hpp"
#include "tightbinding/mixer.hpp"

namespace ionpass::skgen {
namespace {

constexpr double four_pi = 4.0 * std::numbers::pi;
constexpr int max_cycles = 300;
constexpr double energy_tolerance = 1e-11;    // relative to 1 Ha or the shell's energy
constexpr double potential_tolerance = 1e-8;  // Hartree, weighted root mean square

/// The density-weighted metric of the mixer: both potentials matter where electrons are.
struct Metric {
  Eigen::ArrayXd local, field;

  [[nodiscard]] Eigen::VectorXd pack(const AtomPotential& p) const {
    Eigen::VectorXd out(local.size() + field.size());
    out << (local * p.local).matrix(), (field * p.field).matrix();
    return out;
  }
  [[nodiscard]] AtomPotential unpack(const Eigen::VectorXd& x) const {
    return {x.head(local.size()).array() / local, x.tail(field.size()).array() / field};
  }
};

Metric make_metric(const RadialGrid& grid) {
  const Eigen::ArrayXd weight = grid.weights().sqrt();
  return {weight, weight * grid.r().sqrt()};
}

struct RadialProblem {
  Eigen::MatrixXd hamiltonian, overlap;
  Eigen::Index bandwidth = 0;
};

/// Replaces the states by those of the problem, from the old ones where that is less work and
/// succeeds.
const RadialStates& solve_states(const RadialProblem& problem, Eigen::Index count,
                                 int atomic_number, RadialStates& states) {
  const bool banded = 4 * problem.bandwidth < problem.hamiltonian.rows();
  if (banded && states.energies.size() == count) {
    if (auto refined =
            refined_states(problem.hamiltonian, problem.overlap, problem.bandwidth, states)) {
      states = std::move(*refined);
      return states;
    }
  }
  const double z = atomic_number;
  states = lowest_states(problem.hamiltonian, problem.overlap, count, -z * z - 10.0);
  return states;
}

int highest_l(const std::vector<Shell>& shells) {
  int out = 0;
  for (const Shell& shell : shells) out = std::max(out, shell.l);
  return out;
}

}  // namespace

Eigen::ArrayXd wall(const std::optional<Confinement>& confinement, const Eigen::ArrayXd& r) {
  if (!confinement) return Eigen::ArrayXd::Zero(r.size());
  return (r / confinement->radius).pow(confinement->power);
}

AtomPotential AtomSolver::thomas_fermi(int atomic_number) const {
  // M. Oulne, Appl. Math. Comput. 218, 303 (2011): a fit of the neutral Thomas–Fermi atom. Only the
  // number of cycles depends on it.
  const double z = atomic_number;
  const Eigen::ArrayXd& r = basis_.grid().r();
  const Eigen::ArrayXd x = r * std::cbrt(128.0 * z / (9.0 * std::numbers::pi * std::numbers::pi));
  const Eigen::ArrayXd root = x.sqrt();
  constexpr double a = 0.7280642371, b = -0.5430794693, c = 0.3612163121;
  const Eigen::ArrayXd screening =
      (1.0 + a * root + b * x * (-c * root).exp()).square() * (-2.0 * a * root).exp();
  const Eigen::ArrayXd charge = (z * screening).max(1.0);
  return {(z - charge) / r, Eigen::ArrayXd::Zero(r.size())};
}

Eigen::ArrayXd AtomSolver::zora_factor(const AtomProblem& problem,
                                       const AtomPotential& potential) const {
  const RadialGrid& grid = basis_.grid();
  if (problem.relativity == Relativity::none) return Eigen::ArrayXd::Ones(grid.size());
  Eigen::ArrayXd v = potential.local - problem.atomic_number / grid.r();
  if (functional_.needs_gradient())
    v -= 2.0 * (grid.derivative(potential.field) + 2.0 * potential.field / grid.r());
  constexpr double c2 = speed_of_light * speed_of_light;
  return 2.0 * c2 / (2.0 * c2 - v);
}

void AtomSolver::solve_shells(const AtomProblem& problem, const AtomPotential& potential,
                              AtomSolution& out) const {
  const RadialGrid& grid = basis_.grid();
  const Eigen::ArrayXd r2 = grid.r().square();
  const Eigen::ArrayXd factor = zora_factor(problem, potential);
  const Eigen::ArrayXd confining = wall(problem.confinement, grid.r());
  const Eigen::ArrayXd v = potential.local - problem.atomic_number / grid.r() + confining;
  out.orbitals.resize(problem.shells.size());
  for (int l = 0; l <= highest_l(problem.shells); ++l) {
    Eigen::Index states = 0;
    for (const Shell& shell : problem.shells)
      if (shell.l == l) states = std::max(states, static_cast<Eigen::Index>(shell.n - l));
    if (states == 0) continue;
    RadialBasis::Kernel kernel{
        .vv = r2 * v + 0.5 * l * (l + 1) * factor, .vd = {}, .dd = 0.5 * factor * r2};
    if (functional_.needs_gradient()) kernel.vd = 2.0 * potential.field * r2;
    const Eigen::MatrixXd overlap = basis_.matrix(l, {.vv = r2, .vd = {}, .dd = {}});
    const RadialStates& found =
        solve_states({basis_.matrix(l, kernel), overlap, basis_.bandwidth(l)}, states,
                     problem.atomic_number, out.states[l]);
    for (std::size_t i = 0; i < problem.shells.size(); ++i) {
      const Shell& shell = problem.shells[i];
      if (shell.l == l) out.orbitals[i] = make_orbital(problem, shell, found, {factor, confining});
    }
  }
}

AtomOrbital AtomSolver::make_orbital(const AtomProblem& problem, const Shell& shell,
                                     const RadialStates& states, const Kernels& kernels) const {
  const RadialGrid& grid = basis_.grid();
  const Eigen::ArrayXd r2 = grid.r().square();
  const int l = shell.l;
  AtomOrbital out;
  out.shell = shell;
  out.energy = states.energies[shell.n - l - 1];
  out.coefficients = states.coefficients.col(shell.n - l - 1);
  const RadialFunction f = basis_.on_grid(l, out.coefficients);
  Eigen::Index largest = 0;
  (grid.r() * f.value).abs().maxCoeff(&largest);
  if (f.value[largest] < 0.0) out.coefficients = -out.coefficients;
  out.confinement_energy = grid.integral(kernels.wall * r2 * f.value.square());
  if (problem.relativity == Relativity::zora) {
    // E. van Lenthe, E. J. Baerends, J. G. Snijders, J. Chem. Phys. 101, 9783 (1994).
    constexpr double c2 = speed_of_light * speed_of_light;
    const double correction =
        grid.integral(kernels.zora.square() / (4.0 * c2) *
                      (r2 * f.slope.square() + l * (l + 1) * f.value.square()));
    out.energy /= 1.0 + correction;
  }
  return out;
}

void AtomSolver::fill_density(AtomSolution& out) const {
  out.density = out.density_slope = Eigen::ArrayXd::Zero(basis_.grid().size());
  for (const AtomOrbital& orbital : out.orbitals) {
    if (orbital.shell.electrons == 0.0) continue;
    const RadialFunction f = basis_.on_grid(orbital.shell.l, orbital.coefficients);
    out.density += orbital.shell.electrons / four_pi * f.value.square();
    out.density_slope += orbital.shell.electrons / four_pi * 2.0 * f.value * f.slope;
  }
}

AtomPotential AtomSolver::output_potential(AtomSolution& out, Eigen::ArrayXd& energy) const {
  const RadialGrid& grid = basis_.grid();
  const Eigen::ArrayXd shell_charge = four_pi * grid.r().square() * out.density;
  const Eigen::ArrayXd outside = shell_charge / grid.r();
  out.hartree =
      grid.cumulative(shell_charge) / grid.r() + grid.integral(outside) - grid.cumulative(outside);
  ExchangeCorrelation::Values xc;
  functional_.evaluate(out.density, out.density_slope.square(), xc);
  energy = xc.energy;
  return {out.hartree + xc.vrho, xc.vsigma * out.density_slope};
}

double AtomSolver::total_energy(const AtomProblem& problem, const AtomSolution& solution,
                                const Eigen::ArrayXd& xc_energy) const {
  if (problem.relativity != Relativity::none) return std::numeric_limits<double>::quiet_NaN();
  const RadialGrid& grid = basis_.grid();
  const Eigen::ArrayXd r2 = grid.r().square();
  double kinetic = 0.0;
  for (const AtomOrbital& orbital : solution.orbitals) {
    const int l = orbital.shell.l;
    const RadialFunction f = basis_.on_grid(l, orbital.coefficients);
    kinetic += orbital.shell.electrons * 0.5 *
               grid.integral(r2 * f.slope.square() + l * (l + 1) * f.value.square());
  }
  const Eigen::ArrayXd shell_charge = four_pi * r2 * solution.density;
  const Eigen::ArrayXd v = 0.5 * solution.hartree + xc_energy - problem.atomic_number / grid.r() +
                           wall(problem.confinement, grid.r());
  return kinetic + grid.integral(shell_charge * v);
}

AtomSolution AtomSolver::solve(const AtomProblem& problem, const AtomSolution* start) const {
  const Metric metric = make_metric(basis_.grid());
  tightbinding::BroydenMixer mixer(0.4, 10);
  AtomPotential input = start != nullptr ? start->potential : thomas_fermi(problem.atomic_number);
  AtomSolution solution;
  if (start != nullptr) solution.states = start->states;
  Eigen::VectorXd last_energies, energies(static_cast<Eigen::Index>(problem.shells.size()));
  double change = 0.0, residual_size = 0.0;
  for (int cycle = 1; cycle <= max_cycles; ++cycle) {
    solve_shells(problem, input, solution);
    for (Eigen::Index i = 0; i < energies.size(); ++i)
      energies[i] = solution.orbitals[static_cast<std::size_t>(i)].energy;
    if (!energies.allFinite()) break;
    fill_density(solution);
    Eigen::ArrayXd xc_energy;
    const AtomPotential output = output_potential(solution, xc_energy);
    const Eigen::VectorXd x = metric.pack(input);
    const Eigen::VectorXd residual = metric.pack(output) - x;
    residual_size = residual.norm();
    change = last_energies.size() == 0
                 ? 1.0
                 : ((energies - last_energies).array() / energies.array().abs().max(1.0))
                       .abs()
                       .maxCoeff();
    if (change < energy_tolerance && residual_size < potential_tolerance) {
      solution.potential = input;
      solution.iterations = cycle;
      solution.total_energy = total_energy(problem, solution, xc_energy);
      return solution;
    }
    last_energies = energies;
    input = metric.unpack(mixer.next(x, residual));
  }
  throw ConvergenceError(fmt::format(
      "the atom {} is not self-consistent after {} cycles (last change of a shell's energy {:.1e} "
      "Ha, of the potential {:.1e} Ha); try other occupations, or a weaker confinement",
      element_symbol(problem.atomic_number), max_cycles, change, residual_size));
}

}  // namespace ionpass::skgen
