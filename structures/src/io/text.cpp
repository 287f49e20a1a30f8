#include "text.hpp"

#include <cctype>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace ionpass::text {

namespace {

constexpr std::string_view blanks = " \t\r\f\v";
constexpr std::size_t longest_quote = 60;

template <typename Number>
std::optional<Number> parse(std::string_view word) {
  if (!word.empty() && word.front() == '+') word.remove_prefix(1);
  if (word.empty() || word.front() == '+') return std::nullopt;
  Number value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> result;
  std::size_t begin = line.find_first_not_of(blanks);
  while (begin != std::string_view::npos) {
    const std::size_t end = std::min(line.find_first_of(blanks, begin), line.size());
    result.push_back(line.substr(begin, end - begin));
    begin = line.find_first_not_of(blanks, end);
  }
  return result;
}

std::vector<std::string_view> lines(std::string_view text) {
  std::vector<std::string_view> result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    result.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

std::optional<double> number(std::string_view word) {
  const std::optional<double> value = parse<double>(word);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<long long> integer(std::string_view word) { return parse<long long>(word); }

std::string quoted(std::string_view word) {
  std::string result = "'";
  for (const char c : word.substr(0, longest_quote)) {
    result += std::iscntrl(static_cast<unsigned char>(c)) != 0 ? '?' : c;
  }
  return result + (word.size() > longest_quote ? "...'" : "'");
}

double require_number(std::string_view word, std::string_view meaning,
                      const SourceLocation& where) {
  if (const auto value = number(word)) return *value;
  throw InputError(where, fmt::format("{} is {}, not a number", meaning, quoted(word)));
}

}  // namespace ionpass::text
