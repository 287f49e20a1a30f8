// Chemical formulas as CIFs write them, and whether the atoms agree with them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <structures/structure.hpp>

#include "gemmi_adapter.hpp"

namespace ionpass {

/// Atoms per formula unit by atomic number; fractions occur.
using Formula = std::map<int, double>;

/// "C H6 I3 N Pb" or "CH6I3NPb"; nothing if it is no plain formula.
[[nodiscard]] std::optional<Formula> parse_formula(std::string_view text);

/// "C H6 N, Pb I3" or "2(C H6 N 1+), Pb I4 2-": the sum of all parts.
[[nodiscard]] std::optional<Formula> parse_moiety(std::string_view text);

/// @throws InputError if the atoms of the cell are not what the formula and Z of the block say;
/// missing hydrogens are named as such
void require_formula(const CifBlock& block, const Structure& structure, const std::string& file);

}  // namespace ionpass
