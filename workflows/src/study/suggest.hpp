// Nearest known word to a misspelt one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ionpass::workflows {

/// Edits (insert, delete, replace, swap neighbours) that turn one word into the other, case
/// ignored.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known word with the fewest edits, if they are few enough to be a slip.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 std::span<const std::string> known);

/// "; did you mean 'fmax'?", or "; known: a, b" where nothing is near.
[[nodiscard]] std::string suggestion(std::string_view word, std::span<const std::string> known);

}  // namespace ionpass::workflows
