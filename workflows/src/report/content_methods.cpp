// How the numbers were made, and the whole report put together.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <workflows/report.hpp>

#include "content.hpp"
#include "text.hpp"

namespace ionpass::workflows::report {

namespace {

std::string supercell_text(const std::vector<int>& m) {
  if (m.size() != 9) return "not recorded";
  const bool diagonal = m[1] == 0 && m[2] == 0 && m[3] == 0 && m[5] == 0 && m[6] == 0 && m[7] == 0;
  if (diagonal) return fmt::format("{}×{}×{}", m[0], m[4], m[8]);
  return fmt::format("({} {} {} / {} {} {} / {} {} {})", m[0], m[1], m[2], m[3], m[4], m[5], m[6],
                     m[7], m[8]);
}

std::size_t evaluations(const MaterialResult& material) {
  std::size_t total = 0;
  for (const HopResult& hop : material.hops) total += hop.evaluations_relax + hop.evaluations_neb;
  return total;
}

Table relaxation_table(const StudyResult& study) {
  Table table;
  table.caption = "Relaxations";
  table.columns = {{"material", "", false},         {"of", "", false},
                   {"converged", "", false},        {"steps", "", true},
                   {"force left (eV/Å)", "", true}, {"largest shift (Å)", "", true}};
  for (const MaterialResult& material : study.materials) {
    for (std::size_t i = 0; i < material.relaxations.size(); ++i) {
      const RelaxationResult& r = material.relaxations[i];
      const int rows = static_cast<int>(material.relaxations.size());
      table.rows.push_back(
          {{i == 0 ? material.name : "", "", Tone::neutral, true, i == 0 ? rows : 1, i > 0},
           {r.name},
           {r.converged ? "yes" : "no", "", r.converged ? Tone::good : Tone::bad},
           {std::to_string(r.iterations)},
           {fixed(r.max_force, 3)},
           {fixed(r.max_displacement, 2)}});
    }
  }
  return table;
}

std::string vacancy_text(const MaterialResult& material) {
  std::string text = fmt::format("{}, cell charge {} e", material.species, plain(material.charge));
  if (material.unpaired)
    text += fmt::format(", {} unpaired electron{}", *material.unpaired,
                        *material.unpaired == 1 ? "" : "s");
  return text;
}

/// One row for each section of the study file; potential and k-points have rows of their own.
void add_settings(const MaterialResult& material, Facts& facts) {
  std::string open;
  for (const auto& [key, value] : material.settings) {
    const std::size_t dot = key.find('.');
    const std::string section = key.substr(0, dot);
    if (section == "potential" || section == "kpoints") continue;
    const std::string text = dot == std::string::npos ? value : key.substr(dot + 1) + " " + value;
    if (section == open)
      facts.rows.back().second += ", " + text;
    else
      facts.rows.emplace_back("setting " + section, text);
    open = section;
  }
}

void add_material(const MaterialResult& material, Dimension dimension, Blocks& blocks) {
  blocks.push_back(Heading{3, material.name, ""});
  Facts facts{{
      {"structure file", material.structure_file},
      {"SHA-256 of that file",
       material.structure_sha256.empty() ? "not recorded" : material.structure_sha256},
      {"formula of the unit cell", material.formula},
      {"space group",
       fmt::format("{} (no. {})", material.space_group, material.space_group_number)},
      {"dimension of the polyhedra", describe(dimension) + ", from the kinds of the hops"},
      {"supercell", fmt::format("{}, {} atoms without the vacancy",
                                supercell_text(material.supercell), material.atoms)},
      {"nearest image of the vacancy", fixed(material.image_distance, 2) + " Å"},
      {"vacancy", vacancy_text(material)},
      {"potential", material.potential},
      {"k-points", material.kpoints},
      {"evaluations of the hops", std::to_string(evaluations(material))},
  }};
  add_settings(material, facts);
  blocks.push_back(std::move(facts));
}

void add_potential(const PotentialNote& potential, Blocks& blocks) {
  blocks.push_back(Heading{3, "Potential " + potential.name, ""});
  Facts facts;
  facts.rows = {{"what it is", potential.summary},
                {"version", potential.version},
                {"licence", potential.licence.empty() ? "none stated" : potential.licence},
                {"to be cited", potential.citations.empty()
                                    ? "nothing stated"
                                    : fmt::format("{}", fmt::join(potential.citations, "\n"))},
                {"accuracy", potential.accuracy.empty()
                                 ? "nothing recorded: unknown, not zero"
                                 : fmt::format("{}", fmt::join(potential.accuracy, "\n"))}};
  for (const auto& [name, value] : potential.settings) facts.rows.emplace_back(name, value);
  blocks.push_back(std::move(facts));
}

std::string subtitle(const StudyResult& study) {
  std::size_t hops = 0;
  std::size_t converged = 0;
  for (const MaterialResult& material : study.materials) {
    hops += material.hops.size();
    converged += static_cast<std::size_t>(
        std::count_if(material.hops.begin(), material.hops.end(),
                      [](const HopResult& hop) { return barrier_of(hop).has_value(); }));
  }
  std::vector<std::string> potentials;
  for (const PotentialNote& potential : study.potentials) potentials.push_back(potential.name);
  return fmt::format("Ion migration barriers: {} material{}, {} of {} hops with a barrier{}{}.",
                     study.materials.size(), study.materials.size() == 1 ? "" : "s", converged,
                     hops, potentials.empty() ? "" : ", energies by ", fmt::join(potentials, ", "));
}

void append(Blocks& blocks, Blocks more) {
  std::move(more.begin(), more.end(), std::back_inserter(blocks));
}

Document make_document(const Context& context, Plotter* plotter) {
  Document document;
  document.title = context.study.study.empty() ? "ionpass report" : context.study.study;
  document.subtitle = subtitle(context.study);
  document.footer = fmt::format("Made by ionpass {}.", context.study.version);
  Blocks& blocks = document.blocks;
  append(blocks, summary_section(context));
  append(blocks, comparison_section(context));
  append(blocks, profile_section(context, plotter));
  append(blocks, kinetics_section(context, plotter));
  append(blocks, retention_section(context));
  append(blocks, literature_section(context));
  append(blocks, caveats_section(context));
  append(blocks, methods_section(context));
  return document;
}

}  // namespace

Context make_context(const StudyResult& study, const Literature& literature) {
  Context context{study, literature, analyse(study, literature), {}};
  for (const LiteratureEntry& entry : cited(study, literature)) {
    context.reference.emplace(entry.id, context.reference.size() + 1);
  }
  return context;
}

Blocks methods_section(const Context& context) {
  Blocks blocks;
  blocks.push_back(Heading{2, "How it was computed", "methods"});
  for (std::size_t m = 0; m < context.study.materials.size(); ++m) {
    add_material(context.study.materials[m], context.analysis.materials[m].dimension, blocks);
  }
  Table relaxations = relaxation_table(context.study);
  if (!relaxations.rows.empty()) blocks.push_back(std::move(relaxations));
  for (const PotentialNote& potential : context.study.potentials) add_potential(potential, blocks);
  return blocks;
}

}  // namespace ionpass::workflows::report

namespace ionpass::workflows {

std::string report_markdown(const StudyResult& study, const Literature& literature) {
  return report::to_markdown(
      report::make_document(report::make_context(study, literature), nullptr));
}

std::string report_html(const StudyResult& study, const Literature& literature,
                        const ReportOptions& options) {
  report::Plotter plotter(options);
  return report::to_html(report::make_document(report::make_context(study, literature), &plotter));
}

}  // namespace ionpass::workflows
