#include "calibrate/report_comparison.hpp"

#include <fmt/format.h>

#include "calibrate/markdown.hpp"

namespace ionpass::workflows {
namespace {

std::string errors_cell(const ComparedRow::Errors& errors, std::size_t structures) {
  if (errors.treated == 0) return "–";
  std::string out =
      fmt::format("{:.3f} / {}", errors.force_rms, optional_number(errors.energy_rms, 3));
  if (errors.treated < structures) out += fmt::format(" ({} of {})", errors.treated, structures);
  return out;
}

std::vector<std::string> curve_cells(const HopComparison::Curve& curve, std::size_t images) {
  std::vector<std::string> cells{curve.set};
  if (curve.energies.empty()) {
    cells.resize(images + 6, "–");
    return cells;
  }
  for (const double energy : curve.energies) cells.push_back(fmt::format("{:.3f}", energy));
  const PathBarriers barriers = path_barriers(curve.energies);
  for (const double number : {barriers.forward, barriers.backward, curve.energy_rms})
    cells.push_back(fmt::format("{:.3f}", number));
  cells.push_back(fmt::format("{:+.3f}", curve.largest));
  cells.push_back(fmt::format("{:.3f}", curve.force_rms));
  return cells;
}

std::string hop_text(const HopComparison& hop) {
  std::vector<std::string> titles{"set"};
  for (std::size_t i = 1; i <= hop.reference.size(); ++i) titles.push_back(fmt::format("{}", i));
  for (const char* title : {"barrier", "backward", "rms", "largest", "force rms"})
    titles.emplace_back(title);
  std::string out = fmt::format(
      "### {}\n\nOf {} images {} are training structures, {} held-out ones, which only the set as "
      "written was fitted to.\n\n{}",
      hop.name, hop.reference.size(), hop.seen, hop.held_out, markdown_head(titles));
  HopComparison::Curve reference{"reference", hop.reference, 0.0, 0.0, 0.0, {}};
  std::vector<std::string> cells = curve_cells(reference, hop.reference.size());
  for (std::size_t k = cells.size() - 3; k < cells.size(); ++k) cells[k] = "–";
  out += markdown_row(cells);
  std::string failures;
  for (const HopComparison::Curve& curve : hop.curves) {
    out += markdown_row(curve_cells(curve, hop.reference.size()));
    if (!curve.failure.empty()) failures += fmt::format("- {}: {}\n", curve.set, curve.failure);
  }
  return out + "\n" + failures + (failures.empty() ? "" : "\n");
}

Json hop_json(const HopComparison& hop) {
  const PathBarriers reference = path_barriers(hop.reference);
  Json curves = Json::array();
  for (const HopComparison::Curve& curve : hop.curves) {
    Json out = {{"set", curve.set}};
    if (curve.energies.empty()) {
      out["failure"] = curve.failure;
    } else {
      const PathBarriers barriers = path_barriers(curve.energies);
      out.update({{"energies", curve.energies},
                  {"barrier", barriers.forward},
                  {"backward_barrier", barriers.backward},
                  {"energy_rms", curve.energy_rms},
                  {"largest_difference", curve.largest},
                  {"force_rms", curve.force_rms}});
    }
    curves.push_back(std::move(out));
  }
  return {{"name", hop.name},
          {"images", hop.reference.size()},
          {"images_in_training", hop.seen},
          {"images_held_out", hop.held_out},
          {"reference",
           {{"energies", hop.reference},
            {"barrier", reference.forward},
            {"backward_barrier", reference.backward}}},
          {"sets", curves}};
}

}  // namespace

std::string comparison_text(const CalibrationResult& result) {
  if (!result.comparison) return {};
  const Comparison& comparison = *result.comparison;
  std::vector<std::string> titles{"type", "n"};
  titles.insert(titles.end(), comparison.sets.begin(), comparison.sets.end());
  std::string out = fmt::format(
      "## Beside other sets\n\n{}. Force rms / energy rms; energies about their mean in each "
      "group, so that each set is judged alike. 'all': what every set can treat.\n\n{}",
      result.held_out_structures > 0 ? "Held-out structures, which this set's test fit has not seen"
                                     : "All structures, this set's errors by cross-validation",
      markdown_head(titles));
  for (const ComparedRow& row : comparison.rows) {
    std::vector<std::string> cells{row.config_type, fmt::format("{}", row.structures)};
    for (const ComparedRow::Errors& errors : row.sets)
      cells.push_back(errors_cell(errors, row.structures));
    out += markdown_row(cells);
  }
  out += "\n";
  for (const std::string& failure : comparison.failures) out += fmt::format("- {}\n", failure);
  return out + (comparison.failures.empty() ? "" : "\n");
}

std::string hops_text(const CalibrationResult& result) {
  if (result.hops.empty()) return {};
  std::string out =
      "## Labelled paths\n\nGeometries fixed; energies of the images relative to the first, eV; "
      "differences without the first image, forces in eV/Å.\n\n";
  for (const HopComparison& hop : result.hops) out += hop_text(hop);
  return out;
}

std::string moved_text(const CalibrationResult& result) {
  if (!result.moved) return {};
  const MovedBase& moved = *result.moved;
  std::string out = fmt::format(
      "## Parameters of the base\n\nAfter {} steps of Gauss–Newton the weighted error of left-out "
      "structures, parameters and pair potentials fitted without them, is {:.2f} % of that with "
      "the base as it is: {}. Held-out structures took no part.\n\n{}",
      moved.steps, 100.0 * moved.score,
      moved.accepted ? "the parameters are moved" : "the base stays as it is",
      markdown_head({"parameter", "width of its prior", "shift found"}));
  for (const calibrate::BaseParameter& parameter : moved.parameters)
    out += markdown_row({parameter.name, fmt::format("{:g}", parameter.width),
                         fmt::format("{:+.4f}", parameter.shift)});
  return out + "\n";
}

Json moved_json(const CalibrationResult& result) {
  if (!result.moved) return nullptr;
  Json shifts = Json::object();
  for (const calibrate::BaseParameter& parameter : result.moved->parameters)
    shifts[parameter.name] = parameter.shift;
  return {{"accepted", result.moved->accepted},
          {"steps", result.moved->steps},
          {"relative_score", result.moved->score},
          {"shifts", shifts}};
}

Json comparison_json(const CalibrationResult& result) {
  if (!result.comparison) return nullptr;
  Json rows = Json::array();
  for (const ComparedRow& row : result.comparison->rows) {
    Json sets = Json::object();
    for (std::size_t i = 0; i < row.sets.size(); ++i)
      sets[result.comparison->sets[i]] = {
          {"treated", row.sets[i].treated},
          {"force_rms", row.sets[i].force_rms},
          {"energy_rms", row.sets[i].energy_rms ? Json(*row.sets[i].energy_rms) : Json()}};
    rows.push_back(
        {{"config_type", row.config_type}, {"structures", row.structures}, {"sets", sets}});
  }
  return {{"rows", rows}, {"failures", result.comparison->failures}};
}

Json hops_json(const CalibrationResult& result) {
  Json out = Json::array();
  for (const HopComparison& hop : result.hops) out.push_back(hop_json(hop));
  return out;
}

}  // namespace ionpass::workflows
