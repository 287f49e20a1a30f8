// Tables of a section's keys for the files that are no studies (recipes, calibration plans): they
// read, check and document.
#pragma once

#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "study/suggest.hpp"
#include "study/yaml_node.hpp"

namespace ionpass::workflows {

/// A key of a section that fills a Target.
template <class Target>
struct SectionKey {
  std::string name, type, unit;
  std::string fallback;  ///< default in words; "required"
  std::string meaning;
  std::function<void(Target&, const YamlNode&)> read;
};

/// Reads a mapping by its table, in the order of the table; unknown and missing keys are errors.
template <class Target>
void read_section(const YamlNode& node, std::span<const SectionKey<Target>> table, Target& target) {
  std::vector<std::string> known;
  for (const auto& key : table) known.push_back(key.name);
  const auto entries = node.entries(fmt::format("a mapping with {}", fmt::join(known, ", ")));
  for (const YamlNode::Entry& entry : entries)
    if (std::ranges::find(known, entry.key) == known.end())
      throw InputError(entry.where, fmt::format("unknown key '{}'{}", entry.value.path(),
                                                suggestion(entry.key, known)));
  for (const auto& key : table) {
    const auto entry = std::ranges::find(entries, key.name, &YamlNode::Entry::key);
    if (entry != entries.end())
      key.read(target, entry->value);
    else if (key.fallback == "required")
      node.fail(fmt::format("'{}' is missing; add it", key.name));
  }
}

/// Rows of the printed table.
template <class Target>
std::string section_text(const std::string& title, std::span<const SectionKey<Target>> table) {
  std::string out = title + "\n";
  for (const auto& key : table)
    out += fmt::format("  {:<14} {:<28} {:<8} {:<24} {}\n", key.name, key.type, key.unit,
                       key.fallback, key.meaning);
  return out;
}

}  // namespace ionpass::workflows
