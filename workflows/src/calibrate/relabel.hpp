// Labels that are there, made again from their geometries.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <hpc/communicator.hpp>

#include "calibrate/label.hpp"
#include "calibrate/plan.hpp"

namespace ionpass::workflows {

/// By how much a new label differs from the old one.
struct LabelChange {
  std::string name, config_type;
  std::size_t atoms = 0;
  std::optional<double> energy;  ///< eV, new less old
  double force = 0.0;            ///< eV/Å, length of the largest difference on an atom
  std::optional<double> stress;  ///< eV/Å³, largest difference of a component
};

/// What became of the labelled files of a plan.
struct Relabelled {
  std::vector<LabelChange> changes;         ///< of distinct structures, in the order of the files
  std::map<std::string, std::size_t> kept;  ///< structures that stay as they are, by source
  std::vector<std::string> failures;        ///< "name: reason"; left out of the new files
  std::size_t computed = 0;                 ///< now, and not before a stop
};

/// Folder of the new files, and the table of changes.
[[nodiscard]] std::filesystem::path relabelled_folder(const std::filesystem::path& folder);
[[nodiscard]] std::filesystem::path changes_file(const std::filesystem::path& folder);

/// Labels every structure again whose `source` is that of the settings, in the data, the paths and
/// the displaced crystals of a plan, over all ranks, each with its own charge and k-points; a
/// stopped call continues. Those of other sources stay as they are, and so do energy groups. Energy
/// and stress are written where the old label had them. The plan then names the new files.
/// @return on rank 0 @throws as label_frames(); InputError if no structure has this source, naming
/// those that there are, or if one has no forces
[[nodiscard]] Relabelled relabel_stage(CalibrationPlan& plan, const LabelSettings& settings,
                                       const std::filesystem::path& folder,
                                       const hpc::Communicator& world,
                                       const LabelObserver& observer);

}  // namespace ionpass::workflows
