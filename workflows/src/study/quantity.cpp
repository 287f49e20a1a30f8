#include "study/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <structures/units.hpp>

namespace ionpass::workflows {
namespace {

/// Powers of energy, length, time, temperature and charge: what a unit is made of.
struct Powers {
  int energy = 0, length = 0, time = 0, temperature = 0, charge = 0;
  friend bool operator==(const Powers&, const Powers&) = default;
};

struct Unit {
  double scale = 1.0;  ///< in eV, Å, s, K, e
  Powers powers;
};

struct NamedUnit {
  std::string_view name;
  Unit unit;
};

constexpr double joule = 1.0 / units::elementary_charge;  // eV
constexpr double avogadro = 6.02214076e23;                // 1/mol (exact SI)
constexpr double calorie = 4.184;                         // J, thermochemical

constexpr Powers energy{.energy = 1}, length{.length = 1}, duration{.time = 1},
    temperature{.temperature = 1}, charge{.charge = 1};
constexpr Powers frequency{.time = -1};

constexpr std::array named_units{
    NamedUnit{"eV", {1.0, energy}},
    NamedUnit{"meV", {1e-3, energy}},
    NamedUnit{"Ha", {units::hartree, energy}},
    NamedUnit{"Ry", {0.5 * units::hartree, energy}},
    NamedUnit{"J", {joule, energy}},
    NamedUnit{"kJ", {1e3 * joule, energy}},
    NamedUnit{"kcal", {1e3 * calorie * joule, energy}},
    NamedUnit{"mol", {avogadro, {}}},
    NamedUnit{"Å", {1.0, length}},
    NamedUnit{"A\u030A", {1.0, length}},  // the letter A with a combining ring
    NamedUnit{"\u212B", {1.0, length}},   // the sign for ångström
    NamedUnit{"A", {1.0, length}},
    NamedUnit{"angstrom", {1.0, length}},
    NamedUnit{"pm", {1e-2, length}},
    NamedUnit{"nm", {10.0, length}},
    NamedUnit{"bohr", {units::bohr, length}},
    NamedUnit{"e", {1.0, charge}},
    NamedUnit{"K", {1.0, temperature}},
    NamedUnit{"fs", {1e-15, duration}},
    NamedUnit{"ps", {1e-12, duration}},
    NamedUnit{"ns", {1e-9, duration}},
    NamedUnit{"us", {1e-6, duration}},
    NamedUnit{"µs", {1e-6, duration}},
    NamedUnit{"ms", {1e-3, duration}},
    NamedUnit{"s", {1.0, duration}},
    NamedUnit{"min", {60.0, duration}},
    NamedUnit{"h", {3600.0, duration}},
    NamedUnit{"d", {86400.0, duration}},
    NamedUnit{"Hz", {1.0, frequency}},
    NamedUnit{"GHz", {1e9, frequency}},
    NamedUnit{"THz", {1e12, frequency}},
    NamedUnit{"1", {1.0, {}}},
};

struct DimensionEntry {
  Dimension dimension;
  std::string_view unit;
  Powers powers;
};

constexpr std::array dimensions{
    DimensionEntry{Dimension::none, "", {}},
    DimensionEntry{Dimension::energy, "eV", energy},
    DimensionEntry{Dimension::length, "Å", length},
    DimensionEntry{Dimension::inverse_length, "1/Å", {.length = -1}},
    DimensionEntry{Dimension::force, "eV/Å", {.energy = 1, .length = -1}},
    DimensionEntry{Dimension::stiffness, "eV/Å²", {.energy = 1, .length = -2}},
    DimensionEntry{Dimension::inverse_stiffness, "Å²/eV", {.energy = -1, .length = 2}},
    DimensionEntry{Dimension::charge, "e", charge},
    DimensionEntry{Dimension::temperature, "K", temperature},
    DimensionEntry{Dimension::time, "s", duration},
    DimensionEntry{Dimension::frequency, "1/s", frequency},
};

const DimensionEntry& entry_of(Dimension dimension) {
  return *std::ranges::find(dimensions, dimension, &DimensionEntry::dimension);
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

/// Takes "²", "^2" or "^-1" off the end of a factor.
int take_exponent(std::string_view& factor) {
  for (const auto& [sign, power] : {std::pair<std::string_view, int>{"²", 2}, {"³", 3}})
    if (factor.ends_with(sign)) {
      factor.remove_suffix(sign.size());
      return power;
    }
  const auto caret = factor.find('^');
  if (caret == std::string_view::npos) return 1;
  int power = 0;
  const std::string_view digits = factor.substr(caret + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), power);
  if (error != std::errc() || end != digits.data() + digits.size() || std::abs(power) > 9) return 0;
  factor = factor.substr(0, caret);
  return power;
}

void multiply(Unit& unit, const Unit& factor, int power) {
  unit.scale *= std::pow(factor.scale, power);
  unit.powers.energy += power * factor.powers.energy;
  unit.powers.length += power * factor.powers.length;
  unit.powers.time += power * factor.powers.time;
  unit.powers.temperature += power * factor.powers.temperature;
  unit.powers.charge += power * factor.powers.charge;
}

/// "eV/Å^2": factors in a row, each after the first division sign below the line.
std::optional<Unit> parse_unit(std::string_view text) {
  Unit unit;
  int sign = 1;
  while (true) {
    const auto slash = text.find('/');
    std::string_view factor = trimmed(text.substr(0, slash));
    const int power = take_exponent(factor);
    const auto named = std::ranges::find(named_units, factor, &NamedUnit::name);
    if (power == 0 || named == named_units.end()) return std::nullopt;
    multiply(unit, named->unit, sign * power);
    if (slash == std::string_view::npos) return unit;
    text.remove_prefix(slash + 1);
    sign = -1;
  }
}

}  // namespace

std::string_view unit_of(Dimension dimension) { return entry_of(dimension).unit; }

double parse_quantity(std::string_view text, Dimension dimension) {
  const DimensionEntry& wanted = entry_of(dimension);
  const std::string in_unit = wanted.unit.empty() ? "" : fmt::format(" in {}", wanted.unit);
  text = trimmed(text);
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || !std::isfinite(value))
    throw InputError(fmt::format("'{}' given, expected a number{}", text, in_unit));
  const std::string_view rest =
      trimmed(digits.substr(static_cast<std::size_t>(end - digits.data())));
  if (rest.empty()) return value;
  if (dimension == Dimension::none)
    throw InputError(fmt::format("'{}' given, expected a number without a unit", text));
  const std::optional<Unit> unit = parse_unit(rest);
  if (!unit)
    throw InputError(
        fmt::format("'{}' given, unit '{}' is not known; write it in {}", text, rest, wanted.unit));
  if (unit->powers != wanted.powers)
    throw InputError(fmt::format("'{}' given, '{}' is the wrong kind of unit; write it in {}", text,
                                 rest, wanted.unit));
  return value * unit->scale;
}

long long parse_integer(std::string_view text) {
  text = trimmed(text);
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  long long value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size())
    throw InputError(fmt::format("'{}' given, expected a whole number", text));
  return value;
}

}  // namespace ionpass::workflows
