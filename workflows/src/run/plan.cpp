// What a study will do: counted without computing, but for one energy that tells how fast this
// machine is.
#include <algorithm>
#include <chrono>
#include <exception>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <structures/error.hpp>
#include <structures/structure.hpp>
#include <workflows/plan.hpp>
#include <workflows/progress.hpp>

#include "stages.hpp"
#include "team_plan.hpp"

namespace ionpass::workflows {
namespace {

/// A material of the plan with what its estimate is made from.
struct Draft {
  MaterialPlan plan;
  Structure unit;
  Structure supercell;
  std::unique_ptr<Potential> potential;
};

/// Distinct empty sites at the ends of the chosen hops.
std::size_t count_end_points(const PreparedMaterial& material) {
  std::set<std::size_t> sites;
  for (const std::size_t i : material.chosen) {
    try {
      const HopEndpoints ends =
          make_endpoints(material.supercell, material.hops[i], material.settings.defect.charge,
                         material.settings.defect.unpaired);
      const VacancySites empty = vacancy_sites(ends, material.supercell.structure.size());
      sites.insert({empty.initial, empty.final_});
    } catch (const InputError&) {
      // A hop this supercell cannot hold costs nothing; the material's warnings name it.
    }
  }
  return sites.size();
}

/// MB for one rank: dense complex matrices in a basis of about six functions per atom, eight at a
/// time, beside the program.
double memory_estimate(std::size_t atoms) {
  constexpr double functions_per_atom = 6.0;
  constexpr double matrices = 8.0;
  constexpr double program = 60.0;
  const double functions = functions_per_atom * static_cast<double>(atoms);
  return program + matrices * 16.0 * functions * functions / 1e6;
}

/// Images of a band that are computed: half of them where a symmetry gives the others.
std::size_t moving_images(const Hop& hop, const MaterialStudy& settings) {
  const auto images = static_cast<std::size_t>(settings.path.images);
  return hop.reversible && settings.neb.use_symmetry ? (images + 1) / 2 : images;
}

void plan_hops(MaterialPlan& plan, const PreparedMaterial& material,
               const ExpectedEvaluations& expected) {
  for (const Hop& hop : material.hops) plan.hops.push_back({hop, false, 0});
  for (const std::size_t i : material.chosen) {
    HopPlan& hop = plan.hops[i];
    hop.chosen = true;
    hop.evaluations = expected.band_iterations * moving_images(hop.hop, material.settings);
    plan.evaluations += hop.evaluations;
  }
}

Draft draft_material(const MaterialStudy& settings, const PlanOptions& options) {
  Draft draft;
  draft.potential = named_potential(settings.name, settings.potential, options.potential);
  const PreparedMaterial material = prepare_material(settings, draft.potential.get());
  const Structure& cell = material.supercell.structure;
  const MaterialResult blank = blank_material(material, draft.potential->description());
  draft.unit = material.frame.structure;
  draft.supercell = cell;
  MaterialPlan& plan = draft.plan;
  plan.name = blank.name;
  plan.structure_file = blank.structure_file;
  plan.formula = blank.formula;
  plan.space_group = blank.space_group;
  plan.space_group_number = blank.space_group_number;
  plan.sites = material.sites;
  plan.unit_atoms = draft.unit.size();
  plan.atoms = blank.atoms;
  plan.supercell = blank.supercell;
  plan.image_distance = blank.image_distance;
  plan.potential = blank.potential;
  plan.kpoints = blank.kpoints;
  if (cell.cell) plan.kpoint_count = kpoints(settings.potential.kpoints, *cell.cell).size();
  plan.warnings = material.warnings;
  plan.end_points = count_end_points(material);
  plan.evaluations =
      plan.end_points * options.expected.end_point +
      (settings.host.relax ? options.expected.host * static_cast<std::size_t>(settings.host.starts)
                           : 0);
  plan_hops(plan, material, options.expected);
  plan.cost = draft.potential->cost(cell);
  plan.most_ranks = draft.potential->most_ranks(cell);
  plan.memory = memory_estimate(plan.atoms);
  return draft;
}

/// A cell that may be timed.
struct Candidate {
  Draft* draft = nullptr;
  const Structure* cell = nullptr;
  double cost = 0.0;
};

/// Unit cells and supercells, the cheapest first.
std::vector<Candidate> candidates(std::vector<Draft>& drafts) {
  std::vector<Candidate> list;
  for (Draft& draft : drafts) {
    for (const Structure* cell : {&draft.unit, &draft.supercell}) {
      list.push_back({&draft, cell, draft.potential->cost(*cell)});
    }
  }
  std::stable_sort(list.begin(), list.end(),
                   [](const Candidate& a, const Candidate& b) { return a.cost < b.cost; });
  return list;
}

double timed_rate(const Candidate& candidate) {
  const auto start = std::chrono::steady_clock::now();
  (void)candidate.draft->potential->evaluate(*candidate.cell);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  return taken.count() / candidate.cost;
}

/// Seconds per unit of cost. The smallest cell tells roughly how fast the machine is; overheads
/// rule there, so that the largest cell that should take no longer than a few seconds has the last
/// word.
std::optional<double> seconds_per_cost(std::vector<Draft>& drafts) {
  constexpr double patience = 10.0;  // s
  const std::vector<Candidate> list = candidates(drafts);
  if (list.empty() || list.front().cost <= 0.0) return std::nullopt;
  const Candidate* timed = &list.front();
  // Nobody expects a plan to compute for hours.
  for (Draft& draft : drafts) {
    if (!draft.potential->description().name.starts_with("driver/")) continue;
    draft.plan.warnings.push_back(
        "no time estimate: a plan runs no external program; time one energy with 'ionpass "
        "evaluate'");
    return std::nullopt;
  }
  try {
    const double rate = timed_rate(*timed);
    for (const Candidate& candidate : list) {
      if (candidate.cost * rate <= patience) timed = &candidate;
    }
    return timed == &list.front() ? rate : timed_rate(*timed);
  } catch (const Error& error) {
    timed->draft->plan.warnings.push_back(
        fmt::format("no time estimate: the energy of the perfect cell failed: {}", error.what()));
    return std::nullopt;
  }
}

/// Energies that can be computed at the same time: of all hosts, then of all end points, then of
/// all bands.
std::vector<StageDemand> stage_demands(const Study& study, const std::vector<MaterialPlan>& plans) {
  StageDemand hosts{"hosts"}, end_points{"end points"}, images{"images"};
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const MaterialStudy& settings = study.materials[i];
    if (settings.host.relax) hosts.energies += static_cast<std::size_t>(settings.host.starts);
    end_points.energies += plans[i].end_points;
    for (const HopPlan& hop : plans[i].hops)
      if (hop.chosen) images.energies += moving_images(hop.hop, settings);
  }
  return {hosts, end_points, images};
}

std::string site_line(const Site& site) {
  return fmt::format("    {:<6} {:>3} x  Wyckoff {}  symmetry {}\n", site.label,
                     site.members.size(), site.wyckoff, site.site_symmetry);
}

std::string hop_line(const HopPlan& hop) {
  return fmt::format("    {} {:<28} {:<18} {:.3f} Å  {:>3} x{}\n", hop.chosen ? "*" : " ",
                     hop.hop.label, ionpass::to_string(hop.hop.kind), hop.hop.length,
                     hop.hop.multiplicity, hop.hop.reversible ? "  its own reverse" : "");
}

std::string material_text(const MaterialPlan& plan) {
  std::string text = fmt::format("{} ({})\n", plan.name, plan.structure_file);
  text += fmt::format("  cell        {}, {} atoms, {} (no. {})\n", plan.formula, plan.unit_atoms,
                      plan.space_group, plan.space_group_number);
  text += fmt::format("  supercell   {} atoms, [{}], vacancies {:.2f} Å apart\n", plan.atoms,
                      fmt::join(plan.supercell, " "), plan.image_distance);
  text += fmt::format("  energies    {}, k-points {} ({} to compute)\n", plan.potential,
                      plan.kpoints, plan.kpoint_count);
  text += "  sites\n";
  for (const Site& site : plan.sites) text += site_line(site);
  text += "  hops (* chosen)\n";
  for (const HopPlan& hop : plan.hops) text += hop_line(hop);
  text += fmt::format("  work        {} end points, about {} evaluations", plan.end_points,
                      plan.evaluations);
  if (plan.seconds) text += fmt::format(" of {:.2f} s", *plan.seconds);
  text += fmt::format(", {:.0f} MB per rank\n", plan.memory);
  for (const std::string& warning : plan.warnings) text += "  warning     " + warning + "\n";
  return text;
}

nlohmann::json site_json(const Site& site) {
  return {{"label", site.label},
          {"representative", site.representative},
          {"multiplicity", site.members.size()},
          {"wyckoff", std::string(1, site.wyckoff)},
          {"site_symmetry", site.site_symmetry}};
}

nlohmann::json hop_json(const HopPlan& hop) {
  const Eigen::Vector3i& translation = hop.hop.translation;
  return {{"label", hop.hop.label},
          {"kind", ionpass::to_string(hop.hop.kind)},
          {"from", hop.hop.from},
          {"to", hop.hop.to},
          {"translation", {translation.x(), translation.y(), translation.z()}},
          {"length", hop.hop.length},
          {"multiplicity", hop.hop.multiplicity},
          {"reversible", hop.hop.reversible},
          {"chosen", hop.chosen},
          {"evaluations", hop.evaluations}};
}

nlohmann::json optional_json(const std::optional<double>& number) {
  return number ? nlohmann::json(*number) : nlohmann::json(nullptr);
}

nlohmann::json material_json(const MaterialPlan& plan) {
  nlohmann::json sites = nlohmann::json::array();
  for (const Site& site : plan.sites) sites.push_back(site_json(site));
  nlohmann::json hops = nlohmann::json::array();
  for (const HopPlan& hop : plan.hops) hops.push_back(hop_json(hop));
  return {{"name", plan.name},
          {"structure", plan.structure_file},
          {"formula", plan.formula},
          {"space_group", plan.space_group},
          {"space_group_number", plan.space_group_number},
          {"unit_atoms", plan.unit_atoms},
          {"atoms", plan.atoms},
          {"supercell", plan.supercell},
          {"image_distance", plan.image_distance},
          {"potential", plan.potential},
          {"kpoints", plan.kpoints},
          {"kpoint_count", plan.kpoint_count},
          {"end_points", plan.end_points},
          {"evaluations", plan.evaluations},
          {"seconds_per_evaluation", optional_json(plan.seconds)},
          {"memory_mb", plan.memory},
          {"sites", sites},
          {"hops", hops},
          {"warnings", plan.warnings}};
}

}  // namespace

