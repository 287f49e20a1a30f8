// Numbers with units: "0.05 eV/Å", "1.2 nm", "300 K".
#pragma once

#include <string>
#include <string_view>

namespace ionpass::workflows {

/// What a number measures; each has one unit in which the program holds it.
enum class Dimension {
  none,
  energy,             ///< eV
  length,             ///< Å
  inverse_length,     ///< 1/Å
  force,              ///< eV/Å
  stiffness,          ///< eV/Å²
  inverse_stiffness,  ///< Å²/eV
  charge,             ///< e
  temperature,        ///< K
  time,               ///< s
  frequency,          ///< 1/s
};

/// "eV/Å"; empty for none.
[[nodiscard]] std::string_view unit_of(Dimension dimension);

/// The number in the unit of its dimension; a number without a unit is in it already.
/// @throws InputError that says what is wrong with the text, without a location
[[nodiscard]] double parse_quantity(std::string_view text, Dimension dimension);

/// A whole decimal number; leading zeros do not make it octal. @throws InputError as above
[[nodiscard]] long long parse_integer(std::string_view text);

}  // namespace ionpass::workflows
