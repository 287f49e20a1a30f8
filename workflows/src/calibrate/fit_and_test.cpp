// The fit, and what is known of it without computing anything new.
#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include <workflows/store.hpp>

#include "calibrate/run.hpp"

namespace ionpass::workflows {
namespace {

using calibrate::Choice;
using calibrate::ErrorRow;
using calibrate::Fit;
using calibrate::Misfit;
using calibrate::PairFunctions;
using calibrate::Sample;
using calibrate::Seen;

std::vector<ErrorRow> errors(const std::vector<Sample>& samples, const Fit& fit, Seen seen) {
  std::vector<Misfit> off;
  off.reserve(samples.size());
  for (const Sample& sample : samples) off.push_back(calibrate::misfit(sample, fit, seen));
  return error_table(samples, off);
}

/// Families in the order of a hash, so that every fraction contains the smaller ones.
std::vector<std::pair<std::string, std::string>> ordered_families(
    const std::vector<Sample>& samples, std::uint64_t seed) {
  std::set<std::pair<std::string, std::string>> out;
  for (const Sample& sample : samples)
    out.insert(
        {sha256_hex(fmt::format("curve {} {}", seed, sample.label.family)), sample.label.family});
  return {out.begin(), out.end()};
}

std::vector<LearningPoint> learning_curve(const CalibrationPlan& plan,
                                          const std::vector<Sample>& training,
                                          const std::vector<Sample>& held_out,
                                          const PairFunctions& prior, const Choice& choice) {
  const auto families = ordered_families(training, plan.fit.seed);
  std::vector<LearningPoint> out;
  for (const double fraction : plan.validate.learning_curve) {
    const auto count =
        static_cast<std::size_t>(std::ceil(fraction * static_cast<double>(families.size()) - 1e-9));
    std::set<std::string> used;
    for (std::size_t i = 0; i < count; ++i) used.insert(families[i].second);
    std::vector<Sample> seen, unseen = held_out;
    for (const Sample& sample : training) {
      if (used.contains(sample.label.family))
        seen.push_back(sample);
      else if (held_out.empty())
        unseen.push_back(sample);
    }
    if (seen.empty() || unseen.empty()) continue;
    const Fit fit = calibrate::fit(seen, prior, plan.fit, choice);
    out.push_back({fraction, seen.size(), errors(seen, fit, Seen::by_fit).back().force_rms,
                   errors(unseen, fit, Seen::never).back().force_rms});
  }
  return out;
}

}  // namespace

void fit_and_test(const CalibrationPlan& plan, const std::vector<Sample>& samples,
                  const PairFunctions& prior,
                  const std::function<void(const std::string&)>& progress,
                  CalibrationResult& result) {
  std::vector<Sample> training, held_out;
  std::set<std::string> families;
  for (const Sample& sample : samples) {
    (sample.label.held_out ? held_out : training).push_back(sample);
    families.insert(sample.label.family);
  }
  result.structures = samples.size();
  result.families = families.size();
  result.held_out_structures = held_out.size();
  // Nothing that is chosen has seen a held-out structure.
  result.choice = result.known_choice
                      ? *result.known_choice
                      : calibrate::choose(
                            training, prior, plan.fit, [&](const std::string& what, double score) {
                              if (progress)
                                progress(fmt::format("cross-validation: {}: {:.5f}", what, score));
                            });
  result.left_out = calibrate::cross_validate(training, prior, plan.fit, result.choice);
  result.cross_validated = error_table(training, result.left_out);
  result.test_fit = calibrate::fit(training, prior, plan.fit, result.choice);
  const Fit& test = result.test_fit;
  result.training = errors(training, test, Seen::by_fit);
  if (!held_out.empty()) result.held_out = errors(held_out, test, Seen::never);
  result.learning = learning_curve(plan, training, held_out, prior, result.choice);
  result.fit = held_out.empty() ? test : calibrate::fit(samples, prior, plan.fit, result.choice);
  result.final_fit = errors(samples, result.fit, Seen::by_fit);
}

}  // namespace ionpass::workflows
