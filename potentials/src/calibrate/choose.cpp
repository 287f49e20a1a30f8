// Cross-validation: which cut-offs and how much smoothness the data bear.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>

#include <structures/neighbors.hpp>

#include "calibrate/left_out.hpp"
#include "calibrate/penalty.hpp"
#include "fingerprint.hpp"

namespace ionpass::calibrate {

namespace {

using Eigen::Index;

/// Everything that does not depend on the choice.
class Validation {
 public:
  /// For all pairs and cut-offs of the settings, without three-body potentials.
  Validation(std::span<const Sample> samples, const PairFunctions& prior,
             const FitSettings& settings)
      : Validation(samples, prior, settings, {samples, settings, [&settings](ElementPair pair) {
                                                return candidates(pair, settings);
                                              }}) {}
  /// For the cut-offs and three-body potentials of a choice, whatever its strengths.
  Validation(std::span<const Sample> samples, const PairFunctions& prior,
             const FitSettings& settings, const Choice& choice)
      : Validation(samples, prior, settings, {samples, settings, choice}) {}

  [[nodiscard]] const Columns& columns() const noexcept { return columns_; }
  [[nodiscard]] std::size_t fits() const noexcept { return fits_; }
  /// Whether the data hold a triple of a group.
  [[nodiscard]] bool has_group(std::size_t group) const {
    return std::ranges::find(columns_.triples(), group, &TripleBlock::group) !=
           columns_.triples().end();
  }

  /// Mean weighted error of a structure in the folds, each seen by a fit to the others, relative to
  /// no fit. The root is taken per fold: one structure that no choice describes must not decide
  /// all.
  double score(const Choice& choice) {
    ++fits_;
    std::vector<Index> chosen;
    for (const Block& block : columns_.blocks())
      if (is_chosen(block, choice))
        for (Index k = 0; k < block.basis.size(); ++k) chosen.push_back(block.offset + k);
    for (const TripleBlock& block : columns_.triples())
      for (Index k = 0; k < columns_.size_of(block); ++k) chosen.push_back(block.offset + k);
    for (Index k = columns_.first_constant(); k < columns_.size(); ++k) chosen.push_back(k);
    const Eigen::MatrixXd penalty = penalty_matrix(columns_, settings_, choice);
    return left_out_.error(chosen, penalty(chosen, chosen)) / scale_;
  }

 private:
  Validation(std::span<const Sample> samples, const PairFunctions& prior,
             const FitSettings& settings, Columns columns)
      : settings_(settings),
        columns_(std::move(columns)),
        left_out_(samples, prior, settings.weights, columns_,
                  folds(samples, settings.folds, settings.seed)),
        scale_(unfitted(samples, settings)) {}

  static std::vector<double> candidates(ElementPair pair, const FitSettings& settings) {
    if (std::ranges::find(settings.skip, pair) != settings.skip.end()) return {};
    const auto own = settings.pair_cutoffs.find(pair);
    return own == settings.pair_cutoffs.end() ? settings.cutoffs : own->second;
  }

  /// The same without pair potentials, whatever the prior: what scores of different walls are
  /// relative to.
  static double unfitted(std::span<const Sample> samples, const FitSettings& settings) {
    const Columns none(samples, settings, [](ElementPair) { return std::vector<double>{}; });
    double out = 0.0;
    for (const Normal& fold : normal_equations(samples, {}, settings.weights, none,
                                               folds(samples, settings.folds, settings.seed)))
      out += fold_size(fold, fold.square);
    return out;
  }

