#include "drivers/program_number.hpp"

#include <charconv>
#include <limits>
#include <string>

namespace ionpass::drivers {
namespace {

constexpr std::string_view blanks = " \t\r\n";

/// With the "e" that Fortran writes as "d" or leaves out.
std::string with_exponent(std::string_view word) {
  std::string out;
  for (const char c : word) {
    const bool is_sign = c == '+' || c == '-';
    const bool follows_digit = !out.empty() && (out.back() == '.' || std::isdigit(out.back()) != 0);
    if (is_sign && follows_digit) out += 'e';
    out += c == 'd' || c == 'D' ? 'e' : c;
    // from_chars knows no "+" in front.
    if (out == "+") out.clear();
  }
  return out;
}

}  // namespace

std::optional<double> program_number(std::string_view word) {
  if (word.empty()) return std::nullopt;
  if (word.find_first_not_of('*') == std::string_view::npos)
    return std::numeric_limits<double>::quiet_NaN();
  const std::string text = with_exponent(word);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc()) return value;
  if (error != std::errc::result_out_of_range) return std::nullopt;
  const bool is_tiny = text.find("e-") != std::string::npos;
  return is_tiny ? 0.0 : std::numeric_limits<double>::infinity();
}

std::optional<std::vector<double>> program_numbers(std::string_view text) {
  std::vector<double> out;
  std::size_t begin = 0;
  while ((begin = text.find_first_not_of(blanks, begin)) != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(blanks, begin), text.size());
    const auto number = program_number(text.substr(begin, end - begin));
    if (!number) return std::nullopt;
    out.push_back(*number);
    begin = end;
  }
  return out;
}

}  // namespace ionpass::drivers
