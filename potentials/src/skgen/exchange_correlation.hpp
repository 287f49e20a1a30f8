// Exchange and correlation from libxc, for a density without spin polarisation.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Dense>

namespace ionpass::skgen {

/// A sum of functionals of the local density (LDA) or of density and gradient (GGA).
class ExchangeCorrelation {
 public:
  /// @param names as libxc has them: "lda_x", "gga_c_pbe"
  /// @throws InputError for a name libxc does not know, a functional that is neither LDA nor GGA
  ///         (hybrids, meta-GGA, kinetic energies), or one without an energy or a potential
  explicit ExchangeCorrelation(std::span<const std::string> names);

  [[nodiscard]] bool needs_gradient() const noexcept { return needs_gradient_; }
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

  /// What libxc returns per point, summed over the functionals; Hartree and bohr.
  struct Values {
    Eigen::ArrayXd energy;  ///< per electron
    Eigen::ArrayXd vrho;    ///< de/dρ of the energy density e
    Eigen::ArrayXd vsigma;  ///< de/dσ, zero for LDA
  };
  /// @param density  electrons/bohr³
  /// @param sigma    |∇ρ|²; not read for LDA
  /// Safe to call from several threads with different `out`.
  void evaluate(const Eigen::ArrayXd& density, const Eigen::ArrayXd& sigma, Values& out) const;

  /// Papers of the functionals and of libxc, "authors, journal (year) (doi: …)".
  [[nodiscard]] std::vector<std::string> citations() const;

 private:
  class Functional;
  std::vector<std::shared_ptr<const Functional>> functionals_;
  std::vector<std::string> names_;
  bool needs_gradient_ = false;
};

}  // namespace ionpass::skgen
