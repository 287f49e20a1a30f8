// The potentials that are there, and how to make one by its name.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <potentials/driver_settings.hpp>
#include <potentials/kpoints.hpp>
#include <potentials/potential.hpp>

namespace ionpass {

/// How the self-consistent cycle of a tight binding runs.
struct ScfSettings {
  double tolerance = 1e-7;  ///< largest change of a shell population, electrons
  int max_iterations = 200;
  double mixing = 0.5;  ///< fraction of the residual taken in the first step
  int history = 8;      ///< earlier cycles the mixer remembers
};

/// A potential by name, with the settings that any of them may have.
struct PotentialSettings {
  std::string name = "dftb/pilot-pbi3";  ///< "dftb/SET": a shipped set, or a folder of .skf files;
                                         ///< "driver/NAME": a shipped driver, or a folder with a
                                         ///< driver.yaml
  KpointSampling kpoints = KpointMesh{};
  double electronic_temperature = 300.0;  ///< K
  ScfSettings scf;
  DriverSettings driver;  ///< for "driver/…"
};

/// Makes a potential.
/// @param data folder of the shipped parameter sets
/// @throws InputError for an unknown name (with the nearest known ones) or unusable settings
[[nodiscard]] std::unique_ptr<Potential> make_potential(const PotentialSettings& settings,
                                                        const std::filesystem::path& data);

/// Descriptions of all potentials that ship, in alphabetical order.
[[nodiscard]] std::vector<PotentialDescription> shipped_potentials(
    const std::filesystem::path& data);

}  // namespace ionpass
