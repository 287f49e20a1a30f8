// Self-consistent-charge DFTB (second order) for molecules and crystals: Elstner et al., Phys. Rev.
// B 58, 7260 (1998).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include <potentials/potential.hpp>
#include <potentials/registry.hpp>

#include "dftb/parameter_set.hpp"

namespace ionpass::dftb {

/// E = Tr(P H0) + ½ Σ γ dq dq + Σ V_rep (- T S), at a mesh of k-points.
class DftbPotential final : public Potential {
 public:
  DftbPotential(SetDescription set, const PotentialSettings& settings);

  [[nodiscard]] const PotentialDescription& description() const noexcept override {
    return set_.potential;
  }
  void check(const Structure& structure) const override;
  [[nodiscard]] std::vector<std::string> warnings(const Structure& structure) const override;
  [[nodiscard]] double cost(const Structure& structure) const override;

 private:
  Evaluation do_evaluate(const Structure& structure,
                         const EvaluationRequest& request) const override;
  [[nodiscard]] std::shared_ptr<const ParameterSet> parameters(const Structure& structure) const;
  [[nodiscard]] std::vector<Kpoint> kpoints_of(const Structure& structure) const;

  SetDescription set_;
  KpointSampling kpoints_;
  double electronic_temperature_;  // K
  ScfSettings scf_;
  // Files are read once per combination of elements, when first needed.
  mutable std::mutex mutex_;
  mutable std::map<std::vector<int>, std::shared_ptr<const ParameterSet>> loaded_;
};

}  // namespace ionpass::dftb
