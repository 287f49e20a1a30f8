// One element of a recipe.
#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

#include <structures/elements.hpp>
#include <structures/units.hpp>
#include <workflows/recipe.hpp>

#include "recipe/recipe_table.hpp"

namespace ionpass::workflows {
namespace {

using skgen::Confinement;
using skgen::ElementRecipe;
using skgen::Shell;
using skgen::SlaterShell;

constexpr std::string_view letters = "spdf";

struct NobleGas {
  std::string_view symbol, shells;
};
constexpr std::array noble_gases{
    NobleGas{"He", "1s2"},
    NobleGas{"Ne", "[He] 2s2 2p6"},
    NobleGas{"Ar", "[Ne] 3s2 3p6"},
    NobleGas{"Kr", "[Ar] 3d10 4s2 4p6"},
    NobleGas{"Xe", "[Kr] 4d10 5s2 5p6"},
    NobleGas{"Rn", "[Xe] 4f14 5d10 6s2 6p6"},
};

/// "6s2", "5p2.5": shell and electrons; "6s" alone: no electrons.
std::optional<Shell> parse_shell(std::string_view word) {
  Shell shell;
  const char* const last = word.data() + word.size();
  auto [at, error] = std::from_chars(word.data(), last, shell.n);
  if (error != std::errc{} || at == last || shell.n < 1 || shell.n > 9) return std::nullopt;
  const std::size_t l = letters.find(*at++);
  if (l == std::string_view::npos) return std::nullopt;
  shell.l = static_cast<int>(l);
  if (at == last) return shell;
  const auto count = std::from_chars(at, last, shell.electrons);
  if (count.ec != std::errc{} || count.ptr != last) return std::nullopt;
  return shell;
}

void append_shells(std::string_view text, const YamlNode& node, std::vector<Shell>& out) {
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) {
    if (word.front() == '[') {
      const auto core = std::ranges::find_if(noble_gases, [&](const NobleGas& gas) {
        return word == fmt::format("[{}]", gas.symbol);
      });
      if (core == noble_gases.end())
        node.fail(fmt::format("'{}' is not one of [He], [Ne], [Ar], [Kr], [Xe], [Rn]", word));
      append_shells(core->shells, node, out);
      continue;
    }
    const auto shell = parse_shell(word);
    if (!shell)
      node.fail(fmt::format("'{}' is no shell with electrons, such as 6s2 or 5p2.5", word));
    out.push_back(*shell);
  }
}

Confinement default_wall(int number) {
  // P. Koskinen, V. Mäkinen, Comput. Mater. Sci. 47, 237 (2009): 1.85 covalent radii, quadratic.
  return {1.85 * covalent_radius(number) / units::bohr, 2.0};
}

Confinement read_wall(const YamlNode& node, Confinement wall) {
  read_section<Confinement>(node, wall_keys(), wall);
  return wall;
}

/// Whether the keys of a mapping are s, p, d, f: one value per l.
bool is_per_shell(const YamlNode& node) {
  if (!node.is_map()) return false;
  const auto entries = node.entries("a mapping");
  return !entries.empty() && entries.front().key.size() == 1 &&
         letters.find(entries.front().key) != std::string_view::npos;
}

void read_waves(ElementDraft& draft, const YamlNode& node) {
  if (!is_per_shell(node)) {
    const Confinement wall = read_wall(node, draft.element.wave.at(0));
    for (auto& [l, wave] : draft.element.wave) wave = wall;
    return;
  }
  for (const YamlNode::Entry& entry : node.entries("one wall per s, p, d, f")) {
    Confinement& wave = draft.element.wave[read_l(entry)];
    wave = read_wall(entry.value, wave);
  }
}

void read_slater(ElementDraft& draft, const YamlNode& node) {
  draft.element.slater.assign(skgen::highest_table_l + 1, {});
  if (!is_per_shell(node)) {
    SlaterShell shell;
    read_section<SlaterShell>(node, slater_keys(), shell);
    draft.element.slater.assign(skgen::highest_table_l + 1, shell);
    return;
  }
  for (const YamlNode::Entry& entry : node.entries("one set of functions per s, p, d, f"))
    read_section<SlaterShell>(entry.value, slater_keys(),
                              draft.element.slater[static_cast<std::size_t>(read_l(entry))]);
}

std::map<int, double> read_energies(const YamlNode& node, const Range& range) {
  std::map<int, double> out;
  for (const YamlNode::Entry& entry : node.entries("energies per s, p, d, f"))
    out[read_l(entry)] = read_hartree(entry.value, range);
  return out;
}

void choose_valence(ElementDraft& draft) {
  for (const std::string& name : draft.valence) {
    auto& shells = draft.element.shells;
    auto found = std::ranges::find_if(shells, [&](const Shell& s) { return s.name() == name; });
    if (found == shells.end()) found = shells.insert(shells.end(), *parse_shell(name));
    draft.element.valence.push_back(static_cast<std::size_t>(found - shells.begin()));
  }
}

std::vector<std::string> read_valence(const YamlNode& node) {
  std::vector<std::string> out;
  for (const YamlNode& item : node.items("a list of shells")) {
    const auto shell = parse_shell(item.text());
    if (!shell || item.text().size() != 2)
      item.fail(fmt::format("'{}' is no shell, such as 6s", item.text()));
    out.push_back(item.text());
  }
  return out;
}

/// Slater functions are kept up to the highest l in use.
void trim(ElementRecipe& element) {
  if (element.slater.empty()) return;
  int highest = 0;
  for (const Shell& shell : element.shells) highest = std::max(highest, shell.l);
  element.slater.resize(static_cast<std::size_t>(highest) + 1);
  std::map<int, Confinement> waves;
  for (const std::size_t i : element.valence) {
    const int l = element.shells[i].l;
    waves[l] = element.wave.at(l);
  }
  element.wave = waves;
}

}  // namespace

