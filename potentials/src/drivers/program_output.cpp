#include "drivers/program_output.hpp"

#include <algorithm>
#include <deque>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "drivers/scratch_folder.hpp"

namespace ionpass::drivers {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t tail_lines = 4;
constexpr std::size_t longest_line = 160;
constexpr std::streamoff tail_bytes = 4096;
constexpr std::uintmax_t largest_output = std::uintmax_t{256} * 1024 * 1024;  // bytes

std::string text_from(const fs::path& file, std::streamoff begin) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return "";
  in.seekg(begin);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string end_of(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error) return "";
  return text_from(file,
                   std::max<std::streamoff>(0, static_cast<std::streamoff>(size) - tail_bytes));
}

/// Lines of decoration ("*****") say nothing.
bool says_something(const std::string& line) {
  return std::ranges::any_of(line, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

/// Bytes of the character of UTF-8 at the beginning of a text; 0 if there is none.
std::size_t character_size(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80U) return 1;
  const std::size_t size = first >= 0xf0U ? 4 : first >= 0xe0U ? 3 : 2;
  if (first < 0xc2U || first > 0xf4U || text.size() < size) return 0;
  return std::ranges::all_of(text.substr(1, size - 1), continues_character) ? size : 0;
}

/// Printable, without surrounding blanks, short, and of whole characters: it goes into messages and
/// reports, whatever a program's bytes were.
std::string cleaned(std::string_view line) {
  std::string out;
  while (!line.empty() && out.size() < longest_line) {
    const std::size_t size = character_size(line);
    const bool is_control =
        static_cast<unsigned char>(line.front()) < 0x20U || line.front() == 0x7f;
    if (size == 0)
      out += '?';
    else if (is_control || (out.empty() && line.front() == ' '))
      out += out.empty() ? "" : " ";
    else
      out += line.substr(0, size);
    line.remove_prefix(std::max<std::size_t>(size, 1));
  }
  out.erase(out.find_last_not_of(' ') + 1);
  return line.empty() ? out : out + "…";
}

std::string last_lines(const fs::path& file) {
  std::istringstream text(end_of(file));
  std::deque<std::string> lines;
  for (std::string line; std::getline(text, line);) {
    if (!says_something(line)) continue;
    lines.push_back(cleaned(line));
    if (lines.size() > tail_lines) lines.pop_front();
  }
  std::string out;
  for (const std::string& line : lines) out += (out.empty() ? "" : " / ") + line;
  return out;
}

}  // namespace

void ProgramOutput::require_bounded() const {
  require_bounded(output, read);
  require_bounded(errors);
}

void ProgramOutput::require_bounded(const fs::path& file, std::size_t from) const {
  std::error_code missing;
  const auto size = fs::file_size(file, missing);
  if (missing || size <= from + largest_output) return;
  throw failure(
      FailureKind::protocol_violation,
      fmt::format("it wrote {} MiB to {} in one evaluation, more than {} MiB", size / 1024 / 1024,
                  file.filename().string(), largest_output / 1024 / 1024),
      *this);
}

std::string ProgramOutput::fresh() const {
  require_bounded();
  return text_from(output, static_cast<std::streamoff>(read));
}

std::string ProgramOutput::tail() const {
  std::string out = last_lines(errors);
  const std::string more = last_lines(output);
  if (!more.empty()) out += (out.empty() ? "" : " / ") + more;
  return out.empty() ? "" : fmt::format("; it said: \"{}\"", out);
}

bool ProgramOutput::shows_full_disk() const {
  const std::string said = end_of(errors) + end_of(output);
  return said.find("No space left on device") != std::string::npos ||
         said.find("Disk quota exceeded") != std::string::npos ||
         is_disk_full(output.parent_path());
}

DriverError failure(FailureKind kind, const std::string& message, const ProgramOutput& output) {
  const bool is_full = output.shows_full_disk();
  return {
      is_full ? FailureKind::disk_full : kind,
      fmt::format("{}{}{}", message, is_full ? "; make space for its files" : "", output.tail())};
}

}  // namespace ionpass::drivers
