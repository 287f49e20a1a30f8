// Cross-validation: which cut-offs and how much smoothness the data bear.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "calibrate/penalty.hpp"
#include "fingerprint.hpp"

namespace ionpass::calibrate {

namespace {

using Eigen::Index;

/// Everything that does not depend on the choice.
class Validation {
 public:
  Validation(std::span<const Sample> samples, const PairFunctions& prior,
             const FitSettings& settings)
      : settings_(settings),
        columns_(samples, settings,
                 [&settings](ElementPair pair) { return candidates(pair, settings); }),
        folds_(normal_equations(samples, prior, settings.weights, columns_,
                                folds(samples, settings.folds, settings.seed))),
        total_(columns_.size()),
        scale_(unfitted(samples, settings)) {
    for (const Normal& fold : folds_) total_ += fold;
  }

  [[nodiscard]] const Columns& columns() const noexcept { return columns_; }
  [[nodiscard]] std::size_t fits() const noexcept { return fits_; }

  /// Mean weighted error of a structure in the folds, each seen by a fit to the others, relative to
  /// no fit. The root is taken per fold: one structure that no choice describes must not decide
  /// all.
  double score(const Choice& choice) {
    ++fits_;
    std::vector<Index> chosen;
    for (const Block& block : columns_.blocks())
      if (is_chosen(block, choice))
        for (Index k = 0; k < block.basis.size(); ++k) chosen.push_back(block.offset + k);
    const auto first_constant = static_cast<Index>(chosen.size());
    for (Index k = columns_.first_constant(); k < columns_.size(); ++k) chosen.push_back(k);
    const Eigen::MatrixXd whole_penalty = penalty_matrix(columns_, settings_, choice);
    const Eigen::MatrixXd penalty = whole_penalty(chosen, chosen);
    const Normal all = total_.part(chosen);
    double error = 0.0;
    for (const Normal& fold : folds_) {
      const Normal left_out = fold.part(chosen);
      Normal others = all;
      others -= left_out;
      Eigen::VectorXd c = solve(others, penalty);
      settle_constants(others, left_out, first_constant, c.size(), c);
      error += fold_size(left_out, left_out.error(c));
    }
    return error / scale_;
  }

 private:
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
  std::vector<Normal> folds_;
  Normal total_;
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

}  // namespace

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
  return best;
}

}  // namespace ionpass::calibrate
