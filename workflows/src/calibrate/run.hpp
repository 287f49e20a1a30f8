// A calibration from labelled data to a set with its report.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <hpc/communicator.hpp>

#include "calibrate/result.hpp"

namespace ionpass::workflows {

struct CalibrationRun {
  hpc::Communicator world;
  std::filesystem::path folder;                 ///< of the results: the store, the set, the report
  std::vector<std::filesystem::path> labelled;  ///< files beside those of the plan
  std::function<std::optional<std::string>()> stop = {};
  std::function<void(const std::string&)> note = {};      ///< a line worth keeping
  std::function<void(const std::string&)> progress = {};  ///< where it stands
};

/// Rank 0: reads the data, evaluates the base, chooses, fits, validates, and writes FOLDER/NAME
/// (the set), FOLDER/report.md and FOLDER/report.json. The other ranks help with the base.
/// @throws InputError, IoError; Interrupted when asked to stop: the same call continues
CalibrationResult run_calibration(const CalibrationPlan& plan, const CalibrationRun& run);

/// The set as a potential's name: "dftb/FOLDER/NAME" on DFTB, "pairs/FOLDER/NAME" on anything else.
[[nodiscard]] std::string set_potential(const CalibrationPlan& plan,
                                        const std::filesystem::path& folder);

/// Fits and tests, from evaluations of the base that are there.
void fit_and_test(const CalibrationPlan& plan, const std::vector<calibrate::Sample>& samples,
                  const calibrate::PairFunctions& prior,
                  const std::function<void(const std::string&)>& progress,
                  CalibrationResult& result);

}  // namespace ionpass::workflows
