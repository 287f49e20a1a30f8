#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <neb/preconditioner.hpp>
#include <neb/relaxation.hpp>
#include <neb/saddle.hpp>
#include <structures/error.hpp>

#include "answer_check.hpp"
#include "drift.hpp"

namespace ionpass::neb {

namespace {

// Turns of the mode before the first move, and a turn that is not worth an evaluation.
constexpr int first_turns = 4;
constexpr double small_turn = 0.05;  // sine of the angle
constexpr double rebuild_distance =
    0.5;  // Å, after which bonds have changed and the model Hessian with them

Eigen::Matrix3Xd unit(const Eigen::Matrix3Xd& vector) {
  const double length = vector.norm();
  return length > 0.0 ? Eigen::Matrix3Xd(vector / length) : vector;
}

}  // namespace

struct SaddleSearch::State {
  SaddleSettings settings;
  Structure current;
  Eigen::Matrix3Xd origin;  // Å, where the search started
  Evaluation evaluation;
  bool has_center = false;
  Eigen::Matrix3Xd forces;                // of the current geometry, without drift
  Eigen::Matrix3Xd mode;                  // unit
  std::optional<Eigen::Matrix3Xd> probe;  // unit, across the mode: where it may turn to
  double curvature = 0.0;
  double turn = 1.0;  // estimated sine of the angle the mode still has to turn
  int turns = 0;
  bool was_concave = false;

  std::unique_ptr<Optimizer> optimizer;
  std::shared_ptr<const ModelHessian> model;
  Eigen::Matrix3Xd modelled;

  int iterations = 0;
  std::size_t evaluations = 0;
  bool finished = false;
  bool converged = false;
  std::string diagnosis;

  void stop(std::string reason) {
    finished = true;
    diagnosis = std::move(reason);
  }

  void refresh_model() {
    if (model && max_force(current.positions - modelled) <= rebuild_distance) return;
    modelled = current.positions;
    model = std::make_shared<const ModelHessian>(current);
    optimizer->precondition(model);
  }

  /// Lowest mode in the plane of mode and probe, from the forces at the displaced points.
  void rotate(const Eigen::Matrix3Xd& along_mode, const Eigen::Matrix3Xd* along_probe) {
    Eigen::Matrix3Xd product = (forces - along_mode) / settings.difference;
    if (along_probe != nullptr) {
      const Eigen::Matrix3Xd other = (forces - *along_probe) / settings.difference;
      Eigen::Matrix2d plane;
      plane << inner_product(mode, product), inner_product(mode, other),
          inner_product(*probe, product), inner_product(*probe, other);
      const Eigen::SelfAdjointEigenSolver<Eigen::Matrix2d> solver(0.5 *
                                                                  (plane + plane.transpose()));
      const Eigen::Vector2d c = solver.eigenvectors().col(0);
      turn = std::abs(c(1));
      mode = unit(c(0) * mode + c(1) * *probe);
      product = c(0) * product + c(1) * other;
    }
    curvature = inner_product(mode, product);
    refresh_model();
    const Eigen::Matrix3Xd residual = without_drift(product - curvature * mode);
    Eigen::Matrix3Xd next = without_drift(model->apply(residual));
    next -= inner_product(next, mode) * mode;
    probe.reset();
    if (next.norm() > 0.0) probe = unit(next);
    ++turns;
  }

  [[nodiscard]] bool keeps_turning() const {
    return iterations == 0 && turns < first_turns && turn > small_turn;
  }

  void move() {
    const bool is_concave = curvature < 0.0;
    if (is_concave != was_concave) optimizer->reset();
    was_concave = is_concave;
    const double along = inner_product(forces, mode);
    const Eigen::Matrix3Xd effective = is_concave ? Eigen::Matrix3Xd(forces - 2.0 * along * mode)
                                                  : Eigen::Matrix3Xd(-along * mode);
    current.positions += optimizer->step(current.positions, effective);
    ++iterations;
    has_center = false;
  }

