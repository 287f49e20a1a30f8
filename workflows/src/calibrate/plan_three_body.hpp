// The section fit.three_body of a plan.
#pragma once

#include <string>
#include <vector>

#include <potentials/calibrate.hpp>

#include "study/yaml_node.hpp"

namespace ionpass::workflows {

/// One group, or a list of groups. @throws InputError with file, line and column
[[nodiscard]] std::vector<calibrate::ThreeBodySettings> read_three_body(const YamlNode& node);

/// Keys of a group, for the schema.
[[nodiscard]] std::string plan_three_body_text();

}  // namespace ionpass::workflows
