// The answer to the study's question, in words, from nothing but its numbers.
#include "order.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "text.hpp"

namespace ionpass::workflows::report {

namespace {

Verdict judge(const OrderFinding& finding) {
  if (finding.pairs.empty()) return Verdict::undecided;
  const auto count = [&](auto predicate) {
    return static_cast<std::size_t>(
        std::count_if(finding.pairs.begin(), finding.pairs.end(), predicate));
  };
  const double u = finding.uncertainty;
  const std::size_t all = finding.pairs.size();
  const std::size_t above = count([](const Comparison& c) { return c.difference > 0.0; });
  const std::size_t clearly_above = count([u](const Comparison& c) { return c.difference > u; });
  const std::size_t clearly_below = count([u](const Comparison& c) { return c.difference < -u; });
  if (clearly_above == all) return Verdict::confirmed;
  if (clearly_below == all) return Verdict::contradicted;
  if (above == all) return Verdict::same_order;
  if (above == 0) return Verdict::opposite_order;
  return Verdict::mixed;
}

std::string headline(Verdict verdict) {
  switch (verdict) {
    case Verdict::confirmed:
      return "This calculation confirms the order the paper reports: the barrier of the 1D chain "
             "lies "
             "above that of the 3D perovskite, by more than the stated uncertainty";
    case Verdict::same_order:
      return "This calculation has the order the paper reports, 1D above 3D, but by no more than "
             "its "
             "stated uncertainty: it does not confirm it";
    case Verdict::opposite_order:
      return "This calculation has the 1D barrier not above the 3D one, against the order the "
             "paper "
             "reports, but by no more than its stated uncertainty: it neither confirms nor "
             "contradicts "
             "it";
    case Verdict::contradicted:
      return "This calculation contradicts the order the paper reports: the barrier of the 1D "
             "chain "
             "lies below that of the 3D perovskite, by more than the stated uncertainty";
    case Verdict::mixed:
      return "This calculation does not give one answer: some pairs of materials have the order "
             "the "
             "paper reports, 1D above 3D, others have not";
    case Verdict::undecided:
    case Verdict::no_claim:
      break;
  }
  return "Whether the order the paper reports, 1D above 3D, holds cannot be said from this "
         "calculation";
}

/// What limits the answer itself, put behind it: hops of the compared materials that gave no
/// barrier could be the easier ones.
std::string reservation(const OrderFinding& finding,
                        const std::vector<MaterialSummary>& summaries) {
  const auto partial = [&](const Comparison& pair) {
    return summaries[pair.chain].without_barrier + summaries[pair.network].without_barrier > 0;
  };
  const bool any = std::any_of(finding.pairs.begin(), finding.pairs.end(), partial);
  return any ? ", judged from the hops that converged; others gave no barrier" : "";
}

/// Materials of the study on one side of the claim: the same compound and mobile ion.
std::vector<std::size_t> on_side(const StudyResult& study, const Literature& literature,
                                 const std::string& name) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < study.materials.size(); ++i) {
    const MaterialResult& material = study.materials[i];
    if (material.species == literature.order->species &&
        literature_name(literature, material) == name)
      out.push_back(i);
  }
  return out;
}

/// Sets verdict and pairs, where the study has both sides of the claim.
void hold_against(const Literature& literature, const StudyResult& study,
                  const std::vector<MaterialSummary>& summaries, OrderFinding& finding) {
  finding.verdict = Verdict::no_claim;
  if (!study.literature || !literature.order) return;
  const auto higher = on_side(study, literature, literature.order->higher_material);
  const auto lower = on_side(study, literature, literature.order->lower_material);
  if (higher.empty() || lower.empty()) return;
  for (const std::size_t i : higher) {
    if (summaries[i].dimension != Dimension::chain || !summaries[i].barrier) continue;
    for (const std::size_t j : lower) {
      if (summaries[j].dimension != Dimension::network || !summaries[j].barrier) continue;
      finding.pairs.push_back({i, j, summaries[i].barrier->energy - summaries[j].barrier->energy});
    }
  }
  finding.verdict = judge(finding);
}

/// The barriers side by side, where there is no claim to hold them against.
std::string neutral_headline(const StudyResult& study,
                             const std::vector<MaterialSummary>& summaries) {
  std::vector<std::pair<double, std::string>> barriers;
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    if (!summaries[i].barrier) continue;
    const double energy = summaries[i].barrier->energy;
    barriers.emplace_back(energy,
                          fmt::format("{} eV for {}", fixed(energy, 3), study.materials[i].name));
  }
  if (barriers.empty()) return "No material of this study has a barrier to compare";
  std::sort(barriers.begin(), barriers.end());
  std::vector<std::string> texts;
  texts.reserve(barriers.size());
  for (const auto& [energy, text] : barriers) texts.push_back(text);
  return fmt::format("Barriers of this study, the lowest first: {}", fmt::join(texts, ", "));
}