  void advance() {
    if (max_force(forces) <= settings.fmax && curvature < 0.0) {
      finished = converged = true;
    } else if (max_force(current.positions - origin) > settings.max_distance) {
      stop(
          fmt::format("the search for the saddle moved an atom by more than {} Å: it is not the "
                      "one of this path",
                      settings.max_distance));
    } else if (iterations >= settings.max_iterations) {
      stop(
          fmt::format("the search for the saddle did not converge in {} steps ({:.3f} eV/Å, "
                      "curvature {:.2f} eV/Å²)",
                      iterations, max_force(forces), curvature));
    } else if (!keeps_turning()) {
      move();
    }
  }
};

SaddleSearch::SaddleSearch(Structure start, const Eigen::Matrix3Xd& direction,
                           SaddleSettings settings)
    : state_(std::make_unique<State>()) {
  if (!(settings.fmax > 0.0) || !(settings.difference > 0.0) || !(settings.max_step > 0.0)) {
    throw InputError("saddle: fmax, difference and max_step must be above 0");
  }
  if (direction.cols() != start.positions.cols() || !(without_drift(direction).norm() > 0.0)) {
    throw InputError("saddle: the direction has the wrong number of atoms, or no length");
  }
  state_->origin = start.positions;
  state_->current = std::move(start);
  state_->mode = unit(without_drift(direction));
  LbfgsSettings lbfgs;
  lbfgs.max_step = settings.max_step;
  state_->settings = settings;
  state_->optimizer = make_optimizer(lbfgs);
}

SaddleSearch::~SaddleSearch() = default;

bool SaddleSearch::finished() const { return state_->finished; }

std::vector<Query> SaddleSearch::ask() {
  std::vector<Query> queries;
  if (state_->finished) return queries;
  const auto displaced = [&](const Eigen::Matrix3Xd& along) {
    Structure out = state_->current;
    out.positions += state_->settings.difference * along;
    return out;
  };
  const std::vector<double>& guess = state_->evaluation.state;
  if (!state_->has_center) queries.push_back({state_->current, 0, guess});
  queries.push_back({displaced(state_->mode), 1, guess});
  if (state_->probe && state_->turn > small_turn)
    queries.push_back({displaced(*state_->probe), 2, guess});
  return queries;
}

void SaddleSearch::tell(std::span<const Answer> answers) {
  State& s = *state_;
  s.evaluations += answers.size();
  for (const Answer& answer : answers) {
    const std::string defect = answer_defect(answer, s.current.size());
    if (!defect.empty()) return s.stop("search for the saddle: " + defect);
  }
  std::size_t next = 0;
  if (!s.has_center) {
    s.evaluation = answers[next++].evaluation;
    s.forces = without_drift(s.evaluation.forces);
    s.has_center = true;
  }
  const Eigen::Matrix3Xd along_mode = without_drift(answers[next++].evaluation.forces);
  if (next < answers.size()) {
    const Eigen::Matrix3Xd along_probe = without_drift(answers[next].evaluation.forces);
    s.rotate(along_mode, &along_probe);
  } else {
    s.rotate(along_mode, nullptr);
    // Look for a better direction again from time to time.
    if (s.turns % first_turns == 0) s.turn = 1.0;
  }
  s.advance();
}

Progress SaddleSearch::progress() const {
  return {"saddle", state_->iterations, state_->forces.cols() > 0 ? max_force(state_->forces) : 0.0,
          0.0};
}

bool SaddleSearch::converged() const { return state_->converged; }
const std::string& SaddleSearch::diagnosis() const { return state_->diagnosis; }
int SaddleSearch::iterations() const { return state_->iterations; }
std::size_t SaddleSearch::evaluations() const { return state_->evaluations; }
const Structure& SaddleSearch::structure() const { return state_->current; }
const Evaluation& SaddleSearch::evaluation() const { return state_->evaluation; }
const Eigen::Matrix3Xd& SaddleSearch::mode() const { return state_->mode; }
double SaddleSearch::curvature() const { return state_->curvature; }

}  // namespace ionpass::neb
