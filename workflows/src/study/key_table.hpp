// The one table of the study file: every key with its place, unit, range and meaning. It reads,
// checks, writes and documents.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <workflows/study.hpp>

#include "study/yaml_node.hpp"

namespace ionpass::workflows {

/// A study while it is read: what belongs to the whole, and the settings of one material (or, at
/// first, of all of them).
struct StudyDraft {
  Study study;
  MaterialStudy material;
  std::map<std::string, YamlNode> given;  ///< keys that were written, for checks between keys
};

/// Whether energies come from an external program, which has keys of its own.
inline bool is_driver(const StudyDraft& draft) {
  return draft.material.potential.name.starts_with("driver/");
}

/// Where a key may stand.
enum class Scope {
  study,     ///< at the top only
  material,  ///< in an entry of `materials` only
  both,      ///< at the top for all materials, or in an entry for one
};

/// One row: a key with its dotted name.
struct Key {
  std::string path;  ///< "neb.fmax"
  std::string type;  ///< "number", "true|false", "constant|energy_weighted"
  std::string unit;
  std::string range;  ///< in words, may be empty
  std::string meaning;
  Scope scope = Scope::both;
  std::function<void(StudyDraft&, const YamlNode&)> read;
  /// As YAML in one line; nothing if the key does not apply or has no value.
  std::function<std::optional<std::string>(StudyDraft&)> write;
};

/// A section that needs more than its rows.
struct SectionRule {
  std::string path;
  std::vector<std::string> alternatives =
      {};  ///< exactly one of these must be given, unless there are none
  std::vector<std::string> required = {};  ///< all of these must be given
  std::string scalar_key = {};  ///< row that a plain value instead of a mapping stands for
  std::function<void(StudyDraft&)> begin = {};  ///< run before its keys are read
};

/// All rows, in the order of reading and of the schema.
[[nodiscard]] const std::vector<Key>& study_keys();
[[nodiscard]] std::span<const SectionRule> section_rules();

// Parts of the table.
void append_material_keys(
    std::vector<Key>& keys);  ///< structure, supercell, potential, k-points, defect, hops, host
void append_driver_keys(std::vector<Key>& keys);  ///< potential.driver
void append_path_keys(std::vector<Key>& keys);    ///< relax, neb
void append_study_keys(std::vector<Key>& keys);   ///< kinetics, retention, report, parallel

/// Reads a mapping into the draft: every key in it must be a row of the table (or a section of
/// rows) allowed in this scope.
/// @param prefix of the rows that belong to this mapping: "" at the top and in an entry of
/// `materials`
void read_mapping(StudyDraft& draft, const YamlNode& node, const std::string& prefix, Scope scope);

/// Keys of the same rows, one level below the prefix.
[[nodiscard]] std::vector<std::string> keys_below(const std::string& prefix, Scope scope);

}  // namespace ionpass::workflows
