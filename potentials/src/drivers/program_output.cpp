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

/// Printable, without surrounding blanks, and short.
std::string cleaned(std::string line) {
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  line.erase(0, std::min(line.find_first_not_of(' '), line.size()));
  line.erase(line.find_last_not_of(' ') + 1);
  if (line.size() > longest_line) line = line.substr(0, longest_line) + "…";
  return line;
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

std::string ProgramOutput::fresh() const {
  return text_from(output, static_cast<std::streamoff>(read));
}

std::string ProgramOutput::tail() const {
  std::string out = last_lines(errors);
  const std::string more = last_lines(output);
  if (!more.empty()) out += (out.empty() ? "" : " / ") + more;
  return out.empty() ? "" : fmt::format("; it said: \"{}\"", out);
}

bool ProgramOutput::shows_full_disk() const {
  constexpr const char* complaint = "No space left on device";
  return end_of(errors).find(complaint) != std::string::npos ||
         end_of(output).find(complaint) != std::string::npos || is_disk_full(output.parent_path());
}

DriverError failure(FailureKind kind, const std::string& message, const ProgramOutput& output) {
  const bool is_full = output.shows_full_disk();
  return {
      is_full ? FailureKind::disk_full : kind,
      fmt::format("{}{}{}", message, is_full ? "; make space for its files" : "", output.tail())};
}

}  // namespace ionpass::drivers
