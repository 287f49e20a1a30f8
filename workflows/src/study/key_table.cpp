#include "study/key_table.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "study/key_kinds.hpp"
#include "study/suggest.hpp"

namespace ionpass::workflows {
namespace {

std::string last_word(const std::string& path) {
  const auto dot = path.rfind('.');
  return dot == std::string::npos ? path : path.substr(dot + 1);
}

bool allowed(Scope row, Scope place) { return row == Scope::both || row == place; }

/// The word after the prefix, if the row lies below it: "fmax" for "neb.fmax" and "neb", "neb" for
/// the same and "".
std::optional<std::string> word_below(const std::string& path, const std::string& prefix) {
  const std::string start = prefix.empty() ? "" : prefix + ".";
  if (!path.starts_with(start)) return std::nullopt;
  const std::string rest = path.substr(start.size());
  return rest.substr(0, rest.find('.'));
}

const SectionRule* rule_of(const std::string& path) {
  const auto rule = std::ranges::find(section_rules(), path, &SectionRule::path);
  return rule == section_rules().end() ? nullptr : &*rule;
}

const Key* row_of(const std::string& path) {
  const auto row = std::ranges::find(study_keys(), path, &Key::path);
  return row == study_keys().end() ? nullptr : &*row;
}

/// Where else a key of this name may stand, for a key that is in the wrong place.
std::string elsewhere(const std::string& word, Scope scope) {
  std::vector<std::string> places;
  for (const Key& row : study_keys())
    if (last_word(row.path) == word && allowed(row.scope, scope)) places.push_back(row.path);
  return places.empty() ? "" : fmt::format("; did you mean '{}'?", fmt::join(places, "' or '"));
}

[[noreturn]] void unknown_key(const YamlNode::Entry& entry, const std::string& prefix,
                              Scope scope) {
  const Scope other = scope == Scope::study ? Scope::material : Scope::study;
  const std::vector<std::string> known = keys_below(prefix, scope);
  const std::vector<std::string> other_place = keys_below(prefix, other);
  std::string advice = nearest(entry.key, known) ? suggestion(entry.key, known) : "";
  if (advice.empty() && std::ranges::find(other_place, entry.key) != other_place.end())
    throw InputError(
        entry.where,
        fmt::format("{}: {}", entry.value.path(),
                    scope == Scope::study
                        ? "belongs to one material; move it into an entry of 'materials'"
                        : "belongs to the whole study; move it to the top of the file"));
  if (advice.empty()) advice = elsewhere(entry.key, scope);
  if (advice.empty()) advice = suggestion(entry.key, known);
  throw InputError(entry.where, fmt::format("unknown key '{}'{}", entry.value.path(), advice));
}

bool has(const std::vector<YamlNode::Entry>& entries, const std::string& key) {
  return std::ranges::find(entries, key, &YamlNode::Entry::key) != entries.end();
}

void check_rule(const SectionRule& rule, const YamlNode& node,
                const std::vector<YamlNode::Entry>& entries) {
  const auto given = std::ranges::count_if(
      rule.alternatives, [&](const std::string& key) { return has(entries, key); });
  if (!rule.alternatives.empty() && given != 1)
    node.fail(fmt::format("{} of {} given, expected exactly one",
                          given == 0 ? "none" : "more than one",
                          fmt::join(rule.alternatives, ", ")));
  for (const std::string& key : rule.required)
    if (!has(entries, key)) node.fail(fmt::format("'{}' is missing; add it", key));
}

void read_entry(StudyDraft& draft, const YamlNode& value, const std::string& path, Scope scope) {
  const SectionRule* rule = rule_of(path);
  const bool stands_for_key = rule != nullptr && !rule->scalar_key.empty() && value.is_scalar();
  const Key* row = row_of(stands_for_key ? rule->scalar_key : path);
  if (row == nullptr) return read_mapping(draft, value, path, scope);
  row->read(draft, value);
  draft.given.insert_or_assign(row->path, value);
}

}  // namespace

const std::vector<Key>& study_keys() {
  static const std::vector<Key> table = [] {
    std::vector<Key> keys;
    Key name = text_key({"study", "name of the study", Scope::study},
                        [](StudyDraft& d) -> std::string& { return d.study.name; });
    name.range = "required";
    keys.push_back(name);
    // The entries are read by the caller, each into a copy of the draft.
    keys.push_back(
        {"materials", "list", "", "required, at least one",
         "what is compared: each with name, structure, and any other section to override",
         Scope::study, [](StudyDraft&, const YamlNode&) {},
         [](StudyDraft&) -> std::optional<std::string> { return std::nullopt; }});
    append_material_keys(keys);
    append_path_keys(keys);
    append_study_keys(keys);
    return keys;
  }();
  return table;
}

std::span<const SectionRule> section_rules() {
  static const std::array rules{
      SectionRule{.path = "supercell", .alternatives = {"min_length", "repeats", "matrix"}},
      SectionRule{.path = "potential", .scalar_key = "potential.name"},
      SectionRule{.path = "potential.d3",
                  .required = {"s8", "a1", "a2"},
                  .begin = [](StudyDraft& d) { d.material.potential.d3.emplace(); }},
      SectionRule{.path = "kpoints",
                  .alternatives = {"mesh", "spacing", "points"},
                  .begin = [](StudyDraft& d) { d.material.potential.kpoints = KpointMesh{}; }},
      SectionRule{.path = "retention", .begin = [](StudyDraft& d) { d.study.retention.emplace(); }},
      SectionRule{.path = "retention.reference", .required = {"temperature", "time"}},
  };
  return rules;
}

void read_mapping(StudyDraft& draft, const YamlNode& node, const std::string& prefix, Scope scope) {
  const std::vector<std::string> known = keys_below(prefix, scope);
  const std::vector<YamlNode::Entry> entries =
      node.entries(fmt::format("a mapping with {}", fmt::join(known, ", ")));
  for (const YamlNode::Entry& entry : entries)
    if (std::ranges::find(known, entry.key) == known.end()) unknown_key(entry, prefix, scope);
  if (const SectionRule* rule = rule_of(prefix)) {
    check_rule(*rule, node, entries);
    if (rule->begin) rule->begin(draft);
  }
  // In the order of the table, not of the file: a choice is read before the numbers that belong to
  // it.
  for (const std::string& word : known) {
    const auto entry = std::ranges::find(entries, word, &YamlNode::Entry::key);
    if (entry != entries.end())
      read_entry(draft, entry->value, prefix.empty() ? word : prefix + "." + word, scope);
  }
}

std::vector<std::string> keys_below(const std::string& prefix, Scope scope) {
  std::vector<std::string> out;
  for (const Key& row : study_keys()) {
    const auto word = word_below(row.path, prefix);
    if (word && allowed(row.scope, scope) && std::ranges::find(out, *word) == out.end())
      out.push_back(*word);
  }
  return out;
}

}  // namespace ionpass::workflows
