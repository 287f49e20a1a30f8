// What a recipe's element must fulfil before anything is computed.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <potentials/skgen.hpp>
#include <structures/elements.hpp>
#include <structures/error.hpp>

#include "skgen/exchange_correlation.hpp"

namespace ionpass::skgen {
namespace {

double capacity(int l) { return 2.0 * (2 * l + 1); }

void check_shell(const Shell& shell) {
  if (shell.l < 0 || shell.l > highest_table_l || shell.n <= shell.l)
    throw InputError(fmt::format("there is no shell {} (n must exceed l)", shell.name()));
  if (!(shell.electrons >= 0.0) || shell.electrons > capacity(shell.l))
    throw InputError(fmt::format("{:g} electrons in {}, which holds 0 to {:g}", shell.electrons,
                                 shell.name(), capacity(shell.l)));
}

/// Every shell's lower neighbours of the same l must be there, and full.
void check_core(const std::vector<Shell>& shells) {
  for (const Shell& shell : shells) {
    for (int n = shell.l + 1; n < shell.n; ++n) {
      const Shell lower{n, shell.l, 0.0};
      const auto found =
          std::ranges::find_if(shells, [&](const Shell& s) { return s.n == n && s.l == shell.l; });
      if (found == shells.end())
        throw InputError(fmt::format("{} is given without {} below it; list all occupied shells",
                                     shell.name(), lower.name()));
      if (shell.electrons > 0.0 && found->electrons < capacity(shell.l))
        throw InputError(fmt::format("{} has a hole ({:g} of {:g} electrons) below the occupied {}",
                                     lower.name(), found->electrons, capacity(shell.l),
                                     shell.name()));
    }
    if (std::ranges::count_if(shells,
                              [&](const Shell& s) { return s.n == shell.n && s.l == shell.l; }) > 1)
      throw InputError(fmt::format("{} is given twice", shell.name()));
  }
}

void check_valence(const ElementRecipe& recipe) {
  if (recipe.valence.empty()) throw InputError("the valence has no shell");
  std::vector<int> l_values;
  for (const std::size_t index : recipe.valence) {
    const Shell& shell = recipe.shells.at(index);
    if (std::ranges::find(l_values, shell.l) != l_values.end())
      throw InputError(
          fmt::format("the valence has two shells like {}; a table has one orbital per s, p, d, f",
                      shell.name()));
    l_values.push_back(shell.l);
    if (!recipe.wave.contains(shell.l))
      throw InputError(fmt::format("no confinement for the orbital {}", shell.name()));
  }
  std::ranges::sort(l_values);
  for (int l = 0; l < static_cast<int>(l_values.size()); ++l)
    if (l_values[static_cast<std::size_t>(l)] != l)
      throw InputError(fmt::format(
          "the valence has no {} shell below its {} shell; the file format needs every l up to the "
          "highest (an empty shell will do)",
          "spdf"[l], "spdf"[l_values.back()]));
}

void check_slater(const ElementRecipe& recipe) {
  if (recipe.slater.empty()) return;
  for (const Shell& shell : recipe.shells) {
    const auto l = static_cast<std::size_t>(shell.l);
    if (l >= recipe.slater.size() || recipe.slater[l].exponents.empty())
      throw InputError(fmt::format("no Slater exponents for the shell {}", shell.name()));
    const auto functions =
        static_cast<int>(recipe.slater[l].exponents.size()) * recipe.slater[l].powers;
    if (functions < shell.n - shell.l)
      throw InputError(fmt::format("{} Slater functions cannot hold the shell {}; add exponents",
                                   functions, shell.name()));
  }
}

}  // namespace

std::string Shell::name() const {
  return l >= 0 && l <= highest_table_l ? fmt::format("{}{}", n, "spdf"[l])
                                        : fmt::format("n={} l={}", n, l);
}

void check_element(const ElementRecipe& recipe) {
  static_cast<void>(element_symbol(recipe.number));
  double electrons = 0.0;
  for (const Shell& shell : recipe.shells) {
    check_shell(shell);
    electrons += shell.electrons;
  }
  check_core(recipe.shells);
  if (std::abs(electrons - recipe.number) > 1e-9)
    throw InputError(fmt::format("the configuration has {:g} electrons, a neutral {} has {}",
                                 electrons, element_symbol(recipe.number), recipe.number));
  check_valence(recipe);
  check_slater(recipe);
}

void check_functionals(const std::vector<std::string>& names) {
  static_cast<void>(ExchangeCorrelation(names));
}

}  // namespace ionpass::skgen
