#include "study/key_kinds.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <fmt/ranges.h>

namespace ionpass::workflows {
namespace {

/// Words that YAML, of version 1.1 or 1.2, takes for no text.
bool is_yaml_word(std::string text) {
  constexpr std::array<std::string_view, 9> words = {"null", "true", "false", "yes", "no",
                                                     "on",   "off",  "y",     "n"};
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::find(words, text) != words.end();
}

bool is_plain(const std::string& text) {
  constexpr std::string_view marks = "_-./+";
  const auto plain = [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || marks.find(c) != marks.npos;
  };
  return !text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0 &&
         std::ranges::all_of(text, plain) && !is_yaml_word(text);
}

}  // namespace

std::string yaml_text(const std::string& text) {
  if (is_plain(text)) return text;
  std::string out = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out += std::string("\\") + c;
    else if (code < 0x20)
      out += fmt::format("\\x{:02x}", code);
    else
      out += c;
  }
  return out + "\"";
}

std::string yaml_number(double value) {
  std::array<char, 32> digits{};  // the longest double has 24 characters
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

std::string yaml_list(const std::vector<std::string>& items) {
  return fmt::format("[{}]", fmt::join(items, ", "));
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, "|"));
}

double read_number(const YamlNode& node, Dimension dimension, const Range& range) {
  const double value = node.quantity(dimension);
  const std::string_view unit = unit_of(dimension);
  if (!range.holds(value))
    node.fail(fmt::format("{} given, must be {}{}{}", node.text(), range.text,
                          unit.empty() ? "" : " ", unit));
  return value;
}

long long read_integer(const YamlNode& node, const Range& range) {
  const long long value = node.integer();
  if (!range.holds(static_cast<double>(value)))
    node.fail(fmt::format("{} given, must be {}", value,
                          range.text.empty() ? "at most 2147483647" : range.text));
  return value;
}

std::string read_word(const YamlNode& node, const std::vector<std::string>& words) {
  std::string word = node.text();
  if (std::ranges::find(words, word) == words.end())
    node.fail(fmt::format("'{}' given, expected one of {}{}", word, fmt::join(words, ", "),
                          nearest(word, words) ? suggestion(word, words) : ""));
  return word;
}

Key number_key(const KeyHead& head, Member<double> member, Dimension dimension,
               const Range& range) {
  Key key{
      head.path, "number", std::string(unit_of(dimension)), range.text, head.meaning, head.scope,
      {},        {}};
  key.read = [=](StudyDraft& draft, const YamlNode& node) {
    member(draft) = read_number(node, dimension, range);
  };
  key.write = [=](StudyDraft& draft) { return yaml_number(member(draft)); };
  return key;
}

Key flag_key(const KeyHead& head, Member<bool> member) {
  Key key{head.path, "true|false", "", "", head.meaning, head.scope, {}, {}};
  key.read = [=](StudyDraft& draft, const YamlNode& node) { member(draft) = node.flag(); };
  key.write = [=](StudyDraft& draft) { return member(draft) ? "true" : "false"; };
  return key;
}

Key text_key(const KeyHead& head, Member<std::string> member) {
  Key key{head.path, "text", "", "", head.meaning, head.scope, {}, {}};
  key.read = [=](StudyDraft& draft, const YamlNode& node) { member(draft) = node.text(); };
  key.write = [=](StudyDraft& draft) -> std::optional<std::string> {
    const std::string& text = member(draft);
    return text.empty() ? std::nullopt : std::optional(yaml_text(text));
  };
  return key;
}

Key word_key(const KeyHead& head, Member<std::string> member,
             const std::vector<std::string>& words) {
  Key key{head.path, joined(words), "", "", head.meaning, head.scope, {}, {}};
  key.read = [=](StudyDraft& draft, const YamlNode& node) {
    member(draft) = read_word(node, words);
  };
  key.write = [=](StudyDraft& draft) { return yaml_text(member(draft)); };
  return key;
}

Key words_key(const KeyHead& head, Member<std::vector<std::string>> member,
              const std::vector<std::string>& words) {
  Key key{head.path,    words.empty() ? "list of texts" : "list of " + joined(words),
          "",           "",
          head.meaning, head.scope,
          {},           {}};
  key.read = [=](StudyDraft& draft, const YamlNode& node) {
    member(draft).clear();
    for (const YamlNode& item : node.items("a list"))
      member(draft).push_back(words.empty() ? item.text() : read_word(item, words));
  };
  key.write = [=](StudyDraft& draft) {
    std::vector<std::string> items;
    for (const std::string& item : member(draft)) items.push_back(yaml_text(item));
    return yaml_list(items);
  };
  return key;
}

Key numbers_key(const KeyHead& head, Member<std::vector<double>> member, Dimension dimension,
                const Range& range) {
  Key key{head.path,
          "list of numbers",
          std::string(unit_of(dimension)),
          range.text,
          head.meaning,
          head.scope,
          {},
          {}};
  key.read = [=](StudyDraft& draft, const YamlNode& node) {
    member(draft).clear();
    for (const YamlNode& item : node.items("a list of numbers"))
      member(draft).push_back(read_number(item, dimension, range));
    if (member(draft).empty()) node.fail("an empty list given, expected at least one number");
  };
  key.write = [=](StudyDraft& draft) {
    std::vector<std::string> items;
    for (const double value : member(draft)) items.push_back(yaml_number(value));
    return yaml_list(items);
  };
  return key;
}

}  // namespace ionpass::workflows
