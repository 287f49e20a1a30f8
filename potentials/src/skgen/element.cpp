#include "skgen/element.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>

#include "skgen/polynomial.hpp"

namespace ionpass::skgen {
namespace {

constexpr double delta = 0.01;  // electrons, of the finite differences for Hubbard parameters
/// Beyond this the wall, not the atom, holds the orbital: far above the walls of published sets.
constexpr double held_by_wall = 0.5;  // Hartree

/// Spectral elements: coarse ones around the nucleus, finer ones where walls and tails lie.
constexpr int degree = 14;
constexpr double box = 50.0;  // bohr

std::shared_ptr<const RadialBasis> make_basis(const ElementRecipe& recipe) {
  if (!recipe.slater.empty()) return std::make_shared<SlaterBasis>(recipe.slater);
  int highest_l = 0;
  for (const Shell& shell : recipe.shells) highest_l = std::max(highest_l, shell.l);
  const double z = recipe.number;
  const bool relativistic = recipe.relativity != Relativity::none;
  // With a point nucleus ZORA orbitals go as a broken power of r: elements shrink towards it.
  const GeometricEdges edges{.first = (relativistic ? 1e-6 : 1e-2) / z,
                             .parts = {{0.1 / z, 3.0}, {0.5, 2.0}, {box, 1.5}}};
  return std::make_shared<SpectralBasis>(edges.make(), degree, highest_l);
}

AtomProblem problem_of(const ElementRecipe& recipe, std::optional<Confinement> confinement) {
  return {recipe.number, recipe.shells, recipe.relativity, confinement};
}

/// Value at r from the values in the element of the grid that holds it.
class GridInterpolation {
 public:
  explicit GridInterpolation(const RadialGrid& grid)
      : grid_(grid), nodes_(gauss_legendre(grid.points_per_element()).nodes) {}

  [[nodiscard]] double operator()(const Eigen::ArrayXd& f, double r) const {
    const auto& edges = grid_.edges();
    const auto above = std::ranges::upper_bound(edges, r) - edges.begin();
    const auto e = static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(above - 1, 0, static_cast<std::ptrdiff_t>(edges.size()) - 2));
    Eigen::VectorXd target(1);
    target[0] = 2.0 * (r - edges[e]) / (edges[e + 1] - edges[e]) - 1.0;
    const Eigen::Index points = grid_.points_per_element();
    return lagrange_values(nodes_, target)
        .row(0)
        .dot(f.segment(static_cast<Eigen::Index>(e) * points, points).matrix());
  }

 private:
  const RadialGrid& grid_;
  Eigen::VectorXd nodes_;
};

}  // namespace

Element::Element(const ElementRecipe& recipe, const ExchangeCorrelation& functional,
                 Superposition superposition)
    : recipe_(recipe), basis_(make_basis(recipe)) {
  const AtomSolver solver(*basis_, functional);
  free_ = solver.solve(problem_of(recipe_, std::nullopt));
  std::size_t highest = recipe_.shells.size();
  for (std::size_t i = 0; i < recipe_.shells.size(); ++i) {
    if (recipe_.shells[i].electrons == 0.0) continue;
    static_cast<void>(free_energy(i));
    if (highest == recipe_.shells.size() ||
        free_.orbitals[i].energy > free_.orbitals[highest].energy)
      highest = i;
  }
  const AtomSolution confined = solver.solve(problem_of(recipe_, recipe_.density), &free_);
  density_orbitals_ = confined.orbitals;
  screening_ = basis_->grid().r() * confined.hartree;
  if (superposition == Superposition::potential) {
    const AtomPotential& p = confined.potential;
    const Eigen::ArrayXd& r = basis_->grid().r();
    screening_ = r * (p.local - 2.0 * (basis_->grid().derivative(p.field) + 2.0 * p.field / r));
  }
  const double highest_hubbard = hubbard(solver, highest);
  for (const std::size_t shell : recipe_.valence) {
    const bool own = recipe_.shell_resolved && recipe_.shells[shell].electrons > 0.0;
    add_orbital(solver, shell, own && shell != highest ? hubbard(solver, shell) : highest_hubbard);
  }
}

