// A recipe from YAML.
#include <algorithm>
#include <cmath>

#include <structures/elements.hpp>
#include <structures/io.hpp>
#include <structures/units.hpp>
#include <workflows/recipe.hpp>

#include "recipe/recipe_table.hpp"

namespace ionpass::workflows {
namespace {

using skgen::Recipe;
using skgen::TableGrid;

/// The recipe, and what its elements start from.
struct RecipeDraft {
  Recipe recipe;
  skgen::Relativity relativity = skgen::Relativity::zora;
  std::filesystem::path folder;  // of the file
};

/// A number without a unit is in the atomic unit; one with a unit is converted.
double read_atomic(const YamlNode& node, Dimension dimension, double unit, const Range& range) {
  const std::string text = node.text();
  const bool has_unit = text.find(' ') != std::string::npos ||
                        text.find_first_not_of("+-.0123456789eE") != std::string::npos;
  const double value = has_unit ? node.quantity(dimension) / unit : node.quantity(Dimension::none);
  if (!range.holds(value))
    node.fail(fmt::format("{} given, must be {} {}", text, range.text,
                          dimension == Dimension::length ? "bohr" : "Ha"));
  return value;
}

template <class Member>
SectionKey<RecipeDraft> recipe_text(const std::string& name, const std::string& fallback,
                                    const std::string& meaning, Member member) {
  return {
      name,    "text",
      "",      fallback,
      meaning, [member](RecipeDraft& d, const YamlNode& node) { d.recipe.*member = node.text(); }};
}

std::vector<std::string> read_texts(const YamlNode& node) {
  std::vector<std::string> out;
  for (const YamlNode& item : node.items("a list of texts")) out.push_back(item.text());
  return out;
}

void read_functionals(RecipeDraft& draft, const YamlNode& node) {
  draft.recipe.functionals = node.is_scalar() ? std::vector{node.text()} : read_texts(node);
  if (draft.recipe.functionals.empty()) node.fail("no functional given");
  try {
    skgen::check_functionals(draft.recipe.functionals);
  } catch (const InputError& error) {
    node.fail(error.what());
  }
}

std::span<const SectionKey<TableGrid>> grid_keys() {
  static const std::vector<SectionKey<TableGrid>> table{
      {"start", "number", "bohr", "0.4", "first distance; rows before it are zero",
       [](TableGrid& grid, const YamlNode& node) {
         grid.start = read_bohr(node, between(0.02, 5.0));
       }},
      {"step", "number", "bohr", "0.02", "between rows",
       [](TableGrid& grid, const YamlNode& node) {
         grid.step = read_bohr(node, between(0.005, 0.2));
       }},
      {"threshold", "number", "Ha", "5e-5",
       "a table ends before the first bohr in which all integrals are smaller",
       [](TableGrid& grid, const YamlNode& node) {
         grid.threshold = read_hartree(node, between(1e-9, 1e-2));
       }},
      {"max_distance", "number", "bohr", "40", "where a table ends at the latest",
       [](TableGrid& grid, const YamlNode& node) {
         grid.max_distance = read_bohr(node, between(2.0, 60.0));
       }},
  };
  return table;
}

/// {H-C: 10.0}
void read_ends(RecipeDraft& draft, const YamlNode& node) {
  for (const YamlNode::Entry& entry : node.entries("a mapping of pairs, such as H-C: 10.0")) {
    const std::size_t dash = entry.key.find('-');
    const auto a = atomic_number(entry.key.substr(0, dash));
    const auto b =
        dash == std::string::npos ? std::nullopt : atomic_number(entry.key.substr(dash + 1));
    if (!a || !b)
      throw InputError(entry.where,
                       fmt::format("{}: is no pair of elements, such as H-C", entry.value.path()));
    const auto pair = std::minmax(*a, *b);
    draft.recipe.ends[{pair.first, pair.second}] = read_bohr(entry.value, between(2.0, 60.0));
  }
}

void read_elements(RecipeDraft& draft, const YamlNode& node) {
  for (const YamlNode::Entry& entry : node.entries("a mapping of elements, such as H: {…}"))
    draft.recipe.elements.push_back(read_element(entry, draft.relativity));
}

void read_repulsion(RecipeDraft& draft, const YamlNode& node) {
  draft.recipe.repulsion = draft.folder / node.text();
  if (!std::filesystem::is_directory(draft.recipe.repulsion))
    node.fail(fmt::format("'{}' is no folder", draft.recipe.repulsion.string()));
}

std::span<const SectionKey<RecipeDraft>> recipe_keys() {
  static const std::vector<SectionKey<RecipeDraft>> table{
      recipe_text("set", "required", "name of the set", &Recipe::name),
      recipe_text("version", "none", "of the set", &Recipe::version),
      recipe_text("summary", "none", "one line for 'ionpass potentials'", &Recipe::summary),
      recipe_text("licence", "none", "of the tables", &Recipe::licence),
      {"citations", "list of texts", "", "none",
       "papers of the recipe; those of the functional are added",
       [](RecipeDraft& d, const YamlNode& node) { d.recipe.citations = read_texts(node); }},
      {"functional", "list of libxc names", "", "[gga_x_pbe, gga_c_pbe]",
       "LDA or GGA; exchange and correlation, or both in one", read_functionals},
      {"superposition", "density|potential", "", "density",
       "exchange and correlation of summed densities, or summed potentials",
       [](RecipeDraft& d, const YamlNode& node) {
         d.recipe.superposition = read_word(node, {"density", "potential"}) == "density"
                                      ? skgen::Superposition::density
                                      : skgen::Superposition::potential;
       }},
      {"relativity", "none|zora", "", "zora", "of all elements that do not say otherwise",
       [](RecipeDraft& d, const YamlNode& node) {
         d.relativity = read_word(node, {"none", "zora"}) == "zora" ? skgen::Relativity::zora
                                                                    : skgen::Relativity::none;
       }},
      {"grid", "section", "", "see below", "distances of the tables",
       [](RecipeDraft& d, const YamlNode& node) {
         read_section<TableGrid>(node, grid_keys(), d.recipe.grid);
       }},
      {"ends", "numbers per pair", "bohr", "by the threshold", "fixed last distance: {H-C: 10.0}",
       read_ends},
      {"tolerance", "number", "Ha", "2e-7", "largest error of an integral beyond 1 bohr",
       [](RecipeDraft& d, const YamlNode& node) {
         d.recipe.quadrature_tolerance = read_hartree(node, between(1e-10, 1e-3));
       }},
      {"repulsion", "folder", "", "none", "A-B.spl files to put beside the tables", read_repulsion},
      {"elements", "section per symbol", "", "required", "what the set is made of", read_elements},
  };
  return table;
}

void check_grid(const Recipe& recipe, const YamlNode& node) {
  const double rows = recipe.grid.start / recipe.grid.step;
  if (std::abs(rows - std::round(rows)) > 1e-6)
    node.fail(fmt::format("grid.start: {} bohr is no multiple of the step, {} bohr",
                          recipe.grid.start, recipe.grid.step));
  if (recipe.grid.max_distance < recipe.grid.start + 1.0)
    node.fail("grid.max_distance: must exceed the start by 1 bohr at least");
}

/// Fixed ends belong to pairs of the set, and leave room for a table.
void check_ends(const Recipe& recipe, const YamlNode& node) {
  const auto has = [&](int number) {
    return std::ranges::find(recipe.elements, number, &skgen::ElementRecipe::number) !=
           recipe.elements.end();
  };
  for (const auto& [pair, end] : recipe.ends) {
    const std::string name =
        fmt::format("{}-{}", element_symbol(pair.first), element_symbol(pair.second));
    if (!has(pair.first) || !has(pair.second))
      node.fail(fmt::format("ends.{}: the set has no such pair; remove it", name));
    if (end < recipe.grid.start + 1.0)
      node.fail(fmt::format("ends.{}: {} bohr given, must exceed grid.start by 1 bohr", name, end));
  }
}

void check_name(const Recipe& recipe, const YamlNode& node) {
  const auto fits = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
  };
  if (!std::ranges::all_of(recipe.name, fits) || recipe.name.front() == '.')
    node.fail(fmt::format("set: '{}' cannot name a set; use letters, digits, '.', '_', '-'",
                          recipe.name));
}

}  // namespace

