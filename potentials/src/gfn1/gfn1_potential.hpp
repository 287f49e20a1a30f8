// GFN1-xTB: S. Grimme, C. Bannwarth, P. Shushkov, J. Chem. Theory Comput. 13, 1989 (2017).
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "dispersion/d3.hpp"
#include "gfn1/hamiltonian.hpp"
#include "gfn1/parameters.hpp"
#include "tightbinding/tight_binding_potential.hpp"

namespace ionpass::gfn1 {

/// E = Tr(P H0) + ½ Σ γ dq dq - ⅓ Σ Γ dq³ + repulsion + D3(BJ) + halogen bonds (- T S), for
/// molecules and crystals.
class Gfn1Potential final : public tightbinding::TightBindingPotential {
 public:
  /// @param folder    parameters of the method
  /// @param reference of D3
  /// @param shifts    of its parameters
  /// @throws IoError, InputError
  Gfn1Potential(const std::filesystem::path& folder,
                std::shared_ptr<const dispersion::D3Reference> reference,
                const PotentialSettings& settings, const ParameterShifts& shifts = {});

  [[nodiscard]] std::unique_ptr<tightbinding::Model> make_model(
      const Structure& structure) const override;

 private:
  Gfn1Potential(std::shared_ptr<const dispersion::D3Reference> reference,
                const PotentialSettings& settings, PotentialDescription description,
                std::shared_ptr<const Parameters> parameters);
  [[nodiscard]] tightbinding::Basis make_basis(const Structure& structure) const override;
  [[nodiscard]] std::shared_ptr<const Integrals> integrals(const Structure& structure) const;

  std::shared_ptr<const Parameters> parameters_;
  dispersion::D3 dispersion_;
  Gfn1Settings choices_;
  // Made once per combination of elements, when first needed.
  mutable std::mutex mutex_;
  mutable std::map<std::vector<int>, std::shared_ptr<const Integrals>> made_;
};

}  // namespace ionpass::gfn1
