// What a set knows of the range of its data, and how well that tells where it errs.
#pragma once

#include <span>
#include <vector>

#include "calibrate/plan.hpp"
#include "calibrate/result.hpp"

namespace ionpass::workflows {

/// The environments of all data, for the set; and, with those of the training structures alone,
/// whether errors of forces are larger where surroundings are farther from the data: held-out
/// structures by the test fit, training structures by fits without their fold and surroundings
/// without their family.
void learn_range(const std::vector<calibrate::Sample>& samples, CalibrationResult& result);

/// Writes the environments of the plan's data to a set that is there already; nothing is fitted.
/// @param set its folder
/// @throws InputError, IoError
void write_range(const CalibrationPlan& plan, const std::vector<std::filesystem::path>& labelled,
                 const std::filesystem::path& set);

/// Spearman's rank correlation, equal values sharing their mean rank; nothing for fewer than three
/// values, or for values that are all equal.
[[nodiscard]] std::optional<double> rank_correlation(std::span<const double> a,
                                                     std::span<const double> b);

}  // namespace ionpass::workflows
