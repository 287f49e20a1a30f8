// Potentials in shared libraries, loaded by path.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "drivers/worker.hpp"

namespace ionpass::drivers {

/// A loaded plug-in. Shared by its workers; unloaded with the last of them.
class Plugin;

/// @throws DriverError not_found, wrong_version
[[nodiscard]] std::shared_ptr<const Plugin> load_plugin(const std::filesystem::path& library);

/// @throws InputError with what the plug-in says of its parameters
[[nodiscard]] std::unique_ptr<Worker> make_plugin_worker(std::shared_ptr<const Plugin> plugin,
                                                         const std::string& parameters);

}  // namespace ionpass::drivers
