// The sections data, dispersion and validate of a plan.
#include "calibrate/plan_sections.hpp"

#include <algorithm>

#include <structures/elements.hpp>
#include <workflows/data_paths.hpp>

#include "calibrate/plan_fit.hpp"
#include "study/key_kinds.hpp"
#include "study/potential_section.hpp"
#include "study/section_table.hpp"

namespace ionpass::workflows {
namespace {

namespace fs = std::filesystem;

/// A section, and the file its paths are relative to.
template <class Section>
struct InFile {
  Section& section;
  const fs::path& file;
};
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

/// What all checks of named crystals share.
template <class Check>
std::vector<SectionKey<InFile<Check>>> crystal_keys() {
  using Draft = InFile<Check>;
  return {
      {"name", "text", "", "required", "in the tables",
       [](Draft& d, const YamlNode& node) { d.section.name = node.text(); }},
      {"structure", "file", "", "required", "relative to the plan, or library/…",
       [](Draft& d, const YamlNode& node) {
         d.section.structure = read_file_beside(node, d.file);
       }},
      {"kpoints", "section", "", "{spacing: 0.25}", "as in a study",
       [](Draft& d, const YamlNode& node) { d.section.kpoints = read_kpoints_section(node); }},
      {"charge", "number", "e", "0", "of the cell",
       [](Draft& d, const YamlNode& node) {
         d.section.charge = read_number(node, Dimension::charge, between(-20.0, 20.0));
       }},
      {"steps", "integer", "", "60", "of a relaxation of the atoms, at most",
       [](Draft& d, const YamlNode& node) {
         d.section.steps = static_cast<int>(read_integer(node, between(1, 10000)));
       }},
      {"fmax", "number", "eV/Å", "0.05", "largest force at its end",
       [](Draft& d, const YamlNode& node) {
         d.section.fmax = read_number(node, Dimension::force, positive());
       }},
  };
}

std::span<const SectionKey<InFile<CrystalCheck>>> volume_keys() {
  using Draft = InFile<CrystalCheck>;
  static const auto table = [] {
    auto keys = crystal_keys<CrystalCheck>();
    keys.push_back({"strain", "number", "", "0.06", "largest linear strain, both signs",
                    [](Draft& d, const YamlNode& node) {
                      d.section.strain = read_number(node, Dimension::none, between(0.001, 0.2));
                    }});
    keys.push_back(
        {"points", "integer", "", "7", "of the curve", [](Draft& d, const YamlNode& node) {
           d.section.points = static_cast<int>(read_integer(node, between(5, 51)));
         }});
    keys.push_back({"volume", "number", "Å³", "none", "of the reference method, to compare with",
                    [](Draft& d, const YamlNode& node) {
                      d.section.volume = read_number(node, Dimension::none, positive());
                    }});
    return keys;
  }();
  return table;
}

std::span<const SectionKey<InFile<RelaxationCheck>>> relaxation_keys() {
  static const auto table = crystal_keys<RelaxationCheck>();
  return table;
}

std::span<const SectionKey<InFile<HopCheck>>> hop_keys() {
  using Draft = InFile<HopCheck>;
  static const std::vector<SectionKey<Draft>> table{
      {"name", "text", "", "required", "in the tables",
       [](Draft& d, const YamlNode& node) { d.section.name = node.text(); }},
      {"file", "file", "", "required", "extxyz, labelled like data, the images in their order",
       [](Draft& d, const YamlNode& node) { d.section.file = read_file_beside(node, d.file); }},
  };
  return table;
}

using ValidateDraft = InFile<ValidateSection>;

template <class Check>
void read_checks(const YamlNode& node, std::span<const SectionKey<InFile<Check>>> table,
                 const fs::path& file, std::vector<Check>& out) {
  for (const YamlNode& item : node.items("a list of sections, each with a name")) {
    Check check;
    InFile<Check> draft{check, file};
    read_section<InFile<Check>>(item, table, draft);
    out.push_back(check);
  }
}

std::span<const SectionKey<ValidateDraft>> validate_keys() {
  static const std::vector<SectionKey<ValidateDraft>> table{
      {"learning_curve", "list of numbers", "", "[0.25, 0.5, 0.75, 1]",
       "fractions of the training structures",
       [](ValidateDraft& d, const YamlNode& node) {
         d.section.learning_curve = read_numbers(node, Dimension::none, above_up_to(1.0));
       }},
      {"volumes", "list of sections", "", "none", "energy over volume of crystals, atoms relaxed",
       [](ValidateDraft& d, const YamlNode& node) {
         read_checks(node, volume_keys(), d.file, d.section.crystals);
       }},
      {"relax", "list of sections", "", "none", "bonds after a short relaxation",
       [](ValidateDraft& d, const YamlNode& node) {
         read_checks(node, relaxation_keys(), d.file, d.section.relax);
       }},
      {"hops", "list of sections", "", "none", "energies and forces along labelled paths",
       [](ValidateDraft& d, const YamlNode& node) {
         read_checks(node, hop_keys(), d.file, d.section.hops);
       }},
      {"compare", "list of potentials", "", "none",
       "whose errors of held-out structures and hops are printed beside the set's",
       [](ValidateDraft& d, const YamlNode& node) {
         for (const YamlNode& item : node.items("a list of potentials"))
           d.section.compare.push_back(read_potential_section(item, d.file));
       }},
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

void read_validate(CalibrationPlan& plan, const YamlNode& node) {
  ValidateDraft draft{plan.validate, plan.file};
  read_section<ValidateDraft>(node, validate_keys(), draft);
}

std::string plan_sections_text() {
  return section_text("dispersion", dispersion_keys()) + section_text("data", data_keys()) +
         section_text("data.held_out", held_out_keys()) + plan_fit_text() +
         section_text("validate", validate_keys()) +
         section_text("validate.volumes[]", volume_keys()) +
         section_text("validate.relax[]", relaxation_keys()) +
         section_text("validate.hops[]", hop_keys());
}

}  // namespace ionpass::workflows
