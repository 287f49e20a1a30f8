#include "tightbinding/scf.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <structures/units.hpp>

#include "tightbinding/mixer.hpp"
#include "tightbinding/prediction.hpp"

namespace ionpass::tightbinding {

namespace {

/// One diagonalisation at every k-point: from a potential to populations.
void diagonalise(ScfProblem& problem, const Eigen::VectorXd& potential, double kt,
                 Precision precision, ScfResult& result) {
  const Eigen::VectorXd orbital_potential = per_orbital(problem, potential);
  result.eigenvalues = problem.shares.joined(orbital_potential.size(), [&](std::size_t i) {
    return std::visit(
        [&](auto& p) -> Eigen::VectorXd {
          p.solve(orbital_potential, precision);
          return p.eigenvalues();
        },
        problem.kpoints[i]);
  });
  result.filling = fill_states(result.eigenvalues, problem.weights, problem.count, kt);
  const std::vector<Eigen::VectorXd> populations =
      problem.shares.joined(orbital_potential.size(), [&](std::size_t i) {
        const Eigen::VectorXd& occupations = result.filling.occupations[problem.shares.own()[i]];
        return std::visit([&](auto& p) { return p.populations(occupations); }, problem.kpoints[i]);
      });
  result.potential = potential;
  result.populations = Eigen::VectorXd::Zero(problem.reference.size());
  double band_energy = 0.0;
  for (std::size_t k = 0; k < problem.weights.size(); ++k) {
    const Eigen::VectorXd& orbitals = populations[k];
    band_energy += problem.weights[k] * result.filling.occupations[k].dot(result.eigenvalues[k]);
    for (Eigen::Index i = 0; i < orbitals.size(); ++i) {
      result.populations(problem.site_of_orbital[static_cast<std::size_t>(i)]) +=
          problem.weights[k] * orbitals(i);
    }
  }
  result.populations = symmetrised(problem, result.populations);
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
  double hottest = 0.0;   // kT in Hartree at which the electrons start; cooled in steps
  bool predicts = false;  // goes on mixing at the response of each diagonalisation
};

/// What a cycle showed, for the diagnosis.
struct Course {
  int iterations = 0;
  double last_residual = 0.0;
  double best_residual = std::numeric_limits<double>::infinity();
  double gap = 0.0;
  double largest_gain = 0.0;  // electrons, of an atom in a state that was rejected
};

/// Notices a cycle that gets nowhere: the best residual of the last stretch is hardly better than
/// that of all before.
class Progress {
 public:
  explicit Progress(int stretch) : stretch_(stretch) {}
  bool stalled(double residual) {
    best_ = std::min(best_, residual);
    if (++cycles_ % stretch_ != 0) return false;
    const bool better = best_ < 0.5 * best_before_;
    best_before_ = best_;
    return !better;
  }

