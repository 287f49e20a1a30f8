// The structures of a calibration, and what its base says of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <potentials/calibrate_base.hpp>

#include "calibrate/base.hpp"
#include "calibrate/result.hpp"

namespace ionpass::workflows {

/// Labels of the data, then those of the paths and of the references of vibrations, one list per
/// check (empty without a reference).
struct AllLabels {
  std::vector<calibrate::LabelledStructure> data;
  std::vector<std::vector<calibrate::LabelledStructure>> paths, displaced;
};
/// @param more files of data beside those of the plan
/// @throws InputError, IoError
[[nodiscard]] AllLabels read_all(const CalibrationPlan& plan,
                                 const std::vector<std::filesystem::path>& more);

[[nodiscard]] std::vector<int> elements_of(const std::vector<calibrate::LabelledStructure>& labels);

[[nodiscard]] bool is_dftb(const CalibrationPlan& plan);
[[nodiscard]] calibrate::SetBase set_base(const CalibrationPlan& plan);

/// What a potential says of the given structures and of all paths, the structures first.
/// @param whole the same in one list, with the counts
[[nodiscard]] std::vector<LabelEvaluations> evaluate_parts(
    const CalibrationPlan& plan, const Method& method,
    const std::vector<calibrate::LabelledStructure>& structures,
    const std::vector<std::vector<calibrate::LabelledStructure>>& paths, const BaseRun& run,
    LabelEvaluations& whole);

/// Takes the base's own repulsion off; it becomes part of what the pair potentials start from,
/// since theirs replace it.
void take_repulsion_off(const CalibrationPlan& plan,
                        const std::vector<calibrate::LabelledStructure>& labels,
                        LabelEvaluations& base);

/// Everything that is known of the base: its answers less its own repulsion.
struct KnownBase {
  LabelEvaluations data;
  std::vector<LabelEvaluations> paths;
  calibrate::PairFunctions prior;  ///< what the pair potentials start from
};
[[nodiscard]] KnownBase ask_base(const CalibrationPlan& plan, const Method& method,
                                 const AllLabels& labels, const BaseRun& run,
                                 LabelEvaluations& whole);

/// Labels with answers; the others become failures of the result.
[[nodiscard]] std::vector<calibrate::Sample> samples_of(
    const std::vector<calibrate::LabelledStructure>& labels, const LabelEvaluations& base,
    CalibrationResult& result);

}  // namespace ionpass::workflows
