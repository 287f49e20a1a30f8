#include "tightbinding/scf.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <structures/units.hpp>

#include "tightbinding/mixer.hpp"

namespace ionpass::tightbinding {

namespace {

Eigen::VectorXd per_orbital(const ScfProblem& problem, const Eigen::VectorXd& site_potential) {
  Eigen::VectorXd out(static_cast<Eigen::Index>(problem.site_of_orbital.size()));
  for (std::size_t i = 0; i < problem.site_of_orbital.size(); ++i) {
    out(static_cast<Eigen::Index>(i)) = site_potential(problem.site_of_orbital[i]);
  }
  return out;
}

/// One diagonalisation at every k-point: from a potential to populations and energies.
void diagonalise(ScfProblem& problem, const Eigen::VectorXd& potential, ScfResult& result) {
  const Eigen::VectorXd orbital_potential = per_orbital(problem, potential);
  std::vector<Eigen::VectorXd> eigenvalues;
  for (KpointProblem& k : problem.kpoints) {
    std::visit(
        [&](auto& p) {
          p.solve(orbital_potential);
          eigenvalues.push_back(p.eigenvalues());
        },
        k);
  }
  result.filling = fill_states(eigenvalues, problem.weights, problem.electrons, problem.kt);
  result.potential = potential;
  result.populations = Eigen::VectorXd::Zero(problem.reference.size());
  double band_energy = 0.0;
  for (std::size_t k = 0; k < problem.kpoints.size(); ++k) {
    const Eigen::VectorXd& occupations = result.filling.occupations[k];
    band_energy += problem.weights[k] * occupations.dot(eigenvalues[k]);
    const Eigen::VectorXd orbitals =
        std::visit([&](auto& p) { return p.populations(occupations); }, problem.kpoints[k]);
    for (Eigen::Index i = 0; i < orbitals.size(); ++i) {
      result.populations(problem.site_of_orbital[static_cast<std::size_t>(i)]) +=
          problem.weights[k] * orbitals(i);
    }
  }
  result.energy_h0 = band_energy - potential.dot(result.populations);
  const Eigen::VectorXd dq = result.populations - problem.reference;
  result.energy_charges = 0.5 * dq.dot(problem.gamma * dq);
}

Eigen::VectorXd starting_charges(const ScfProblem& problem, const std::vector<double>& guess) {
  const Eigen::Index n = problem.reference.size();
  Eigen::VectorXd populations = problem.reference;
  if (guess.size() == static_cast<std::size_t>(n)) {
    const Eigen::Map<const Eigen::VectorXd> given(guess.data(), n);
    if (given.allFinite() && given.minCoeff() > -1.0 && given.maxCoeff() < 20.0)
      populations = given;
  }
  // A uniform scale makes the total right: for neutral atoms it spreads the charge of an ion over
  // all of them.
  populations *= problem.electrons / populations.sum();
  return populations - problem.reference;
}

struct Attempt {
  std::optional<ScfResult> converged;
  double first_residual = 0.0;
  double last_residual = 0.0;
  double best_residual = 0.0;
  double gap = 0.0;
  int iterations = 0;
};

Attempt iterate(ScfProblem& problem, const ScfSettings& settings,
                const std::vector<double>& guess) {
  Attempt attempt;
  BroydenMixer mixer(settings.mixing, settings.history);
  Eigen::VectorXd dq = starting_charges(problem, guess);
  ScfResult result;
  for (int iteration = 1; iteration <= settings.max_iterations; ++iteration) {
    diagonalise(problem, problem.gamma * dq, result);
    result.iterations = attempt.iterations = iteration;
    const Eigen::VectorXd residual = result.populations - problem.reference - dq;
    const double largest = residual.cwiseAbs().maxCoeff();
    if (!std::isfinite(largest)) break;
    if (iteration == 1) attempt.first_residual = attempt.best_residual = largest;
    attempt.last_residual = largest;
    attempt.best_residual = std::min(attempt.best_residual, largest);
    attempt.gap = result.filling.gap;
    if (largest < settings.tolerance || problem.gamma.isZero(0.0)) {
      attempt.converged = std::move(result);
      return attempt;
    }
    dq = mixer.next(dq, residual);
  }
  return attempt;
}

std::string diagnosis(const Attempt& attempt, const ScfSettings& settings) {
  std::string cause;
  const double gap = attempt.gap * units::hartree;
  if (gap < 0.02) {
    cause = fmt::format(
        "the gap is nearly zero ({:.3f} eV): raise electronic_temperature, or check charge and "
        "structure",
        gap);
  } else if (attempt.last_residual > 0.1) {
    cause =
        "charge sloshes between atoms: lower scf.mixing, and check the geometry for atoms that are "
        "much too close";
  } else if (attempt.best_residual < 100.0 * settings.tolerance) {
    cause = "it is close: raise scf.max_iterations or scf.tolerance";
  } else {
    cause = "lower scf.mixing or raise scf.max_iterations";
  }
  return fmt::format(
      "the charges did not become self-consistent in {} cycles (residual {:.1e}, best {:.1e}, "
      "wanted {:.1e} electrons); {}",
      attempt.iterations, attempt.last_residual, attempt.best_residual, settings.tolerance, cause);
}

}  // namespace

ScfResult solve_scf(ScfProblem& problem, const ScfSettings& settings,
                    const std::vector<double>& guess) {
  Attempt attempt = iterate(problem, settings, guess);
  if (attempt.converged) return std::move(*attempt.converged);
  ScfSettings careful = settings;
  careful.mixing *= 0.25;
  careful.history *= 2;
  const int spent = attempt.iterations;
  attempt = iterate(problem, careful, {});
  attempt.iterations += spent;
  if (!attempt.converged) throw ConvergenceError(diagnosis(attempt, settings));
  attempt.converged->iterations = attempt.iterations;
  return std::move(*attempt.converged);
}

}  // namespace ionpass::tightbinding
