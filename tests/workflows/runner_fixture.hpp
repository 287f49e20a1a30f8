// Runs of studies in this process, with Lennard-Jones energies.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lennard_jones.hpp>

#include <structures/error.hpp>
#include <workflows/runner.hpp>

#include "run_fixture.hpp"

namespace ionpass::workflows {

inline RunOptions options_for(const std::filesystem::path& run_dir,
                              const test::LennardJonesSettings& settings = {}) {
  RunOptions options;
  options.run_dir = run_dir;
  options.potential = [settings](const PotentialSettings&) {
    return std::make_unique<test::LennardJones>(settings);
  };
  return options;
}

inline RunOutcome run(const std::filesystem::path& study, const RunOptions& options) {
  return run_study(read_study(study), options, hpc::Communicator::self());
}

inline void expect_refusal(const std::filesystem::path& study, const RunOptions& options,
                           const std::vector<std::string>& parts) {
  try {
    (void)run(study, options);
    ADD_FAILURE() << "was not refused";
  } catch (const InputError& error) {
    for (const std::string& part : parts) EXPECT_THAT(error.what(), ::testing::HasSubstr(part));
  }
}

/// Collects what a display would show.
class Recorder final : public ProgressDisplay {
 public:
  void show(const RunSnapshot& snapshot) override {
    ++shown;
    last = snapshot;
  }
  void note(const std::string& line) override { notes += line + "\n"; }
  void finish() override { ++finished; }
  int shown = 0;
  int finished = 0;
  RunSnapshot last;
  std::string notes;
};

}  // namespace ionpass::workflows
