// Makers of table rows, one per kind of value.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "study/key_table.hpp"
#include "study/suggest.hpp"

namespace ionpass::workflows {

/// The shortest text that reads back to the same number.
[[nodiscard]] std::string yaml_number(double value);

/// Which numbers a key takes, and how that is said.
struct Range {
  double lower = -std::numeric_limits<double>::infinity();
  bool lower_included = true;
  double upper = std::numeric_limits<double>::infinity();
  std::string text;

  [[nodiscard]] bool holds(double value) const {
    return value <= upper && (lower_included ? value >= lower : value > lower);
  }
};

inline Range anything() { return {}; }
inline Range positive() { return {.lower = 0.0, .lower_included = false, .text = "above 0"}; }
inline Range at_least(double lower) {
  return {.lower = lower, .text = "at least " + yaml_number(lower)};
}
inline Range between(double lower, double upper) {
  return {.lower = lower, .upper = upper, .text = yaml_number(lower) + " to " + yaml_number(upper)};
}
inline Range above_up_to(double upper) {
  return {.lower = 0.0,
          .lower_included = false,
          .upper = upper,
          .text = "above 0, at most " + yaml_number(upper)};
}

/// Name, meaning and place of a row: what all kinds have in common.
struct KeyHead {
  std::string path;
  std::string meaning;
  Scope scope = Scope::both;
};

/// A member of the draft, by reference.
template <class Value>
using Member = Value& (*)(StudyDraft&);

/// A text in quotes where YAML would read something else in it.
[[nodiscard]] std::string yaml_text(const std::string& text);
/// "[a, b]"
[[nodiscard]] std::string yaml_list(const std::vector<std::string>& items);

[[nodiscard]] double read_number(const YamlNode& node, Dimension dimension, const Range& range);
[[nodiscard]] long long read_integer(const YamlNode& node, const Range& range);
[[nodiscard]] std::string read_word(const YamlNode& node, const std::vector<std::string>& words);
[[nodiscard]] std::string joined(const std::vector<std::string>& words);

[[nodiscard]] Key number_key(const KeyHead& head, Member<double> member, Dimension dimension,
                             const Range& range);
[[nodiscard]] Key flag_key(const KeyHead& head, Member<bool> member);
[[nodiscard]] Key text_key(const KeyHead& head, Member<std::string> member);
[[nodiscard]] Key word_key(const KeyHead& head, Member<std::string> member,
                           const std::vector<std::string>& words);
/// @param words those allowed; empty: any
[[nodiscard]] Key words_key(const KeyHead& head, Member<std::vector<std::string>> member,
                            const std::vector<std::string>& words);
[[nodiscard]] Key numbers_key(const KeyHead& head, Member<std::vector<double>> member,
                              Dimension dimension, const Range& range);

template <class Integer>
[[nodiscard]] Key integer_key(const KeyHead& head, Member<Integer> member, Range range) {
  range.upper = std::min(range.upper, static_cast<double>(std::numeric_limits<int>::max()));
  Key key{head.path, "integer", "", range.text, head.meaning, head.scope, {}, {}};
  key.read = [member, range](StudyDraft& draft, const YamlNode& node) {
    member(draft) = static_cast<Integer>(read_integer(node, range));
  };
  key.write = [member](StudyDraft& draft) { return fmt::format("{}", member(draft)); };
  return key;
}

/// One of several words, each standing for a value of an enumeration.
template <class Enumeration>
[[nodiscard]] Key enumeration_key(const KeyHead& head, Member<Enumeration> member,
                                  std::vector<std::pair<std::string, Enumeration>> values) {
  std::vector<std::string> words;
  words.reserve(values.size());
  for (const auto& [word, value] : values) words.push_back(word);
  Key key{head.path, joined(words), "", "", head.meaning, head.scope, {}, {}};
  key.read = [=](StudyDraft& draft, const YamlNode& node) {
    const std::string given = read_word(node, words);
    for (const auto& [word, value] : values)
      if (word == given) member(draft) = value;
  };
  key.write = [=](StudyDraft& draft) -> std::optional<std::string> {
    for (const auto& [word, value] : values)
      if (value == member(draft)) return word;
    return std::nullopt;
  };
  return key;
}

/// A number inside one alternative of a variant; it has a value only while that alternative is
/// chosen.
/// @param chosen_by the key and word that choose it, "springs: constant"
template <class Alternative, class Variant, class Value>
[[nodiscard]] Key variant_key(const KeyHead& head, Member<Variant> variant,
                              Value Alternative::*field, const std::pair<Dimension, Range>& kind,
                              const std::string& chosen_by) {
  constexpr bool whole = std::is_integral_v<Value>;
  const auto& [dimension, range] = kind;
  Key key{head.path,
          whole ? "integer" : "number",
          std::string(unit_of(dimension)),
          range.text + "; with " + chosen_by,
          head.meaning,
          head.scope,
          {},
          {}};
  key.read = [=, kind = kind](StudyDraft& draft, const YamlNode& node) {
    auto* alternative = std::get_if<Alternative>(&variant(draft));
    if (alternative == nullptr)
      node.fail(fmt::format("has no meaning here; it belongs to '{}'", chosen_by));
    if constexpr (whole)
      alternative->*field = static_cast<Value>(read_integer(node, kind.second));
    else
      alternative->*field = read_number(node, kind.first, kind.second);
  };
  key.write = [=](StudyDraft& draft) -> std::optional<std::string> {
    const auto* alternative = std::get_if<Alternative>(&variant(draft));
    if (alternative == nullptr) return std::nullopt;
    if constexpr (whole)
      return fmt::format("{}", alternative->*field);
    else
      return yaml_number(alternative->*field);
  };
  return key;
}

/// Chooses the alternative of a variant by a word; choosing the one that is there keeps its
/// numbers.
template <class First, class Second, class Variant>
[[nodiscard]] Key choice_key(const KeyHead& head, Member<Variant> variant, std::string first,
                             std::string second) {
  Key key{head.path, first + "|" + second, "", "", head.meaning, head.scope, {}, {}};
  key.read = [=](StudyDraft& draft, const YamlNode& node) {
    Variant& value = variant(draft);
    if (read_word(node, {first, second}) == first) {
      if (!std::holds_alternative<First>(value)) value = First{};
    } else if (!std::holds_alternative<Second>(value)) {
      value = Second{};
    }
  };
  key.write = [=](StudyDraft& draft) {
    return std::holds_alternative<First>(variant(draft)) ? first : second;
  };
  return key;
}

}  // namespace ionpass::workflows
