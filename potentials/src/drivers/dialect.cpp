#include "drivers/dialect.hpp"

#include <cmath>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>

namespace ionpass::drivers {

std::vector<std::string> command_of(const Recipe& recipe, const DriverSettings& settings) {
  const std::vector<std::string>& command =
      settings.command.empty() ? recipe.command : settings.command;
  if (command.empty() || command.front().empty())
    throw InputError(fmt::format(
        "{}: no program given; name it with its arguments, as potential: {{name: {}, driver: "
        "{{command: [program, argument]}}}}",
        recipe.potential.name, recipe.potential.name));
  return command;
}

const std::string& element_entry(const Recipe& recipe, int number, const std::string& key) {
  const auto element = recipe.elements.find(number);
  if (element != recipe.elements.end()) {
    const auto entry = element->second.find(key);
    if (entry != element->second.end()) return entry->second;
  }
  throw UnsupportedElement(
      fmt::format("{} has no {} for {}; add it under 'elements' in a copy of {}",
                  recipe.potential.name, key, element_symbol(number), recipe.file.string()));
}

std::set<int> elements_in(const Structure& structure) {
  return {structure.numbers.begin(), structure.numbers.end()};
}

int whole_charge(const Structure& structure, const std::string& name) {
  const double rounded = std::round(structure.charge);
  if (std::abs(structure.charge - rounded) > 1e-9 || std::abs(rounded) > 1000.0)
    throw InputError(
        fmt::format("{} takes whole charges only, {} e given; give a whole one (--charge)", name,
                    structure.charge));
  return static_cast<int>(rounded);
}

void require_cell(const Structure& structure, const std::string& name) {
  if (!structure.is_periodic())
    throw InputError(fmt::format(
        "{} needs a periodic cell; put the molecule into a box (Lattice=\"...\" in extxyz)", name));
}

}  // namespace ionpass::drivers
