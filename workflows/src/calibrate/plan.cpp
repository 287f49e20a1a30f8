// A plan from YAML.
#include "calibrate/plan.hpp"

#include <algorithm>
#include <cmath>

#include <structures/elements.hpp>
#include <structures/io.hpp>
#include <workflows/data_paths.hpp>

#include "calibrate/plan_sections.hpp"
#include "study/key_kinds.hpp"
#include "study/potential_section.hpp"
#include "study/section_table.hpp"

namespace ionpass::workflows {
namespace {

namespace fs = std::filesystem;

struct PlanDraft {
  CalibrationPlan plan;
  std::optional<YamlNode> base;
};

bool is_gfn1(const CalibrationPlan& plan) { return plan.base.name.starts_with("gfn1"); }

template <class Member>
SectionKey<PlanDraft> label_text(const std::string& name, const std::string& fallback,
                                 const std::string& meaning, Member member) {
  return {name, "text", "", fallback, meaning, [member](PlanDraft& draft, const YamlNode& node) {
            draft.plan.labels.*member = node.text();
          }};
}

template <class Member>
SectionKey<PlanDraft> label_texts(const std::string& name, const std::string& meaning,
                                  Member member) {
  return {
      name, "list of texts", "", "none", meaning, [member](PlanDraft& draft, const YamlNode& node) {
        draft.plan.labels.*member = read_texts(node);
      }};
}

/// Becomes a folder: no way out of the folder of results, and no hidden one.
void read_name(PlanDraft& draft, const YamlNode& node) {
  const std::string name = node.text();
  const auto fits = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
  };
  constexpr std::size_t longest = 64;
  if (!std::ranges::all_of(name, fits) || name.front() == '.' || name.size() > longest)
    node.fail(fmt::format("'{}' cannot name a set; use letters, digits, '.', '_', '-', at most {}",
                          name, longest));
  draft.plan.labels.name = name;
}

std::span<const SectionKey<PlanDraft>> plan_keys() {
  static const std::vector<SectionKey<PlanDraft>> table{
      {"name", "text", "", "required", "of the set that is made, and of its folder", read_name},
      label_text("version", "none", "of the set", &SetLabels::version),
      label_text("summary", "none", "one line for 'ionpass potentials'", &SetLabels::summary),
      label_text("licence", "none", "of the set", &SetLabels::licence),
      label_texts("citations", "papers of base and data", &SetLabels::citations),
      label_texts("caveats", "statements put behind the measured accuracy", &SetLabels::caveats),
      {"base", "name or section", "", "required",
       "what the pair potentials are added to: a 'potential' section as in a study",
       [](PlanDraft& d, const YamlNode& node) {
         d.plan.base = read_potential_section(node, d.plan.file);
         d.base = node;
         // It has a repulsion of its own; `fit`, which is read later, may say otherwise.
         if (is_gfn1(d.plan)) d.plan.fit.walls = {0.0};
       }},
      {"dispersion", "absorbed|none|section", "", "absorbed",
       "absorbed in the pair potentials; not in the data; or {s8, a1, a2}: D3(BJ) in base and set",
       [](PlanDraft& d, const YamlNode& node) {
         // 'base' is read before.
         if (d.plan.base.d3) node.fail("is given in 'base' as d3 already; keep one of them");
         read_dispersion(d.plan, node);
       }},
      {"data", "section", "", "see below", "labelled structures",
       [](PlanDraft& d, const YamlNode& node) { read_data(d.plan, node); }},
      {"generate", "section", "", "none", "structures to make before anything else",
       [](PlanDraft& d, const YamlNode& node) { d.plan.generate = node; }},
      {"label", "section", "", "none", "the reference method that labels them; of --relabel",
       [](PlanDraft& d, const YamlNode& node) { d.plan.label = node; }},
      {"fit", "section", "", "see below", "pair potentials, and what may be chosen",
       [](PlanDraft& d, const YamlNode& node) { read_fit(d.plan, node); }},
      {"validate", "section", "", "see below", "how the set is tried",
       [](PlanDraft& d, const YamlNode& node) { read_validate(d.plan, node); }},
  };
  return table;
}

void check_sources(const CalibrationPlan& plan, const YamlNode& root) {
  if (plan.label && !plan.generate && plan.data.files.empty())
    plan.label->fail("there is nothing to label; add a 'generate' section, or leave this one out");
  if (plan.generate && !plan.label)
    plan.generate->fail("nothing labels what is generated; add a 'label' section");
  if (plan.data.files.empty() && !plan.generate)
    root.fail(
        "no data: give labelled files as 'data: {files: [labelled.extxyz]}', or a 'generate' and "
        "a 'label' section");
}

}  // namespace

CalibrationPlan parse_plan(const std::string& text, const fs::path& file) {
  const YamlNode root = YamlNode::parse(text, file.string(), "ionpass calibrate --schema");
  PlanDraft draft;
  draft.plan.file = file;
  draft.plan.text = text;
  read_section<PlanDraft>(root, plan_keys(), draft);
  const std::string& base = draft.plan.base.name;
  if (!base.starts_with("dftb/") && !is_gfn1(draft.plan))
    draft.base->fail(fmt::format("'{}' is no tight binding; expected dftb/SET or gfn1-xtb", base));
  check_sources(draft.plan, root);
  return draft.plan;
}

CalibrationPlan read_plan(const fs::path& file) { return parse_plan(read_text_file(file), file); }

std::string plan_schema_text() {
  return section_text("plan (plain numbers in Å, eV, eV/Å; a value may carry its own unit)",
                      plan_keys()) +
         plan_sections_text();
}

}  // namespace ionpass::workflows
