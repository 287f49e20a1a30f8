// Numbers and names as a reader wants to see them, and escaping.
#include "text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace ionpass::workflows::report {

namespace {

std::string superscript(int value) {
  static constexpr std::array<const char*, 10> digits = {"⁰", "¹", "²", "³", "⁴",
                                                         "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string out = value < 0 ? "⁻" : "";
  for (const char c : std::to_string(std::abs(value))) {
    out += digits.at(static_cast<std::size_t>(c - '0'));
  }
  return out;
}

bool has_width(const Interval& interval) { return interval.high > 1.005 * interval.low; }

/// Length of the UTF-8 sequence that starts here; 0 if none does.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80                    ? 1
                             : first >= 0xC2 && first < 0xE0 ? 2
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xF0 && first < 0xF5 ? 4
                                                             : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  // Surrogates, overlong forms and values beyond U+10FFFF.
  if (first == 0xE0 && byte(1) < 0xA0) return 0;
  if (first == 0xED && byte(1) > 0x9F) return 0;
  if (first == 0xF0 && byte(1) < 0x90) return 0;
  if (first == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

/// Copies text, replacing what is not printable UTF-8; `special` appends a character of its own and
/// says so.
template <class Special>
std::string escaped(std::string_view text, Special special) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const char c = text.front();
    if (length == 0 || (length == 1 && std::iscntrl(static_cast<unsigned char>(c)) != 0 &&
                        c != '\n' && c != '\t')) {
      out += "�";
      text.remove_prefix(1);
      continue;
    }
    if (length > 1 || !special(c, out)) out.append(text.substr(0, length));
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace

std::string fixed(double value, int decimals) {
  if (!std::isfinite(value)) return "?";
  std::string out = fmt::format("{:.{}f}", std::abs(value), decimals);
  const bool zero = out.find_first_not_of("0.") == std::string::npos;
  return value < 0.0 && !zero ? "−" + out : out;
}

std::string short_number(double value) {
  if (std::isnan(value)) return "?";
  if (std::isinf(value)) return value > 0 ? "∞" : "−∞";
  if (value == 0.0) return "0";
  // Rounded first, so that 9.97 is 10 and not 10.0.
  const std::string scientific = fmt::format("{:.1e}", std::abs(value));
  const std::size_t e = scientific.find('e');
  const int exponent = std::stoi(scientific.substr(e + 1));
  const std::string sign = value < 0 ? "−" : "";
  if (exponent < -2 || exponent > 3) {
    return sign + scientific.substr(0, e) + "×10" + superscript(exponent);
  }
  const double rounded = std::stod(scientific);
  return sign + fmt::format("{:.{}f}", rounded, std::max(0, 1 - exponent));
}

std::string plain(double value) {
  if (!std::isfinite(value)) return "?";
  if (value != 0.0 && (std::abs(value) >= 1e6 || std::abs(value) < 1e-4)) {
    const std::string text = fmt::format("{:e}", value);
    std::string mantissa = text.substr(0, text.find('e'));
    mantissa.erase(mantissa.find_last_not_of('0') + 1);
    if (mantissa.back() == '.') mantissa.pop_back();
    return mantissa + "×10" + superscript(std::stoi(text.substr(text.find('e') + 1)));
  }
  return fmt::format("{:.6g}", value);
}

std::string duration(double seconds) {
  constexpr double minute = 60.0;
  constexpr double hour = 3600.0;
  constexpr double day = 86400.0;
  constexpr double year = 365.25 * day;
  struct Unit {
    double below;  ///< s, used for times below this
    double size;   ///< s
    const char* name;
  };
  static constexpr std::array<Unit, 9> scale = {{{0.9995e-9, 1e-12, "ps"},
                                                 {0.9995e-6, 1e-9, "ns"},
                                                 {0.9995e-3, 1e-6, "µs"},
                                                 {0.9995, 1e-3, "ms"},
                                                 {2 * minute, 1.0, "s"},
                                                 {2 * hour, minute, "min"},
                                                 {2 * day, hour, "h"},
                                                 {2 * year, day, "days"},
                                                 {INFINITY, year, "years"}}};
  if (!std::isfinite(seconds)) return seconds > 0 ? "longer than any scale" : "?";
  for (const Unit& unit : scale) {
    if (seconds < unit.below) return short_number(seconds / unit.size) + " " + unit.name;
  }
  return short_number(seconds / year) + " years";
}

std::string number_range(const Interval& interval) {
  if (!has_width(interval)) return "";
  return short_number(interval.low) + " – " + short_number(interval.high);
}

std::string duration_range(const Interval& interval) {
  if (!has_width(interval)) return "";
  return duration(interval.low) + " – " + duration(interval.high);
}

std::string published_value(const LiteratureEntry& entry) {
  if (!entry.value) return "no value";
  std::string out = plain(entry.value->low);
  if (entry.value->high > entry.value->low) out += "–" + plain(entry.value->high);
  if (entry.uncertainty) out += " ± " + plain(*entry.uncertainty);
  return out + " eV";
}

std::string short_citation(const std::string& citation) {
  std::string year;
  for (std::size_t i = 0; i + 4 <= citation.size(); ++i) {
    const std::string word = citation.substr(i, 4);
    const auto digit_at = [&](std::size_t at) {
      return at < citation.size() && std::isdigit(static_cast<unsigned char>(citation[at])) != 0;
    };
    const bool whole = (i == 0 || !digit_at(i - 1)) && !digit_at(i + 4);
    const bool number =
        std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    if (whole && number && (word.starts_with("19") || word.starts_with("20"))) {
      year = word;
      break;
    }
  }
  std::string author = citation.substr(0, citation.find(','));
  if (!year.empty()) author = author.substr(0, author.find(" " + year));
  const bool several =
      author.size() < citation.size() && author.find("et al.") == std::string::npos;
  // The family name stands after the initials.
  std::size_t start = 0;
  for (std::size_t gap = author.find(' ');
       gap != std::string::npos && gap > 0 && author[gap - 1] == '.';
       gap = author.find(' ', gap + 1)) {
    start = gap + 1;
  }
  return author.substr(start) + (several ? " et al." : "") + (year.empty() ? "" : " " + year);
}

std::string words(std::string text) {
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

std::string one_line(std::string_view text) {
  std::string out;
  bool gap = false;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '#' || c == ' ')) {
      gap = true;
      continue;
    }
    if (c == '\n' || c == '\r' || c == ' ' || c == '\t') {
      line_start = line_start || c == '\n';
      gap = true;
      continue;
    }
    line_start = false;
    if (gap && !out.empty()) out += ' ';
    gap = false;
    out += c;
  }
  return out;
}

std::string escape_html(std::string_view text) {
  return escaped(text, [](char c, std::string& out) {
    switch (c) {
      case '&':
        out += "&amp;";
        return true;
      case '<':
        out += "&lt;";
        return true;
      case '>':
        out += "&gt;";
        return true;
      case '"':
        out += "&quot;";
        return true;
      case '\'':
        out += "&#39;";
        return true;
      default:
        return false;
    }
  });
}

std::string escape_markdown(std::string_view text) {
  constexpr std::string_view markup = "\\`*_[]|~#";
  return escaped(text, [&](char c, std::string& out) {
    if (c == '<' || c == '>' || c == '&') {
      out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&amp;";
    } else if (c == '\n' || c == '\t') {
      out += ' ';
    } else if (markup.find(c) != std::string_view::npos) {
      out += '\\';
      out += c;
    } else {
      return false;
    }
    return true;
  });
}

}  // namespace ionpass::workflows::report
