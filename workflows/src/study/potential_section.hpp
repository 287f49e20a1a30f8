// A potential section where there is no study: in a file of its own, or in a calibration plan.
#pragma once

#include <filesystem>

#include <potentials/registry.hpp>
#include <structures/supercell.hpp>

#include "study/yaml_node.hpp"

namespace ionpass::workflows {

/// A name, or a mapping with the keys of a study's `potential` (and its name).
/// @param file that the node stands in; relative paths are meant beside it
/// @throws InputError with file, line and column
[[nodiscard]] PotentialSettings read_potential_section(const YamlNode& node,
                                                       const std::filesystem::path& file);

/// A mapping with the keys of a study's `kpoints`. @throws InputError likewise
[[nodiscard]] KpointSampling read_kpoints_section(const YamlNode& node);
/// Likewise of a study's `supercell`.
[[nodiscard]] SupercellChoice read_supercell_section(const YamlNode& node);

}  // namespace ionpass::workflows
