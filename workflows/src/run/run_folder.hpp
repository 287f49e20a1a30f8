// The files of a run folder: what belongs there, and whether it belongs to this study.
#pragma once

#include <filesystem>
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
/// @throws InputError if the folder holds a study of another name and `fresh` is false, or no
/// folder at all
[[nodiscard]] std::vector<std::string> check_run_folder(const std::filesystem::path& run_dir,
                                                        const Study& study, bool fresh);

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
