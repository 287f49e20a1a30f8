// The sections data and dispersion of a plan.
#include "calibrate/plan_sections.hpp"

#include <algorithm>

#include <structures/elements.hpp>
#include <workflows/data_paths.hpp>

#include "calibrate/plan_fit.hpp"
#include "calibrate/plan_validate.hpp"
#include "study/key_kinds.hpp"
#include "study/section_table.hpp"

namespace ionpass::workflows {
namespace {

namespace fs = std::filesystem;

using DataDraft = InFile<DataSection>;

std::span<const SectionKey<HeldOutRule>> held_out_keys() {
  static const std::vector<SectionKey<HeldOutRule>> table{
      {"field", "text", "", "none", "key of the comment line that says T or F",
       [](HeldOutRule& rule, const YamlNode& node) { rule.field = node.text(); }},
      {"names", "list of texts", "", "none", "structures by the 'name' of their comment line",
       [](HeldOutRule& rule, const YamlNode& node) { rule.names = read_texts(node); }},
      {"fraction", "number", "", "none", "share of the families, drawn at random",
       [](HeldOutRule& rule, const YamlNode& node) {
         rule.fraction = read_number(node, Dimension::none, between(0.0, 0.9));
       }},
      {"seed", "integer", "", "1", "of the draw",
       [](HeldOutRule& rule, const YamlNode& node) {
         rule.seed = static_cast<std::uint64_t>(read_integer(node, between(0, 2147483647)));
       }},
  };
  return table;
}

void read_held_out(DataDraft& draft, const YamlNode& node) {
  HeldOutRule rule;
  read_section<HeldOutRule>(node, held_out_keys(), rule);
  const int ways = int(!rule.field.empty()) + int(!rule.names.empty()) + int(rule.fraction > 0.0);
  if (ways != 1)
    node.fail(fmt::format("{} of field, names, fraction given, expected exactly one",
                          ways == 0 ? "none" : "more than one"));
  draft.section.held_out = rule;
}

std::span<const SectionKey<DataDraft>> data_keys() {
  static const std::vector<SectionKey<DataDraft>> table{
      {"files", "list of files", "", "none", "extxyz with energy, forces, stress, config_type, …",
       [](DataDraft& d, const YamlNode& node) {
         for (const YamlNode& item : node.items("a list of files"))
           d.section.files.push_back(read_file_beside(item, d.file));
       }},
      {"held_out", "section", "", "none", "structures that the test fit does not see",
       read_held_out},
      {"functional", "text", "", "none", "what the source of every structure must name",
       [](DataDraft& d, const YamlNode& node) { d.section.functional = node.text(); }},
      {"family", "text", "", "family",
       "key of the comment line; structures with equal values are left out together",
       [](DataDraft& d, const YamlNode& node) { d.section.family = node.text(); }},
      {"families", "list of texts", "", "none", "config_types whose structures are one family",
       [](DataDraft& d, const YamlNode& node) { d.section.families = read_texts(node); }},
  };
  return table;
}

SectionKey<D3Damping> damping_key(const std::string& name, double D3Damping::*member,
                                  const std::string& fallback, const std::string& unit) {
  return {
      name, "number", unit, fallback, "of D3(BJ)", [member](D3Damping& d3, const YamlNode& node) {
        d3.*member = read_number(node, Dimension::none, between(0.0, 20.0));
      }};
}

std::span<const SectionKey<D3Damping>> dispersion_keys() {
  static const std::vector<SectionKey<D3Damping>> table{
      damping_key("s6", &D3Damping::s6, "1", ""),
      damping_key("s8", &D3Damping::s8, "required", ""),
      damping_key("a1", &D3Damping::a1, "required", ""),
      damping_key("a2", &D3Damping::a2, "required", "bohr"),
  };
  return table;
}

}  // namespace

std::vector<std::string> read_texts(const YamlNode& node) {
  std::vector<std::string> out;
  for (const YamlNode& item : node.items("a list of texts")) out.push_back(item.text());
  return out;
}

fs::path read_file_beside(const YamlNode& node, const fs::path& plan_file) {
  const fs::path written = node.text();
  fs::path found = plan_file.parent_path() / written;
  std::error_code ignored;
  if (!fs::exists(found, ignored) && *written.begin() == "library")
    found = data_paths().structures / written.lexically_relative("library");
  if (!fs::is_regular_file(found, ignored))
    node.fail(fmt::format("'{}' is not there (looked for {}); give a path relative to the plan",
                          written.string(), found.lexically_normal().string()));
  return found.lexically_normal();
}

void read_dispersion(CalibrationPlan& plan, const YamlNode& node) {
  plan.absorbs_dispersion = false;
  if (node.is_scalar()) {
    plan.absorbs_dispersion = read_word(node, {"absorbed", "none"}) == "absorbed";
    return;
  }
  D3Damping d3;
  read_section<D3Damping>(node, dispersion_keys(), d3);
  plan.base.d3 = d3;
}

void read_data(CalibrationPlan& plan, const YamlNode& node) {
  DataDraft draft{plan.data, plan.file};
  read_section<DataDraft>(node, data_keys(), draft);
}

std::string plan_sections_text() {
  return section_text("dispersion", dispersion_keys()) + section_text("data", data_keys()) +
         section_text("data.held_out", held_out_keys()) + plan_fit_text() + plan_validate_text();
}

}  // namespace ionpass::workflows
