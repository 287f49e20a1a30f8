#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <structures/units.hpp>

#include "gfn1/pair_terms.hpp"
#include "tightbinding/smooth_step.hpp"

namespace ionpass::gfn1 {

using tightbinding::AtomPair;
using tightbinding::Derivatives;
using tightbinding::SmoothStep;

namespace {

constexpr double acceptor_cutoff = 20.0;  // bohr
// Distances that exceed the shortest by less take part in the smooth variant, bohr.
constexpr double nearly_nearest = 1.0;

bool accepts(int number) { return number == 7 || number == 8 || number == 15 || number == 16; }

/// An atom seen from the donor.
struct Partner {
  std::size_t atom = 0;
  Eigen::Vector3i translation;
  Eigen::Vector3d direction;
  double distance = 0.0;
};

/// A neighbour that angles are measured from: its weight, and the weight's derivative by the
/// distances of this one and of the nearest.
struct Reference {
  Partner partner;
  double weight = 1.0;
  double closeness = 1.0, closeness_slope = 0.0;
};

/// Finds the nearest partner of an atom. Where symmetry makes several equally near, the forces
/// depend on which is taken: as in the reference implementation, the first atom of the shortest
/// distance as it comes out of the coordinates, rounding included.
class NearestPartner {
 public:
  explicit NearestPartner(const Structure& structure)
      : positions_(structure.positions / units::bohr),
        cell_(tightbinding::cell_in_bohr(structure).value_or(Eigen::Matrix3d::Zero())) {}

  [[nodiscard]] std::size_t operator()(std::size_t atom,
                                       const std::vector<Partner>& partners) const {
    constexpr double rounding = 1e-8;  // bohr
    const double shortest =
        std::min_element(partners.begin(), partners.end(), [](const Partner& p, const Partner& q) {
          return p.distance < q.distance;
        })->distance;
    std::size_t nearest = partners.size();
    for (std::size_t i = 0; i < partners.size(); ++i) {
      if (partners[i].distance > shortest + rounding) continue;
      if (nearest == partners.size() ||
          std::pair(from_coordinates(atom, partners[i]), partners[i].atom) <
              std::pair(from_coordinates(atom, partners[nearest]), partners[nearest].atom))
        nearest = i;
    }
    return nearest;
  }

 private:
  /// Evaluated in a fixed order of operations.
  [[nodiscard]] double from_coordinates(std::size_t atom, const Partner& partner) const {
    const Eigen::Vector3d t = partner.translation.cast<double>();
    double sum = 0.0;
    for (Eigen::Index x = 0; x < 3; ++x) {
      const double shift = t(0) * cell_(x, 0) + t(1) * cell_(x, 1) + t(2) * cell_(x, 2);
      const double d = positions_(x, static_cast<Eigen::Index>(atom)) -
                       positions_(x, static_cast<Eigen::Index>(partner.atom)) - shift;
      sum += d * d;
    }
    return std::sqrt(sum);
  }

  Eigen::Matrix3Xd positions_;
  Eigen::Matrix3d cell_;
};

/// The neighbours that angles are measured from, the nearest first.
std::vector<Reference> references(const std::vector<Partner>& partners, std::size_t nearest,
                                  Gfn1Settings::HalogenBond choice) {
  std::vector<Reference> out{{partners[nearest]}};
  if (choice == Gfn1Settings::HalogenBond::nearest) return out;
  double sum = 1.0;
  for (std::size_t i = 0; i < partners.size(); ++i) {
    const SmoothStep step((partners[i].distance - partners[nearest].distance) / nearly_nearest);
    if (i == nearest || step.value == 0.0) continue;
    out.push_back({partners[i], 0.0, step.value, step.slope / nearly_nearest});
    sum += step.value;
  }
  for (Reference& reference : out) reference.weight = reference.closeness / sum;
  return out;
}

/// (t² - k t)/(1 + t²) with t = (R0/R)⁶, and its slope by R.
struct Attraction {
  double value = 0.0, slope = 0.0;
  Attraction(double radius, double damping, double distance) {
    const double t = std::pow(radius / distance, 6);
    const double denominator = 1.0 + t * t;
    value = (t * t - damping * t) / denominator;
    const double per_t = (2.0 * t - damping + damping * t * t) / (denominator * denominator);
    slope = -6.0 * t / distance * per_t;
  }
};

/// All bonds of one donor.
class Donor {
 public:
  Donor(std::size_t atom, double strength, std::vector<Reference> from)
      : atom_(atom), strength_(strength), references_(std::move(from)) {
    for (const Reference& reference : references_) closeness_ += reference.closeness;
    angular_.resize(references_.size());
  }