  FitSettings settings_;
  Columns columns_;
  LeftOut left_out_;
  double scale_;
  std::size_t fits_ = 0;
};

/// Candidates of each pair that has data, ascending.
std::map<ElementPair, std::vector<double>> pair_candidates(const Columns& columns) {
  std::map<ElementPair, std::vector<double>> out;
  for (const Block& block : columns.blocks()) out[block.pair].push_back(block.basis.cutoff());
  for (auto& [pair, cutoffs] : out) std::ranges::sort(cutoffs);
  return out;
}

/// Choices in which all pairs have the same smoothness, and the same rank among their cut-offs: the
/// best one for each growth.
std::vector<Choice> common_choices(Validation& validation, const FitSettings& settings, double wall,
                                   const ChoiceObserver& observer) {
  const auto candidates = pair_candidates(validation.columns());
  std::size_t ranks = 0;
  for (const auto& [pair, cutoffs] : candidates) ranks = std::max(ranks, cutoffs.size());
  std::vector<Choice> out;
  for (const double growth : settings.growth) {
    Choice best;
    best.score = std::numeric_limits<double>::infinity();
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      for (const double smoothness : settings.smoothness) {
        Choice tried{smoothness, growth, wall, {}, 0.0, 0};
        for (const auto& [pair, cutoffs] : candidates)
          tried.pairs[pair] = {cutoffs[std::min(rank, cutoffs.size() - 1)], 1.0};
        tried.score = validation.score(tried);
        if (observer)
          observer(fmt::format("wall {:g}, smoothness {:g}, growth {:g}, cut-offs {}", wall,
                               smoothness, growth, rank + 1),
                   tried.score);
        if (tried.score < best.score) best = tried;
      }
    }
    out.push_back(best);
  }
  return out;
}

/// Lets one pair after the other leave the common choice where that helps by more than `gain`.
bool improve_pairs(Validation& validation, const FitSettings& settings,
                   const ChoiceObserver& observer, Choice& best) {
  bool improved = false;
  for (const auto& [pair, cutoffs] : pair_candidates(validation.columns())) {
    Choice winner = best;
    for (const double cutoff : cutoffs) {
      for (const double factor : settings.pair_factors) {
        Choice tried = best;
        tried.pairs[pair] = {cutoff, factor};
        tried.score = validation.score(tried);
        if (tried.score < winner.score) winner = tried;
      }
    }
    if (winner.score > best.score * (1.0 - settings.gain)) continue;
    best = winner;
    improved = true;
    if (observer)
      observer(fmt::format("{}: cut-off {:.2f} Å, factor {:g}", pair_name(pair),
                           best.pairs[pair].cutoff, best.pairs[pair].factor),
               best.score);
  }
  return improved;
}

/// Shortest distance between a centre and a neighbour of a group, Å; 0 if there is none.
double shortest_of(std::span<const Sample> samples, const ThreeBodySettings& group, double cutoff) {
  std::set<ElementPair> pairs;
  const std::vector<int> elements = group.all_elements();
  for (const int centre : elements)
    for (const int a : elements)
      for (const int b : elements)
        if (group.contains(element_triple(centre, a, b)))
          pairs.insert({element_pair(centre, a), element_pair(centre, b)});
  double out = 0.0;
  for (const Sample& sample : samples) {
    const std::vector<int>& numbers = sample.label.structure.numbers;
    for (const NeighborPair& pair : neighbor_pairs(sample.label.structure, cutoff))
      if (pairs.contains(element_pair(numbers[pair.first], numbers[pair.second])))
        out = out == 0.0 ? pair.distance : std::min(out, pair.distance);
  }
  return out;
}

/// Shapes that a group may get; only those with triples in the data.
std::vector<ThreeBodyShape> shapes(std::span<const Sample> samples,
                                   const ThreeBodySettings& group) {
  constexpr double margin = 0.1;  // Å, below the shortest distance
  constexpr double grid = 100.0;  // 1/Å; a start is written with two digits
  std::vector<ThreeBodyShape> out;
  for (const double cutoff : group.cutoffs) {
    const double start = std::floor((shortest_of(samples, group, cutoff) - margin) * grid) / grid;
    if (start <= 0.0) continue;
    for (const int radial : group.radial)
      for (const int angular : group.angular) out.push_back({start, cutoff, radial, angular});
  }
  return out;
}

/// Adds a group where that helps by more than `gain`: its best shape and strength, the smoothness
/// of the pair potentials chosen anew along with them.
void try_three_body(std::span<const Sample> samples, const PairFunctions& prior,
                    const FitSettings& settings, std::size_t group, const ChoiceObserver& observer,
                    Choice& best) {
  Choice winner = best;
  const ThreeBodySettings& wanted = settings.three_body[group];
  std::size_t fits = best.fits;
  bool found = false;
  for (const ThreeBodyShape& shape : shapes(samples, wanted)) {
    Choice tried = best;
    tried.three_body.push_back({group, shape, 0.0});
    Validation validation(samples, prior, settings, tried);
    if (!validation.has_group(tried.three_body.size() - 1)) continue;
    found = true;
    for (const double strength : wanted.strengths)
      for (const double smoothness : settings.smoothness) {
        tried.three_body.back().strength = strength;
        tried.smoothness = smoothness;
        tried.score = validation.score(tried);
        if (observer)
          observer(fmt::format("three-body group {}: cut-off {:g} Å, radial {}, angular {}, "
                               "strength {:g}, smoothness {:g}",
                               group + 1, shape.cutoff, shape.radial, shape.angular, strength,
                               smoothness),
                   tried.score);
        if (tried.score < winner.score) winner = tried;
      }
    fits += validation.fits();
  }
  if (!found)
    throw InputError(fmt::format(
        "group {} of fit.three_body: no triple of its elements lies inside its cut-offs in the "
        "training structures; raise 'cutoff' or name other triples",
        group + 1));
  if (winner.score < best.score * (1.0 - settings.gain)) best = winner;
  best.fits = fits;
}

}  // namespace