double Element::free_energy(std::size_t shell) const {
  const AtomOrbital& orbital = free_.orbitals[shell];
  if (orbital.energy < 0.0) return orbital.energy;
  throw InputError(
      fmt::format("element {}: shell {} of the free atom is not bound (energy {:+.4f} Ha); {}",
                  element_symbol(recipe_.number), orbital.shell.name(), orbital.energy,
                  orbital.shell.electrons > 0.0 ? "move its electrons to another shell"
                                                : "give its on-site energy under 'onsite'"));
}

double Element::hubbard(const AtomSolver& solver, std::size_t shell) const {
  const auto energy = [&](double change) {
    AtomProblem problem = problem_of(recipe_, std::nullopt);
    problem.shells[shell].electrons += change;
    return solver.solve(problem, &free_).orbitals[shell].energy;
  };
  const Shell& s = recipe_.shells[shell];
  const double full = 2.0 * (2.0 * s.l + 1.0);
  if (s.electrons + delta > full) {
    return (1.5 * free_.orbitals[shell].energy - 2.0 * energy(-delta) + 0.5 * energy(-2 * delta)) /
           delta;
  }
  return (energy(delta) - energy(-delta)) / (2.0 * delta);
}

void Element::add_orbital(const AtomSolver& solver, std::size_t shell, double hubbard) {
  const int l = recipe_.shells[shell].l;
  const Confinement& wave = recipe_.wave.at(l);
  const AtomSolution confined = solver.solve(problem_of(recipe_, wave), &free_);
  const AtomOrbital& orbital = confined.orbitals[shell];
  const double without_wall = orbital.energy - orbital.confinement_energy;
  // An empty shell, there for polarisation, may owe its place to the wall.
  if (orbital.shell.electrons > 0.0 && without_wall > held_by_wall)
    throw InputError(fmt::format(
        "element {}: the wall (r/{:g} bohr)^{:g} leaves no bound {}: without the wall's own {:.2f} "
        "Ha its energy is {:+.2f} Ha; widen the radius",
        element_symbol(recipe_.number), wave.radius, wave.power, orbital.shell.name(),
        orbital.confinement_energy, without_wall));
  TableOrbital out;
  out.shell = recipe_.shells[shell];
  out.onsite = recipe_.onsite.contains(l) ? recipe_.onsite.at(l) : free_energy(shell);
  out.hubbard = recipe_.hubbard.contains(l) ? recipe_.hubbard.at(l) : hubbard;
  out.basis = basis_;
  out.coefficients = orbital.coefficients;
  orbitals_.push_back(std::move(out));
}

AtomField Element::field(const Eigen::ArrayXd& r) const {
  AtomField out;
  out.density = out.density_slope = Eigen::ArrayXd::Zero(r.size());
  for (const AtomOrbital& orbital : density_orbitals_) {
    if (orbital.shell.electrons == 0.0) continue;
    const RadialFunction f = basis_->evaluate(orbital.shell.l, orbital.coefficients, r);
    const double factor = orbital.shell.electrons / (4.0 * std::numbers::pi);
    out.density += factor * f.value.square();
    out.density_slope += 2.0 * factor * f.value * f.slope;
  }
  const GridInterpolation interpolate(basis_->grid());
  out.potential.resize(r.size());
  const double end = basis_->grid().edges().back();
  const double far = screening_[screening_.size() - 1];
  for (Eigen::Index i = 0; i < r.size(); ++i)
    out.potential[i] = ((r[i] < end ? interpolate(screening_, r[i]) : far) - recipe_.number) / r[i];
  return out;
}

double Element::norm_error() const {
  double worst = 0.0;
  const Eigen::ArrayXd r2 = basis_->grid().r().square();
  for (const TableOrbital& orbital : orbitals_) {
    const RadialFunction f = basis_->on_grid(orbital.shell.l, orbital.coefficients);
    worst = std::max(worst, std::abs(1.0 - basis_->grid().integral(r2 * f.value.square())));
  }
  return worst;
}

}  // namespace ionpass::skgen