  double add_bond(const Partner& acceptor, const Attraction& attraction, Derivatives& out) {
    double mean = 0.0;
    Eigen::Vector3d turn = Eigen::Vector3d::Zero();  // d mean / d(acceptor vector)
    const double scale = strength_ * attraction.value;
    for (std::size_t k = 0; k < references_.size(); ++k) {
      const auto& [partner, weight, closeness, slope] = references_[k];
      const double cosine = acceptor.direction.dot(partner.direction);
      const double base = 0.5 * (1.0 - cosine);
      const double fifth = std::pow(base, 5);
      angular_[k] = fifth * base;
      mean += weight * angular_[k];
      const double per_cosine = -3.0 * fifth * weight;
      turn += per_cosine / acceptor.distance * (partner.direction - cosine * acceptor.direction);
      add(partner,
          scale * per_cosine / partner.distance * (acceptor.direction - cosine * partner.direction),
          out);
    }
    for (std::size_t k = 1; k < references_.size(); ++k) {
      const double pull =
          scale * (angular_[k] - mean) / closeness_ * references_[k].closeness_slope;
      add(references_[k].partner, pull * references_[k].partner.direction, out);
      add(references_[0].partner, -pull * references_[0].partner.direction, out);
    }
    add(acceptor, scale * turn + (strength_ * mean * attraction.slope) * acceptor.direction, out);
    return scale * mean;
  }

 private:
  void add(const Partner& partner, const Eigen::Vector3d& slope, Derivatives& out) const {
    out.add_pair(atom_, partner.atom, slope, partner.distance * partner.direction);
  }

  std::size_t atom_;
  double strength_;
  std::vector<Reference> references_;  // the nearest first
  double closeness_ = 0.0;
  std::vector<double> angular_;
};

}  // namespace

double add_halogen_bonds(const Structure& structure, const Parameters& parameters,
                         Gfn1Settings::HalogenBond choice, std::span<const AtomPair> pairs,
                         Derivatives& out) {
  const auto strength = [&](std::size_t atom) {
    return parameters.element(structure.numbers[atom]).halogen_strength;
  };
  if (std::none_of(structure.numbers.begin(), structure.numbers.end(), accepts)) return 0.0;
  std::vector<std::vector<Partner>> partners(structure.size());
  for (const AtomPair& pair : pairs) {
    if (pair.distance >= acceptor_cutoff) continue;
    if (strength(pair.a) > 0.0)
      partners[pair.a].push_back({pair.b, pair.translation, pair.direction, pair.distance});
    if (strength(pair.b) > 0.0)
      partners[pair.b].push_back({pair.a, -pair.translation, -pair.direction, pair.distance});
  }
  const NearestPartner nearest(structure);
  double energy = 0.0;
  for (std::size_t atom = 0; atom < structure.size(); ++atom) {
    if (partners[atom].empty()) continue;
    const double radius = parameters.element(structure.numbers[atom]).atomic_radius;
    Donor donor(atom, strength(atom),
                references(partners[atom], nearest(atom, partners[atom]), choice));
    for (const Partner& acceptor : partners[atom]) {
      const int number = structure.numbers[acceptor.atom];
      if (!accepts(number)) continue;
      const double r0 =
          parameters.halogen_radius_scale * (radius + parameters.element(number).atomic_radius);
      energy += donor.add_bond(acceptor,
                               Attraction(r0, parameters.halogen_damping, acceptor.distance), out);
    }
  }
  return energy;
}

}  // namespace ionpass::gfn1
