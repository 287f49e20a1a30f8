// Downhill with one step per evaluation.
#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include <neb/relaxation.hpp>
#include <structures/error.hpp>

#include "answer_check.hpp"
#include "relaxation_motion.hpp"

namespace ionpass::neb {
namespace {

constexpr int most_halvings = 3;
// A step that ends this much higher was too long, whatever the forces say.
constexpr double tolerated_rise = 0.1;  // eV
// Bonds have changed by then, and the model Hessian with them.
constexpr double rebuild_distance = 0.5;  // Å

std::size_t most_strained(const Eigen::Matrix3Xd& forces) {
  Eigen::Index column = 0;
  forces.colwise().squaredNorm().maxCoeff(&column);
  return static_cast<std::size_t>(column);
}

void check(const Structure& start, const RelaxationSettings& settings) {
  if (start.size() == 0) throw InputError("relaxation: the structure has no atoms");
  if (start.positions.cols() != static_cast<Eigen::Index>(start.size())) {
    throw InputError(
        fmt::format("relaxation: {} positions for {} atoms", start.positions.cols(), start.size()));
  }
  if (!(settings.fmax > 0.0)) {
    throw InputError(fmt::format("relax.fmax: {} eV/Å given, it must be above 0", settings.fmax));
  }
  if (!(settings.smax > 0.0)) {
    throw InputError(fmt::format("relax.smax: {} eV/Å³ given, it must be above 0", settings.smax));
  }
  if (settings.max_iterations < 0) {
    throw InputError(fmt::format("relax.max_iterations: {} given, it must not be negative",
                                 settings.max_iterations));
  }
}

}  // namespace

double max_force(const Eigen::Matrix3Xd& forces) {
  return forces.cols() == 0 ? 0.0 : forces.colwise().norm().maxCoeff();
}

struct Relaxation::State {
  State(Structure start, RelaxationSettings wanted)
      : settings(wanted), motion(start, settings), current(std::move(start)), best(current) {
    optimizer = make_optimizer(settings.optimizer);
  }

  void accept(const Evaluation& evaluation);
  void shorten(const std::string& reason);
  void advance(const Evaluation& evaluation);
  void refresh_preconditioner();

  [[nodiscard]] bool rises_too_much(const Evaluation& evaluation) const {
    return has_accepted && halvings < most_halvings &&
           evaluation.free_energy > accepted_energy + tolerated_rise;
  }
  [[nodiscard]] std::string why_not_relaxed(const Eigen::Matrix3Xd& forces) const;
  void stop(std::string why) {
    finished = true;
    diagnosis = std::move(why);
  }

  RelaxationSettings settings;
  RelaxationMotion motion;
  std::unique_ptr<Optimizer> optimizer;
  Structure current;  ///< the geometry asked for
  Structure best;
  Evaluation best_evaluation;
  double best_measure = std::numeric_limits<double>::infinity();  ///< 1 is converged
  double best_stress = 0.0;                                       ///< eV/Å³

  bool has_accepted = false;
  Structure accepted;            ///< where the last step began
  double accepted_energy = 0.0;  ///< eV
  Eigen::Matrix3Xd step;         ///< from `accepted` to `current`, as RelaxationMotion has it
  Eigen::Matrix3Xd travelled;    ///< sum of the steps to `accepted`
  int halvings = 0;
  Eigen::Matrix3Xd modelled;  ///< Å, geometry of the model Hessian; empty: none yet