StudyPlan plan_study(const Study& study, const PlanOptions& options) {
  std::vector<Draft> drafts;
  for (const MaterialStudy& material : study.materials) {
    drafts.push_back(draft_material(material, options));
  }
  std::optional<double> rate;
  if (options.timing) rate = seconds_per_cost(drafts);
  StudyPlan plan;
  plan.study = study.name;
  plan.ranks = std::max(options.ranks, 1);
  double seconds = 0.0;
  for (Draft& draft : drafts) {
    if (rate) draft.plan.seconds = *rate * draft.plan.cost;
    plan.evaluations += draft.plan.evaluations;
    seconds += draft.plan.seconds.value_or(0.0) * static_cast<double>(draft.plan.evaluations);
    plan.materials.push_back(std::move(draft.plan));
  }
  if (rate) plan.seconds = seconds / plan.ranks;
  int most_ranks = 1;
  for (const MaterialPlan& material : plan.materials)
    most_ranks = std::max(most_ranks, material.most_ranks);
  plan.teams = plan_teams(stage_demands(study, plan.materials), plan.ranks, most_ranks,
                          study.parallel.ranks_per_image);
  return plan;
}

std::string plan_text(const StudyPlan& plan) {
  std::string text = fmt::format("study {}\n", plan.study);
  for (const MaterialPlan& material : plan.materials) text += "\n" + material_text(material);
  text += fmt::format("\nabout {} evaluations", plan.evaluations);
  if (plan.seconds) {
    text += fmt::format(", {} on {} rank{}", duration_text(*plan.seconds), plan.ranks,
                        plan.ranks == 1 ? "" : "s");
  }
  if (plan.ranks > 1) text += "\nranks: " + teams_text(plan.teams);
  return text + "\n";
}

std::string plan_json(const StudyPlan& plan) {
  nlohmann::json materials = nlohmann::json::array();
  for (const MaterialPlan& material : plan.materials) materials.push_back(material_json(material));
  nlohmann::json teams = nlohmann::json::array();
  for (const TeamPlan& team : plan.teams) {
    teams.push_back({{"stage", team.stage},
                     {"energies", team.energies},
                     {"teams", team.teams},
                     {"ranks_per_team", team.ranks_per_team}});
  }
  const nlohmann::json json = {{"study", plan.study},
                               {"ranks", plan.ranks},
                               {"teams", teams},
                               {"evaluations", plan.evaluations},
                               {"seconds", optional_json(plan.seconds)},
                               {"materials", materials}};
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace ionpass::workflows
