// The stages of a calibration that make its data: structures, then their labels.
#pragma once

#include <filesystem>
#include <string>

#include <hpc/communicator.hpp>

#include "calibrate/generate.hpp"
#include "calibrate/label.hpp"

namespace ionpass::workflows {

/// Where the stages leave their results.
[[nodiscard]] std::filesystem::path generated_file(const std::filesystem::path& folder);
[[nodiscard]] std::filesystem::path labelled_file(const std::filesystem::path& folder);

struct Generated {
  std::size_t structures = 0;
  std::string hash;  ///< SHA-256 of the file
};

/// Writes FOLDER/generated.extxyz; the same settings give the same file.
/// @throws as generate(), IoError
Generated generate_stage(const GenerateSettings& settings, const std::filesystem::path& folder);

/// Labels FOLDER/generated.extxyz over all ranks and writes FOLDER/labelled.extxyz.
/// @return on rank 0 @throws as label_frames(); InputError if nothing has been generated
[[nodiscard]] Labelled label_stage(const LabelSettings& settings,
                                   const std::filesystem::path& folder,
                                   const hpc::Communicator& world, const LabelObserver& observer);

}  // namespace ionpass::workflows
