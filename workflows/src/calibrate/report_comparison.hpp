// The parts of a calibration's report that set the fit beside others.
#pragma once

#include <string>

#include "calibrate/result.hpp"
#include "cli/output.hpp"

namespace ionpass::workflows {

/// Empty where nothing was compared.
[[nodiscard]] std::string comparison_text(const CalibrationResult& result);
[[nodiscard]] std::string hops_text(const CalibrationResult& result);

/// Which parameters of the base moved; empty where none was asked to.
[[nodiscard]] std::string moved_text(const CalibrationResult& result);
[[nodiscard]] Json moved_json(const CalibrationResult& result);

/// Null, and an empty list, where nothing was compared.
[[nodiscard]] Json comparison_json(const CalibrationResult& result);
[[nodiscard]] Json hops_json(const CalibrationResult& result);

}  // namespace ionpass::workflows
