// Where the data that ship with the program lie, whether it is installed or run from its build
// folder.
#pragma once

#include <filesystem>

namespace ionpass::workflows {

struct DataPaths {
  std::filesystem::path potentials;  ///< folder of the parameter sets
  std::filesystem::path structures;  ///< folder of the crystal structures
  std::filesystem::path studies;     ///< folder of the study files
  std::filesystem::path literature;  ///< file of published barriers
};

/// Paths below the folder that the environment variable IONPASS_DATA names (laid out as an
/// installation or as the source tree), else below ../share/ionpass beside the program, else in the
/// source tree the program was built from.
/// @throws IoError if none of them holds the data
[[nodiscard]] DataPaths data_paths();

/// Where a structure file lies: as written, below `folder`, or in the library for "library/NAME" if
/// that is not there.
[[nodiscard]] std::filesystem::path structure_path(const std::filesystem::path& written,
                                                   const std::filesystem::path& folder = {});

/// data_paths() below one folder; for tests.
[[nodiscard]] DataPaths data_paths_below(const std::filesystem::path& root);

}  // namespace ionpass::workflows
