#include "drivers/input_template.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ionpass::drivers {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\n") - begin + 1);
}

constexpr std::string_view choice_start = "if ";

}  // namespace

SourceLocation location_in(std::string_view text, std::size_t offset, const std::string& file) {
  const std::string_view before = text.substr(0, offset);
  const auto line = static_cast<std::size_t>(std::ranges::count(before, '\n'));
  const std::size_t start = before.rfind('\n');
  return {file, line + 1, start == std::string_view::npos ? offset + 1 : offset - start};
}

InputTemplate InputTemplate::parse(std::string_view text, const std::string& file,
                                   const std::set<std::string>& names,
                                   const std::set<std::string>& flags) {
  InputTemplate out;
  const auto fail = [&](std::size_t at, const std::string& message) {
    throw InputError(location_in(text, at, file), message);
  };
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if ((c == '{' || c == '}') && at + 1 < text.size() && text[at + 1] == c) {
      plain += c;
      ++at;
      continue;
    }
    if (c == '}') fail(at, "'}' closes nothing; write '}}' for a brace");
    if (c != '{') {
      plain += c;
      continue;
    }
    const std::size_t end = text.find_first_of("{}", at + 1);
    if (end == std::string_view::npos || text[end] == '{')
      fail(at, "'{' is not closed; write '{{' for a brace");
    const std::string_view inner = text.substr(at + 1, end - at - 1);
    out.parts_.push_back({Part::Kind::text, std::exchange(plain, ""), "", ""});
    if (inner.starts_with(choice_start)) {
      const std::size_t colon = inner.find(':');
      const std::string flag(
          trimmed(inner.substr(choice_start.size(), colon - choice_start.size())));
      if (colon == std::string_view::npos || !flags.contains(flag))
        fail(at,
             fmt::format("'{{{}}}' is no choice; write '{{if FLAG: A | B}}' with FLAG one of {}",
                         inner, fmt::join(flags, ", ")));
      const std::string_view rest = inner.substr(colon + 1);
      const std::size_t bar = std::min(rest.find('|'), rest.size());
      const std::string_view no = bar < rest.size() ? rest.substr(bar + 1) : "";
      out.parts_.push_back({Part::Kind::choice, flag, std::string(trimmed(rest.substr(0, bar))),
                            std::string(trimmed(no))});
      out.used_.insert(flag);
    } else {
      const std::string name(inner);
      if (!names.contains(name))
        fail(at,
             fmt::format("'{{{}}}' is no placeholder; there are {}", name, fmt::join(names, ", ")));
      out.parts_.push_back({Part::Kind::value, name, "", ""});
      out.used_.insert(name);
    }
    at = end;
  }
  out.parts_.push_back({Part::Kind::text, plain, "", ""});
  return out;
}

std::string InputTemplate::render(const std::map<std::string, std::string>& values,
                                  const std::set<std::string>& flags) const {
  std::string out;
  for (const Part& part : parts_) {
    switch (part.kind) {
      case Part::Kind::text:
        out += part.text;
        break;
      case Part::Kind::value:
        out += values.at(part.text);
        break;
      case Part::Kind::choice:
        out += flags.contains(part.text) ? part.yes : part.no;
        break;
    }
  }
  return out;
}

}  // namespace ionpass::drivers
