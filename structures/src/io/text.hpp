// Small helpers to read numbers and words from text, the same for every format.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <structures/error.hpp>

namespace ionpass::text {

[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string lower(std::string_view text);
/// Words between blanks and tabs.
[[nodiscard]] std::vector<std::string_view> words(std::string_view line);
/// Lines without their ends ("\n" or "\r\n"); the views point into the text.
[[nodiscard]] std::vector<std::string_view> lines(std::string_view text);

/// A finite number that takes up the whole word; nothing otherwise.
[[nodiscard]] std::optional<double> number(std::string_view word);
[[nodiscard]] std::optional<long long> integer(std::string_view word);

/// A word as it may stand in a message: shortened, without control characters.
[[nodiscard]] std::string quoted(std::string_view word);

/// As number(), with an error that names the meaning of the word.
[[nodiscard]] double require_number(std::string_view word, std::string_view meaning,
                                    const SourceLocation& where);

}  // namespace ionpass::text
