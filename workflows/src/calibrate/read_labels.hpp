// Labelled structures from the files of a plan.
#pragma once

#include <filesystem>
#include <vector>

#include <potentials/calibrate.hpp>

#include "calibrate/plan.hpp"

namespace ionpass::workflows {

/// All structures of the files, checked, with families and held-out ones marked.
/// @param more files beside those of the plan: what it generated and labelled itself
/// @throws InputError with file and line for anything that cannot be used, IoError
[[nodiscard]] std::vector<calibrate::LabelledStructure> read_labels(
    const CalibrationPlan& plan, const std::vector<std::filesystem::path>& more);

/// The images of a labelled path. @throws InputError, IoError likewise
[[nodiscard]] std::vector<calibrate::LabelledStructure> read_path(const CalibrationPlan& plan,
                                                                  const HopCheck& hop);

/// The labelled displaced structures of a check, the one at rest first. Not their energies but
/// their forces count.
/// @throws InputError with file and line for fewer than two, for ones without forces or with other
/// atoms, charge, cell or k-points than the first; IoError
[[nodiscard]] std::vector<calibrate::LabelledStructure> read_displaced(const CalibrationPlan& plan,
                                                                       const PhononCheck& check);

/// "k1,k2,k3,weight" of each point, separated by blanks, as extxyz files carry them in `kpts`.
[[nodiscard]] std::vector<Kpoint> parse_kpoints(const std::string& text,
                                                const SourceLocation& where);
[[nodiscard]] std::string kpoints_text(const std::vector<Kpoint>& points);

}  // namespace ionpass::workflows
