// The systems whose evaluations are timed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <potentials/registry.hpp>
#include <structures/structure.hpp>

namespace ionpass::bench {

/// What tblite 0.7.0 took elsewhere, and how long LAPACK's dsygvd of the same size took there.
struct Recorded {
  double seconds = 0.0, dsygvd = 0.0;
};

/// One structure with the settings it is computed with.
struct Case {
  std::string name;    ///< without blanks
  std::string system;  ///< as printed
  Structure structure;
  PotentialSettings settings;
  std::optional<Recorded> tblite = {};
  int threads = 1;
};

/// From the library's crystals: cells with and without a vacancy, small to large.
[[nodiscard]] std::vector<Case> cases();

/// The same structure with every atom moved by `distance` (Å) in a direction of its own, the same
/// on every call.
[[nodiscard]] Structure displaced(const Structure& structure, double distance);

/// Folder of the shipped parameter sets.
[[nodiscard]] std::filesystem::path parameter_data();

}  // namespace ionpass::bench
