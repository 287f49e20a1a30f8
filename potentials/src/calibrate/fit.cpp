// Pair potentials from the linear problem, and how far they are from the labels.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <structures/units.hpp>

#include "calibrate/design.hpp"
#include "calibrate/left_out.hpp"
#include "calibrate/penalty.hpp"
#include "calibrate/sampled_curve.hpp"

namespace ionpass::calibrate {

namespace {

using Eigen::Index;

/// Prior and B-splines of a block together.
PairFunction whole_function(const Block& block, Eigen::VectorXd coefficients,
                            const PairFunctions& prior) {
  const auto known = prior.find(block.pair);
  const PairFunction start = known == prior.end() ? PairFunction{} : known->second;
  return {std::max(block.basis.cutoff(), start.cutoff),
          [basis = block.basis, coefficients = std::move(coefficients), start](double r) {
            PairPoint out = start.at && r < start.cutoff ? start.at(r) : PairPoint{};
            const BsplineBasis::Values v = basis.at(r);
            for (Index a = 0; a < 4; ++a) {
              const Index k = v.first + a;
              if (k < 0 || k >= basis.size()) continue;
              out.energy += coefficients(k) * v.value[static_cast<std::size_t>(a)];
              out.slope += coefficients(k) * v.slope[static_cast<std::size_t>(a)];
            }
            return out;
          }};
}

/// The end of the grid that holds both the B-splines' cut-off and the prior's.
double grid_end(double cutoff, double wanted, double step) {
  return wanted <= cutoff ? cutoff : cutoff + std::ceil((wanted - cutoff) / step) * step;
}

FittedPair fitted_pair(const Block& block, const Eigen::VectorXd& coefficients,
                       const PairFunctions& prior, double step) {
  const PairFunction function = whole_function(block, coefficients, prior);
  const double end = grid_end(block.basis.cutoff(), function.cutoff, step);
  return {block.shortest, block.distances, coefficients,
          sampled_curve(function, block.start, end, step)};
}

/// A pair of which the data say nothing: sampled from where a bond may begin.
FittedPair prior_pair(const PairFunction& prior, double step) {
  constexpr double nearest = 0.9;  // Å
  FittedPair out;
  out.shortest = std::min(nearest, prior.cutoff / 2.0);
  out.curve = sampled_curve(prior, out.shortest, prior.cutoff, step);
  return out;
}

/// The set that coefficients make.
Fit assembled(const Columns& columns, const Eigen::VectorXd& c, const PairFunctions& prior,
              double step) {
  Fit out;
  for (const Block& block : columns.blocks())
    out.pairs[block.pair] =
        fitted_pair(block, c.segment(block.offset, block.basis.size()), prior, step);
  for (const auto& [pair, function] : prior)
    if (!out.pairs.contains(pair)) out.pairs[pair] = prior_pair(function, step);
  for (const Columns::Group& group : columns.groups())
    out.three_body.push_back({group.choice.shape, {}});
  for (const TripleBlock& block : columns.triples())
    out.three_body[block.group].coefficients[block.triple] =
        c.segment(block.offset, columns.size_of(block));
  std::erase_if(out.three_body,
                [](const ThreeBodyGroup& group) { return group.coefficients.empty(); });
  for (std::size_t i = 0; i < columns.constants().size(); ++i)
    out.constants[columns.constants()[i].key] = {
        columns.constants()[i].mean + c(columns.first_constant() + static_cast<Index>(i)),
        columns.constants()[i].structures};
  return out;
}

/// Coefficients for the columns of a part of the data, from those of the whole: functions that the
/// part does not reach, and constants that it does not have, are left out.
Eigen::VectorXd coefficients_of(const Columns& part, const Columns& whole,
                                const Eigen::VectorXd& c) {
  Eigen::VectorXd out = Eigen::VectorXd::Zero(part.size());
  for (const Block& block : part.blocks()) {
    const auto same = std::ranges::find(whole.blocks(), block.pair, &Block::pair);
    const Index size = std::min(block.basis.size(), same->basis.size());
    out.segment(block.offset, size) = c.segment(same->offset, size);
  }
  for (const TripleBlock& block : part.triples()) {
    const auto same = std::ranges::find_if(whole.triples(), [&](const TripleBlock& other) {
      return other.group == block.group && other.triple == block.triple;
    });
    out.segment(block.offset, part.size_of(block)) = c.segment(same->offset, part.size_of(block));
  }
  for (std::size_t i = 0; i < part.constants().size(); ++i) {
    const Columns::Constant& own = part.constants()[i];
    const auto same = std::ranges::find(whole.constants(), own.key, &Columns::Constant::key);
    const double fitted = c(whole.first_constant() + (same - whole.constants().begin()));
    // Without weight no constant is fitted, and the mean of the part is all that is known.
    if (fitted != 0.0)
      out(part.first_constant() + static_cast<Index>(i)) = fitted + same->mean - own.mean;
  }
  return out;
}

}  // namespace

std::string energy_key(const LabelledStructure& label) {
  std::string key = label.energy_group + " " + formula(label.structure);
  const double charge = label.structure.charge;
  if (charge != 0.0 && label.structure.cell)
    key += fmt::format(" {:+g} e in {:.2f} Å³", charge, label.structure.cell->volume());
  return key;
}

PairFunctions Fit::functions() const {
  PairFunctions out;
  for (const auto& [pair, fitted] : pairs)
    out[pair] = {fitted.curve.cutoff(), [curve = fitted.curve](double r) { return curve.at(r); }};
  return out;
}

PairSum Fit::correction(const Structure& structure) const {
  PairSum out = pair_sum(structure, functions());
  if (!three_body.empty()) out += three_body_sum(structure, three_body);
  return out;
}

Fit fit(std::span<const Sample> samples, const PairFunctions& given_prior,
        const FitSettings& settings, const Choice& choice) {
  const PairFunctions prior = with_wall(samples, given_prior, choice.wall);
  const Columns columns(samples, settings, choice);
  const Normal normal = normal_equations(samples, prior, settings.weights, columns, {}).front();
  const Eigen::VectorXd c = solve(normal, penalty_matrix(columns, settings, choice));
  return assembled(columns, c, prior, settings.spline_step * units::bohr);
}

Misfit misfit(const Sample& sample, const Fit& fit, Seen seen) {
  const LabelledStructure& label = sample.label;
  const PairSum known = fit.correction(label.structure);
  PairSum off;
  off.energy = label.energy.value_or(0.0) - sample.base.energy - known.energy;
  off.forces = label.forces - sample.base.forces - known.forces;
  if (label.stress) off.stress = *label.stress - sample.base.stress - known.stress;
  Misfit out;
  out.forces = -off.forces;
  if (sample.label.stress) out.stress = -off.stress;
  const auto constant = fit.constants.find(energy_key(sample.label));
  const std::size_t needed = seen == Seen::by_fit ? 2 : 1;
  if (sample.label.energy && constant != fit.constants.end() &&
      constant->second.structures >= needed)
    out.energy = constant->second.energy - off.energy;
  return out;
}

std::vector<Misfit> cross_validate(std::span<const Sample> samples,
                                   const PairFunctions& given_prior, const FitSettings& settings,
                                   const Choice& choice) {
  const std::vector<std::size_t> fold_of = folds(samples, settings.folds, settings.seed);
  const PairFunctions prior = with_wall(samples, given_prior, choice.wall);
  const Columns columns(samples, settings, choice);
  const std::vector<Eigen::VectorXd> coefficients =
      LeftOut(samples, prior, settings.weights, columns, fold_of)
          .coefficients(penalty_matrix(columns, settings, choice));
  std::vector<Misfit> out(samples.size());
  for (std::size_t fold = 0; fold < coefficients.size(); ++fold) {
    std::vector<Sample> others;
    for (std::size_t i = 0; i < samples.size(); ++i)
      if (fold_of[i] != fold) others.push_back(samples[i]);
    const Columns known(others, settings, choice);
    const Fit without = assembled(known, coefficients_of(known, columns, coefficients[fold]), prior,
                                  settings.spline_step * units::bohr);
    for (std::size_t i = 0; i < samples.size(); ++i)
      if (fold_of[i] == fold) out[i] = misfit(samples[i], without, Seen::never);
  }
  return out;
}

namespace {

struct Sum {
  double squares = 0.0;
  double count = 0.0;
  void add(double square, double n) {
    squares += square;
    count += n;
  }
  [[nodiscard]] double rms() const { return count > 0.0 ? std::sqrt(squares / count) : 0.0; }
};

struct Sums {
  std::size_t structures = 0;
  Sum forces, reference, energy;
  std::map<int, Sum> elements;
  std::optional<double> stress_max;

