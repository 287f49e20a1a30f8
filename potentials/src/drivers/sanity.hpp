// Whether numbers from outside can be true of any structure.
#pragma once

#include <optional>
#include <string>

#include <potentials/evaluation.hpp>

namespace ionpass::drivers {

/// What is wrong with them, as "gave …"; nothing for numbers that can be.
[[nodiscard]] std::optional<std::string> absurdity(const Evaluation& evaluation, std::size_t atoms);

}  // namespace ionpass::drivers
