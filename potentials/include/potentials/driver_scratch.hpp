// Folders that workers of external programs leave behind when their process is killed.
#pragma once

#include <cstddef>
#include <filesystem>

namespace ionpass {

/// Removes the folders of workers whose process ended before it could do so. Those of living ones
/// are locked and stay, as do those that another machine made. Any number of processes may call it
/// at the same time; where nothing else can work there, remove_left_scratch() of
/// driver_settings.hpp needs no locks.
/// @param base the `scratch` of those drivers; it need not exist. Empty: the system's folder for
/// temporary files
/// @returns how many there were
std::size_t remove_dead_scratch(const std::filesystem::path& base);

}  // namespace ionpass
