// The files of a run folder: what belongs there, and whether it belongs to this study.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <workflows/plan.hpp>
#include <workflows/results.hpp>
#include <workflows/study.hpp>

#include "material_job.hpp"

namespace ionpass::workflows {

/// Keys whose values differ between two studies: "kinetics.temperatures", or
/// "materials.MAPbI3.neb.fmax" where not all materials changed alike; "materials.MAPbI3" for one
/// that came or went.
[[nodiscard]] std::vector<std::string> changed_keys(const Study& before, const Study& now);

/// Looks whether a run folder can continue with a study.
/// @returns keys that differ from the study it was made with; empty for a new folder
/// @throws InputError if the folder holds the study file itself or a study.yaml that no run wrote;
/// a study of another name, unless `fresh`; or if it is no folder
[[nodiscard]] std::vector<std::string> check_run_folder(const std::filesystem::path& run_dir,
                                                        const Study& study, bool fresh);

/// Moves all that a run of this or another study left to RUN/earlier-N.
/// @returns that folder; nothing if there was no run
/// @throws InputError if another process works on the folder, IoError
std::optional<std::filesystem::path> set_earlier_run_aside(const std::filesystem::path& run_dir,
                                                           const Study& study);

/// Takes away RUN/report.{html,md,json}, which are of a study that has changed.
void remove_reports(const std::filesystem::path& run_dir);

/// RUN/<material>, with the CIF of its supercell.
void write_material(const std::filesystem::path& run_dir, const PreparedMaterial& material);

/// Writes what an event brings to RUN/<material>/<file>.
void write_event(const std::filesystem::path& run_dir, const std::string& material,
                 const StageEvent& event);

/// RUN/report.{html,md,json}.
/// @param literature file of published barriers; empty: none
void write_reports(const std::filesystem::path& run_dir, const StudyResult& result,
                   const std::filesystem::path& literature);

}  // namespace ionpass::workflows