 private:
  int stretch_, cycles_ = 0;
  double best_ = std::numeric_limits<double>::infinity();
  double best_before_ = std::numeric_limits<double>::infinity();
};

/// One remedy at work: what it starts from, and what it leaves.
struct Attempt {
  ScfProblem& problem;
  const Remedy& remedy;
  const ScfSettings& settings;
  Eigen::VectorXd& dq;  ///< the best input known
  ScfResult& result;
  Course& course;
};

/// Single precision adds nothing to a residual as large as this one.
Precision precision_for(const ScfProblem& problem, const Remedy& remedy, double last_residual) {
  constexpr double large = 0.05;  // electrons
  const bool rough = remedy.predicts && last_residual > large && !problem.charges.is_empty();
  return rough ? Precision::single : Precision::full;
}

/// Runs the cycle at one temperature until it converges to the tolerance or stalls, or the cycles
/// are used up.
bool iterate(Attempt& attempt, double kt, double tolerance) {
  auto& [problem, remedy, settings, dq, result, course] = attempt;
  BroydenMixer mixer(remedy.mixing, remedy.history);
  Predictor predictor(problem, remedy.mixing, remedy.history, kt);
  Progress progress(remedy.predicts ? 15 : 40);
  course.last_residual = std::numeric_limits<double>::infinity();
  while (course.iterations < settings.max_iterations) {
    const Precision precision = precision_for(problem, remedy, course.last_residual);
    diagonalise(problem, problem.charges.potential(dq), kt, precision, result);
    result.iterations = ++course.iterations;
    const Eigen::VectorXd residual = result.populations - problem.reference - dq;
    const double largest = residual.cwiseAbs().maxCoeff();
    course.last_residual = largest;
    course.gap = result.filling.gap;
    if (!std::isfinite(largest)) return false;
    course.best_residual = std::min(course.best_residual, largest);
    if (precision == Precision::full && (largest < tolerance || problem.charges.is_empty()))
      return true;
    if (progress.stalled(largest)) return false;
    if (!remedy.predicts) {
      dq = mixer.next(dq, residual);
    } else if (predictor.advance(result, dq, tolerance, precision == Precision::full)) {
      return true;
    }
  }
  return false;
}

/// Starts hot and cools by half at a time, each temperature roughly converged, then runs at the
/// one asked for.
bool cool_down(Attempt attempt) {
  constexpr double rough = 1e-3;  // electrons
  const double asked = attempt.problem.kt, tolerance = attempt.settings.tolerance;
  for (double kt = attempt.remedy.hottest; kt > 2.0 * asked; kt *= 0.5) {
    if (!iterate(attempt, kt, std::max(rough, tolerance))) return false;
  }
  return iterate(attempt, asked, tolerance);
}

std::vector<Remedy> ladder(const ScfSettings& settings) {
  constexpr int long_memory = 40;
  constexpr double hot = 10000.0 * units::boltzmann_hartree;
  const int memory = std::max(long_memory, settings.history);
  return {{.mixing = settings.mixing, .history = settings.history, .predicts = true},
          {.mixing = 0.2 * settings.mixing, .history = settings.history, .predicts = true},
          {.mixing = 0.4 * settings.mixing, .history = memory},
          {.mixing = 0.4 * settings.mixing, .history = memory, .hottest = hot},
          {.mixing = 0.1 * settings.mixing, .history = memory}};
}

/// Smallest eigenvalue of S over the k-points: near zero the basis is all but linearly dependent.
double smallest_overlap(const ScfProblem& problem) {
  const std::vector<Eigen::VectorXd> smallest = problem.shares.joined(1, [&](std::size_t i) {
    return Eigen::VectorXd::Constant(
        1, std::visit([](const auto& p) { return p.smallest_overlap_eigenvalue(); },
                      problem.kpoints[i]));
  });
  double out = std::numeric_limits<double>::infinity();
  for (const Eigen::VectorXd& value : smallest) out = std::min(out, value(0));
  return out;
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
  } else if (course.largest_gain > 0.0) {
    cause = fmt::format(
        "the states found are artefacts, in which an atom gains {:.1f} electrons: check the "
        "geometry, or raise scf.max_iterations",
        course.largest_gain);
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

Eigen::VectorXd symmetrised(const ScfProblem& problem, const Eigen::VectorXd& populations) {
  if (problem.site_images.empty()) return populations;
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(populations.size());
  for (const auto& image : problem.site_images) {
    for (Eigen::Index i = 0; i < populations.size(); ++i)
      sum(image[static_cast<std::size_t>(i)]) += populations(i);
  }
  return sum / static_cast<double>(problem.site_images.size());
}

Eigen::VectorXd per_orbital(const ScfProblem& problem, const Eigen::VectorXd& site_potential) {
  Eigen::VectorXd out(static_cast<Eigen::Index>(problem.site_of_orbital.size()));
  for (std::size_t i = 0; i < problem.site_of_orbital.size(); ++i) {
    out(static_cast<Eigen::Index>(i)) = site_potential(problem.site_of_orbital[i]);
  }
  return out;
}

ScfResult solve_scf(ScfProblem& problem, const ScfSettings& settings,
                    const std::vector<double>& guess) {
  constexpr double absurd_gain = 2.5;  // electrons
  ScfResult result;
  Course course;
  Eigen::VectorXd dq = starting_charges(problem, guess);
  for (const Remedy& remedy : ladder(settings)) {
    if (cool_down({problem, remedy, settings, dq, result, course})) {
      const double gain = problem.charges.largest_gain(result.populations - problem.reference);
      if (gain < absurd_gain) return result;
      course.largest_gain = std::max(course.largest_gain, gain);
    }
    if (course.iterations >= settings.max_iterations) break;
    dq = starting_charges(problem, {});
  }
  throw ConvergenceError(diagnosis(problem, course, settings));
}

}  // namespace ionpass::tightbinding
