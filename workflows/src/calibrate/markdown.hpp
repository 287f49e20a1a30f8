// Tables of Markdown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ionpass::workflows {

[[nodiscard]] inline std::string markdown_row(const std::vector<std::string>& cells) {
  return fmt::format("| {} |\n", fmt::join(cells, " | "));
}

[[nodiscard]] inline std::string markdown_head(const std::vector<std::string>& titles) {
  return markdown_row(titles) + markdown_row(std::vector<std::string>(titles.size(), "---"));
}

/// A number, or a dash where there is none.
[[nodiscard]] inline std::string optional_number(const std::optional<double>& value, int digits) {
  return value ? fmt::format("{:.{}f}", *value, digits) : "–";
}

}  // namespace ionpass::workflows
