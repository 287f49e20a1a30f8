#include "run_folder.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <structures/error.hpp>
#include <structures/io.hpp>
#include <workflows/literature.hpp>
#include <workflows/report.hpp>

namespace ionpass::workflows {
namespace {

using Flat = std::vector<std::pair<std::string, std::string>>;

/// A study text as a list of key paths and values; materials go by their names.
void flatten(const YAML::Node& node, const std::string& path, Flat& flat) {
  const auto below = [&path](const std::string& key) {
    return path.empty() ? key : path + "." + key;
  };
  if (node.IsMap()) {
    for (const auto& entry : node) flatten(entry.second, below(entry.first.Scalar()), flat);
  } else if (node.IsSequence()) {
    for (std::size_t i = 0; i < node.size(); ++i) {
      const bool has_name = node[i].IsMap() && node[i]["name"] && node[i]["name"].IsScalar();
      flatten(node[i], below(has_name ? node[i]["name"].Scalar() : std::to_string(i)), flat);
    }
  } else {
    flat.emplace_back(path, node.IsScalar() ? node.Scalar() : "");
  }
}

Flat flat_study(const std::string& yaml) {
  Flat flat;
  flatten(YAML::Load(yaml), "", flat);
  return flat;
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

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw IoError(fmt::format("{}: cannot make this folder ({}); check the path and your rights",
                              folder.string(), error.message()));
  }
}

}  // namespace

std::vector<std::string> changed_keys(const std::string& old_yaml, const std::string& new_yaml) {
  const Flat before = flat_study(old_yaml);
  const Flat now = flat_study(new_yaml);
  const std::map<std::string, std::string> old_values(before.begin(), before.end());
  const std::map<std::string, std::string> new_values(now.begin(), now.end());
  std::vector<std::string> keys;
  for (const auto& [key, value] : now) {
    const auto found = old_values.find(key);
    if (found == old_values.end() || found->second != value) keys.push_back(key);
  }
  for (const auto& [key, value] : before) {
    if (!new_values.contains(key)) keys.push_back(key);
  }
  return keys;
}

std::vector<std::string> check_run_folder(const std::filesystem::path& run_dir, const Study& study,
                                          bool fresh) {
  if (run_dir.empty()) throw InputError("no run folder given; name one with --run-dir");
  if (std::filesystem::exists(run_dir) && !std::filesystem::is_directory(run_dir)) {
    throw InputError(
        fmt::format("{}: is not a folder; choose another --run-dir", run_dir.string()));
  }
  const std::filesystem::path file = run_dir / "study.yaml";
  if (fresh || !std::filesystem::exists(file)) return {};
  const std::string old_yaml = read_text_file(file);
  const std::string name = study_name(old_yaml, file);
  if (name != study.name) {
    throw InputError(fmt::format(
        "{}: this run folder belongs to study \"{}\", not to \"{}\"; choose another --run-dir, or "
        "start over with --fresh",
        file.string(), name, study.name));
  }
  return changed_keys(old_yaml, to_yaml(study));
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
