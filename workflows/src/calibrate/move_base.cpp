#include "calibrate/move_base.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace ionpass::workflows {
namespace {

using calibrate::BaseParameter;
using calibrate::BaseSearch;
using calibrate::BaseSlopes;
using calibrate::PairSum;
using calibrate::Sample;

constexpr double difference_step = 0.1;  // of a prior's width, for derivatives
constexpr double close_enough = 0.02;    // of a prior's width, between steps
constexpr int most_halvings = 3;

/// The moved base as a potential: its folder is named after the shifts.
std::string write_moved(const BaseMoves& moves, const std::vector<BaseParameter>& parameters) {
  calibrate::SetBase base = moves.base;
  std::string name = "moved";
  for (const BaseParameter& parameter : parameters) {
    if (parameter.shift != 0.0) base.shifts[parameter.name] = parameter.shift;
    name += fmt::format("_{}{:+.6f}", parameter.name, parameter.shift);
  }
  const std::filesystem::path folder = moves.folder / name;
  calibrate::write_moved_base(folder, base);
  return (base.tables.empty() ? "pairs/" : "dftb/") + folder.string();
}

std::vector<Sample> evaluate(const BaseMoves& moves, const std::vector<BaseParameter>& parameters) {
  return moves.evaluate(write_moved(moves, parameters));
}

PairSum slope(const PairSum& above, const PairSum& below, double width) {
  return {(above.energy - below.energy) / width, (above.forces - below.forces) / width,
          (above.stress - below.stress) / width};
}

/// Central differences, one parameter after the other.
BaseSlopes slopes_at(const BaseMoves& moves, const std::vector<BaseParameter>& parameters) {
  BaseSlopes out;
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    if (moves.progress)
      moves.progress(fmt::format("base: derivative with respect to {}", parameters[k].name));
    std::vector<BaseParameter> moved = parameters;
    const double step = difference_step * parameters[k].width;
    moved[k].shift = parameters[k].shift + step;
    const std::vector<Sample> above = evaluate(moves, moved);
    moved[k].shift = parameters[k].shift - step;
    const std::vector<Sample> below = evaluate(moves, moved);
    std::vector<PairSum>& slopes = out.emplace_back();
    for (std::size_t i = 0; i < above.size(); ++i)
      slopes.push_back(slope(above[i].base, below[i].base, 2.0 * step));
  }
  return out;
}

/// Largest change in units of the priors' widths.
double largest_change(const std::vector<BaseParameter>& from,
                      const std::vector<BaseParameter>& to) {
  double out = 0.0;
  for (std::size_t k = 0; k < from.size(); ++k)
    out = std::max(out, std::abs(to[k].shift - from[k].shift) / from[k].width);
  return out;
}

/// Where the search stands.
struct Place {
  std::vector<BaseParameter> parameters;
  std::vector<Sample> samples;
  double objective = 0.0;
};

/// A step, halved until the objective falls. @return whether it did
bool take_step(const BaseSearch& search, const BaseMoves& moves, const std::vector<double>& wanted,
               Place& place) {
  double share = 1.0;
  for (int halving = 0; halving <= most_halvings; ++halving, share /= 2.0) {
    Place next = place;
    for (std::size_t k = 0; k < wanted.size(); ++k)
      next.parameters[k].shift += share * (wanted[k] - place.parameters[k].shift);
    next.samples = evaluate(moves, next.parameters);
    next.objective = search.objective(next.samples, next.parameters);
    if (moves.progress)
      moves.progress(
          fmt::format("base: objective {:.6g} after {:.6g}", next.objective, place.objective));
    if (next.objective >= place.objective) continue;
    place = std::move(next);
    return true;
  }
  return false;
}

}  // namespace

MovedBase move_base(const CalibrationPlan& plan, const std::vector<Sample>& training,
                    const calibrate::Choice& choice, const BaseMoves& moves) {
  const BaseSearch search(training, moves.prior, plan.fit, choice);
  Place place{plan.base_parameters, training, search.objective(training, plan.base_parameters)};
  MovedBase out;
  BaseSlopes slopes;
  bool moving = true;
  while (moving && out.steps < plan.base_iterations) {
    slopes = slopes_at(moves, place.parameters);
    const std::vector<BaseParameter> before = place.parameters;
    const std::vector<double> wanted = search.step(place.samples, slopes, place.parameters);
    if (!take_step(search, moves, wanted, place)) break;
    ++out.steps;
    moving = largest_change(before, place.parameters) > close_enough;
  }
  // Each fold has parameters of its own, from the base linearised at the last derivatives.
  out.parameters = place.parameters;
  out.score =
      search.score(place.samples, slopes, place.parameters) / search.score(training, {}, {});
  out.accepted = out.steps > 0 && out.score < 1.0 - plan.fit.gain;
  out.set = write_moved(moves, out.parameters);
  return out;
}

}  // namespace ionpass::workflows
