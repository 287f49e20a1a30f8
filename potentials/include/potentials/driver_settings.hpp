// How an external program is run: everything about it that is not its physics.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace ionpass {

struct DriverSettings {
  std::vector<std::string> command;  ///< argument vector; empty: the one of the driver
  std::string exchange;              ///< "socket", "files", or empty: as the driver prefers
  std::string transport = "unix";    ///< of the socket: "unix", or "inet" (a TCP port)
  std::string host = "localhost";    ///< interface an inet socket listens on
  int ranks = 1;                     ///< MPI ranks of one worker
  std::vector<std::string> launcher = {"mpirun", "-np",
                                       "{ranks}"};  ///< put in front for more than one rank
  double timeout = 3600.0;                          ///< s, for one evaluation
  double start_timeout = 120.0;                     ///< s, until a program connects
  int retries = 1;                                  ///< fresh starts after a failure that may pass
  std::filesystem::path scratch;        ///< where folders of workers are made; empty: temporary
  bool keep_output = false;             ///< keep the output of every evaluation, not of failed ones
  std::filesystem::path template_file;  ///< instead of the driver's own
  std::filesystem::path pseudopotentials;  ///< folder searched before the driver's own
  std::filesystem::path library;           ///< of a plug-in
  std::string parameters;                  ///< text handed to a plug-in
};

/// Removes the folders of workers that were killed before they could do so. Call it only while no
/// driver works there.
/// @param base the `scratch` of those drivers; it need not exist
/// @returns how many there were
std::size_t remove_left_scratch(const std::filesystem::path& base);

}  // namespace ionpass
