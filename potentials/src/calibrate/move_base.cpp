// Gauss–Newton steps of the base's parameters, the pair potentials fitted along.
#include <potentials/calibrate_base.hpp>

#include "calibrate/design.hpp"
#include "calibrate/penalty.hpp"
#include "shifts.hpp"

namespace ionpass::calibrate {

namespace {

using Eigen::Index;
using Parameters = std::span<const BaseParameter>;

/// The penalty on pair potentials, and behind it the weights of the priors.
Eigen::MatrixXd whole_penalty(const Columns& columns, const FitSettings& settings,
                              const Choice& choice, const Eigen::VectorXd& priors) {
  const Index size = columns.size(), moved = priors.size();
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(size + moved, size + moved);
  out.topLeftCorner(size, size) = penalty_matrix(columns, settings, choice);
  out.bottomRightCorner(moved, moved).diagonal() = priors;
  return out;
}

Eigen::VectorXd prior_weights(Parameters parameters, double variance) {
  Eigen::VectorXd out(static_cast<Index>(parameters.size()));
  for (std::size_t k = 0; k < parameters.size(); ++k)
    out(static_cast<Index>(k)) = variance / (parameters[k].width * parameters[k].width);
  return out;
}

Eigen::VectorXd shifts_of(Parameters parameters) {
  Eigen::VectorXd out(static_cast<Index>(parameters.size()));
  for (std::size_t k = 0; k < parameters.size(); ++k)
    out(static_cast<Index>(k)) = parameters[k].shift;
  return out;
}

/// Solves for coefficients and changes of the parameters; their priors pull towards no shift.
Eigen::VectorXd solve_with_priors(Normal normal, const Eigen::MatrixXd& penalty,
                                  const Eigen::VectorXd& priors, const Eigen::VectorXd& shifts) {
  normal.vector.tail(shifts.size()) -= priors.cwiseProduct(shifts);
  return solve(normal, penalty);
}

}  // namespace

bool is_base_parameter(const std::string& name) { return parse_parameter_name(name).has_value(); }

BaseSearch::BaseSearch(std::span<const Sample> samples, const PairFunctions& prior,
                       const FitSettings& settings, const Choice& choice)
    : prior_(with_wall(samples, prior, choice.wall)), settings_(settings), choice_(choice) {
  const Columns columns(samples, settings_, choice_);
  const Normal normal = normal_equations(samples, prior_, settings_.weights, columns, {}).front();
  const Eigen::VectorXd c = solve(normal, penalty_matrix(columns, settings_, choice_));
  variance_ = std::max(normal.error(c), 0.0) / std::max(normal.rows, 1.0);
}

double BaseSearch::objective(std::span<const Sample> samples, Parameters parameters) const {
  const Columns columns(samples, settings_, choice_);
  const Normal normal = normal_equations(samples, prior_, settings_.weights, columns, {}).front();
  const Eigen::MatrixXd penalty = penalty_matrix(columns, settings_, choice_);
  const Eigen::VectorXd c = solve(normal, penalty), shifts = shifts_of(parameters);
  return normal.error(c) + c.dot(penalty * c) +
         prior_weights(parameters, variance_).dot(shifts.cwiseAbs2());
}

std::vector<double> BaseSearch::step(std::span<const Sample> samples, const BaseSlopes& slopes,
                                     Parameters parameters) const {
  const Columns columns(samples, settings_, choice_);
  const Normal normal =
      normal_equations(samples, prior_, settings_.weights, columns, {}, slopes).front();
  const Eigen::VectorXd priors = prior_weights(parameters, variance_);
  const Eigen::VectorXd shifts = shifts_of(parameters);
  const Eigen::VectorXd c =
      solve_with_priors(normal, whole_penalty(columns, settings_, choice_, priors), priors, shifts);
  const Eigen::VectorXd moved = shifts + c.tail(shifts.size());
  return {moved.begin(), moved.end()};
}

double BaseSearch::score(std::span<const Sample> samples, const BaseSlopes& slopes,
                         Parameters parameters) const {
  const Columns columns(samples, settings_, choice_);
  const std::vector<Normal> parts =
      normal_equations(samples, prior_, settings_.weights, columns,
                       folds(samples, settings_.folds, settings_.seed), slopes);
  Normal all(parts.front().matrix.rows());
  for (const Normal& part : parts) all += part;
  const Eigen::VectorXd priors = prior_weights(parameters, variance_);
  const Eigen::VectorXd shifts = shifts_of(parameters);
  const Eigen::MatrixXd penalty = whole_penalty(columns, settings_, choice_, priors);
  double out = 0.0;
  for (const Normal& left_out : parts) {
    Normal others = all;
    others -= left_out;
    Eigen::VectorXd c = solve_with_priors(others, penalty, priors, shifts);
    settle_constants(others, left_out, columns.first_constant(), columns.size(), c);
    out += fold_size(left_out, left_out.error(c));
  }
  return out;
}

}  // namespace ionpass::calibrate