double read_bohr(const YamlNode& node, const Range& range) {
  return read_atomic(node, Dimension::length, units::bohr, range);
}

double read_hartree(const YamlNode& node, const Range& range) {
  return read_atomic(node, Dimension::energy, units::hartree, range);
}

Recipe parse_recipe(const std::string& text, const std::filesystem::path& file) {
  const YamlNode root = YamlNode::parse(text, file.string(), "ionpass skgen --schema");
  RecipeDraft draft;
  draft.folder = file.parent_path();
  draft.recipe.functionals = {"gga_x_pbe", "gga_c_pbe"};
  draft.recipe.text = text;
  read_section<RecipeDraft>(root, recipe_keys(), draft);
  if (draft.recipe.elements.empty()) root.fail("elements: none given");
  check_grid(draft.recipe, root);
  check_ends(draft.recipe, root);
  check_name(draft.recipe, root);
  return draft.recipe;
}

Recipe read_recipe(const std::filesystem::path& file) {
  return parse_recipe(read_text_file(file), file);
}

std::string recipe_schema_text() {
  return section_text("recipe (plain numbers in atomic units; a value may carry its own unit)",
                      recipe_keys()) +
         section_text("grid", grid_keys()) + section_text("elements.SYMBOL", element_keys()) +
         section_text(
             "density, wave (default: 1.85 covalent radii, power 2: Koskinen & Mäkinen, "
             "Comput. Mater. Sci. 47, 237 (2009))",
             wall_keys()) +
         section_text("slater", slater_keys());
}

}  // namespace ionpass::workflows
