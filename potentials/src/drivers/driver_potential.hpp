// A potential whose energies come from outside: a pool of workers, retries, and checks of what they
// say.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <potentials/potential.hpp>
#include <potentials/registry.hpp>

#include "drivers/dialect.hpp"
#include "drivers/program_worker.hpp"
#include "drivers/recipe.hpp"
#include "drivers/worker.hpp"

namespace ionpass::drivers {

class DriverPotential final : public Potential {
 public:
  /// @param folder holds the driver.yaml
  /// @throws InputError, IoError for the driver's files or settings; DriverError for a program that
  /// is not there or too old
  DriverPotential(const std::filesystem::path& folder, const PotentialSettings& settings);

  [[nodiscard]] const PotentialDescription& description() const noexcept override {
    return description_;
  }
  void check(const Structure& structure) const override;
  [[nodiscard]] std::vector<std::string> warnings(const Structure& structure) const override;
  [[nodiscard]] double cost(const Structure& structure) const override;

 private:
  Evaluation do_evaluate(const Structure& structure,
                         const EvaluationRequest& request) const override;
  void set_up_program(const Recipe& recipe, const PotentialSettings& settings);
  void set_up_plugin(const Recipe& recipe, const PotentialSettings& settings);
  [[nodiscard]] std::unique_ptr<Worker> borrow() const;
  void give_back(std::unique_ptr<Worker> worker) const;

  PotentialDescription description_;
  std::optional<KpointSampling> kpoints_;  ///< of programs that take it from us
  ProgramContext context_;
  std::function<std::unique_ptr<Worker>()> make_worker_;
  bool has_cleaned_ = false;  ///< the scratch of dead processes; not before a worker is needed
  // Idle workers: processes that wait, one for each evaluation that ever ran at the same time.
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Worker>> idle_;
};

}  // namespace ionpass::drivers