  void add(const Sample& sample, const Misfit& off) {
    ++structures;
    const auto components = static_cast<double>(off.forces.size());
    forces.add(off.forces.squaredNorm(), components);
    reference.add(sample.label.forces.squaredNorm(), components);
    for (Index i = 0; i < off.forces.cols(); ++i)
      elements[sample.label.structure.numbers[static_cast<std::size_t>(i)]].add(
          off.forces.col(i).squaredNorm(), 3.0);
    if (off.energy) energy.add(*off.energy * *off.energy, 1.0);
    if (off.stress)
      stress_max =
          std::max(stress_max.value_or(0.0), off.stress->cwiseAbs().maxCoeff() / units::gigapascal);
  }
  [[nodiscard]] ErrorRow row(const std::string& type) const {
    ErrorRow out{type, structures, forces.rms(), reference.rms(), {}, {}, stress_max};
    for (const auto& [element, sum] : elements) out.elements[element] = sum.rms();
    if (energy.count > 0.0) out.energy_rms = energy.rms();
    return out;
  }
};

}  // namespace

std::vector<ErrorRow> error_table(std::span<const Sample> samples,
                                  std::span<const Misfit> misfits) {
  std::map<std::string, Sums> types;
  Sums all;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    types[samples[i].label.config_type].add(samples[i], misfits[i]);
    all.add(samples[i], misfits[i]);
  }
  std::vector<ErrorRow> out;
  out.reserve(types.size() + 1);
  for (const auto& [type, sums] : types) out.push_back(sums.row(type));
  out.push_back(all.row("all"));
  return out;
}

}  // namespace ionpass::calibrate