  int iterations = 0;
  std::size_t evaluations = 0;
  double force = 0.0;   ///< eV/Å, of the last accepted geometry
  double stress = 0.0;  ///< eV/Å³, likewise
  bool finished = false;
  bool converged = false;
  std::string diagnosis;
};

void Relaxation::State::refresh_preconditioner() {
  if (!settings.precondition || !std::holds_alternative<LbfgsSettings>(settings.optimizer)) return;
  const bool is_stale = modelled.cols() != current.positions.cols() ||
                        max_force(current.positions - modelled) > rebuild_distance;
  if (!is_stale) return;
  modelled = current.positions;
  optimizer->precondition(motion.preconditioner(current));
}

void Relaxation::State::shorten(const std::string& reason) {
  if (!has_accepted) return stop(reason);
  if (halvings == most_halvings) {
    return stop(fmt::format("{} ({} shorter steps did not help)", reason, most_halvings));
  }
  ++halvings;
  step *= 0.5;
  current = motion.moved(accepted, step);
}

std::string Relaxation::State::why_not_relaxed(const Eigen::Matrix3Xd& forces) const {
  std::string out =
      fmt::format("not relaxed after {} steps: {:.3f} eV/Å on {}, above {:.3f}", iterations, force,
                  current.label(most_strained(forces)), settings.fmax);
  if (force <= settings.fmax) {
    out = fmt::format("not relaxed after {} steps: stress {:.2e} eV/Å³, above {:.2e}", iterations,
                      stress, settings.smax);
  }
  return out + "; raise max_iterations or start from a better geometry";
}

void Relaxation::State::accept(const Evaluation& evaluation) {
  const Eigen::Matrix3Xd forces = motion.forces(current, evaluation);
  force = max_force(forces);
  stress = motion.active_stress(current, evaluation).cwiseAbs().maxCoeff();
  const double measure = std::max(force / settings.fmax, stress / settings.smax);
  if (measure < best_measure) {
    best_measure = measure;
    best_stress = stress;
    best = current;
    best_evaluation = evaluation;
  }
  if (has_accepted) {
    ++iterations;
    travelled += step;
  }
  // Three shorter steps ended as high as the first: the model of the curvature is wrong here.
  if (has_accepted && evaluation.free_energy > accepted_energy + tolerated_rise) optimizer->reset();
  has_accepted = true;
  accepted = current;
  accepted_energy = evaluation.free_energy;
  halvings = 0;
  if (measure <= 1.0) {
    finished = converged = true;
  } else if (iterations >= settings.max_iterations) {
    stop(why_not_relaxed(forces));
  } else {
    advance(evaluation);
  }
}

void Relaxation::State::advance(const Evaluation& evaluation) {
  refresh_preconditioner();
  const Eigen::Matrix3Xd forces = motion.generalized_forces(accepted, evaluation);
  if (travelled.cols() == 0) travelled = Eigen::Matrix3Xd::Zero(3, forces.cols());
  step = optimizer->step(travelled, forces);
  current = motion.moved(accepted, step);
}

Relaxation::Relaxation(Structure start, RelaxationSettings settings) {
  check(start, settings);
  state_ = std::make_unique<State>(std::move(start), settings);
}

Relaxation::~Relaxation() = default;
Relaxation::Relaxation(Relaxation&&) noexcept = default;
Relaxation& Relaxation::operator=(Relaxation&&) noexcept = default;

bool Relaxation::finished() const { return state_->finished; }

std::vector<Query> Relaxation::ask() {
  if (state_->finished) return {};
  return {Query{state_->current, 0, {}, state_->motion.has_cell()}};
}

void Relaxation::tell(std::span<const Answer> answers) {
  assert(answers.size() == 1 && !state_->finished);
  ++state_->evaluations;
  std::string defect = answer_defect(answers[0], state_->current.size());
  const bool lacks_stress = state_->motion.has_cell() && !answers[0].evaluation.stress;
  if (defect.empty() && lacks_stress) defect = "the potential gives no stress to relax the cell by";
  if (!defect.empty()) {
    state_->shorten(defect);
  } else if (state_->rises_too_much(answers[0].evaluation)) {
    state_->shorten("the energy rises");
  } else {
    state_->accept(answers[0].evaluation);
  }
}

Progress Relaxation::progress() const { return {"relax", state_->iterations, state_->force, 0.0}; }

bool Relaxation::converged() const { return state_->converged; }
const std::string& Relaxation::diagnosis() const { return state_->diagnosis; }
int Relaxation::iterations() const { return state_->iterations; }
std::size_t Relaxation::evaluations() const { return state_->evaluations; }
const Structure& Relaxation::structure() const { return state_->best; }
const Evaluation& Relaxation::evaluation() const { return state_->best_evaluation; }
double Relaxation::largest_stress() const { return state_->best_stress; }

}  // namespace ionpass::neb
