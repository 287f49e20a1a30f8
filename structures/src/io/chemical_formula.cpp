#include "chemical_formula.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include <structures/elements.hpp>

#include "text.hpp"

namespace ionpass {

namespace {

constexpr double formula_digits = 0.02;  // relative, and in atoms: formulas are rounded
constexpr int hydrogen = 1;

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_number_part(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.'; }

/// Reads "Pb2" off the front; false if there is no element.
bool take_element(std::string_view& rest, Formula& formula) {
  std::size_t letters = 1;
  if (rest.size() > 1 && std::islower(static_cast<unsigned char>(rest[1])) != 0) letters = 2;
  const auto number = atomic_number(rest.substr(0, letters));
  if (!number) return false;
  rest.remove_prefix(letters);
  std::size_t digits = 0;
  while (digits < rest.size() && is_number_part(rest[digits])) ++digits;
  const auto count =
      digits == 0 ? std::optional<double>(1.0) : text::number(rest.substr(0, digits));
  if (!count) return false;
  rest.remove_prefix(digits);
  formula[*number] += *count;
  return true;
}

bool is_charge(std::string_view word) {
  return !word.empty() && (word.back() == '+' || word.back() == '-') &&
         std::none_of(word.begin(), word.end(), is_letter);
}

/// "2(C H6 N 1+)" or "C H6 N".
std::optional<Formula> parse_part(std::string_view part) {
  part = text::trim(part);
  double times = 1.0;
  const std::size_t open = part.find('(');
  if (open != std::string_view::npos) {
    const std::size_t close = part.rfind(')');
    if (close == std::string_view::npos || close < open) return std::nullopt;
    const std::string_view before = text::trim(part.substr(0, open));
    const auto factor = before.empty() ? std::optional<double>(1.0) : text::number(before);
    if (!factor) return std::nullopt;
    times = *factor;
    part = part.substr(open + 1, close - open - 1);
  }
  std::string plain;
  for (const std::string_view word : text::words(part)) {
    if (!is_charge(word)) plain += std::string(word) + ' ';
  }
  std::optional<Formula> formula = parse_formula(plain);
  if (!formula) return std::nullopt;
  for (auto& [number, count] : *formula) count *= times;
  return formula;
}

/// In Hill order, as the rest of the program writes formulas.
std::string to_text(const Formula& formula) {
  const auto one = [&](int number) {
    const double count = formula.at(number);
    const std::string symbol(element_symbol(number));
    return std::abs(count - 1.0) < 1e-9 ? symbol : fmt::format("{}{:g}", symbol, count);
  };
  std::map<std::string, int> by_symbol;
  for (const auto& [number, count] : formula)
    by_symbol[std::string(element_symbol(number))] = number;
  std::string result;
  const bool is_organic = formula.contains(6);
  if (is_organic) {
    result = one(6);
    if (formula.contains(hydrogen)) result += one(hydrogen);
  }
  for (const auto& [symbol, number] : by_symbol) {
    if (!is_organic || (number != 6 && number != hydrogen)) result += one(number);
  }
  return result;
}

double count_of(const Formula& formula, int number) {
  const auto found = formula.find(number);
  return found == formula.end() ? 0.0 : found->second;
}

bool agree(double expected, double found) {
  return std::abs(expected - found) <= formula_digits * std::max({1.0, expected, found});
}

/// Same counts for every element but hydrogen, if that one is left out.
bool agree(const Formula& expected, const Formula& found, bool with_hydrogen) {
  const auto fits = [&](const auto& entry) {
    const int number = entry.first;
    if (number == hydrogen && !with_hydrogen) return true;
    return agree(count_of(expected, number), count_of(found, number));
  };
  return std::all_of(expected.begin(), expected.end(), fits) &&
         std::all_of(found.begin(), found.end(), fits);
}

Formula scaled(Formula formula, double factor) {
  for (auto& [number, count] : formula) count *= factor;
  return formula;
}

/// Formula units per cell: Z as given, or what most elements say. Hydrogens are not asked, they may
/// be missing.
std::optional<double> units_per_cell(const CifBlock& block, const Formula& formula,
                                     const Formula& atoms) {
  if (const std::string* z = block.value({"_cell_formula_units_z"})) {
    const auto value = text::number(*z);
    if (value && *value > 0.0) return value;
  }
  std::vector<double> ratios;
  for (const auto& [number, count] : formula) {
    if (number != hydrogen && count > 0.0) ratios.push_back(count_of(atoms, number) / count);
  }
  if (ratios.empty()) return std::nullopt;
  std::sort(ratios.begin(), ratios.end());
  return ratios[ratios.size() / 2];
}

[[noreturn]] void refuse_missing_hydrogen(const std::string& said, double expected, double found,
                                          const SourceLocation& where) {
  throw InputError(
      where,
      fmt::format(
          "hydrogen atoms are missing: the formula '{}' means {:g} H per cell, the atom table "
          "gives {:g}: add them before calculating",
          said, expected, found));
}

}  // namespace

std::optional<Formula> parse_formula(std::string_view text) {
  Formula formula;
  for (std::string_view rest : text::words(text)) {
    while (!rest.empty()) {
      if (!take_element(rest, formula)) return std::nullopt;
    }
  }
  if (formula.empty()) return std::nullopt;
  return formula;
}

std::optional<Formula> parse_moiety(std::string_view text) {
  Formula sum;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const auto part = parse_part(text.substr(0, comma));
    if (!part) return std::nullopt;
    for (const auto& [number, count] : *part) sum[number] += count;
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  if (sum.empty()) return std::nullopt;
  return sum;
}

void require_formula(const CifBlock& block, const Structure& structure, const std::string& file) {
  Formula atoms;
  for (const auto& [number, count] : composition(structure))
    atoms[number] = static_cast<double>(count);
  if (const std::string* moiety = block.value({"_chemical_formula_moiety"})) {
    const SourceLocation where{file, block.find({"_chemical_formula_moiety"})->line};
    const auto formula = parse_moiety(*moiety);
    const auto units = formula ? units_per_cell(block, *formula, atoms) : std::nullopt;
    if (units) {
      const double expected = *units * count_of(*formula, hydrogen);
      const double found = count_of(atoms, hydrogen);
      const bool others_agree = agree(scaled(*formula, *units), atoms, false);
      if (others_agree && found < expected && !agree(expected, found)) {
        refuse_missing_hydrogen(*moiety, expected, found, where);
      }
    }
  }
  const std::string* sum = block.value({"_chemical_formula_sum"});
  if (sum == nullptr) return;
  const SourceLocation where{file, block.find({"_chemical_formula_sum"})->line};
  const auto formula = parse_formula(*sum);
  const auto units = formula ? units_per_cell(block, *formula, atoms) : std::nullopt;
  if (!units) return;
  const Formula expected = scaled(*formula, *units);
  if (agree(expected, atoms, true)) return;
  const double said = count_of(expected, hydrogen), found = count_of(atoms, hydrogen);
  if (agree(expected, atoms, false) && found < said) {
    refuse_missing_hydrogen(*sum, said, found, where);
  }
  throw InputError(
      where,
      fmt::format(
          "the formula '{}' times {:g} means {} per cell, the atoms give {}: an atom is missing or "
          "too much, or the formula, Z or symmetry is wrong",
          *sum, *units, to_text(expected), to_text(atoms)));
}

}  // namespace ionpass
