// From a structure file to the list of hops: everything that needs no energy.
#include <algorithm>
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

/// Asks the potential about the cells it will see, and warns of hops that this supercell cannot
/// hold.
void check_cells(PreparedMaterial& material, const Potential& potential) {
  potential.check(material.supercell.structure);
  bool asked = false;
  for (const std::size_t i : material.chosen) {
    const Hop& hop = material.hops[i];
    std::optional<HopEndpoints> ends;
    try {
      ends = make_endpoints(material.supercell, hop, material.settings.defect.charge);
    } catch (const InputError& error) {
      material.warnings.push_back(fmt::format("hop {}: {}", hop.label, error.what()));
      continue;
    }
    if (asked) continue;
    asked = true;
    potential.check(ends->initial);
    for (std::string& warning : potential.warnings(ends->initial)) {
      material.warnings.push_back(std::move(warning));
    }
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

PreparedMaterial prepare_material(const MaterialStudy& settings, const Potential* potential) {
  return named(settings.name, [&] { return prepare(settings, potential); });
}

}  // namespace ionpass::workflows
