#include "extxyz_comment.hpp"

#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "sanity.hpp"
#include "text.hpp"

namespace ionpass {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// Reads a bare word, or what stands between quotes or brackets.
std::string read_value(std::string_view& rest, const SourceLocation& where) {
  const char open = rest.empty() ? ' ' : rest.front();
  const char close = open == '"' || open == '\'' ? open
                     : open == '{'               ? '}'
                     : open == '['               ? ']'
                                                 : ' ';
  std::string value;
  if (close == ' ') {
    while (!rest.empty() && !is_blank(rest.front())) {
      value += rest.front();
      rest.remove_prefix(1);
    }
    return value;
  }
  rest.remove_prefix(1);
  while (!rest.empty() && rest.front() != close) {
    if (rest.front() == '\\' && rest.size() > 1 && (rest[1] == close || rest[1] == '\\')) {
      rest.remove_prefix(1);
    }
    value += rest.front();
    rest.remove_prefix(1);
  }
  if (rest.empty()) {
    throw InputError(where, fmt::format("{} opens a value that no {} closes", open, close));
  }
  rest.remove_prefix(1);
  if (!rest.empty() && !is_blank(rest.front()) && rest.front() != '=') {
    throw InputError(
        where,
        fmt::format(
            "{} follows a value in {} without a blank: a quotation mark is missing or too much",
            text::quoted(rest.substr(0, 10)), close));
  }
  return value;
}

std::vector<double> numbers(const std::string& value, const std::string& key,
                            const SourceLocation& where) {
  std::string plain = value;
  for (char& c : plain) {
    if (c == ',' || c == '[' || c == ']') c = ' ';
  }
  std::vector<double> result;
  for (const std::string_view word : text::words(plain)) {
    result.push_back(text::require_number(word, key, where));
  }
  return result;
}

std::optional<std::string> take(std::map<std::string, std::string>& entries,
                                std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const auto found = entries.find(key);
    if (found == entries.end()) continue;
    std::string value = std::move(found->second);
    entries.erase(found);
    return value;
  }
  return std::nullopt;
}

/// Periodic in all directions (true) or in none (false); nothing if the line does not say.
std::optional<bool> periodicity(const std::optional<std::string>& value,
                                const SourceLocation& where) {
  if (!value) return std::nullopt;
  int count = 0, periodic = 0;
  for (const std::string_view word : text::words(*value)) {
    const std::string flag = text::lower(word);
    const bool yes = flag == "t" || flag == "true" || flag == "1";
    if (!yes && flag != "f" && flag != "false" && flag != "0") {
      throw InputError(
          where, fmt::format("pbc is {}: three of T or F are expected", text::quoted(*value)));
    }
    ++count;
    periodic += yes ? 1 : 0;
  }
  if (count != 3) {
    throw InputError(where,
                     fmt::format("pbc is {}: three of T or F are expected", text::quoted(*value)));
  }
  if (periodic != 0 && periodic != 3) {
    throw InputError(
        where,
        fmt::format("pbc is {}: only crystals periodic in all three directions and molecules "
                    "can be treated",
                    text::quoted(*value)));
  }
  return periodic == 3;
}

std::optional<Cell> read_cell(std::map<std::string, std::string>& entries,
                              const SourceLocation& where) {
  const auto lattice = take(entries, {"Lattice", "lattice"});
  const std::optional<bool> periodic = periodicity(take(entries, {"pbc"}), where);
  if (!lattice) {
    if (periodic.value_or(false)) throw InputError(where, "pbc is T T T, but Lattice is missing");
    return std::nullopt;
  }
  if (!periodic.value_or(true)) return std::nullopt;
  const std::vector<double> values = numbers(*lattice, "Lattice", where);
  if (values.size() != 9) {
    throw InputError(where, fmt::format("Lattice has {} numbers, 9 are needed", values.size()));
  }
  // Rows in the file are the vectors, which are columns here: the order in memory is the same.
  return cell_at(Eigen::Map<const Eigen::Matrix3d>(values.data()), where);
}

