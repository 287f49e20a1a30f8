#include "run_folder.hpp"

#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <structures/error.hpp>
#include <structures/io.hpp>
#include <workflows/literature.hpp>
#include <workflows/report.hpp>
#include <workflows/store.hpp>

#include "store/system.hpp"
#include "study/run_names.hpp"

namespace ionpass::workflows {
namespace {

using Values = std::map<std::string, std::string>;  // by key path

void flatten(const YAML::Node& node, const std::string& path, Values& values) {
  const auto below = [&path](const std::string& key) {
    return path.empty() ? key : path + "." + key;
  };
  if (node.IsMap()) {
    for (const auto& entry : node) flatten(entry.second, below(entry.first.Scalar()), values);
  } else if (node.IsSequence()) {
    for (std::size_t i = 0; i < node.size(); ++i) {
      flatten(node[i], below(std::to_string(i)), values);
    }
  } else {
    values[path] = node.IsScalar() ? node.Scalar() : "";
  }
}

/// A study with one of its materials only, as key paths and values: there is one way to write that.
Values values_of(const Study& study, std::size_t material) {
  Study single = study;
  single.materials = {study.materials[material]};
  Values values;
  flatten(YAML::Load(to_yaml(single)), "", values);
  return values;
}

/// "materials.0.structure" without its first two words, which name the material.
std::string bare_key(const std::string& key) {
  constexpr std::string_view prefix = "materials.0.";
  return key.starts_with(prefix) ? key.substr(prefix.size()) : key;
}

std::vector<std::string> differing(const Values& before, const Values& now) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : now) {
    const auto found = before.find(key);
    if (found == before.end() || found->second != value) keys.push_back(bare_key(key));
  }
  for (const auto& [key, value] : before) {
    if (!now.contains(key)) keys.push_back(bare_key(key));
  }
  return keys;
}

std::optional<std::size_t> find_material(const Study& study, const std::string& name) {
  for (std::size_t i = 0; i < study.materials.size(); ++i) {
    if (study.materials[i].name == name) return i;
  }
  return std::nullopt;
}

std::string study_name(const std::string& yaml, const std::filesystem::path& file) {
  try {
    const YAML::Node node = YAML::Load(yaml);
    if (node.IsMap() && node["study"] && node["study"].IsScalar()) return node["study"].Scalar();
  } catch (const YAML::Exception& error) {
    throw InputError(
        fmt::format("{}: not readable as a study ({}); restore it, choose another "
                    "--run-dir, or start over with --fresh",
                    file.string(), error.msg));
  }
  throw InputError(
      fmt::format("{}: names no study; choose another --run-dir, or start over with "
                  "--fresh",
                  file.string()));
}

/// Folders of the materials that a study file of any version names, as far as it can be read.
std::set<std::string> material_folders(const std::filesystem::path& file) {
  std::set<std::string> names;
  try {
    for (const YAML::Node& material : YAML::Load(read_text_file(file))["materials"]) {
      names.insert(folder_name(material["name"].Scalar()));
    }
  } catch (const YAML::Exception&) {  // what it holds beside does not matter
  } catch (const IoError&) {
  }
  return names;
}

}  // namespace

std::vector<std::string> changed_keys(const Study& before, const Study& now) {
  std::vector<std::string> keys;
  std::map<std::string, std::vector<std::string>> materials_by_key;
  std::size_t common = 0;
  for (std::size_t i = 0; i < now.materials.size(); ++i) {
    const std::string& name = now.materials[i].name;
    const std::optional<std::size_t> old = find_material(before, name);
    if (!old) {
      keys.push_back("materials." + name);
      continue;
    }
    ++common;
    for (const std::string& key : differing(values_of(before, *old), values_of(now, i))) {
      materials_by_key[key].push_back(name);
    }
  }
  for (const MaterialStudy& material : before.materials) {
    if (!find_material(now, material.name)) keys.push_back("materials." + material.name);
  }
  for (const auto& [key, names] : materials_by_key) {
    if (names.size() == common) {
      keys.push_back(key);
      continue;
    }
    for (const std::string& name : names) keys.push_back("materials." + name + "." + key);
  }
  return keys;
}

