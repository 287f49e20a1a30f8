// The report of a calibration.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <structures/elements.hpp>

#include "calibrate/markdown.hpp"
#include "calibrate/report_comparison.hpp"
#include "calibrate/report_trials.hpp"
#include "calibrate/result.hpp"
#include "cli/output.hpp"

namespace ionpass::workflows {
namespace {

using calibrate::ErrorRow;
using calibrate::pair_name;

std::string errors_text(const std::string& title, const std::vector<ErrorRow>& rows) {
  if (rows.empty()) return {};
  std::string out = fmt::format("### {}\n\n", title) +
                    markdown_head({"type", "n", "force rms", "of labels", "energy rms",
                                   "stress max", "force rms per element"});
  for (const ErrorRow& r : rows) {
    std::vector<std::string> elements;
    for (const auto& [number, rms] : r.elements)
      elements.push_back(fmt::format("{} {:.3f}", element_symbol(number), rms));
    out += markdown_row({r.config_type, fmt::format("{}", r.structures),
                         fmt::format("{:.3f}", r.force_rms), fmt::format("{:.3f}", r.reference_rms),
                         optional_number(r.energy_rms, 3), optional_number(r.stress_max, 2),
                         fmt::format("{}", fmt::join(elements, ", "))});
  }
  return out + "\n";
}

std::string pairs_text(const CalibrationResult& result) {
  std::string out =
      "## Pair potentials\n\n" + markdown_head({"pair", "from (Å)", "cut-off (Å)", "distances",
                                                "factor on smoothness", "lowest (eV at Å)"});
  for (const auto& [pair, fitted] : result.fit.pairs) {
    double lowest = 0.0, place = 0.0;
    for (const auto& piece : fitted.curve.pieces())
      if (piece.c[0] < lowest) lowest = piece.c[0], place = piece.start;
    const auto chosen = result.choice.pairs.find(pair);
    out += markdown_row(
        {pair_name(pair), fmt::format("{:.2f}", fitted.shortest),
         fmt::format("{:.2f}", fitted.curve.cutoff()), fmt::format("{}", fitted.distances),
         chosen == result.choice.pairs.end() ? "prior" : fmt::format("{:g}", chosen->second.factor),
         lowest < 0.0 ? fmt::format("{:.3f} at {:.2f}", lowest, place) : "–"});
  }
  return out + "\n";
}

std::string learning_text(const CalibrationResult& result) {
  if (result.learning.empty()) return {};
  std::string out = fmt::format(
      "## Learning curve\n\nForce rms (eV/Å) of the structures a fit has seen, and of {}.\n\n{}",
      result.held_out_structures > 0 ? "the held-out ones" : "all others",
      markdown_head({"share of the families", "structures", "seen", "unseen"}));
  for (const LearningPoint& point : result.learning)
    out += markdown_row({fmt::format("{:g}", point.fraction), fmt::format("{}", point.structures),
                         fmt::format("{:.3f}", point.training_rms),
                         fmt::format("{:.3f}", point.tested_rms)});
  return out + "\n";
}

std::string volume_line(const VolumeCurve& curve) {
  const auto volume = curve.volume();
  if (!curve.failure.empty()) return curve.failure;
  if (!volume) return "no minimum inside the strains";
  return fmt::format("{:.1f} Å³ ({:+.2f} % of the file's), bulk modulus {:.1f} GPa{}", *volume,
                     100.0 * (*volume / curve.start_volume - 1.0), *curve.modulus,
                     curve.check.volume ? fmt::format(", {:+.2f} % of the reference's",
                                                      100.0 * (*volume / *curve.check.volume - 1.0))
                                        : "");
}

std::string volumes_text(const CalibrationResult& result) {
  if (result.volumes.empty()) return {};
  std::string out =
      "## Energy over volume\n\nAll lengths of the cell scaled, atoms relaxed; energies per cell "
      "from the lowest, eV.\n\n";
  for (const VolumeCurve& curve : result.volumes) {
    out += fmt::format("- {}: {}{}\n", curve.check.name, volume_line(curve),
                       curve.unrelaxed == 0 ? ""
                                            : fmt::format("; the atoms of {} points had not come "
                                                          "to rest after {} steps",
                                                          curve.unrelaxed, curve.check.steps));
    if (curve.energies.empty()) continue;
    const double lowest = *std::ranges::min_element(curve.energies);
    std::vector<std::string> points;
    for (std::size_t i = 0; i < curve.energies.size(); ++i)
      points.push_back(
          fmt::format("{:+.1f} %: {:.3f}", 100.0 * curve.strains[i], curve.energies[i] - lowest));
    out += fmt::format("  {}\n", fmt::join(points, ", "));
  }
  return out + "\n";
}

std::string relaxed_text(const CalibrationResult& result) {
  if (result.relaxed.empty()) return {};
  std::string out = "## Short relaxations, cell fixed\n\n";
  for (const RelaxedBonds& relaxed : result.relaxed) {
    out += fmt::format(
        "- {}: {} after {} steps, largest force {:.3f} eV/Å, largest shift {:.2f} Å"
        "{}\n  shortest distances (Å, before → after): ",
        relaxed.check.name, relaxed.converged ? "converged" : "not converged", relaxed.steps,
        relaxed.largest_force, relaxed.largest_shift,
        relaxed.failure.empty() ? "" : "; " + relaxed.failure);
    std::vector<std::string> bonds;
    for (const RelaxedBonds::Bond& bond : relaxed.bonds)
      bonds.push_back(
          fmt::format("{} {:.3f} → {:.3f}", pair_name(bond.pair), bond.before, bond.after));
    out += fmt::format("{}\n", fmt::join(bonds, ", "));
  }
  return out + "\n";
}

std::string choice_text(const CalibrationPlan& plan, const CalibrationResult& result) {
  return fmt::format(
      "Chosen by cross-validation over whole structures ({}, {} fits, training structures only): "
      "smoothness {:g}, growth {:g}, {:g} of the universal repulsion to start from; the weighted "
      "square error of left-out structures is {:.2f} % "
      "of that without any.\n\n",
      plan.fit.folds == 0 ? "one family left out at a time"
                          : fmt::format("{} folds", plan.fit.folds),
      result.choice.fits, result.choice.smoothness, result.choice.growth, result.choice.wall,
      100.0 * result.choice.score);
}

/// Which groups were added, and what of the error is left with and without them.
std::string three_body_text(const CalibrationPlan& plan, const CalibrationResult& result) {
  if (plan.fit.three_body.empty()) return {};
  const calibrate::Choice& choice = result.choice;
  std::string out = fmt::format(
      "Three-body potentials: the weighted square error of left-out structures is {:.2f} % with "
      "pair potentials alone, and {:.2f} % with {} of {} groups added{}.\n\n",
      100.0 * choice.pairs_score.value_or(choice.score), 100.0 * choice.score,
      choice.three_body.size(), plan.fit.three_body.size(),
      choice.three_body.empty() ? fmt::format(" (none lowers it by the share {:g})", plan.fit.gain)
                                : "");
  if (choice.three_body.empty()) return out;
  out += markdown_head(
      {"group", "from (Å)", "cut-off (Å)", "radial", "angular", "strength", "triples"});
  for (const calibrate::Choice::ThreeBody& chosen : choice.three_body) {
    std::vector<std::string> names;
    for (const calibrate::ThreeBodyGroup& group : result.fit.three_body)
      for (const auto& [triple, c] : group.coefficients)
        if (group.shape == chosen.shape && plan.fit.three_body[chosen.group].contains(triple))
          names.push_back(calibrate::triple_name(triple));
    out += markdown_row(
        {fmt::format("{}", chosen.group + 1), fmt::format("{:.2f}", chosen.shape.start),
         fmt::format("{:.2f}", chosen.shape.cutoff), fmt::format("{}", chosen.shape.radial),
         fmt::format("{}", chosen.shape.angular), fmt::format("{:g}", chosen.strength),
         fmt::format("{}", fmt::join(names, ", "))});
  }
  return out + "\n";
}

Json three_body_json(const CalibrationResult& result) {
  Json groups = Json::array();
  for (const calibrate::Choice::ThreeBody& chosen : result.choice.three_body)
    groups.push_back({{"group", chosen.group + 1},
                      {"start", chosen.shape.start},
                      {"cutoff", chosen.shape.cutoff},
                      {"radial", chosen.shape.radial},
                      {"angular", chosen.shape.angular},
                      {"strength", chosen.strength}});
  const std::optional<double>& pairs = result.choice.pairs_score;
  return {{"score_of_pairs_alone", pairs ? Json(*pairs) : Json()}, {"groups", groups}};
}

Json errors_json(const std::vector<ErrorRow>& rows) {
  Json out = Json::array();
  for (const ErrorRow& r : rows) {
    Json elements = Json::object();
    for (const auto& [number, rms] : r.elements)
      elements[std::string(element_symbol(number))] = rms;
    out.push_back({{"config_type", r.config_type},
                   {"structures", r.structures},
                   {"force_rms", r.force_rms},
                   {"label_force_rms", r.reference_rms},
                   {"energy_rms", r.energy_rms ? Json(*r.energy_rms) : Json()},
                   {"stress_max_gpa", r.stress_max ? Json(*r.stress_max) : Json()},
                   {"force_rms_per_element", elements}});
  }
  return out;
}

Json pairs_json(const CalibrationResult& result) {
  Json out = Json::object();
  for (const auto& [pair, fitted] : result.fit.pairs) {
    const auto chosen = result.choice.pairs.find(pair);
    out[pair_name(pair)] = {
        {"shortest", fitted.shortest},
        {"cutoff", fitted.curve.cutoff()},
        {"distances", fitted.distances},
        {"smoothness_factor",
         chosen == result.choice.pairs.end() ? Json() : Json(chosen->second.factor)}};
  }
  return out;
}

Json volumes_json(const CalibrationResult& result) {
  Json out = Json::array();
  for (const VolumeCurve& curve : result.volumes)
    out.push_back({{"name", curve.check.name},
                   {"strains", curve.strains},
                   {"energies", curve.energies},
                   {"volume", curve.volume() ? Json(*curve.volume()) : Json()},
                   {"file_volume", curve.start_volume},
                   {"reference_volume", curve.check.volume ? Json(*curve.check.volume) : Json()},
                   {"bulk_modulus_gpa", curve.modulus ? Json(*curve.modulus) : Json()},
                   {"unrelaxed", curve.unrelaxed},
                   {"failure", curve.failure}});
  return out;
}

Json relaxed_json(const CalibrationResult& result) {
  Json out = Json::array();
  for (const RelaxedBonds& relaxed : result.relaxed) {
    Json bonds = Json::object();
    for (const RelaxedBonds::Bond& bond : relaxed.bonds)
      bonds[pair_name(bond.pair)] = {bond.before, bond.after};
    out.push_back({{"name", relaxed.check.name},
                   {"converged", relaxed.converged},
                   {"steps", relaxed.steps},
                   {"largest_force", relaxed.largest_force},
                   {"largest_shift", relaxed.largest_shift},
                   {"shortest_distances", bonds}});
  }
  return out;
}

/// "MAPbI3 0.10 (5)"
std::string types_text(const std::vector<ErrorRow>& rows) {
  std::vector<std::string> out;
  for (const ErrorRow& r : rows)
    if (r.config_type != "all")
      out.push_back(fmt::format("{} {:.2f} ({})", r.config_type, r.force_rms, r.structures));
  return fmt::format("{}", fmt::join(out, ", "));
}

}  // namespace

std::vector<std::string> accuracy_statements(const CalibrationPlan& plan,
                                             const CalibrationResult& result) {
  std::vector<std::string> out;
  if (!result.held_out.empty())
    out.push_back(fmt::format(
        "forces differ from the reference by {:.2f} eV/Å rms on {} structures left out of a test "
        "fit; by type (structures): {}",
        result.held_out.back().force_rms, result.held_out_structures, types_text(result.held_out)));
  out.push_back(fmt::format(
      "in cross-validation over the {} training structures by {:.2f} eV/Å rms; by type: {}",
      result.structures - result.held_out_structures, result.cross_validated.back().force_rms,
      types_text(result.cross_validated)));
  for (const HopComparison& hop : result.hops) {
    const HopComparison::Curve& first = hop.curves.front();
    if (first.energies.empty()) continue;
    out.push_back(fmt::format(
        "along {}: energies within {:.2f} eV of the reference, {:.2f} eV rms; highest image {:.2f} "
        "eV above the first, reference {:.2f} eV ({} of {} images in the fit)",
        hop.name, std::abs(first.largest), first.energy_rms, path_barriers(first.energies).forward,
        path_barriers(hop.reference).forward, hop.seen, hop.reference.size()));
  }
  for (const VolumeCurve& curve : result.volumes)
    out.push_back(fmt::format("{}: {}", curve.check.name, volume_line(curve)));
  const std::vector<std::string> trials = trial_statements(result);
  out.insert(out.end(), trials.begin(), trials.end());
  out.insert(out.end(), plan.labels.caveats.begin(), plan.labels.caveats.end());
  return out;
}

std::string calibration_markdown(const CalibrationPlan& plan, const CalibrationResult& result) {
  std::string out = fmt::format(
      "# {}: pair potentials on {}\n\n{} structures in {} families, {} held out; {} left out "
      "because the base failed. Dispersion: {}.\n\n",
      plan.labels.name, plan.base.name, result.structures, result.families,
      result.held_out_structures, result.failures.size(),
      plan.absorbs_dispersion ? "absorbed in the pair potentials"
      : plan.base.d3          ? "D3(BJ), part of the set"
                              : "none");
  for (const std::string& failure : result.failures) out += fmt::format("- {}\n", failure);
  out += choice_text(plan, result) + three_body_text(plan, result) + moved_text(result);
  out +=
      "## Errors\n\nForces in eV/Å per component, energies in eV per cell (up to one constant "
      "per group, composition and, for charged cells, volume), stress in GPa.\n\n";
  out += errors_text("Held-out structures, seen by no choice and no fit", result.held_out);
  out += errors_text("Training structures, cross-validated: each from a fit without its fold",
                     result.cross_validated);
  out += errors_text("Training structures, in the fit", result.training);
  out += errors_text("The set as written: all structures in the fit", result.final_fit);
  out += comparison_text(result) + hops_text(result);
  out += learning_text(result) + novelty_text(result) + pairs_text(result);
  out +=
      volumes_text(result) + relaxed_text(result) + vibrations_text(result) + dynamics_text(result);
  out += "## What the set says of its accuracy\n\n";
  for (const std::string& statement : accuracy_statements(plan, result))
    out += fmt::format("- {}\n", statement);
  return out;
}

std::string calibration_json(const CalibrationPlan& plan, const CalibrationResult& result) {
  Json learning = Json::array();
  for (const LearningPoint& point : result.learning)
    learning.push_back({{"fraction", point.fraction},
                        {"structures", point.structures},
                        {"seen_force_rms", point.training_rms},
                        {"unseen_force_rms", point.tested_rms}});
  const Json out = {
      {"name", plan.labels.name},
      {"base", plan.base.name},
      {"structures", result.structures},
      {"families", result.families},
      {"held_out_structures", result.held_out_structures},
      {"failures", result.failures},
      {"choice",
       {{"smoothness", result.choice.smoothness},
        {"growth", result.choice.growth},
        {"wall", result.choice.wall},
        {"score", result.choice.score},
        {"fits", result.choice.fits},
        {"three_body", three_body_json(result)}}},
      {"held_out", errors_json(result.held_out)},
      {"cross_validated", errors_json(result.cross_validated)},
      {"training", errors_json(result.training)},
      {"final", errors_json(result.final_fit)},
      {"base_parameters", moved_json(result)},
      {"comparison", comparison_json(result)},
      {"hops", hops_json(result)},
      {"learning_curve", learning},
      {"pairs", pairs_json(result)},
      {"volumes", volumes_json(result)},
      {"relaxations", relaxed_json(result)},
      {"vibrations", vibrations_json(result)},
      {"dynamics", dynamics_json(result)},
      {"distance_from_data", novelty_json(result)},
      {"accuracy", accuracy_statements(plan, result)},
  };
  return json_text(out);
}

}  // namespace ionpass::workflows
