#include <algorithm>

#include <fmt/format.h>

#include <potentials/registry.hpp>
#include <structures/error.hpp>

#include "dftb/dftb_potential.hpp"
#include "dftb/parameter_set.hpp"

namespace ionpass {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view dftb_prefix = "dftb/";

std::vector<std::string> shipped_sets(const fs::path& data) {
  std::vector<std::string> names;
  if (!fs::is_directory(data / "dftb")) return names;
  for (const auto& entry : fs::directory_iterator(data / "dftb")) {
    if (fs::exists(entry.path() / "set.yaml")) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool holds_parameters(const fs::path& folder) {
  if (!fs::is_directory(folder)) return false;
  if (fs::exists(folder / "set.yaml")) return true;
  return std::any_of(
      fs::directory_iterator(folder), fs::directory_iterator(),
      [](const fs::directory_entry& entry) { return entry.path().extension() == ".skf"; });
}

fs::path find_set(const std::string& set, const fs::path& data) {
  const std::vector<std::string> shipped = shipped_sets(data);
  if (std::find(shipped.begin(), shipped.end(), set) != shipped.end()) return data / "dftb" / set;
  if (holds_parameters(set)) return set;
  std::string known;
  for (const std::string& name : shipped)
    known += fmt::format("{}dftb/{}", known.empty() ? "" : ", ", name);
  throw InputError(fmt::format(
      "potential 'dftb/{}': neither a shipped set ({}) nor a folder with .skf files", set, known));
}

}  // namespace

std::unique_ptr<Potential> make_potential(const PotentialSettings& settings, const fs::path& data) {
  if (settings.name.starts_with(dftb_prefix)) {
    const fs::path folder = find_set(settings.name.substr(dftb_prefix.size()), data);
    return std::make_unique<dftb::DftbPotential>(dftb::read_set_description(folder), settings);
  }
  throw InputError(
      fmt::format("potential '{}' is not known; there is dftb/SET, with SET a shipped set or a "
                  "folder of .skf files",
                  settings.name));
}

std::vector<PotentialDescription> shipped_potentials(const fs::path& data) {
  std::vector<PotentialDescription> out;
  for (const std::string& name : shipped_sets(data))
    out.push_back(dftb::read_set_description(data / "dftb" / name).potential);
  return out;
}

}  // namespace ionpass
