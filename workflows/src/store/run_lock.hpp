// One process at a time on a run folder.
#pragma once

#include <filesystem>

namespace ionpass::workflows {

/// Holds RUN/.lock for its lifetime. The lock belongs to the open file, so it ends with the process
/// however that ends.
class RunLock {
 public:
  /// @throws InputError if another process holds it, with its pid and host; IoError if the file
  /// cannot be locked
  explicit RunLock(const std::filesystem::path& run_dir);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace ionpass::workflows
