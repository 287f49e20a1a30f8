#include "cli/output.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include <structures/error.hpp>

namespace ionpass::workflows {
namespace {

/// Characters, not bytes: Å and Γ are longer than they are wide.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("+-.0123456789") == std::string::npos;
}

}  // namespace

void print_result(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0)
    throw IoError(fmt::format("standard output: cannot be written ({}): check the disk",
                              std::strerror(errno)));
}

void write_result(const std::string& file, std::string_view text) {
  if (file.empty() || file == "-")
    print_result(text);
  else
    write_text_file(file, text);
}

void print_warning(const Invocation& invocation, const std::string& text) {
  if (invocation.verbosity >= 0) fmt::print(stderr, "ionpass: warning: {}\n", text);
}

void print_note(const Invocation& invocation, const std::string& text) {
  if (invocation.verbosity >= 0) fmt::print(stderr, "ionpass: {}\n", text);
}

std::string in_brief(std::string text) {
  constexpr std::size_t most = 300;  // bytes
  std::ranges::replace(text, '\n', ' ');
  if (text.size() <= most) return text;
  std::size_t end = most;
  while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // not within a character
  return text.substr(0, end) + " …";
}

std::string TextTable::text() const {
  const std::size_t columns = rows_.front().size();
  std::vector<std::size_t> widths(columns, 0);
  std::vector<bool> right(columns, rows_.size() > 1);
  for (std::size_t r = 0; r < rows_.size(); ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      widths[c] = std::max(widths[c], width(rows_[r][c]));
      if (r > 0 && !is_number(rows_[r][c])) right[c] = false;
    }
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t c = 0; c < columns; ++c) {
      const std::string padding(widths[c] - width(row[c]), ' ');
      line += (c == 0 ? "" : "  ") + (right[c] ? padding + row[c] : row[c] + padding);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string json_text(const Json& json) {
  // Names of files need not be UTF-8.
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json json_columns(const Eigen::Ref<const Eigen::MatrixXd>& matrix) {
  Json out = Json::array();
  for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
    Json vector = Json::array();
    for (Eigen::Index row = 0; row < matrix.rows(); ++row) vector.push_back(matrix(row, column));
    out.push_back(vector);
  }
  return out;
}

std::string counted(std::size_t n, std::string_view noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

}  // namespace ionpass::workflows