std::vector<int> ThreeBodySettings::all_elements() const {
  std::set<int> out;
  if (triples.empty()) out.insert(elements.begin(), elements.end());
  for (const ElementTriple& triple : triples)
    out.insert({triple.centre, triple.first, triple.second});
  return {out.begin(), out.end()};
}

bool ThreeBodySettings::contains(const ElementTriple& triple) const {
  if (!triples.empty()) return std::ranges::find(triples, triple) != triples.end();
  const auto known = [this](int element) {
    return std::ranges::find(elements, element) != elements.end();
  };
  return known(triple.centre) && known(triple.first) && known(triple.second);
}

bool is_chosen(const Block& block, const Choice& choice) {
  const auto chosen = choice.pairs.find(block.pair);
  return chosen != choice.pairs.end() &&
         std::abs(chosen->second.cutoff - block.basis.cutoff()) < 1e-6;
}

Eigen::MatrixXd penalty_matrix(const Columns& columns, const FitSettings& settings,
                               const Choice& choice) {
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(columns.size(), columns.size());
  for (const Block& block : columns.blocks()) {
    if (!is_chosen(block, choice)) continue;
    const Index size = block.basis.size();
    auto part = out.block(block.offset, block.offset, size, size);
    part =
        choice.smoothness * choice.pairs.at(block.pair).factor * block.basis.penalty(choice.growth);
    part.diagonal().array() += settings.ridge;
  }
  for (const TripleBlock& block : columns.triples()) {
    const ThreeBodyShape& shape = columns.groups()[block.group].choice.shape;
    const double strength = choice.three_body.at(block.group).strength;
    for (Index k = 0; k < columns.size_of(block); ++k) {
      const auto l = static_cast<double>(k % (shape.angular + 1));
      const double roughness = l * (l + 1.0) / 4.0;
      out(block.offset + k, block.offset + k) =
          strength * (1.0 + roughness * roughness) + settings.ridge;
    }
  }
  return out;
}

std::vector<std::size_t> folds(std::span<const Sample> samples, int count, std::uint64_t seed) {
  std::set<std::pair<std::string, std::string>> families;  // in the order of a hash
  const auto family_key = [&](const Sample& sample) {
    return std::pair{text_fingerprint(fmt::format("{} {}", seed, sample.label.family)),
                     sample.label.family};
  };
  for (const Sample& sample : samples) families.insert(family_key(sample));
  const std::size_t wanted = count == 0 ? families.size() : static_cast<std::size_t>(count);
  std::vector<std::size_t> out;
  for (const Sample& sample : samples) {
    const auto rank = std::distance(families.begin(), families.find(family_key(sample)));
    out.push_back(static_cast<std::size_t>(rank) % std::min(wanted, families.size()));
  }
  return out;
}

Choice choose(std::span<const Sample> samples, const PairFunctions& prior,
              const FitSettings& settings, const ChoiceObserver& observer) {
  const std::vector<std::size_t> fold_of = folds(samples, settings.folds, settings.seed);
  if (fold_of.empty() || *std::ranges::max_element(fold_of) == 0)
    throw InputError(
        "cross-validation needs training structures of at least two families; add data, or name "
        "fewer config_types as one family");
  std::vector<Choice> starts;
  std::size_t fits = 0;
  for (const double wall : settings.walls) {
    Validation validation(samples, with_wall(samples, prior, wall), settings);
    if (validation.columns().blocks().empty())
      throw InputError(
          "no pair of the training structures lies inside a cut-off; raise fit.cutoffs");
    for (const Choice& choice : common_choices(validation, settings, wall, observer))
      starts.push_back(choice);
    fits += validation.fits();
  }
  std::ranges::stable_sort(starts, {}, &Choice::score);
  // One pair at a time is no sure way to the lowest score: several starts are followed.
  constexpr std::size_t most_starts = 3;
  constexpr int most_sweeps = 3;
  starts.resize(std::min(starts.size(), most_starts));
  for (Choice& choice : starts) {
    Validation validation(samples, with_wall(samples, prior, choice.wall), settings);
    for (int sweep = 0; sweep < most_sweeps; ++sweep)
      if (!improve_pairs(validation, settings, observer, choice)) break;
    fits += validation.fits();
  }
  Choice best = *std::ranges::min_element(starts, {}, &Choice::score);
  best.fits = fits;
  if (!settings.three_body.empty()) best.pairs_score = best.score;
  for (std::size_t group = 0; group < settings.three_body.size(); ++group)
    try_three_body(samples, with_wall(samples, prior, best.wall), settings, group, observer, best);
  return best;
}

}  // namespace ionpass::calibrate
