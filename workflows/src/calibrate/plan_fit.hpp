// The section fit of a plan.
#pragma once

#include <string>
#include <vector>

#include "calibrate/plan_sections.hpp"
#include "study/key_kinds.hpp"

namespace ionpass::workflows {

/// One number, or a list of them.
[[nodiscard]] std::vector<double> read_numbers(const YamlNode& node, Dimension dimension,
                                               const Range& range);
/// Keys of the section and of those in it, for the schema.
[[nodiscard]] std::string plan_fit_text();

}  // namespace ionpass::workflows
