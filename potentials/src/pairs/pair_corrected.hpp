// Another potential with pair potentials added to it: what `ionpass calibrate` makes of a base
// without Slater–Koster tables.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <potentials/calibrate.hpp>
#include <potentials/potential.hpp>
#include <potentials/registry.hpp>

#include "pairs/fitted_range.hpp"
#include "shifts.hpp"

namespace ionpass {

/// What the folder's set.yaml says.
struct PairSet {
  PotentialDescription potential;
  std::string base;               ///< name of the potential they are added to
  std::filesystem::path splines;  ///< folder of A-B.spl files; empty: only parameters are moved
  ParameterShifts shifts;         ///< of the base's parameters
  calibrate::PairFunctions functions;
  std::filesystem::path three_body_file;  ///< empty: no three-body potentials
  std::vector<calibrate::ThreeBodyGroup> three_body;
  FittedRange fitted;
};
/// @throws InputError, IoError
[[nodiscard]] PairSet read_pair_set(const std::filesystem::path& folder);

/// E = E_base + Σ V_ab(r) (+ E3).
class PairCorrectedPotential final : public Potential {
 public:
  PairCorrectedPotential(PairSet set, std::unique_ptr<Potential> base);

  [[nodiscard]] const PotentialDescription& description() const noexcept override {
    return set_.potential;
  }
  void check(const Structure& structure) const override { base_->check(structure); }
  [[nodiscard]] std::vector<std::string> warnings(const Structure& structure) const override;
  [[nodiscard]] std::vector<Extrapolation> extrapolations(
      const Structure& structure) const override {
    return set_.fitted.extrapolations(structure);
  }
  [[nodiscard]] double cost(const Structure& structure) const override {
    return base_->cost(structure);
  }

 private:
  Evaluation do_evaluate(const Structure& structure,
                         const EvaluationRequest& request) const override;

  PairSet set_;
  std::unique_ptr<Potential> base_;
};

}  // namespace ionpass
