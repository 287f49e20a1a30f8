// Commands on several MPI ranks; for tests that define IONPASS_MPIEXEC.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ionpass::test {

/// Words that run a command on so many ranks. The launcher keeps its session in a folder of the
/// test: programs that start and end at the same moment in the common one take it from each other.
inline std::vector<std::string> on_ranks(int ranks, const std::filesystem::path& folder,
                                         const std::vector<std::string>& command) {
  std::vector<std::string> words = {"/usr/bin/env",
                                    "OMPI_ALLOW_RUN_AS_ROOT=1",
                                    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1",
                                    "OMPI_MCA_orte_tmpdir_base=" + folder.string(),
                                    IONPASS_MPIEXEC,
                                    "--oversubscribe",
                                    "-n",
                                    std::to_string(ranks)};
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

}  // namespace ionpass::test
