// From a study back to text, and the table as text.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <workflows/study.hpp>

#include "study/key_kinds.hpp"
#include "study/key_table.hpp"

namespace ionpass::workflows {
namespace {

struct Line {
  std::string path;
  std::string value;
  friend bool operator==(const Line&, const Line&) = default;
};

std::string section_of(const std::string& path) { return path.substr(0, path.find('.')); }

std::vector<Line> lines_of(StudyDraft& draft, Scope scope) {
  std::vector<Line> out;
  for (const Key& key : study_keys())
    if (key.scope == scope)
      if (const auto value = key.write(draft)) out.push_back({key.path, *value});
  return out;
}

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    out.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

/// Lines with dotted names as nested mappings; the lines of a mapping follow each other.
std::string nested(const std::vector<Line>& lines, std::size_t indent) {
  std::string out;
  std::vector<std::string> open;
  for (const Line& line : lines) {
    std::vector<std::string> words = split(line.path);
    const std::string last = words.back();
    words.pop_back();
    const auto differ = std::ranges::mismatch(open, words).in2 - words.begin();
    for (auto level = static_cast<std::size_t>(differ); level < words.size(); ++level)
      out += fmt::format("{}{}:\n", std::string(indent + 2 * level, ' '), words[level]);
    open = words;
    out += fmt::format("{}{}: {}\n", std::string(indent + 2 * words.size(), ' '), last, line.value);
  }
  return out;
}

std::vector<Line> in_section(const std::vector<Line>& lines, const std::string& section) {
  std::vector<Line> out;
  std::ranges::copy_if(lines, std::back_inserter(out),
                       [&](const Line& line) { return section_of(line.path) == section; });
  return out;
}

/// Sections that are the same for all materials: they are written once, at the top.
std::set<std::string> shared_sections(const std::vector<std::vector<Line>>& materials) {
  std::set<std::string> out;
  if (materials.empty()) return out;
  for (const Line& line : materials.front()) {
    const std::string section = section_of(line.path);
    const std::vector<Line> first = in_section(materials.front(), section);
    if (std::ranges::all_of(materials, [&](const std::vector<Line>& lines) {
          return in_section(lines, section) == first;
        }))
      out.insert(section);
  }
  return out;
}

std::string material_text(const std::vector<Line>& own, const std::vector<Line>& settings,
                          const std::set<std::string>& shared) {
  std::vector<Line> lines = own;
  std::ranges::copy_if(settings, std::back_inserter(lines),
                       [&](const Line& line) { return !shared.contains(section_of(line.path)); });
  std::string text = nested(lines, 4);
  text[2] = '-';
  return text;
}

/// What a key writes where nothing is given; keys of external programs need one to be chosen.
std::string default_of(const Key& key) {
  StudyDraft draft;
  if (key.path.starts_with("potential.driver.")) draft.material.potential.name = "driver/";
  return key.write(draft).value_or("-");
}

std::string schema_line(const Key& key, std::size_t width) {
  const bool inner = key.path.find('.') != std::string::npos;
  const std::string name = inner ? "  " + key.path : key.path;
  const std::string value = default_of(key);
  std::string text = fmt::format("{:<{}}  {:<26} {:<7} {:<20} {}", name, width, key.type, key.unit,
                                 value, key.meaning);
  if (!key.range.empty()) text += fmt::format(" ({})", key.range);
  if (key.scope == Scope::material) text += " [in materials only]";
  if (key.scope == Scope::study) text += " [at the top only]";
  return text + "\n";
}

}  // namespace

std::string to_yaml(const Study& study) {
  StudyDraft draft{.study = study, .material = {}, .given = {}};
  std::vector<std::vector<Line>> own, settings;
  for (const MaterialStudy& material : study.materials) {
    draft.material = material;
    own.push_back(lines_of(draft, Scope::material));
    settings.push_back(lines_of(draft, Scope::both));
  }
  const std::set<std::string> shared = shared_sections(settings);
  const std::vector<Line> top = lines_of(draft, Scope::study);
  std::string out = nested(in_section(top, "study"), 0) + "materials:\n";
  for (std::size_t i = 0; i < own.size(); ++i) out += material_text(own[i], settings[i], shared);
  if (!settings.empty())
    for (const Line& line : settings.front()) {
      const std::vector<Line> section = in_section(settings.front(), section_of(line.path));
      if (shared.contains(section_of(line.path)) && line == section.front())
        out += nested(section, 0);
    }
  for (const char* section : {"kinetics", "retention", "report", "parallel"})
    out += nested(in_section(top, section), 0);
  return out;
}

std::vector<std::pair<std::string, std::string>> settings_of(const MaterialStudy& material) {
  StudyDraft draft{.study = {}, .material = material, .given = {}};
  std::vector<std::pair<std::string, std::string>> out;
  for (const Line& line : lines_of(draft, Scope::both)) out.emplace_back(line.path, line.value);
  return out;
}

std::string schema_text() {
  std::size_t width = 0;
  for (const Key& key : study_keys()) width = std::max(width, key.path.size() + 2);
  std::string out =
      "# The study file (YAML). Plain numbers are in the unit of their key; a value may carry its "
      "own\n"
      "# (fmax: 50 meV/Å). A key without a mark may stand at the top, for all materials, or in an "
      "entry\n"
      "# of 'materials', for that one.\n";
  out += fmt::format("{:<{}}  {:<26} {:<7} {:<20} {}\n", "# key", width, "type", "unit", "default",
                     "meaning");
  std::string section;
  for (const Key& key : study_keys()) {
    const bool inner = key.path.find('.') != std::string::npos;
    if (inner && section_of(key.path) != section) out += "\n" + section_of(key.path) + ":\n";
    section = section_of(key.path);
    out += schema_line(key, width);
  }
  return out;
}

}  // namespace ionpass::workflows
