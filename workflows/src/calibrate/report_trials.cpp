#include "calibrate/report_trials.hpp"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <structures/elements.hpp>

#include "calibrate/markdown.hpp"

namespace ionpass::workflows {
namespace {

using Own = CrystalVibrations::Own;
using Reference = CrystalVibrations::Reference;

std::string frequencies_text(const Eigen::VectorXd& frequencies) {
  std::vector<std::string> out;
  for (const double f : frequencies) out.push_back(fmt::format("{:.2f}", f));
  return fmt::format("{}", fmt::join(out, " "));
}

std::string modes_line(const Own& own) {
  if (!own.failure.empty()) return "no frequencies: " + own.failure;
  const neb::NormalModes& modes = own.modes;
  if (modes.frequencies.size() == 0) return "a lone atom, which has no vibrations";
  return fmt::format(
      "{} modes from {:.2f} to {:.2f} THz, {} imaginary (below -{:g} THz){}",
      modes.frequencies.size(), modes.frequencies(0), modes.frequencies.tail(1).value(),
      modes.imaginary, neb::least_frequency,
      own.at_rest ? ""
                  : fmt::format("; not at rest, largest force {:.3f} eV/Å", own.largest_force));
}

/// THz, rms over the modes.
double frequency_rms(const Reference& reference) {
  return std::sqrt((reference.of_set - reference.frequencies).cwiseAbs2().mean());
}

std::string reference_line(const Reference& reference) {
  if (!reference.failure.empty()) return reference.failure;
  std::string out = fmt::format(
      "changes of forces over {} labelled geometries differ by {:.4f} eV/Å rms (reference {:.4f})",
      reference.geometries, reference.difference_rms, reference.force_change_rms);
  if (reference.frequencies.size() > 0)
    out += fmt::format(", frequencies there by {:.2f} THz rms", frequency_rms(reference));
  return out;
}

std::string dynamics_line(const DynamicsRun& run) {
  if (!run.failure.empty()) return "did not begin: " + run.failure;
  std::string out =
      fmt::format("{}, {} steps of {:g} fs from {:g} K: drift {:+.2f} meV/atom/ps, mean {:.0f} K",
                  run.is_stable() ? "stable" : "UNSTABLE", run.steps, run.check.time_step,
                  run.check.temperature, run.drift, run.mean_temperature);
  if (!run.early_end.empty()) out += "; ended at " + run.early_end;
  if (!run.broken.empty()) out += fmt::format("; bonds broke: {}", fmt::join(run.broken, ", "));
  return out;
}

std::string distance_text(const DynamicsRun::Distance& distance) {
  return fmt::format("{} {:.2f} (data from {})", calibrate::pair_name(distance.pair),
                     distance.shortest, optional_number(distance.fitted, 2));
}

Json optional_json(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json vector_json(const Eigen::VectorXd& values) {
  return std::vector<double>(values.begin(), values.end());
}

Json reference_json(const Reference& reference) {
  return {{"geometries", reference.geometries},
          {"force_change_rms", reference.force_change_rms},
          {"difference_rms", reference.difference_rms},
          {"frequencies_thz", vector_json(reference.frequencies)},
          {"frequencies_of_set_thz", vector_json(reference.of_set)},
          {"failure", reference.failure}};
}

}  // namespace

std::string vibrations_text(const CalibrationResult& result) {
  if (result.vibrations.empty()) return {};
  std::string out =
      "## Vibrations\n\nAt Γ of the cell given, atoms relaxed, cell fixed; motions of the whole "
      "are "
      "left out. Imaginary frequencies are negative.\n\n";
  for (const CrystalVibrations& crystal : result.vibrations) {
    for (const Own& own : crystal.sets) {
      out += fmt::format("- {}, {}: {}\n", crystal.check.name, own.set, modes_line(own));
      if (!own.failure.empty()) continue;
      out += fmt::format("  sum rule off by {:.1e} eV/Å², asymmetry {:.1e} eV/Å²\n  THz: {}\n",
                         own.modes.sum_rule_error, own.modes.asymmetry,
                         frequencies_text(own.modes.frequencies));
    }
    if (!crystal.reference) continue;
    out += fmt::format("- {}, reference: {}\n", crystal.check.name,
                       reference_line(*crystal.reference));
    if (crystal.reference->frequencies.size() > 0)
      out += fmt::format("  THz: {}\n  this set, same geometries: {}\n",
                         frequencies_text(crystal.reference->frequencies),
                         frequencies_text(crystal.reference->of_set));
  }
  return out + "\n";
}

std::string dynamics_text(const CalibrationResult& result) {
  if (result.dynamics.empty()) return {};
  std::string out = "## Molecular dynamics at constant energy, cell fixed\n\n";
  for (const DynamicsRun& run : result.dynamics) {
    out += fmt::format("- {}: {}\n", run.check.name, dynamics_line(run));
    if (!run.failure.empty()) continue;
    std::vector<std::string> distances;
    for (const DynamicsRun::Distance& distance : run.distances)
      distances.push_back(distance_text(distance));
    out += fmt::format(
        "  velocities of seed {}{}; total energy about its line {:.3f} meV/atom rms; at most "
        "{:.0f} "
        "K\n  shortest distances (Å): {}\n",
        run.check.seed, run.at_rest ? "" : ", not relaxed before", run.fluctuation,
        run.highest_temperature, fmt::join(distances, ", "));
  }
  return out + "\n";
}

std::string novelty_text(const CalibrationResult& result) {
  if (result.novelty.groups.empty()) return {};
  std::string out =
      "## Distance from the data\n\nA structure is flagged if the surroundings of any atom lie "
      "farther from those of the (other) training structures than the limit. Correlations are of "
      "ranks: 1, errors of forces grow wherever the distance does; 0, neither tells the "
      "other.\n\n" +
      markdown_head({"", "structures", "flagged", "force rms of these (eV/Å)", "of the others",
                     "correlation over structures", "over atoms"});
  for (const NoveltyTest::Group& group : result.novelty.groups)
    out += markdown_row(
        {group.name, fmt::format("{}", group.structures), fmt::format("{}", group.flagged),
         optional_number(group.flagged_rms, 3), optional_number(group.other_rms, 3),
         optional_number(group.of_structures, 2), optional_number(group.of_atoms, 2)});
  std::vector<std::string> kept;
  for (const NoveltyTest::Kept& element : result.novelty.kept)
    kept.push_back(fmt::format("{} {}", element_symbol(element.number), element.environments));
  return out + fmt::format("\nEnvironments that the set keeps of all data: {}.\n\n",
                           fmt::join(kept, ", "));
}

Json vibrations_json(const CalibrationResult& result) {
  Json out = Json::array();
  for (const CrystalVibrations& crystal : result.vibrations) {
    Json sets = Json::array();
    for (const Own& own : crystal.sets)
      sets.push_back({{"set", own.set},
                      {"at_rest", own.at_rest},
                      {"largest_force", own.largest_force},
                      {"frequencies_thz", vector_json(own.modes.frequencies)},
                      {"imaginary", own.modes.imaginary},
                      {"sum_rule_error", own.modes.sum_rule_error},
                      {"asymmetry", own.modes.asymmetry},
                      {"failure", own.failure}});
    out.push_back({{"name", crystal.check.name},
                   {"displacement", crystal.check.displacement},
                   {"sets", sets},
                   {"reference", crystal.reference ? reference_json(*crystal.reference) : Json()}});
  }
  return out;
}

Json dynamics_json(const CalibrationResult& result) {
  Json out = Json::array();
  for (const DynamicsRun& run : result.dynamics) {
    Json distances = Json::object();
    for (const DynamicsRun::Distance& distance : run.distances)
      distances[calibrate::pair_name(distance.pair)] = {
          {"shortest", distance.shortest}, {"shortest_fitted", optional_json(distance.fitted)}};
    out.push_back({{"name", run.check.name},
                   {"stable", run.is_stable()},
                   {"temperature", run.check.temperature},
                   {"time_step_fs", run.check.time_step},
                   {"seed", run.check.seed},
                   {"steps", run.steps},
                   {"relaxed_before", run.at_rest},
                   {"drift_mev_per_atom_ps", run.drift},
                   {"fluctuation_mev_per_atom", run.fluctuation},
                   {"mean_temperature", run.mean_temperature},
                   {"highest_temperature", run.highest_temperature},
                   {"distances", distances},
                   {"broken_bonds", run.broken},
                   {"early_end", run.early_end},
                   {"failure", run.failure}});
  }
  return out;
}

Json novelty_json(const CalibrationResult& result) {
  Json groups = Json::array(), kept = Json::object();
  for (const NoveltyTest::Group& group : result.novelty.groups)
    groups.push_back({{"structures_of", group.name},
                      {"structures", group.structures},
                      {"flagged", group.flagged},
                      {"force_rms_of_flagged", optional_json(group.flagged_rms)},
                      {"force_rms_of_others", optional_json(group.other_rms)},
                      {"rank_correlation_of_structures", optional_json(group.of_structures)},
                      {"rank_correlation_of_atoms", optional_json(group.of_atoms)}});
  for (const NoveltyTest::Kept& element : result.novelty.kept)
    kept[std::string(element_symbol(element.number))] = {{"environments", element.environments},
                                                         {"limit", element.limit}};
  return {{"groups", groups}, {"kept", kept}};
}

std::vector<std::string> trial_statements(const CalibrationResult& result) {
  std::vector<std::string> out;
  for (const CrystalVibrations& crystal : result.vibrations) {
    out.push_back(fmt::format("vibrations of {} at Γ: {}", crystal.check.name,
                              modes_line(crystal.sets.front())));
    if (crystal.reference)
      out.push_back(fmt::format("displacements in {}: {}", crystal.check.name,
                                reference_line(*crystal.reference)));
  }
  for (const DynamicsRun& run : result.dynamics)
    out.push_back(fmt::format("dynamics of {}: {}", run.check.name, dynamics_line(run)));
  for (const NoveltyTest::Group& group : result.novelty.groups)
    out.push_back(fmt::format(
        "far from the data are {} of {} {}: force rms {} eV/Å, of the others {}; rank correlation "
        "of distance and error {}",
        group.flagged, group.structures, group.name, optional_number(group.flagged_rms, 2),
        optional_number(group.other_rms, 2), optional_number(group.of_structures, 2)));
  return out;
}

}  // namespace ionpass::workflows
