// Parts of a calibration's report: vibrations, dynamics, and distance from the data.
#pragma once

#include <string>
#include <vector>

#include "calibrate/result.hpp"
#include "cli/output.hpp"

namespace ionpass::workflows {

[[nodiscard]] std::string vibrations_text(const CalibrationResult& result);
[[nodiscard]] std::string dynamics_text(const CalibrationResult& result);
[[nodiscard]] std::string novelty_text(const CalibrationResult& result);
[[nodiscard]] Json vibrations_json(const CalibrationResult& result);
[[nodiscard]] Json dynamics_json(const CalibrationResult& result);
[[nodiscard]] Json novelty_json(const CalibrationResult& result);
/// What they say of the set's accuracy, in short.
[[nodiscard]] std::vector<std::string> trial_statements(const CalibrationResult& result);

}  // namespace ionpass::workflows
