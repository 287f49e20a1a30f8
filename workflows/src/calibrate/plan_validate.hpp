// The section validate of a plan.
#pragma once

#include <string>

namespace ionpass::workflows {

/// Keys of the section and of those in it, for the schema.
[[nodiscard]] std::string plan_validate_text();

}  // namespace ionpass::workflows
