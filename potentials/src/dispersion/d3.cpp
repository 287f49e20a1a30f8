#include "dispersion/d3.hpp"

#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <structures/units.hpp>

#include "tightbinding/atom_pairs.hpp"
#include "tightbinding/images.hpp"
#include "tightbinding/smooth_step.hpp"

namespace ionpass::dispersion {

using tightbinding::Derivatives;

namespace {

constexpr double cutoff = 50.0;        // bohr
constexpr double window = 0.05;        // bohr: over it the sum ends smoothly
constexpr double weight_factor = 4.0;  // of the Gaussian in the coordination number

/// Share of every reference system in an atom, and its derivative by the coordination number.
struct Weights {
  Eigen::VectorXd value, slope;
};

Weights reference_weights(const D3Element& element, double coordination) {
  const Eigen::Map<const Eigen::ArrayXd> reference(
      element.coordination.data(), static_cast<Eigen::Index>(element.coordination.size()));
  const Eigen::ArrayXd exponent = -weight_factor * (coordination - reference).square();
  // Relative to the largest, so that they never vanish all together.
  const Eigen::ArrayXd gauss = (exponent - exponent.maxCoeff()).exp();
  const Eigen::ArrayXd gauss_slope = -2.0 * weight_factor * (coordination - reference) * gauss;
  const double sum = gauss.sum();
  Weights out;
  out.value = gauss / sum;
  out.slope = (gauss_slope - out.value.array() * gauss_slope.sum()) / sum;
  return out;
}

/// Sum over the images of one pair: f(R²), and its derivatives by vector and strain.
struct ImageSum {
  double value = 0.0;
  Eigen::Vector3d gradient = Eigen::Vector3d::Zero();
  Eigen::Matrix3d strain = Eigen::Matrix3d::Zero();
};

/// Damped R⁻⁶ and R⁻⁸ of one pair of elements.
struct DampedSum {
  double s6 = 0.0, s8 = 0.0;  // s8 with the factor 3 Q_A Q_B
  double r0_6 = 0.0, r0_8 = 0.0;

