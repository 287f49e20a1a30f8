// Self-consistent-charge DFTB (second order) for molecules and crystals: Elstner et al., Phys. Rev.
// B 58, 7260 (1998).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "dftb/parameter_set.hpp"
#include "dispersion/d3.hpp"
#include "tightbinding/tight_binding_potential.hpp"

namespace ionpass::dftb {

/// E = Tr(P H0) + ½ Σ γ dq dq + Σ V_rep (+ D3) (- T S), at a mesh of k-points.
class DftbPotential final : public tightbinding::TightBindingPotential {
 public:
  /// @param dispersion added to the energy, or none
  DftbPotential(const SetDescription& set, const PotentialSettings& settings,
                std::optional<dispersion::D3> dispersion);

  [[nodiscard]] std::vector<std::string> warnings(const Structure& structure) const override;
  [[nodiscard]] std::vector<Extrapolation> extrapolations(
      const Structure& structure) const override {
    return set_.fitted.extrapolations(structure);
  }
  [[nodiscard]] std::unique_ptr<tightbinding::Model> make_model(
      const Structure& structure) const override;

 private:
  [[nodiscard]] tightbinding::Basis make_basis(const Structure& structure) const override;
  [[nodiscard]] std::shared_ptr<const ParameterSet> parameters(const Structure& structure) const;

  SetDescription set_;
  std::optional<dispersion::D3> dispersion_;
  // Files are read once per combination of elements, when first needed.
  mutable std::mutex mutex_;
  mutable std::map<std::vector<int>, std::shared_ptr<const ParameterSet>> loaded_;
};

}  // namespace ionpass::dftb
