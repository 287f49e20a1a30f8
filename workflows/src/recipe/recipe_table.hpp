// Tables of a recipe's keys: they read, check and document. A recipe's plain numbers are in atomic
// units, as in the papers and files of the field.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "study/key_kinds.hpp"
#include "study/yaml_node.hpp"

namespace ionpass::workflows {

/// A key of a section that fills a Target.
template <class Target>
struct RecipeKey {
  std::string name, type, unit;
  std::string fallback;  ///< default in words; "required"
  std::string meaning;
  std::function<void(Target&, const YamlNode&)> read;
};

/// Reads a mapping by its table, in the order of the table; unknown and missing keys are errors.
template <class Target>
void read_section(const YamlNode& node, std::span<const RecipeKey<Target>> table, Target& target) {
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
std::string section_text(const std::string& title, std::span<const RecipeKey<Target>> table) {
  std::string out = title + "\n";
  for (const auto& key : table)
    out += fmt::format("  {:<14} {:<28} {:<8} {:<24} {}\n", key.name, key.type, key.unit,
                       key.fallback, key.meaning);
  return out;
}

/// Plain numbers in bohr or Hartree; with a unit, converted.
[[nodiscard]] double read_bohr(const YamlNode& node, const Range& range);
[[nodiscard]] double read_hartree(const YamlNode& node, const Range& range);

/// "s", "p", "d", "f" as 0 … 3.
[[nodiscard]] int read_l(const YamlNode::Entry& entry);

[[nodiscard]] std::span<const RecipeKey<skgen::Confinement>> wall_keys();
[[nodiscard]] std::span<const RecipeKey<skgen::SlaterShell>> slater_keys();

/// An element while it is read.
struct ElementDraft {
  skgen::ElementRecipe element;
  std::vector<std::string> valence;  ///< shell names
};
[[nodiscard]] std::span<const RecipeKey<ElementDraft>> element_keys();

/// A whole element, checked.
[[nodiscard]] skgen::ElementRecipe read_element(const YamlNode::Entry& entry,
                                                skgen::Relativity relativity);

/// "[Xe] 4f14 5d10 6s2 6p2" as shells. @throws InputError at the node
[[nodiscard]] std::vector<skgen::Shell> read_configuration(const YamlNode& node);

}  // namespace ionpass::workflows