std::vector<Shell> read_configuration(const YamlNode& node) {
  std::vector<Shell> out;
  append_shells(node.text(), node, out);
  return out;
}

int read_l(const YamlNode::Entry& entry) {
  const std::size_t l = letters.find(entry.key);
  if (entry.key.size() != 1 || l == std::string_view::npos)
    throw InputError(entry.where,
                     fmt::format("{}: expected one of s, p, d, f", entry.value.path()));
  return static_cast<int>(l);
}

std::span<const SectionKey<Confinement>> wall_keys() {
  static const std::vector<SectionKey<Confinement>> table{
      {"radius", "number", "bohr", "1.85 covalent radii", "r0 of the wall (r/r0)^n, in Hartree",
       [](Confinement& wall, const YamlNode& node) {
         wall.radius = read_bohr(node, between(0.1, 100.0));
       }},
      {"power", "number", "", "2", "n",
       [](Confinement& wall, const YamlNode& node) {
         wall.power = read_number(node, Dimension::none, between(1.0, 30.0));
       }},
  };
  return table;
}

std::span<const SectionKey<SlaterShell>> slater_keys() {
  static const std::vector<SectionKey<SlaterShell>> table{
      {"exponents", "list of numbers", "1/bohr", "required", "α of r^(l+p) exp(-α r)",
       [](SlaterShell& shell, const YamlNode& node) {
         shell.exponents.clear();
         for (const YamlNode& item : node.items("a list of numbers"))
           shell.exponents.push_back(read_number(item, Dimension::none, between(0.01, 1e5)));
         if (shell.exponents.empty()) node.fail("an empty list given, expected a number at least");
         std::vector<double> sorted = shell.exponents;
         std::ranges::sort(sorted);
         if (std::ranges::adjacent_find(sorted) != sorted.end())
           node.fail("an exponent is given twice; the functions would be the same");
       }},
      {"powers", "integer", "", "3", "p = 0 … powers-1 for every exponent",
       [](SlaterShell& shell, const YamlNode& node) {
         shell.powers = static_cast<int>(read_integer(node, between(1, 8)));
       }},
  };
  return table;
}

std::span<const SectionKey<ElementDraft>> element_keys() {
  static const std::vector<SectionKey<ElementDraft>> table{
      {"configuration", "text", "", "required", "all electrons of the neutral atom: [Xe] 6s1",
       [](ElementDraft& d, const YamlNode& node) { d.element.shells = read_configuration(node); }},
      {"valence", "list of shells", "", "required",
       "shells that get orbitals, one per l, no gap; may be empty ones",
       [](ElementDraft& d, const YamlNode& node) {
         d.valence = read_valence(node);
         choose_valence(d);
       }},
      {"mass", "number", "u", "standard mass", "written into the tables",
       [](ElementDraft& d, const YamlNode& node) {
         d.element.mass = read_number(node, Dimension::none, between(0.1, 1000.0));
       }},
      {"relativity", "none|zora", "", "that of the recipe", "scalar-relativistic atom",
       [](ElementDraft& d, const YamlNode& node) {
         d.element.relativity = read_word(node, {"none", "zora"}) == "zora"
                                    ? skgen::Relativity::zora
                                    : skgen::Relativity::none;
       }},
      {"density", "{radius, power}", "", "see below",
       "wall of the atom whose density and potential are superposed",
       [](ElementDraft& d, const YamlNode& node) {
         d.element.density = read_wall(node, d.element.density);
       }},
      {"wave", "{radius, power}, or per l", "", "see below", "wall of the atom that gives orbitals",
       read_waves},
      {"slater", "{exponents, powers}, or per l", "", "complete basis",
       "Slater functions, to reproduce published tables", read_slater},
      {"shell_resolved", "true|false", "", "true",
       "Hubbard U of every shell, or that of the highest occupied for all",
       [](ElementDraft& d, const YamlNode& node) { d.element.shell_resolved = node.flag(); }},
      {"onsite", "numbers per l", "Ha", "free atom's", "on-site energies by hand: {s: -0.64}",
       [](ElementDraft& d, const YamlNode& node) {
         d.element.onsite = read_energies(node, between(-1e5, 100.0));
       }},
      {"hubbard", "numbers per l", "Ha", "computed", "Hubbard U by hand",
       [](ElementDraft& d, const YamlNode& node) {
         d.element.hubbard = read_energies(node, between(1e-3, 10.0));
       }},
  };
  return table;
}

ElementRecipe read_element(const YamlNode::Entry& entry, skgen::Relativity relativity) {
  const auto number = atomic_number(entry.key);
  if (!number || element_symbol(*number) != entry.key)
    throw InputError(entry.where, fmt::format("{}: is no element (H to Rn)", entry.value.path()));
  ElementDraft draft;
  draft.element.number = *number;
  draft.element.mass = atomic_mass(*number);
  draft.element.relativity = relativity;
  draft.element.density = default_wall(*number);
  for (int l = 0; l <= skgen::highest_table_l; ++l) draft.element.wave[l] = default_wall(*number);
  read_section<ElementDraft>(entry.value, element_keys(), draft);
  trim(draft.element);
  try {
    skgen::check_element(draft.element);
  } catch (const InputError& error) {
    throw InputError(entry.where, fmt::format("{}: {}", entry.value.path(), error.what()));
  }
  return draft.element;
}

}  // namespace ionpass::workflows
