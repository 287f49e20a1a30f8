// Workers that run external programs: one run per evaluation over files, or a process kept alive
// behind a socket.
#pragma once

#include <memory>

#include <potentials/driver_settings.hpp>

#include "drivers/dialect.hpp"
#include "drivers/worker.hpp"

namespace ionpass::drivers {

/// What all workers of one driver share; outlives them.
struct ProgramContext {
  std::string name;  ///< of the potential, for messages
  std::vector<std::string> command;
  DriverSettings settings;
  std::shared_ptr<const Dialect> dialect;
};

[[nodiscard]] std::unique_ptr<Worker> make_file_worker(const ProgramContext& context);
[[nodiscard]] std::unique_ptr<Worker> make_socket_worker(const ProgramContext& context);

/// The argument vector with the launcher in front where there are several ranks.
[[nodiscard]] std::vector<std::string> with_launcher(std::vector<std::string> arguments,
                                                     const DriverSettings& settings);

}  // namespace ionpass::drivers
