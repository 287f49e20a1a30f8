// The only door to gemmi: CIF syntax and the tables of space groups, in our own types.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <structures/error.hpp>

namespace ionpass {

/// The values of one CIF tag: a single one, or a column of a loop.
struct CifColumn {
  std::vector<std::string> values;  ///< without quotes; "?" and "." stay
  std::size_t line = 0;             ///< of the tag, or of the loop it belongs to
};

/// One data block. Tags are lower case and written with "_" where newer dictionaries have ".".
struct CifBlock {
  std::string name;
  std::map<std::string, CifColumn> columns;

  /// The first of several names of one tag that the block has, or null.
  [[nodiscard]] const CifColumn* find(std::initializer_list<const char*> tags) const;
  /// Its first value, unless it is missing or unknown ("?" or ".").
  [[nodiscard]] const std::string* value(std::initializer_list<const char*> tags) const;
};

/// @throws InputError for text that breaks the syntax
[[nodiscard]] std::vector<CifBlock> parse_cif_blocks(std::string_view text,
                                                     const std::string& name);

/// x' = rotation x + translation / 24 in fractional coordinates; the translation lies in 0 … 23.
struct GroupOperation {
  static constexpr int denominator = 24;
  std::array<int, 9> rotation{1, 0, 0, 0, 1, 0, 0, 0, 1};  ///< row by row
  std::array<int, 3> translation{};
  friend auto operator<=>(const GroupOperation&, const GroupOperation&) = default;
};

/// A space group in one of the settings of the International Tables.
struct TabulatedGroup {
  int number = 1;
  std::string name;  ///< "F d -3 m:2"
  std::vector<GroupOperation> operations;
};

/// All operations of a Hall symbol; none if the symbol is not in the tables.
[[nodiscard]] std::vector<GroupOperation> operations_of_hall(const std::string& symbol);

/// All tabulated settings that a Hermann–Mauguin name may mean (origin choices, cells), the
/// likeliest one first.
/// @param is_hexagonal whether the cell has γ = 120°, which decides between the two cells of
/// rhombohedral groups
[[nodiscard]] std::vector<TabulatedGroup> groups_of_name(const std::string& name,
                                                         bool is_hexagonal);

/// All tabulated settings of an International Tables number, the standard one first.
[[nodiscard]] std::vector<TabulatedGroup> groups_of_number(int number, bool is_hexagonal);

}  // namespace ionpass
