#include "shifts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>

namespace ionpass {

namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> out;
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find('.', start), text.size());
    out.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return out;
}

/// "s", "p", "d", and "s2" for the second shell of a momentum.
bool read_shell(const std::string& text, ParameterName& out) {
  const std::size_t l = text.empty() ? std::string::npos : std::string("spd").find(text[0]);
  if (l == std::string::npos || (text.size() > 1 && text.substr(1) != "2")) return false;
  out.l = static_cast<int>(l);
  out.repeat = text.size() > 1 ? 1 : 0;
  return true;
}

}  // namespace

std::optional<ParameterName> parse_parameter_name(const std::string& text) {
  using Quantity = ParameterName::Quantity;
  ParameterName out;
  const std::vector<std::string> words = words_of(text);
  if (text == "electronegativity_scale") {
    out.quantity = Quantity::electronegativity_scale;
    return out;
  }
  const std::optional<int> element = atomic_number(words.front());
  if (!element) return std::nullopt;
  out.element = *element;
  if (words.size() == 2 && words[1] == "electronegativity") {
    out.quantity = Quantity::electronegativity;
    return out;
  }
  if (words.size() != 3 || !read_shell(words[1], out)) return std::nullopt;
  if (words[2] != "level" && words[2] != "hardness") return std::nullopt;
  out.quantity = words[2] == "level" ? Quantity::level : Quantity::hardness;
  return out;
}

ParameterShifts read_shifts(const std::filesystem::path& file, const YAML::Node& node) {
  ParameterShifts out;
  for (const auto& entry : node) {
    const auto name = entry.first.as<std::string>();
    const YAML::Mark mark = entry.first.Mark();
    if (!parse_parameter_name(name))
      throw InputError(
          {file.string(), static_cast<std::size_t>(mark.line + 1),
           static_cast<std::size_t>(mark.column + 1)},
          fmt::format("shifts: '{}' is no parameter, such as Pb.p.level or Pb.p.hardness", name));
    out[name] = entry.second.as<double>();
  }
  return out;
}

std::string shifts_text(const ParameterShifts& shifts) {
  std::vector<std::string> out;
  for (const auto& [name, value] : shifts) out.push_back(fmt::format("{} {:+}", name, value));
  return fmt::format("{}", fmt::join(out, ", "));
}

}  // namespace ionpass
