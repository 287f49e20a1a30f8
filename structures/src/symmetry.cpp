#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <spglib.h>

#include <structures/error.hpp>
#include <structures/symmetry.hpp>

namespace ionpass {

namespace {

using Dataset = std::unique_ptr<SpglibDataset, decltype(&spg_free_dataset)>;

void require_usable(const Structure& structure, double tolerance) {
  if (!structure.cell) {
    throw InputError("a molecule has no space group: give a structure with a cell");
  }
  if (structure.size() == 0) throw InputError("a structure without atoms has no space group");
  if (structure.size() > static_cast<std::size_t>(std::numeric_limits<int>::max() / 64)) {
    throw InputError(fmt::format("{} atoms are too many for a symmetry search", structure.size()));
  }
  if (!std::isfinite(tolerance) || tolerance <= 0.0) {
    throw InputError(fmt::format("symmetry tolerance {} Å: it must be positive", tolerance));
  }
}

Dataset dataset(const Structure& structure, double tolerance) {
  // spglib wants rows of x components, so that its columns are the lattice vectors: Eigen's element
  // (i, j).
  double lattice[3][3];
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) lattice[i][j] = structure.cell->matrix()(i, j);
  }
  Eigen::Matrix3Xd fractional = structure.cell->inverse() * structure.positions;
  const auto positions = reinterpret_cast<double(*)[3]>(fractional.data());
  const int count = static_cast<int>(structure.size());
  return {spg_get_dataset(lattice, positions, structure.numbers.data(), count, tolerance),
          &spg_free_dataset};
}

std::vector<SymmetryOperation> operations(const SpglibDataset& data) {
  std::vector<SymmetryOperation> result(static_cast<std::size_t>(data.n_operations));
  for (std::size_t n = 0; n < result.size(); ++n) {
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 3; ++j) result[n].rotation(i, j) = data.rotations[n][i][j];
      result[n].translation(i) = data.translations[n][i];
    }
  }
  return result;
}

/// Orbits named by their first atom, whichever atom spglib names them by.
std::vector<std::size_t> orbits(const SpglibDataset& data) {
  std::map<int, std::size_t> first;
  std::vector<std::size_t> result;
  for (int i = 0; i < data.n_atoms; ++i) {
    const auto index = static_cast<std::size_t>(i);
    result.push_back(first.try_emplace(data.equivalent_atoms[i], index).first->second);
  }
  return result;
}

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace

Symmetry find_symmetry(const Structure& structure, double tolerance) {
  require_usable(structure, tolerance);
  const Dataset data = dataset(structure, tolerance);
  if (!data) {
    throw InputError(fmt::format(
        "no space group found with a tolerance of {:g} Å ({}): check for overlapping atoms "
        "or change the symmetry tolerance",
        tolerance, spg_get_error_message(spg_get_error_code())));
  }
  Symmetry symmetry;
  symmetry.number = data->spacegroup_number;
  symmetry.international = trimmed(data->international_symbol);
  symmetry.hall = trimmed(data->hall_symbol);
  symmetry.operations = operations(*data);
  symmetry.orbit = orbits(*data);
  for (int i = 0; i < data->n_atoms; ++i) {
    symmetry.wyckoff.push_back(static_cast<char>(
        data->wyckoffs[i] < 26 ? 'a' + data->wyckoffs[i] : 'A' + data->wyckoffs[i] - 26));
    symmetry.site_symmetry.push_back(trimmed(data->site_symmetry_symbols[i]));
  }
  return symmetry;
}

std::vector<Site> inequivalent_sites(const Structure& structure, const Symmetry& symmetry) {
  std::vector<Site> sites;
  std::map<std::size_t, std::size_t> site_of_orbit;
  for (std::size_t i = 0; i < structure.size(); ++i) {
    const auto [found, is_new] = site_of_orbit.try_emplace(symmetry.orbit.at(i), sites.size());
    if (is_new) {
      sites.push_back({i,
                       {},
                       structure.numbers[i],
                       symmetry.wyckoff.at(i),
                       symmetry.site_symmetry.at(i),
                       structure.label(i)});
    }
    sites[found->second].members.push_back(i);
  }
  return sites;
}

}  // namespace ionpass
