#include <cmath>

#include "gfn1/pair_terms.hpp"

namespace ionpass::gfn1 {

double add_repulsion(const Structure& structure, const Parameters& parameters,
                     std::span<const tightbinding::AtomPair> pairs,
                     tightbinding::Derivatives& out) {
  constexpr double negligible = 60.0;  // exp(-60) = 9e-27
  double energy = 0.0;
  for (const tightbinding::AtomPair& pair : pairs) {
    if (pair.distance >= pair_terms_cutoff) continue;
    const ElementParameters& a = parameters.element(structure.numbers[pair.a]);
    const ElementParameters& b = parameters.element(structure.numbers[pair.b]);
    const double r = pair.distance;
    const double exponent = std::sqrt(a.repulsion_exponent * b.repulsion_exponent * r) * r;
    if (exponent > negligible) continue;
    const double value = a.repulsion_charge * b.repulsion_charge / r * std::exp(-exponent);
    energy += value;
    const double slope = -value * (1.5 * exponent + 1.0) / r;
    out.add_pair(pair.a, pair.b, slope * pair.direction, pair.vector());
  }
  return energy;
}

}  // namespace ionpass::gfn1
