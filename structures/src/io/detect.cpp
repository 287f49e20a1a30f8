#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <structures/io.hpp>

#include "text.hpp"

namespace ionpass {

namespace {

bool all_numbers(const std::vector<std::string_view>& words) {
  return std::all_of(words.begin(), words.end(), [](auto word) { return text::number(word); });
}

bool looks_like_cif(const std::vector<std::string_view>& lines) {
  for (const std::string_view line : lines) {
    const std::string_view content = text::trim(line);
    if (content.empty() || content.front() == '#') continue;
    return text::lower(content.substr(0, 5)) == "data_";
  }
  return false;
}

/// Second line a scale factor (or three), then three lattice vectors.
bool looks_like_poscar(const std::vector<std::string_view>& lines) {
  if (lines.size() < 6) return false;
  const auto scale = text::words(lines[1]);
  if ((scale.size() != 1 && scale.size() != 3) || !all_numbers(scale)) return false;
  for (std::size_t i = 2; i < 5; ++i) {
    auto vector = text::words(lines[i]);
    if (vector.size() < 3) return false;
    vector.resize(3);
    if (!all_numbers(vector)) return false;
  }
  return true;
}

bool looks_like_extxyz(const std::vector<std::string_view>& lines) {
  const auto first =
      std::find_if(lines.begin(), lines.end(), [](auto line) { return !text::trim(line).empty(); });
  return first != lines.end() && text::integer(text::trim(*first)).has_value();
}

std::optional<FileFormat> format_of_name(std::string_view name) {
  const std::filesystem::path path(name);
  const std::string extension = text::lower(path.extension().string());
  const std::string stem = text::lower(path.filename().string());
  if (extension == ".cif") return FileFormat::cif;
  if (extension == ".xyz" || extension == ".extxyz") return FileFormat::extxyz;
  if (extension == ".vasp" || extension == ".poscar" || stem.starts_with("poscar") ||
      stem.starts_with("contcar")) {
    return FileFormat::poscar;
  }
  return std::nullopt;
}

}  // namespace

FileFormat detect_format(std::string_view text, std::string_view name_hint) {
  const SourceLocation where{std::string(name_hint)};
  if (text::trim(text).find_first_not_of('\n') == std::string_view::npos) {
    throw InputError(where, "the file is empty");
  }
  if (text.find('\0') != std::string_view::npos) {
    throw InputError(where, "the file holds binary data: a CIF, POSCAR or extxyz is text");
  }
  const std::vector<std::string_view> lines = text::lines(text);
  if (looks_like_cif(lines)) return FileFormat::cif;
  if (looks_like_poscar(lines)) return FileFormat::poscar;
  if (looks_like_extxyz(lines)) return FileFormat::extxyz;
  if (const auto format = format_of_name(name_hint)) return *format;
  throw InputError(
      where,
      "the file looks like neither CIF (data_ ...), POSCAR (scale and lattice in lines 2 to 5) nor "
      "extxyz (number of atoms in line 1)");
}

}  // namespace ionpass
