// The folder a worker's program runs in, and what of it is kept.
#pragma once

#include <optional>
#include <string>

#include <potentials/driver_settings.hpp>
#include <structures/structure.hpp>

#include "drivers/program_output.hpp"
#include "drivers/scratch_folder.hpp"

namespace ionpass::drivers {

/// What must stay the same for a process or its wave function to be of use for another structure.
struct SystemKey {
  std::vector<int> numbers;
  double charge = 0.0;
  std::optional<Cell> cell;
  bool stress = false;
  friend bool operator==(const SystemKey&, const SystemKey&) = default;
};

[[nodiscard]] SystemKey key_of(const Structure& structure, bool stress);

class Workspace {
 public:
  explicit Workspace(const DriverSettings& settings);

  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_.path(); }
  ProgramOutput output;

  /// Copies the small files of the folder aside, to stay. @param why begins the name of the copy
  /// @returns where they are; empty if they could not be copied
  std::filesystem::path keep_files(const std::string& why) const noexcept;
  /// After a good evaluation: keeps its output if the user wants that.
  void finish_evaluation();

 private:
  const DriverSettings& settings_;
  ScratchFolder folder_;
};

}  // namespace ionpass::drivers
