#include "dispersion/coordination.hpp"

#include <cmath>

namespace ionpass::dispersion {

namespace {

constexpr double steepness = 16.0;
constexpr double radius_scale = 4.0 / 3.0;

}  // namespace

CoordinationNumbers::CoordinationNumbers(std::span<const double> radii,
                                         std::span<const tightbinding::AtomPair> pairs)
    : values_(Eigen::VectorXd::Zero(static_cast<Eigen::Index>(radii.size()))) {
  contacts_.reserve(pairs.size());
  for (const tightbinding::AtomPair& pair : pairs) {
    if (pair.distance >= cutoff) continue;
    const double bond = radius_scale * (radii[pair.a] + radii[pair.b]);
    const double x = std::exp(-steepness * (bond / pair.distance - 1.0));
    const double share = 1.0 / (1.0 + x);
    values_(static_cast<Eigen::Index>(pair.a)) += share;
    values_(static_cast<Eigen::Index>(pair.b)) += share;
    // Written so that an x beyond the range of a double leaves zero, not infinity over infinity.
    const double slope =
        -steepness * bond / (pair.distance * pair.distance) * share * (1.0 - share);
    contacts_.push_back({pair, slope});
  }
}

void CoordinationNumbers::add_derivatives(const Eigen::VectorXd& slope,
                                          tightbinding::Derivatives& out) const {
  for (const Contact& contact : contacts_) {
    const auto a = static_cast<Eigen::Index>(contact.pair.a);
    const auto b = static_cast<Eigen::Index>(contact.pair.b);
    out.add_pair(contact.pair.a, contact.pair.b,
                 ((slope(a) + slope(b)) * contact.slope) * contact.pair.direction,
                 contact.pair.vector());
  }
}

}  // namespace ionpass::dispersion