std::vector<std::string> check_run_folder(const std::filesystem::path& run_dir, const Study& study,
                                          bool fresh) {
  if (run_dir.empty()) throw InputError("no run folder given; name one with --run-dir");
  std::error_code ignored;
  if (std::filesystem::exists(run_dir, ignored) &&
      !std::filesystem::is_directory(run_dir, ignored)) {
    throw InputError(
        fmt::format("{}: is not a folder; choose another --run-dir", run_dir.string()));
  }
  const std::filesystem::path file = run_dir / "study.yaml";
  if (!std::filesystem::exists(file, ignored)) return {};
  if (std::filesystem::equivalent(study.file, file, ignored)) {
    throw InputError(fmt::format(
        "{}: is the study file itself, and a run would overwrite it; choose another --run-dir",
        file.string()));
  }
  if (!std::filesystem::exists(database_path(run_dir), ignored)) {
    throw InputError(
        fmt::format("{}: no {} of a run beside it, so that it may be yours; choose another "
                    "--run-dir or move it away",
                    file.string(), database_file));
  }
  if (fresh) return {};
  const std::string old_yaml = read_text_file(file);
  const std::string name = study_name(old_yaml, file);
  if (name != study.name) {
    throw InputError(fmt::format(
        "{}: this run folder belongs to study \"{}\", not to \"{}\"; choose another --run-dir, or "
        "start over with --fresh",
        file.string(), name, study.name));
  }
  try {
    return changed_keys(parse_study(old_yaml, file), study);
  } catch (const InputError&) {
    // Of an older version, or its structure files are gone: that is a change too, if one without a
    // name.
    return {"settings that cannot be compared any more"};
  }
}

std::optional<std::filesystem::path> set_earlier_run_aside(const std::filesystem::path& run_dir,
                                                           const Study& study) {
  std::set<std::string> names(run_files.begin(), run_files.end());
  for (const MaterialStudy& material : study.materials) names.insert(folder_name(material.name));
  names.merge(material_folders(run_dir / "study.yaml"));
  return set_run_aside(run_dir, std::vector(names.begin(), names.end()));
}

void remove_reports(const std::filesystem::path& run_dir) {
  for (const char* name : {"report.html", "report.md", "report.json"}) {
    std::error_code error;
    std::filesystem::remove(run_dir / name, error);
    if (error) {
      throw IoError(fmt::format("{}: cannot be removed ({}); check the rights of the folder",
                                (run_dir / name).string(), error.message()));
    }
  }
}

void write_material(const std::filesystem::path& run_dir, const PreparedMaterial& material) {
  const std::filesystem::path folder = run_dir / folder_name(material.settings.name);
  make_folder(folder);
  std::ostringstream cif;
  write_cif(cif, material.supercell.structure, material.settings.name, material.frame.provenance);
  write_text_file(folder / "supercell.cif", cif.str());
}

void write_event(const std::filesystem::path& run_dir, const std::string& material,
                 const StageEvent& event) {
  if (event.file.empty()) return;
  const std::filesystem::path file = run_dir / folder_name(material) / event.file;
  make_folder(file.parent_path());
  write_frames(file, event.frames);
}

void write_reports(const std::filesystem::path& run_dir, const StudyResult& result,
                   const std::filesystem::path& literature) {
  const Literature known = literature.empty() ? Literature{} : read_literature(literature);
  write_text_file(run_dir / "report.json", report_json(result, known));
  write_text_file(run_dir / "report.md", report_markdown(result, known));
  write_text_file(run_dir / "report.html", report_html(result, known));
}

}  // namespace ionpass::workflows
