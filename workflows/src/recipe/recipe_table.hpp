// Tables of a recipe's keys. A recipe's plain numbers are in atomic units, as in the papers and
// files of the field.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "study/key_kinds.hpp"
#include "study/section_table.hpp"

namespace ionpass::workflows {

/// Plain numbers in bohr or Hartree; with a unit, converted.
[[nodiscard]] double read_bohr(const YamlNode& node, const Range& range);
[[nodiscard]] double read_hartree(const YamlNode& node, const Range& range);

/// "s", "p", "d", "f" as 0 … 3.
[[nodiscard]] int read_l(const YamlNode::Entry& entry);

[[nodiscard]] std::span<const SectionKey<skgen::Confinement>> wall_keys();
[[nodiscard]] std::span<const SectionKey<skgen::SlaterShell>> slater_keys();

/// An element while it is read.
struct ElementDraft {
  skgen::ElementRecipe element;
  std::vector<std::string> valence;  ///< shell names
};
[[nodiscard]] std::span<const SectionKey<ElementDraft>> element_keys();

/// A whole element, checked.
[[nodiscard]] skgen::ElementRecipe read_element(const YamlNode::Entry& entry,
                                                skgen::Relativity relativity);

/// "[Xe] 4f14 5d10 6s2 6p2" as shells. @throws InputError at the node
[[nodiscard]] std::vector<skgen::Shell> read_configuration(const YamlNode& node);

}  // namespace ionpass::workflows
