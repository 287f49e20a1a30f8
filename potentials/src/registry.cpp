#include <algorithm>

#include <fmt/format.h>

#include <potentials/registry.hpp>
#include <structures/error.hpp>

#include "dftb/dftb_potential.hpp"
#include "dftb/parameter_set.hpp"
#include "dispersion/d3.hpp"
#include "drivers/driver_potential.hpp"
#include "drivers/recipe.hpp"
#include "gfn1/gfn1_potential.hpp"
#include "pairs/pair_corrected.hpp"

namespace ionpass {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view dftb_prefix = "dftb/";
constexpr std::string_view gfn1_name = "gfn1-xtb";
constexpr std::string_view gfn1_short_name = "gfn1";
constexpr std::string_view driver_prefix = "driver/";
constexpr std::string_view pairs_prefix = "pairs/";

/// Names of the folders that hold a file of this name.
std::vector<std::string> folders_with(const fs::path& parent, const char* file) {
  std::vector<std::string> names;
  if (!fs::is_directory(parent)) return names;
  for (const auto& entry : fs::directory_iterator(parent)) {
    if (fs::exists(entry.path() / file)) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> shipped_sets(const fs::path& data) {
  return folders_with(data / "dftb", "set.yaml");
}

std::vector<std::string> shipped_drivers(const fs::path& data) {
  return folders_with(data / "drivers", "driver.yaml");
}

fs::path find_driver(const std::string& driver, const fs::path& data) {
  const std::vector<std::string> shipped = shipped_drivers(data);
  if (std::find(shipped.begin(), shipped.end(), driver) != shipped.end())
    return data / "drivers" / driver;
  if (fs::exists(fs::path(driver) / "driver.yaml")) return driver;
  std::string known;
  for (const std::string& name : shipped)
    known += fmt::format("{}driver/{}", known.empty() ? "" : ", ", name);
  throw InputError(
      fmt::format("potential 'driver/{}': neither a shipped driver ({}) nor a folder with a "
                  "driver.yaml",
                  driver, known));
}

bool holds_parameters(const fs::path& folder) {
  if (!fs::is_directory(folder)) return false;
  if (fs::exists(folder / "set.yaml")) return true;
  return std::any_of(
      fs::directory_iterator(folder), fs::directory_iterator(),
      [](const fs::directory_entry& entry) { return entry.path().extension() == ".skf"; });
}

std::shared_ptr<const dispersion::D3Reference> d3_reference(const fs::path& data) {
  return std::make_shared<const dispersion::D3Reference>(data / "d3");
}

std::unique_ptr<Potential> make_dftb(const PotentialSettings& settings, const fs::path& data) {
  const fs::path folder = parameter_set_folder(settings.name.substr(dftb_prefix.size()), data);
  const dftb::SetDescription set = dftb::read_set_description(folder);
  if (settings.d3 && (set.holds_dispersion || set.d3))
    throw InputError(
        fmt::format("{} holds dispersion {} already: leave d3 out, or choose another set",
                    set.potential.name, set.d3 ? "of its own" : "in its repulsion"));
  const std::optional<D3Damping> damping = settings.d3 ? settings.d3 : set.d3;
  std::optional<dispersion::D3> dispersion;
  if (damping) dispersion.emplace(d3_reference(data), *damping);
  return std::make_unique<dftb::DftbPotential>(set, settings, std::move(dispersion));
}

std::unique_ptr<Potential> make_gfn1(const PotentialSettings& settings, const fs::path& data,
                                     const ParameterShifts& shifts = {}) {
  if (settings.d3)
    throw InputError("gfn1-xtb has its own dispersion with fixed parameters: leave d3 out");
  return std::make_unique<gfn1::Gfn1Potential>(data / "gfn1", d3_reference(data), settings, shifts);
}

bool is_gfn1(const std::string& name) { return name == gfn1_name || name == gfn1_short_name; }

std::unique_ptr<Potential> make_pairs(const PotentialSettings& settings, const fs::path& data) {
  const fs::path shipped = data / "pairs" / settings.name.substr(pairs_prefix.size());
  const fs::path folder = fs::exists(shipped / "set.yaml")
                              ? shipped
                              : fs::path(settings.name.substr(pairs_prefix.size()));
  if (!fs::exists(folder / "set.yaml"))
    throw InputError(fmt::format(
        "potential '{}': not a folder with the set.yaml of pair potentials, as 'ionpass calibrate' "
        "writes it",
        settings.name));
  PairSet set = read_pair_set(folder);
  if (set.base.starts_with(pairs_prefix))
    throw InputError(fmt::format("potential '{}': its base is '{}', pair potentials themselves",
                                 settings.name, set.base));
  PotentialSettings base = settings;
  base.name = set.base;
  if (!set.shifts.empty()) {
    if (!is_gfn1(set.base))
      throw InputError(
          fmt::format("potential '{}': shifts are for the base gfn1-xtb, this one is "
                      "'{}'",
                      settings.name, set.base));
    auto moved = make_gfn1(base, data, set.shifts);
    return std::make_unique<PairCorrectedPotential>(std::move(set), std::move(moved));
  }
  return std::make_unique<PairCorrectedPotential>(std::move(set), make_potential(base, data));
}

}  // namespace

fs::path parameter_set_folder(const std::string& set, const fs::path& data) {
  const std::vector<std::string> shipped = shipped_sets(data);
  if (std::find(shipped.begin(), shipped.end(), set) != shipped.end()) return data / "dftb" / set;
  if (holds_parameters(set)) return set;
  std::string known;
  for (const std::string& name : shipped)
    known += fmt::format("{}dftb/{}", known.empty() ? "" : ", ", name);
  throw InputError(fmt::format(
      "potential 'dftb/{}': neither a shipped set ({}) nor a folder with .skf files", set, known));
}

std::unique_ptr<Potential> make_potential(const PotentialSettings& settings, const fs::path& data) {
  if (settings.name.starts_with(dftb_prefix)) return make_dftb(settings, data);
  if (is_gfn1(settings.name)) return make_gfn1(settings, data);
  if (settings.name.starts_with(pairs_prefix)) return make_pairs(settings, data);
  if (settings.name.starts_with(driver_prefix))
    return std::make_unique<drivers::DriverPotential>(
        find_driver(settings.name.substr(driver_prefix.size()), data), settings);
  throw InputError(
      fmt::format("potential '{}' is not known; there is {}, dftb/SET with SET a shipped set or a "
                  "folder of .skf files, pairs/FOLDER, and driver/NAME, as 'ionpass potentials' "
                  "lists them",
                  settings.name, gfn1_name));
}

std::vector<PotentialDescription> shipped_potentials(const fs::path& data) {
  std::vector<PotentialDescription> out;
  for (const std::string& name : shipped_sets(data))
    out.push_back(dftb::read_set_description(data / "dftb" / name).potential);
  for (const std::string& name : shipped_drivers(data))
    out.push_back(drivers::read_recipe(data / "drivers" / name).potential);
  if (fs::exists(data / "gfn1" / "set.yaml")) out.push_back(gfn1::read_description(data / "gfn1"));
  return out;
}

}  // namespace ionpass
