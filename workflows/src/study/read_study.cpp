// From text to a checked study.
#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include <structures/io.hpp>
#include <workflows/data_paths.hpp>
#include <workflows/study.hpp>

#include "study/key_table.hpp"
#include "study/potential_section.hpp"
#include "study/run_names.hpp"
#include "study/suggest.hpp"

namespace ionpass::workflows {
namespace {

namespace fs = std::filesystem;

/// Forces at relaxed end points must be small beside those on the band (a saddle between sloping
/// ends is none).
constexpr double relax_share = 0.5;
constexpr std::size_t longest_name = 64;

bool was_given(const StudyDraft& draft, const std::string& key) {
  return draft.given.contains(key);
}

/// Throws at the place of a key if it was written, else at the place of another node.
[[noreturn]] void fail_at(const StudyDraft& draft, const std::string& key, const YamlNode& else_at,
                          const std::string& message) {
  if (was_given(draft, key)) draft.given.at(key).fail(message);
  else_at.fail(fmt::format("{}: {}", key, message));
}

/// Folders of some file systems do not tell upper from lower case.
std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_reserved(const std::string& name) {
  const std::string word = lower(name);
  return std::ranges::find(run_files, word) != run_files.end() || word.starts_with(database_file) ||
         word.starts_with(earlier_run);
}

void check_name(const StudyDraft& draft, const YamlNode& node) {
  const std::string& name = draft.material.name;
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  // It becomes a folder: no way out of the run folder, and no hidden one.
  if (!std::ranges::all_of(name, fits) || name.size() > longest_name || name.front() == '.' ||
      name.find("..") != std::string::npos)
    fail_at(
        draft, "name", node,
        fmt::format("'{}' cannot be the name of a folder; use letters, digits, '.', '_', '-', at "
                    "most {}, not beginning with '.', without '..'",
                    name, longest_name));
  if (is_reserved(name))
    fail_at(draft, "name", node,
            fmt::format("'{}' is what a run folder calls a file of its own; choose another name",
                        name));
}

void resolve_structure(StudyDraft& draft, const YamlNode& node, const fs::path& study_file) {
  const fs::path written = draft.material.structure;
  const fs::path found = structure_path(written, study_file.parent_path());
  std::error_code ignored;
  if (!fs::is_regular_file(found, ignored))
    fail_at(draft, "structure", node,
            fmt::format("'{}' is not there (looked for {}); give a path relative to the study file",
                        written.string(), found.lexically_normal().string()));
  draft.material.structure = fs::absolute(found).lexically_normal();
}

void settle_forces(StudyDraft& draft, const YamlNode& node) {
  double& relax = draft.material.relax.fmax;
  const double limit = relax_share * draft.material.neb.fmax;
  if (!was_given(draft, "relax.fmax")) relax = std::min(relax, limit);
  // Rounding of the user's own halves is no mistake.
  if (relax > limit * (1.0 + 1e-12))
    fail_at(
        draft, "relax.fmax", node,
        fmt::format("{} eV/Å given, must be at most half of neb.fmax ({} eV/Å); lower it to {} or "
                    "leave it out",
                    relax, draft.material.neb.fmax, limit));
}

void check_springs(const StudyDraft& draft, const YamlNode& node) {
  const auto* springs = std::get_if<neb::EnergyWeightedSprings>(&draft.material.neb.springs);
  if (springs != nullptr && springs->lower > springs->upper)
    fail_at(
        draft,
        was_given(draft, "neb.stiffness_upper") ? "neb.stiffness_upper" : "neb.stiffness_lower",
        node,
        fmt::format("stiffness_lower is {} eV/Å², stiffness_upper {}; the lower must not be larger",
                    springs->lower, springs->upper));
}

/// As written, if that is absolute or empty; else beside the file it was written in.
fs::path beside(const fs::path& written, const fs::path& file) {
  if (written.empty() || written.is_absolute()) return written;
  return fs::absolute(file.parent_path() / written).lexically_normal();
}

/// A relative folder of .skf files, or with a driver.yaml, is meant beside the study file, as every
/// other path in it.
void resolve_potential_name(std::string& name, const fs::path& study_file) {
  for (const std::string start : {"dftb/", "driver/", "pairs/"}) {
    if (!name.starts_with(start)) continue;
    const fs::path written = name.substr(start.size());
    std::error_code ignored;
    if (!written.is_absolute() && written.has_parent_path() &&
        fs::is_directory(study_file.parent_path() / written, ignored))
      name = start + beside(written, study_file).string();
    return;
  }
}

void resolve_driver(StudyDraft& draft, const YamlNode& node, const fs::path& file) {
  DriverSettings& driver = draft.material.potential.driver;
  for (std::string& word : driver.command)
    if (word.starts_with("./") || word.starts_with("../")) word = beside(word, file).string();
  driver.scratch = beside(driver.scratch, file);
  const std::array<std::pair<const char*, fs::path*>, 3> needed = {
      {{"potential.driver.template", &driver.template_file},
       {"potential.driver.pseudopotentials", &driver.pseudopotentials},
       {"potential.driver.library", &driver.library}}};
  for (const auto& [key, path] : needed) {
    *path = beside(*path, file);
    std::error_code ignored;
    if (!path->empty() && !fs::exists(*path, ignored))
      fail_at(draft, key, node,
              fmt::format("'{}' is not there; give a path relative to this file", path->string()));
  }
}

void resolve_potential(StudyDraft& draft, const YamlNode& node, const fs::path& file) {
  resolve_potential_name(draft.material.potential.name, file);
  resolve_driver(draft, node, file);
}

MaterialStudy read_material(const StudyDraft& base, const YamlNode& node, const fs::path& file) {
  StudyDraft draft = base;
  read_mapping(draft, node, "", Scope::material);
  for (const char* key : {"name", "structure"})
    if (!was_given(draft, key)) node.fail(fmt::format("'{}' is missing; add it", key));
  check_name(draft, node);
  resolve_structure(draft, node, file);
  resolve_potential(draft, node, file);
  settle_forces(draft, node);
  check_springs(draft, node);
  return draft.material;
}

void refuse_same_name(const std::vector<MaterialStudy>& before, const MaterialStudy& material,
                      const YamlNode& node) {
  const auto same = [&](const MaterialStudy& other) {
    return lower(other.name) == lower(material.name);
  };
  if (std::ranges::any_of(before, same))
    node.fail(
        fmt::format("the name '{}' is given twice; name each material differently", material.name));
}

void check_reference_material(const StudyDraft& draft) {
  if (!draft.study.retention || draft.study.retention->reference_material.empty()) return;
  std::vector<std::string> names;
  for (const MaterialStudy& material : draft.study.materials) names.push_back(material.name);
  const std::string& wanted = draft.study.retention->reference_material;
  if (std::ranges::find(names, wanted) == names.end())
    draft.given.at("retention.reference.material")
        .fail(fmt::format("'{}' is none of the materials{}", wanted, suggestion(wanted, names)));
}

/// The potential of a draft in which it is all that counts.
PotentialSettings checked_potential(StudyDraft& draft, const YamlNode& node, const fs::path& file) {
  if (!was_given(draft, "potential.name"))
    node.fail("'name' is missing; say which potential, as 'name: dftb/ionpass-pbi3-1'");
  resolve_potential(draft, node, file);
  return draft.material.potential;
}

}  // namespace

Study parse_study(const std::string& text, const fs::path& file) {
  const YamlNode root = YamlNode::parse(text, file.string());
  StudyDraft draft;
  draft.study.file = file;
  read_mapping(draft, root, "", Scope::study);
  for (const char* key : {"study", "materials"})
    if (!was_given(draft, key)) root.fail(fmt::format("'{}' is missing; add it", key));
  const YamlNode list = draft.given.at("materials");
  for (const YamlNode& node : list.items("a list of materials, each with name and structure")) {
    const MaterialStudy material = read_material(draft, node, file);
    refuse_same_name(draft.study.materials, material, node);
    draft.study.materials.push_back(material);
  }
  if (draft.study.materials.empty()) list.fail("no material given; add at least one");
  check_reference_material(draft);
  return draft.study;
}

Study read_study(const fs::path& file) { return parse_study(read_text_file(file), file); }

PotentialSettings read_potential_section(const YamlNode& node, const fs::path& file) {
  StudyDraft draft;
  if (node.is_scalar()) {
    draft.material.potential.name = node.text();
    draft.given.insert_or_assign("potential.name", node);
  } else {
    read_mapping(draft, node, "potential", Scope::both);
  }
  return checked_potential(draft, node, file);
}

SupercellChoice read_supercell_section(const YamlNode& node) {
  StudyDraft draft;
  read_mapping(draft, node, "supercell", Scope::both);
  return draft.material.supercell;
}

KpointSampling read_kpoints_section(const YamlNode& node) {
  StudyDraft draft;
  read_mapping(draft, node, "kpoints", Scope::both);
  return draft.material.potential.kpoints;
}

PotentialSettings read_potential(const std::string& name_or_file) {
  const fs::path path = name_or_file;
  const bool is_yaml = path.extension() == ".yaml" || path.extension() == ".yml";
  StudyDraft draft;
  if (!is_yaml) {
    std::error_code ignored;
    const bool is_folder = fs::is_directory(path, ignored);
    draft.material.potential.name = is_folder ? "dftb/" + name_or_file : name_or_file;
    return draft.material.potential;
  }
  const YamlNode root = YamlNode::parse(read_text_file(path), path.string());
  const std::vector<YamlNode::Entry> entries = root.entries("a potential section");
  // Either the inside of a section, or a file with the section (and k-points) as a study has them.
  const auto is_section = [](const YamlNode::Entry& entry) {
    return entry.key == "potential" || entry.key == "kpoints";
  };
  if (std::ranges::none_of(entries, is_section)) return read_potential_section(root, path);
  for (const YamlNode::Entry& entry : entries)
    if (!is_section(entry))
      throw InputError(entry.where, fmt::format("unknown key '{}'; known beside each other: "
                                                "potential, kpoints",
                                                entry.key));
  read_mapping(draft, root, "", Scope::both);
  return checked_potential(draft, root, path);
}

}  // namespace ionpass::workflows
