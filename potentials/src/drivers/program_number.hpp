// Numbers as programs print them, Fortran's ways included.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace ionpass::drivers {

/// "1.5", "+1.5", "1.5D-3", "1.5-100" (an exponent of three digits), "NaN", "Infinity". Asterisks,
/// which stand where there was no room for a number, are one that is not finite.
/// @returns nothing for a word that is no number from its beginning to its end
[[nodiscard]] std::optional<double> program_number(std::string_view word);

/// The words of a text as numbers. @returns nothing if one of them is none
[[nodiscard]] std::optional<std::vector<double>> program_numbers(std::string_view text);

}  // namespace ionpass::drivers
