// The sections `generate` and `label` of a calibration plan.
#pragma once

#include <filesystem>
#include <string>

#include "calibrate/generate.hpp"
#include "calibrate/label.hpp"
#include "study/yaml_node.hpp"

namespace ionpass::workflows {

/// Paths are relative to the plan. @throws InputError with file, line and column: unknown keys,
/// wrong types, values out of range, files that are not there, names given twice
[[nodiscard]] GenerateSettings read_generate(const YamlNode& node,
                                             const std::filesystem::path& plan_file);
[[nodiscard]] LabelSettings read_label(const YamlNode& node,
                                       const std::filesystem::path& plan_file);

/// Keys, types, units, defaults and meanings of both sections.
[[nodiscard]] std::string plan_generate_text();

}  // namespace ionpass::workflows