std::string claim_sentence(const OrderClaim& claim) {
  std::vector<std::string> values;
  double nearest = claim.lower.front();
  for (const double value : claim.lower) {
    values.push_back(plain(value));
    nearest = std::max(nearest, value);
  }
  return fmt::format(
      "The paper ({}) gives {} eV for {} against {} eV reported for {}: a difference of {} eV or "
      "more{}.",
      claim.citation, plain(claim.higher), claim.higher_material, fmt::join(values, " and "),
      claim.lower_material, fixed(claim.higher - nearest, 2),
      claim.verification == Verification::secondary ? " (numbers not read in the paper's own text)"
                                                    : "");
}

std::string pair_sentence(const StudyResult& study, const Comparison& pair, double uncertainty) {
  const double size = std::abs(pair.difference);
  std::string out =
      fmt::format("{} lies {} eV {} {}", study.materials[pair.chain].name, fixed(size, 3),
                  pair.difference >= 0.0 ? "above" : "below", study.materials[pair.network].name);
  if (uncertainty > 0.0) {
    out += fmt::format(": {} times the stated uncertainty of a difference ({} eV)",
                       short_number(size / uncertainty), fixed(uncertainty, 3));
  }
  return out + ".";
}

/// What of the comparison is missing, and why.
void say_missing(const StudyResult& study, const std::vector<MaterialSummary>& summaries,
                 std::vector<std::string>& sentences) {
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    if (!summaries[i].barrier) {
      sentences.push_back(fmt::format("{} ({}) has no barrier to compare: {}.",
                                      study.materials[i].name, describe(summaries[i].dimension),
                                      summaries[i].reason));
    } else if (summaries[i].without_barrier > 0) {
      sentences.push_back(fmt::format(
          "{} of the {} long-range hops of {} gave no barrier; the easiest may be among them.",
          summaries[i].without_barrier, summaries[i].long_range, study.materials[i].name));
    }
  }
}

void say_accuracy(const StudyResult& study, std::vector<std::string>& sentences) {
  for (const PotentialNote& potential : study.potentials) {
    if (potential.accuracy.empty()) {
      sentences.push_back(
          fmt::format("Nothing is recorded of the accuracy of {}: its error is unknown, not zero.",
                      potential.name));
    } else {
      sentences.push_back(fmt::format("Known accuracy of {}: {}.", potential.name,
                                      fmt::join(potential.accuracy, "; ")));
    }
  }
}

void say_unequal_methods(const StudyResult& study, const OrderFinding& finding,
                         std::vector<std::string>& sentences) {
  for (const Comparison& pair : finding.pairs) {
    const MaterialResult& a = study.materials[pair.chain];
    const MaterialResult& b = study.materials[pair.network];
    if (a.potential != b.potential || a.charge != b.charge || a.unpaired != b.unpaired ||
        a.species != b.species) {
      sentences.push_back(fmt::format(
          "{} and {} were not computed alike (potential {} and {}, charge {} and {} e, vacancy {} "
          "and {}): their difference carries that too.",
          a.name, b.name, a.potential, b.potential, plain(a.charge), plain(b.charge), a.species,
          b.species));
    }
  }
}

}  // namespace

std::string to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::confirmed:
      return "confirmed";
    case Verdict::same_order:
      return "same_order";
    case Verdict::opposite_order:
      return "opposite_order";
    case Verdict::contradicted:
      return "contradicted";
    case Verdict::mixed:
      return "mixed";
    case Verdict::no_claim:
      return "no_claim";
    case Verdict::undecided:
      break;
  }
  return "undecided";
}

OrderFinding find_order(const StudyResult& study, const Literature& literature,
                        const std::vector<MaterialSummary>& summaries) {
  OrderFinding finding;
  finding.uncertainty = std::numbers::sqrt2 * study.kinetics.barrier_uncertainty;
  hold_against(literature, study, summaries, finding);
  const bool is_claimed = finding.verdict != Verdict::no_claim;
  finding.headline = (is_claimed ? headline(finding.verdict) : neutral_headline(study, summaries)) +
                     reservation(finding, summaries) + ".";
  std::vector<std::string>& say = finding.sentences;
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    if (summaries[i].barrier) {
      say.push_back(barrier_sentence(study.materials[i], summaries[i]) + ", " +
                    describe(summaries[i].dimension) + ".");
    }
  }
  for (const Comparison& pair : finding.pairs) {
    say.push_back(pair_sentence(study, pair, finding.uncertainty));
  }
  if (is_claimed) say.push_back(claim_sentence(*literature.order));
  say_missing(study, summaries, say);
  const bool has_barrier = std::any_of(summaries.begin(), summaries.end(), [](const auto& summary) {
    return summary.barrier.has_value();
  });
  if (has_barrier) {
    say_unequal_methods(study, finding, say);
    say.push_back(fmt::format(
        "The stated uncertainty of {} eV for each barrier is an assumption of this study, not a "
        "measured error of the method.",
        plain(study.kinetics.barrier_uncertainty)));
    say_accuracy(study, say);
  }
  return finding;
}

}  // namespace ionpass::workflows::report
