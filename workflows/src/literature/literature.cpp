// Recognising materials of a study in the collection of published barriers.
#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>
#include <optional>
#include <string>

#include <fmt/format.h>

#include <workflows/literature.hpp>

namespace ionpass::workflows {

namespace {

/// Letters and digits in lower case: "(PrPyr)PbI3" and "prpyr-pbi3" are the same name.
std::string folded(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalnum(u) != 0) out += static_cast<char>(std::tolower(u));
  }
  return out;
}

using Composition = std::map<std::string, long>;

/// Elements and counts of a formula, divided by their common factor; empty if the text is no plain
/// formula.
Composition reduced_composition(std::string_view formula) {
  Composition counts;
  std::size_t i = 0;
  while (i < formula.size()) {
    if (formula[i] == ' ') {
      ++i;
      continue;
    }
    if (std::isupper(static_cast<unsigned char>(formula[i])) == 0) return {};
    std::string element(1, formula[i++]);
    while (i < formula.size() && std::islower(static_cast<unsigned char>(formula[i])) != 0) {
      element += formula[i++];
    }
    long count = 0;
    while (i < formula.size() && std::isdigit(static_cast<unsigned char>(formula[i])) != 0) {
      count = count * 10 + (formula[i++] - '0');
      if (count > 1'000'000) return {};
    }
    counts[element] += count == 0 ? 1 : count;
  }
  long divisor = 0;
  for (const auto& [element, count] : counts) divisor = std::gcd(divisor, count);
  if (divisor > 1) {
    for (auto& [element, count] : counts) count /= divisor;
  }
  return counts;
}

bool has_name(const LiteratureMaterial& known, const std::string& name) {
  const auto matches = [&](const std::string& candidate) {
    const std::string key = folded(candidate);
    // A study may name a variant: "MAPbI3 tetragonal".
    return !key.empty() && name.rfind(key, 0) == 0;
  };
  return matches(known.name) || std::any_of(known.aliases.begin(), known.aliases.end(), matches);
}

}  // namespace

std::string to_string(Verification verification) {
  switch (verification) {
    case Verification::source:
      return "source";
    case Verification::quoted:
      return "quoted";
    case Verification::secondary:
      break;
  }
  return "secondary";
}

std::optional<std::string> literature_name(const Literature& literature,
                                           const MaterialResult& material) {
  // What a material is made of decides; its name is the user's choice and only fills in for a
  // missing formula.
  const Composition composition = reduced_composition(material.formula);
  if (!composition.empty()) {
    for (const LiteratureMaterial& known : literature.materials) {
      if (reduced_composition(known.formula) == composition) return known.name;
    }
    return std::nullopt;
  }
  const std::string name = folded(material.name);
  for (const LiteratureMaterial& known : literature.materials) {
    if (has_name(known, name)) return known.name;
  }
  return std::nullopt;
}

bool is_about(const LiteratureEntry& entry, const std::string& name, const std::string& species) {
  const auto& names = entry.materials;
  return std::find(names.begin(), names.end(), name) != names.end() &&
         (entry.species.empty() || entry.species == species);
}

bool has_other_charge(const LiteratureEntry& entry, const MaterialResult& material) {
  const std::string own = material.charge == 0.0 ? "0" : fmt::format("{:+g}", material.charge);
  return !entry.charge.empty() && entry.charge.find(own) == std::string::npos;
}

std::vector<LiteratureEntry> entries_for(const Literature& literature,
                                         const MaterialResult& material) {
  std::vector<LiteratureEntry> found;
  const std::optional<std::string> name = literature_name(literature, material);
  if (!name) return found;
  for (const LiteratureEntry& entry : literature.entries) {
    if (entry.value && is_about(entry, *name, material.species)) found.push_back(entry);
  }
  return found;
}

}  // namespace ionpass::workflows
