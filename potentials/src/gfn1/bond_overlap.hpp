// Overlap of contracted Gaussian shells along the bond between two atoms.
#pragma once

#include <vector>

#include "gfn1/parameters.hpp"
#include "tightbinding/slater_koster.hpp"

namespace ionpass::gfn1 {

/// A contracted spherical Gaussian: radial part Σ c exp(-a r²), norms within the coefficients.
struct GaussianShell {
  int l = 0;
  std::vector<double> exponents, coefficients;
};

/// The shells of an element. The second shell of a momentum is made orthogonal to the first and
/// normalised; the others keep the norm of their expansion (1 within 1e-7).
[[nodiscard]] std::vector<GaussianShell> gaussian_shells(const Parameters& parameters, int number);

/// ⟨a|b⟩ of two shells at distance R, as σ, π, δ integrals in the frame of the bond.
///
/// For primitives with exponents a and b, μ = ab/(a+b), the integral is R^k e^(-μR²) times a
/// polynomial of second degree in R², k = 0 or 1; a pair of primitives counts while μR² <= 25.
class BondOverlap {
 public:
  BondOverlap(const GaussianShell& a, const GaussianShell& b);

  [[nodiscard]] tightbinding::BondIntegrals evaluate(double distance) const;  ///< bohr
  /// Distance beyond which all primitives are dropped, bohr.
  [[nodiscard]] double range() const;

 private:
  struct Term {
    double decay = 0.0;            // μ, 1/bohr²
    double polynomial[3][3] = {};  // for σ, π, δ: coefficients of 1, R², R⁴
  };
  int integrals_ = 1;        // of σ, π, δ
  bool is_odd_ = false;      // one power of R in front
  std::vector<Term> terms_;  // slowest decay first
};

/// ⟨a|a'⟩ of two shells of one momentum on one atom.
[[nodiscard]] double on_site_overlap(const GaussianShell& a, const GaussianShell& b);

}  // namespace ionpass::gfn1
