// A folder for the files of one worker.
#pragma once

#include <filesystem>
#include <string_view>

#include "drivers/descriptor.hpp"

namespace ionpass::drivers {

/// Made on construction, readable by the user only, removed with its owner unless kept. A lock in
/// it tells other processes that its owner lives; the system lets go of it however the owner ends.
class ScratchFolder {
 public:
  /// @param base where it is made; empty: the system's folder for temporary files
  /// @throws DriverError disk_full or IoError if it cannot be made
  explicit ScratchFolder(const std::filesystem::path& base);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  Descriptor lock_;
};

/// Name of the lock in a folder.
inline constexpr const char* scratch_lock = ".lock";

/// Whether the file system of a folder has no space to speak of.
[[nodiscard]] bool is_disk_full(const std::filesystem::path& folder);

/// Writes a file for a program to read, without waiting for the disk: after a crash it is of no
/// use. @throws DriverError disk_full, IoError
void write_input_file(const std::filesystem::path& file, std::string_view text);

}  // namespace ionpass::drivers
