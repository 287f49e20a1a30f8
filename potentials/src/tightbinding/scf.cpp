#include "tightbinding/scf.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <structures/units.hpp>

#include "tightbinding/mixer.hpp"
#include "tightbinding/response.hpp"

namespace ionpass::tightbinding {

namespace {

/// Populations averaged over the operations that left k-points out.
Eigen::VectorXd averaged(const Eigen::VectorXd& populations,
                         const std::vector<std::vector<Eigen::Index>>& images) {
  if (images.empty()) return populations;
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(populations.size());
  for (const auto& image : images) {
    for (Eigen::Index i = 0; i < populations.size(); ++i)
      sum(image[static_cast<std::size_t>(i)]) += populations(i);
  }
  return sum / static_cast<double>(images.size());
}

/// One number per orbital and k-point, of all k-points, from what each own one gives.
template <typename Numbers>
std::vector<Eigen::VectorXd> joined(ScfProblem& problem, Numbers&& numbers) {
  const std::vector<std::size_t>& own = problem.shares.own();
  Eigen::MatrixXd columns =
      problem.shares.columns(static_cast<Eigen::Index>(problem.site_of_orbital.size()));
  for (std::size_t i = 0; i < own.size(); ++i) {
    columns.col(static_cast<Eigen::Index>(own[i])) = std::visit(
        [&](auto& p) -> Eigen::VectorXd { return numbers(p, own[i]); }, problem.kpoints[i]);
  }
  problem.shares.join(columns);
  return {columns.colwise().begin(), columns.colwise().end()};
}

/// One diagonalisation at every k-point: from a potential to populations.
void diagonalise(ScfProblem& problem, const Eigen::VectorXd& potential, double kt,
                 ScfResult& result) {
  const Eigen::VectorXd orbital_potential = per_orbital(problem, potential);
  const std::vector<Eigen::VectorXd> eigenvalues = joined(problem, [&](auto& p, std::size_t /*k*/) {
    p.solve(orbital_potential);
    return p.eigenvalues();
  });
  result.filling = fill_states(eigenvalues, problem.weights, problem.count, kt);
  const std::vector<Eigen::VectorXd> populations = joined(problem, [&](auto& p, std::size_t k) {
    return p.populations(result.filling.occupations[k]);
  });
  result.potential = potential;
  result.populations = Eigen::VectorXd::Zero(problem.reference.size());
  double band_energy = 0.0;
  for (std::size_t k = 0; k < problem.weights.size(); ++k) {
    const Eigen::VectorXd& orbitals = populations[k];
    band_energy += problem.weights[k] * result.filling.occupations[k].dot(eigenvalues[k]);
    for (Eigen::Index i = 0; i < orbitals.size(); ++i) {
      result.populations(problem.site_of_orbital[static_cast<std::size_t>(i)]) +=
          problem.weights[k] * orbitals(i);
    }
  }
  result.populations = averaged(result.populations, problem.site_images);
  result.energy_h0 = band_energy - potential.dot(result.populations);
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
  populations *= problem.count.electrons / populations.sum();
  return populations - problem.reference;
}

/// One way to run the cycle.
struct Remedy {
  double mixing = 0.5;
  int history = 8;
  double hottest = 0.0;  // kT in Hartree at which the electrons start; cooled in steps
};

/// What a cycle showed, for the diagnosis.
struct Course {
  int iterations = 0;
  double last_residual = 0.0;
  double best_residual = std::numeric_limits<double>::infinity();
  double gap = 0.0;
};

/// Notices a cycle that gets nowhere: the best residual of the last stretch is hardly better than
/// that of all before.
class Progress {
 public:
  bool stalled(double residual) {
    best_ = std::min(best_, residual);
    if (++cycles_ % stretch != 0) return false;
    const bool better = best_ < 0.5 * best_before_;
    best_before_ = best_;
    return !better;
  }

 private:
  static constexpr int stretch = 40;
  int cycles_ = 0;
  double best_ = std::numeric_limits<double>::infinity();
  double best_before_ = std::numeric_limits<double>::infinity();
};

/// Notices, now and then, a cycle whose residual falls by less than a half each time.
class Pace {
 public:
  bool is_slow(double residual) {
    if (cycles_++ == 0) expected_ = residual;
    expected_ *= 0.5;
    return cycles_ % every == first && residual > expected_;
  }

