#include "pairs/word_lines.hpp"

#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <structures/io.hpp>

namespace ionpass {

namespace {

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> out;
  for (std::string word; stream >> word;) out.push_back(word);
  return out;
}

template <class Number>
std::optional<Number> parse(const std::string& word) {
  Number out{};
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, out);
  if (error != std::errc() || rest != end) return std::nullopt;
  return out;
}

}  // namespace

WordLines::WordLines(const std::filesystem::path& file, std::string subject)
    : file_(file), subject_(std::move(subject)), text_(read_text_file(file)) {}

void WordLines::fail(const std::string& message) const {
  throw InputError({file_.string(), line_}, subject_ + ": " + message);
}

void WordLines::advance() {
  words_.clear();
  std::string line;
  while (words_.empty() && std::getline(text_, line)) {
    ++line_;
    words_ = words_of(line.substr(0, line.find('#')));
  }
}

double WordLines::number(const std::string& word) const {
  const auto value = parse<double>(word);
  if (!value || !std::isfinite(*value)) fail(fmt::format("'{}' is no number", word));
  return *value;
}

int WordLines::integer(const std::string& word, int least, int most) const {
  const auto value = parse<int>(word);
  if (!value || *value < least || *value > most)
    fail(fmt::format("'{}' given, expected an integer from {} to {}", word, least, most));
  return *value;
}

}  // namespace ionpass
