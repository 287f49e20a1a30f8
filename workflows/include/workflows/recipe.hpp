// The recipe of a set of Slater–Koster tables, as `ionpass skgen` reads it.
#pragma once

#include <filesystem>
#include <string>

#include <potentials/skgen.hpp>

namespace ionpass::workflows {

/// Reads and checks a recipe. Paths in it are relative to the file.
/// @throws InputError with file, line and column: unknown keys (nearest known one named), wrong
/// types, values out of range, electrons that do not fit, functionals that cannot be used
[[nodiscard]] skgen::Recipe read_recipe(const std::filesystem::path& file);
[[nodiscard]] skgen::Recipe parse_recipe(const std::string& text,
                                         const std::filesystem::path& file);

/// Keys, types, units, defaults and meanings of a recipe.
[[nodiscard]] std::string recipe_schema_text();

}  // namespace ionpass::workflows
