// The second line of an extxyz frame: key=value pairs.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <structures/error.hpp>
#include <structures/io.hpp>

namespace ionpass {

/// Splits the line; a key without a value is true ("T"). A line that is no list of pairs gives its
/// words as keys.
[[nodiscard]] std::map<std::string, std::string> parse_comment(std::string_view line,
                                                               const SourceLocation& where);

/// Puts cell, charge, energy and stress where they belong and the rest into `info`.
/// @throws InputError for values that are no numbers, or a crystal that is periodic in some
/// directions only
void apply_comment(std::map<std::string, std::string> entries, const SourceLocation& where,
                   Frame& frame);

/// The line to write, Properties included.
[[nodiscard]] std::string comment_line(const Frame& frame);

}  // namespace ionpass
