// From a structure file to the list of hops: everything that needs no energy.
#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <workflows/plan.hpp>

namespace ionpass::workflows {
namespace {

/// Runs a step and puts the material's name before the message of whatever input error it throws.
template <typename Step>
auto named(const std::string& material, Step&& step) {
  const auto message = [&](const Error& error) {
    return fmt::format("material {}: {}", material, error.what());
  };
  try {
    return step();
  } catch (const UnsupportedElement& error) {
    throw UnsupportedElement(message(error));
  } catch (const InputError& error) {
    throw InputError(message(error));
  } catch (const IoError& error) {
    throw IoError(message(error));
  }
}

int species_number(const std::string& symbol) {
  const std::optional<int> number = atomic_number(symbol);
  if (!number) {
    throw InputError(
        fmt::format("defect.vacancy: \"{}\" is no element; give a symbol such as I or Br", symbol));
  }
  return *number;
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// @throws InputError for a wanted word that none of the hops has
void check_words(const std::vector<std::string>& wanted, std::vector<std::string> present,
                 const std::string& key) {
  std::sort(present.begin(), present.end());
  present.erase(std::unique(present.begin(), present.end()), present.end());
  for (const std::string& word : wanted) {
    if (contains(present, word)) continue;
    throw InputError(
        fmt::format("{}: no hop is \"{}\"; there are {}", key, word, fmt::join(present, ", ")));
  }
}

/// A defective cell of the chosen hops; warns of hops that the supercell cannot hold.
/// @throws InputError if it can hold none
Structure defective_cell(PreparedMaterial& material) {
  std::optional<Structure> cell;
  std::vector<std::string> refused;
  for (const std::size_t i : material.chosen) {
    try {
      HopEndpoints ends =
          make_endpoints(material.supercell, material.hops[i], material.settings.defect.charge,
                         material.settings.defect.unpaired);
      if (!cell) cell = std::move(ends.initial);
    } catch (const InputError& error) {
      refused.emplace_back(error.what());
    }
  }
  if (!cell) {
    throw InputError(fmt::format("supercell: it can hold none of the {} chosen hops; {}",
                                 refused.size(), refused.front()));
  }
  std::move(refused.begin(), refused.end(), std::back_inserter(material.warnings));
  return *std::move(cell);
}

/// Asks the potential about the cells it will see.
void check_cells(PreparedMaterial& material, const Potential& potential) {
  potential.check(material.supercell.structure);
  const Structure defective = defective_cell(material);
  potential.check(defective);
  for (std::string& warning : potential.warnings(defective)) {
    material.warnings.push_back(std::move(warning));
  }
}

PreparedMaterial prepare(const MaterialStudy& settings, const Potential* potential) {
  PreparedMaterial material;
  material.settings = settings;
  material.frame = read_frame(settings.structure);
  material.warnings = material.frame.warnings;
  const Structure& unit = material.frame.structure;
  material.symmetry = find_symmetry(unit, settings.symmetry_tolerance);
  material.sites = inequivalent_sites(unit, material.symmetry);
  material.hops = distinct_hops(unit, material.symmetry, species_number(settings.defect.vacancy),
                                settings.hops.max_distance);
  material.chosen = choose_hops(material.hops, settings.hops);
  material.supercell = make_supercell(unit, supercell_matrix(unit, settings.supercell));
  if (potential != nullptr) check_cells(material, *potential);
  return material;
}

}  // namespace

std::vector<std::size_t> choose_hops(const std::vector<Hop>& hops, const HopSettings& settings) {
  std::vector<std::string> kinds;
  std::vector<std::string> labels;
  for (const Hop& hop : hops) {
    kinds.push_back(to_string(hop.kind));
    labels.push_back(hop.label);
  }
  check_words(settings.kinds, kinds, "hops.kinds");
  check_words(settings.only, labels, "hops.only");
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < hops.size(); ++i) {
    if (settings.limit && chosen.size() >= *settings.limit) break;
    if (hops[i].length > settings.max_distance) continue;
    if (!settings.kinds.empty() && !contains(settings.kinds, kinds[i])) continue;
    if (!settings.only.empty() && !contains(settings.only, labels[i])) continue;
    chosen.push_back(i);
  }
  if (chosen.empty()) {
    throw InputError(fmt::format(
        "hops: the settings choose none of the {} distinct hops up to {:.2f} Å; allow more kinds, "
        "labels or distance",
        hops.size(), settings.max_distance));
  }
  return chosen;
}

PotentialFactory shipped_potential_factory(std::filesystem::path data) {
  return [data = std::move(data)](const PotentialSettings& settings) {
    return make_potential(settings, data);
  };
}

std::unique_ptr<Potential> named_potential(const std::string& material,
                                           const PotentialSettings& settings,
                                           const PotentialFactory& factory) {
  return named(material, [&] { return factory(settings); });
}

PreparedMaterial prepare_material(const MaterialStudy& settings, const Potential* potential) {
  return named(settings.name, [&] { return prepare(settings, potential); });
}

}  // namespace ionpass::workflows
