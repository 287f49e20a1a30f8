// What a driver is made of: which program, its input template, its data per element.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <potentials/driver_settings.hpp>
#include <potentials/potential.hpp>

namespace ionpass::drivers {

/// The programs whose input and output we know, and the ways to reach any other.
enum class Program { cp2k, pw, ipi, command, plugin };

/// driver.yaml of a driver's folder, and what it names.
struct Recipe {
  std::filesystem::path file;  ///< the driver.yaml
  PotentialDescription potential;
  Program program = Program::command;
  std::vector<std::string> command;  ///< default argument vector
  std::string exchange;              ///< default: "socket" or "files"
  std::string minimum_version;       ///< of the program; empty: any
  std::filesystem::path template_file;
  std::vector<std::filesystem::path> data;  ///< folders of pseudopotentials
  std::filesystem::path gth;                ///< file of GTH pseudopotentials in CP2K's format
  std::map<int, std::map<std::string, std::string>>
      elements;  ///< per atomic number: "basis", "potential", "upf", "gth"
};

/// @param folder holds driver.yaml
/// @throws InputError with file, line and column; IoError
[[nodiscard]] Recipe read_recipe(const std::filesystem::path& folder);

}  // namespace ionpass::drivers
