// What an external program writes: read in parts, and quoted where something failed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include <potentials/driver_error.hpp>

namespace ionpass::drivers {

/// The two files that a running program writes to.
struct ProgramOutput {
  std::filesystem::path output;
  std::filesystem::path errors;
  std::size_t read = 0;  ///< bytes of `output` that belong to earlier evaluations

  /// What `output` holds beyond `read`. @throws DriverError as require_bounded()
  [[nodiscard]] std::string fresh() const;
  /// That neither file has grown beyond what a program says in one evaluation.
  /// @throws DriverError protocol_violation
  void require_bounded() const;
  /// The same of another file. @param from bytes of it that do not count
  void require_bounded(const std::filesystem::path& file, std::size_t from = 0) const;
  /// The last lines of both files in one line, as "…; it said: 'a' / 'b'"; empty if they are.
  [[nodiscard]] std::string tail() const;
  /// True if the program complained of a full disk, or the disk is full.
  [[nodiscard]] bool shows_full_disk() const;
};

/// An error that names the program and quotes the end of its output; a full disk is told apart
/// whatever the failure looked like.
[[nodiscard]] DriverError failure(FailureKind kind, const std::string& message,
                                  const ProgramOutput& output);

}  // namespace ionpass::drivers
