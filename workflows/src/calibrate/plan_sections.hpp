// Readers of a plan's sections.
#pragma once

#include <string>
#include <vector>

#include "calibrate/plan.hpp"

namespace ionpass::workflows {

/// A section, and the file its paths are relative to.
template <class Section>
struct InFile {
  Section& section;
  const std::filesystem::path& file;
};

void read_dispersion(CalibrationPlan& plan, const YamlNode& node);
void read_data(CalibrationPlan& plan, const YamlNode& node);
void read_fit(CalibrationPlan& plan, const YamlNode& node);
void read_validate(CalibrationPlan& plan, const YamlNode& node);

/// Keys of these sections, for the schema.
[[nodiscard]] std::string plan_sections_text();

[[nodiscard]] std::vector<std::string> read_texts(const YamlNode& node);
/// A file named beside the plan. @throws InputError at the node if it is not there
[[nodiscard]] std::filesystem::path read_file_beside(const YamlNode& node,
                                                     const std::filesystem::path& plan_file);

}  // namespace ionpass::workflows
