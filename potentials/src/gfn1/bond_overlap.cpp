#include "gfn1/bond_overlap.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ionpass::gfn1 {

namespace {

constexpr double largest_exponent = 25.0;

/// Norm of a primitive times the Cartesian monomials that make up the spherical function, whose
/// own factors are those of s: 1, p: x, d: √3 xy, z² - (x²+y²)/2.
double primitive_norm(int l, double exponent) {
  constexpr double odd_factorial[] = {1.0, 1.0, 3.0};  // (2l - 1)!!
  return std::pow(2.0 * exponent / std::numbers::pi, 0.75) * std::pow(4.0 * exponent, 0.5 * l) /
         std::sqrt(odd_factorial[l]);
}

GaussianShell contract(const Parameters& parameters, const ShellParameters& shell) {
  const Expansion& expansion = parameters.expansion(shell);
  GaussianShell out{shell.l, {}, {}};
  for (std::size_t i = 0; i < expansion.exponents.size(); ++i) {
    const double exponent = expansion.exponents[i] * shell.zeta * shell.zeta;
    out.exponents.push_back(exponent);
    out.coefficients.push_back(expansion.coefficients[i] * primitive_norm(shell.l, exponent));
  }
  return out;
}

/// Schmidt: second - ⟨first|second⟩ first, normalised.
void orthogonalise(const GaussianShell& first, GaussianShell& second) {
  const double overlap = on_site_overlap(first, second);
  for (std::size_t i = 0; i < first.exponents.size(); ++i) {
    second.exponents.push_back(first.exponents[i]);
    second.coefficients.push_back(-overlap * first.coefficients[i]);
  }
  const double norm = std::sqrt(on_site_overlap(second, second));
  for (double& c : second.coefficients) c /= norm;
}

/// The polynomials of a pair of primitives without their common factor, with half = 1/(2p) the mean
/// square of a coordinate about the centre of the product, and u R, v R the distances of the
/// centre from a and b along the bond (v < 0).
void fill_polynomials(int la, int lb, double half, double u, double v, double (&out)[3][3]) {
  if (la == 0 && lb == 0) {
    out[0][0] = 1.0;
  } else if (la + lb == 1) {
    out[0][0] = la == 0 ? v : u;
  } else if (la == 1 && lb == 1) {
    out[0][0] = half;
    out[0][1] = u * v;
    out[1][0] = half;
  } else if (la == 0 || lb == 0) {
    out[0][1] = la == 0 ? v * v : u * u;
  } else if (la + lb == 3) {
    const double of_p = la == 1 ? u : v, of_d = la == 1 ? v : u;
    out[0][0] = 2.0 * half * of_d;
    out[0][1] = of_p * of_d * of_d;
    out[1][0] = std::sqrt(3.0) * half * of_d;
  } else {
    out[0][0] = 3.0 * half * half;
    out[0][1] = 4.0 * half * u * v;
    out[0][2] = u * u * v * v;
    out[1][0] = 3.0 * half * half;
    out[1][1] = 3.0 * half * u * v;
    out[2][0] = 3.0 * half * half;
  }
}

}  // namespace

std::vector<GaussianShell> gaussian_shells(const Parameters& parameters, int number) {
  std::vector<GaussianShell> out;
  for (const ShellParameters& shell : parameters.element(number).shells) {
    GaussianShell contracted = contract(parameters, shell);
    for (const GaussianShell& earlier : out)
      if (earlier.l == contracted.l) orthogonalise(earlier, contracted);
    out.push_back(std::move(contracted));
  }
  return out;
}

double on_site_overlap(const GaussianShell& a, const GaussianShell& b) {
  return BondOverlap(a, b).evaluate(0.0).value[0];
}

BondOverlap::BondOverlap(const GaussianShell& a, const GaussianShell& b)
    : integrals_(std::min(a.l, b.l) + 1), is_odd_((a.l + b.l) % 2 == 1) {
  for (std::size_t i = 0; i < a.exponents.size(); ++i) {
    for (std::size_t j = 0; j < b.exponents.size(); ++j) {
      const double alpha = a.exponents[i], beta = b.exponents[j], sum = alpha + beta;
      Term term;
      term.decay = alpha * beta / sum;
      fill_polynomials(a.l, b.l, 0.5 / sum, beta / sum, -alpha / sum, term.polynomial);
      const double factor =
          a.coefficients[i] * b.coefficients[j] * std::pow(std::numbers::pi / sum, 1.5);
      for (auto& integral : term.polynomial) {
        for (double& c : integral) c *= factor;
      }
      terms_.push_back(term);
    }
  }
  std::sort(terms_.begin(), terms_.end(),
            [](const Term& s, const Term& t) { return s.decay < t.decay; });
}

double BondOverlap::range() const { return std::sqrt(largest_exponent / terms_.front().decay); }

tightbinding::BondIntegrals BondOverlap::evaluate(double distance) const {
  const double x = distance * distance;
  double value[3] = {}, slope[3] = {};  // slopes per x
  for (const Term& term : terms_) {
    if (term.decay * x > largest_exponent) break;
    const double gauss = std::exp(-term.decay * x);
    for (int m = 0; m < integrals_; ++m) {
      const double* c = term.polynomial[m];
      const double p = c[0] + x * (c[1] + x * c[2]);
      value[m] += gauss * p;
      slope[m] += gauss * (c[1] + 2.0 * x * c[2] - term.decay * p);
    }
  }
  tightbinding::BondIntegrals out;
  for (int m = 0; m < integrals_; ++m) {
    out.value[m] = is_odd_ ? distance * value[m] : value[m];
    out.slope[m] = is_odd_ ? value[m] + 2.0 * x * slope[m] : 2.0 * distance * slope[m];
  }
  return out;
}

}  // namespace ionpass::gfn1
