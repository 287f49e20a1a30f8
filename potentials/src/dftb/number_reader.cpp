#include "dftb/number_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <structures/error.hpp>

namespace ionpass::dftb {

namespace {

constexpr std::size_t max_repeat = 10000;

bool is_separator(char c) { return c == ' ' || c == '\t' || c == ',' || c == '\r'; }

bool parse_double(std::string_view text, double& value) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

bool parse_number(std::string_view text, double& value) {
  if (parse_double(text, value)) return true;
  const std::size_t exponent = text.find_first_of("dD");
  if (exponent == std::string_view::npos) return false;
  std::string plain(text);
  plain[exponent] = 'e';
  return parse_double(plain, value);
}

}  // namespace

NumberReader::NumberReader(std::string_view text, std::filesystem::path file,
                           std::size_t first_line)
    : text_(text), file_(std::move(file)), line_(first_line - 1) {}

std::string_view NumberReader::line(std::string_view expected) {
  ++line_;
  if (at_end())
    fail(fmt::format("the file ends where {} should stand: it looks cut short", expected));
  const std::size_t end = std::min(text_.find('\n', position_), text_.size());
  const std::string_view found = text_.substr(position_, end - position_);
  position_ = end + 1;
  return found;
}

void NumberReader::numbers(std::vector<double>& out, std::string_view expected) {
  out.clear();
  parse(line(expected), out);
}

void NumberReader::parse(std::string_view line, std::vector<double>& out) const {
  std::size_t i = 0;
  while (i < line.size()) {
    if (is_separator(line[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < line.size() && !is_separator(line[end])) ++end;
    std::string_view token = line.substr(i, end - i);
    i = end;
    std::size_t repeat = 1;
    double value = 0.0;
    if (const std::size_t star = token.find('*'); star != std::string_view::npos) {
      const auto [stop, error] = std::from_chars(token.data(), token.data() + star, repeat);
      if (error != std::errc() || stop != token.data() + star || repeat > max_repeat) {
        fail(fmt::format("'{}' is not a repeated number", token));
      }
      token.remove_prefix(star + 1);
    }
    if (!parse_number(token, value)) fail(fmt::format("'{}' is not a number", token));
    out.insert(out.end(), repeat, value);
  }
}

void NumberReader::fail(std::string_view message) const {
  throw InputError({file_.string(), line_, 0}, std::string(message));
}

}  // namespace ionpass::dftb