Eigen::Matrix3d read_stress(const std::string& value, const SourceLocation& where) {
  const std::vector<double> v = numbers(value, "stress", where);
  Eigen::Matrix3d stress;
  if (v.size() == 9) {
    stress << v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8];
  } else if (v.size() == 6) {  // Voigt: xx yy zz yz xz xy
    stress << v[0], v[5], v[4], v[5], v[1], v[3], v[4], v[3], v[2];
  } else {
    throw InputError(where, fmt::format("stress has {} numbers, 9 or 6 are needed", v.size()));
  }
  return stress;
}

double one_number(const std::string& value, const char* key, const SourceLocation& where) {
  return text::require_number(text::trim(value), key, where);
}

int electron_number(const std::string& value, const SourceLocation& where) {
  const double number = one_number(value, "unpaired", where);
  if (!(number >= 0.0 && number <= 1000.0) || number != std::round(number)) {
    throw InputError(where, fmt::format("unpaired={}: give a whole number of electrons, 0 to 1000",
                                        text::quoted(value)));
  }
  return static_cast<int>(number);
}

std::string quoted_if_needed(const std::string& value) {
  const bool plain =
      !value.empty() && value.find_first_of(" \t\"'\\{}[]=\n\r,") == std::string::npos;
  if (plain) return value;
  std::string result = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') result += '\\';
    result += c == '\n' || c == '\r' ? ' ' : c;
  }
  return result + '"';
}

std::string nine_numbers(const Eigen::Matrix3d& matrix) {
  std::string result;
  for (int i = 0; i < 9; ++i) result += fmt::format("{}{}", i == 0 ? "" : " ", matrix.data()[i]);
  return result;
}

}  // namespace

std::map<std::string, std::string> parse_comment(std::string_view line,
                                                 const SourceLocation& where) {
  std::map<std::string, std::string> entries;
  std::string_view rest = line;
  while (true) {
    while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
    if (rest.empty()) return entries;
    std::string key;
    if (rest.front() == '"') {
      key = read_value(rest, where);
    } else {
      while (!rest.empty() && !is_blank(rest.front()) && rest.front() != '=') {
        key += rest.front();
        rest.remove_prefix(1);
      }
    }
    if (rest.empty() || rest.front() != '=') {
      entries.try_emplace(key, "T");
      continue;
    }
    rest.remove_prefix(1);
    if (!entries.try_emplace(key, read_value(rest, where)).second) {
      throw InputError(where, fmt::format("key {} is given twice", text::quoted(key)));
    }
  }
}

void apply_comment(std::map<std::string, std::string> entries, const SourceLocation& where,
                   Frame& frame) {
  frame.structure.cell = read_cell(entries, where);
  if (const auto charge = take(entries, {"charge"})) {
    frame.structure.charge = one_number(*charge, "charge", where);
  }
  if (const auto unpaired = take(entries, {"unpaired"})) {
    frame.structure.unpaired = electron_number(*unpaired, where);
  }
  if (const auto energy = take(entries, {"energy"})) {
    frame.data.energy = one_number(*energy, "energy", where);
  }
  if (const auto stress = take(entries, {"stress"}))
    frame.data.stress = read_stress(*stress, where);
  frame.data.info = std::move(entries);
}

std::string comment_line(const Frame& frame) {
  const Structure& structure = frame.structure;
  std::string line;
  if (structure.cell) {
    line += fmt::format("Lattice=\"{}\" ", nine_numbers(structure.cell->matrix()));
  }
  line += "Properties=species:S:1:pos:R:3";
  if (!structure.labels.empty()) line += ":labels:S:1";
  if (frame.data.forces) line += ":forces:R:3";
  if (frame.data.energy) line += fmt::format(" energy={}", *frame.data.energy);
  if (frame.data.stress) {
    line += fmt::format(" stress=\"{}\"", nine_numbers(frame.data.stress->transpose()));
  }
  if (structure.charge != 0.0) line += fmt::format(" charge={}", structure.charge);
  if (structure.unpaired) line += fmt::format(" unpaired={}", *structure.unpaired);
  static const std::set<std::string> own{"Lattice", "Properties", "energy", "stress",
                                         "charge",  "unpaired",   "pbc"};
  for (const auto& [key, value] : frame.data.info) {
    if (own.contains(key)) continue;
    line += fmt::format(" {}={}", quoted_if_needed(key), quoted_if_needed(value));
  }
  return line + (structure.cell ? " pbc=\"T T T\"" : " pbc=\"F F F\"");
}

}  // namespace ionpass