 private:
  static constexpr int first = 3, every = 6;
  int cycles_ = 0;
  double expected_ = 0.0;
};

/// Derivative of the populations that come out by those that go in.
Eigen::MatrixXd charge_response(const ScfProblem& problem, const Filling& filling, double kt,
                                const Eigen::VectorXd& dq) {
  Eigen::MatrixXd out;
  lapack::multiply(frontier_response(problem, filling, kt), problem.charges.potential_slope(dq),
                   out);
  return out;
}

/// Runs the cycle from dq at one temperature until it converges to the tolerance or stalls, or the
/// cycles are used up; dq ends at the best input known.
bool iterate(ScfProblem& problem, const Remedy& remedy, double kt, double tolerance, int most,
             Eigen::VectorXd& dq, ScfResult& result, Course& course) {
  BroydenMixer mixer(remedy.mixing, remedy.history);
  Progress progress;
  Pace pace;
  while (course.iterations < most) {
    diagonalise(problem, problem.charges.potential(dq), kt, result);
    result.iterations = ++course.iterations;
    const Eigen::VectorXd residual = result.populations - problem.reference - dq;
    const double largest = residual.cwiseAbs().maxCoeff();
    course.last_residual = largest;
    course.gap = result.filling.gap;
    if (!std::isfinite(largest)) return false;
    course.best_residual = std::min(course.best_residual, largest);
    if (largest < tolerance || problem.charges.is_empty()) return true;
    if (progress.stalled(largest)) return false;
    if (pace.is_slow(largest)) mixer.precondition(charge_response(problem, result.filling, kt, dq));
    dq = mixer.next(dq, residual);
  }
  return false;
}

/// Starts hot and cools by half at a time, each temperature roughly converged, then runs at the
/// one asked for.
bool cool_down(ScfProblem& problem, const Remedy& remedy, double tolerance, int most,
               Eigen::VectorXd& dq, ScfResult& result, Course& course) {
  constexpr double rough = 1e-3;  // electrons
  for (double kt = remedy.hottest; kt > 2.0 * problem.kt; kt *= 0.5) {
    if (!iterate(problem, remedy, kt, std::max(rough, tolerance), most, dq, result, course))
      return false;
  }
  return iterate(problem, remedy, problem.kt, tolerance, most, dq, result, course);
}

std::vector<Remedy> ladder(const ScfSettings& settings) {
  constexpr int long_memory = 40;
  constexpr double hot = 10000.0 * units::boltzmann_hartree;
  const int memory = std::max(long_memory, settings.history);
  return {{settings.mixing, settings.history, 0.0},
          {0.4 * settings.mixing, memory, 0.0},
          {0.4 * settings.mixing, memory, hot},
          {0.1 * settings.mixing, memory, 0.0}};
}

/// Smallest eigenvalue of S over the k-points: near zero the basis is all but linearly dependent.
double smallest_overlap(const ScfProblem& problem) {
  Eigen::MatrixXd smallest = problem.shares.columns(1);
  for (std::size_t i = 0; i < problem.kpoints.size(); ++i) {
    smallest(0, static_cast<Eigen::Index>(problem.shares.own()[i])) = std::visit(
        [](const auto& p) { return p.smallest_overlap_eigenvalue(); }, problem.kpoints[i]);
  }
  problem.shares.join(smallest);
  return smallest.minCoeff();
}

std::string diagnosis(const ScfProblem& problem, const Course& course,
                      const ScfSettings& settings) {
  constexpr double nearly_dependent = 1e-3;
  constexpr double nearly_gapless = 0.02;  // eV
  std::string cause;
  const double gap = course.gap * units::hartree;
  const double overlap = smallest_overlap(problem);
  if (overlap < nearly_dependent) {
    cause = fmt::format(
        "the basis is nearly linearly dependent (smallest overlap eigenvalue {:.1e}): atoms are "
        "much too close, or the cell is compressed",
        overlap);
  } else if (course.best_residual < 100.0 * settings.tolerance) {
    cause = "it is close: raise scf.max_iterations or scf.tolerance";
  } else if (gap < nearly_gapless) {
    cause = fmt::format(
        "the gap is nearly zero ({:.3f} eV): raise electronic_temperature, use more k-points, or "
        "check charge and structure",
        gap);
  } else if (course.last_residual > 0.1) {
    cause =
        "charge sloshes between atoms: lower scf.mixing, and check the geometry for atoms that are "
        "much too close";
  } else {
    cause = "lower scf.mixing or raise scf.max_iterations";
  }
  return fmt::format(
      "the charges did not become self-consistent in {} cycles (residual {:.1e}, best {:.1e}, "
      "wanted {:.1e} electrons); {}",
      course.iterations, course.last_residual, course.best_residual, settings.tolerance, cause);
}

}  // namespace

Eigen::VectorXd per_orbital(const ScfProblem& problem, const Eigen::VectorXd& site_potential) {
  Eigen::VectorXd out(static_cast<Eigen::Index>(problem.site_of_orbital.size()));
  for (std::size_t i = 0; i < problem.site_of_orbital.size(); ++i) {
    out(static_cast<Eigen::Index>(i)) = site_potential(problem.site_of_orbital[i]);
  }
  return out;
}

ScfResult solve_scf(ScfProblem& problem, const ScfSettings& settings,
                    const std::vector<double>& guess) {
  ScfResult result;
  Course course;
  Eigen::VectorXd dq = starting_charges(problem, guess);
  for (const Remedy& remedy : ladder(settings)) {
    if (cool_down(problem, remedy, settings.tolerance, settings.max_iterations, dq, result, course))
      return result;
    if (course.iterations >= settings.max_iterations) break;
    dq = starting_charges(problem, {});
  }
  throw ConvergenceError(diagnosis(problem, course, settings));
}

}  // namespace ionpass::tightbinding
