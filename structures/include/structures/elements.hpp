// Chemical elements: symbols, masses, covalent radii.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ionpass {

/// Largest atomic number the table knows (Rn).
inline constexpr int max_atomic_number = 86;

/// Symbol of an atomic number between 1 and max_atomic_number; throws InputError otherwise.
[[nodiscard]] std::string_view element_symbol(int atomic_number);

/// Atomic number of a symbol ("Pb"); D and T are hydrogen; nothing if it names no element.
[[nodiscard]] std::optional<int> atomic_number(std::string_view symbol);

/// Standard atomic mass, u.
[[nodiscard]] double atomic_mass(int atomic_number);

/// Covalent radius, Å (Cordero et al., Dalton Trans. 2008, 2832).
[[nodiscard]] double covalent_radius(int atomic_number);

}  // namespace ionpass