  void add(const Eigen::Vector3d& r, double squared, ImageSum& sum) const {
    constexpr double inner = (cutoff - window) * (cutoff - window);
    const double r4 = squared * squared, r6 = r4 * squared;
    const double t6 = 1.0 / (r6 + r0_6), t8 = 1.0 / (r4 * r4 + r0_8);
    double value = s6 * t6 + s8 * t8;
    double slope = -2.0 * (3.0 * s6 * r4 * t6 * t6 + 4.0 * s8 * r6 * t8 * t8);  // times r
    if (squared > inner) {
      const double distance = std::sqrt(squared);
      const tightbinding::SmoothStep step((distance - cutoff + window) / window);
      slope = slope * step.value + value * step.slope / (window * distance);
      value *= step.value;
    }
    sum.value += value;
    const Eigen::Vector3d pull = slope * r;
    sum.gradient += pull;
    sum.strain.noalias() += pull * r.transpose();
  }
};

/// What a pair of elements needs.
struct ElementPair {
  Eigen::MatrixXd c6;
  DampedSum damped;
};

ElementPair element_pair(const D3Reference& reference, const D3Damping& damping, int a, int b) {
  const double ratio = 3.0 * reference.element(a).moment_ratio * reference.element(b).moment_ratio;
  const double radius = damping.a1 * std::sqrt(ratio) + damping.a2;
  return {reference.c6(a, b),
          {damping.s6, damping.s8 * ratio, std::pow(radius, 6), std::pow(radius, 8)}};
}

}  // namespace

D3::D3(std::shared_ptr<const D3Reference> reference, const D3Damping& damping)
    : reference_(std::move(reference)), damping_(damping) {
  for (const double x : {damping.s6, damping.s8, damping.a1, damping.a2}) {
    if (!std::isfinite(x) || x < 0.0)
      throw InputError(
          fmt::format("d3: {} given; s6, s8, a1 and a2 must be finite and not negative", x));
  }
  if (damping.a1 == 0.0 && damping.a2 == 0.0)
    throw InputError(
        "d3: a1 and a2 are both zero, which leaves the dispersion undamped; give them");
}

double D3::add_energy(const Structure& structure, Derivatives& out) const {
  std::vector<double> radii;
  for (const int number : structure.numbers)
    radii.push_back(reference_->element(number).covalent_radius);
  const auto pairs = tightbinding::atom_pairs(structure, CoordinationNumbers::cutoff);
  const CoordinationNumbers coordination(radii, pairs);
  Eigen::VectorXd slope = Eigen::VectorXd::Zero(coordination.values().size());
  const double energy = add_energy(structure, coordination.values(), out, slope);
  coordination.add_derivatives(slope, out);
  return energy;
}

double D3::add_energy(const Structure& structure, const Eigen::VectorXd& coordination,
                      Derivatives& out, Eigen::VectorXd& slope) const {
  const std::size_t atoms = structure.size();
  const Eigen::Matrix3Xd positions = structure.positions / units::bohr;
  std::optional<tightbinding::ImageLattice> lattice;
  if (const auto cell = tightbinding::cell_in_bohr(structure)) lattice.emplace(*cell);
  std::vector<Weights> weights;
  for (std::size_t i = 0; i < atoms; ++i)
    weights.push_back(reference_weights(reference_->element(structure.numbers[i]),
                                        coordination(static_cast<Eigen::Index>(i))));
  std::map<std::pair<int, int>, ElementPair> kinds;
  double energy = 0.0;
  for (std::size_t a = 0; a < atoms; ++a) {
    const auto ia = static_cast<Eigen::Index>(a);
    for (std::size_t b = a; b < atoms; ++b) {
      const auto ib = static_cast<Eigen::Index>(b);
      const std::pair key{structure.numbers[a], structure.numbers[b]};
      auto kind = kinds.find(key);
      if (kind == kinds.end())
        kind = kinds.emplace(key, element_pair(*reference_, damping_, key.first, key.second)).first;
      const auto& [reference_c6, damped] = kind->second;
      ImageSum sum;
      const auto at = [&, damped = damped](const Eigen::Vector3d& r, double squared) {
        if (squared > 0.0) damped.add(r, squared, sum);
      };
      const Eigen::Vector3d r = positions.col(ib) - positions.col(ia);
      if (lattice) {
        lattice->for_each(r, cutoff, at);
      } else if (r.squaredNorm() < cutoff * cutoff) {
        at(r, r.squaredNorm());
      }
      const double share = a == b ? 0.5 : 1.0;
      const Eigen::VectorXd from_b = reference_c6 * weights[b].value;
      const double c6 = share * weights[a].value.dot(from_b);
      energy -= c6 * sum.value;
      slope(ia) -= share * weights[a].slope.dot(from_b) * sum.value;
      slope(ib) -= share * weights[a].value.dot(reference_c6 * weights[b].slope) * sum.value;
      out.strain -= c6 * sum.strain;
      out.gradient.col(ib) -= c6 * sum.gradient;
      out.gradient.col(ia) += c6 * sum.gradient;
    }
  }
  return energy;
}

std::string D3::description() const {
  return fmt::format("D3(BJ), s6 {}, s8 {}, a1 {}, a2 {} bohr", damping_.s6, damping_.s8,
                     damping_.a1, damping_.a2);
}

std::vector<std::string> D3::citations() {
  return {"S. Grimme, J. Antony, S. Ehrlich, H. Krieg, J. Chem. Phys. 132, 154104 (2010) (D3)",
          "S. Grimme, S. Ehrlich, L. Goerigk, J. Comput. Chem. 32, 1456 (2011) (BJ damping)"};
}

}  // namespace ionpass::dispersion
