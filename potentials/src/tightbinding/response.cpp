#include "tightbinding/response.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <variant>
#include <vector>

#include "tightbinding/lapack.hpp"

namespace ionpass::tightbinding {

namespace {

// States on either side of the Fermi level that take part, per k-point.
constexpr Eigen::Index frontier_states = 64;
constexpr double same_level = 1e-7;  // Hartree
constexpr double negligible = 1e-8;  // difference of occupations

/// Slope of the occupation f (0..2) by the energy of its level.
double occupation_slope(double f, double kt) { return -f * (2.0 - f) / (2.0 * kt); }

/// States of one k-point with what they are filled with.
struct Frontier {
  Eigen::VectorXd energy, occupation;
  double kt = 0.0;

  /// Change of the density by the potential between states i < a, or within i = a; not positive.
  [[nodiscard]] double strength(Eigen::Index i, Eigen::Index a) const {
    const double own = occupation_slope(occupation(i), kt);
    if (i == a) return own;
    const double gap = energy(i) - energy(a);
    if (std::abs(gap) < same_level) return 2.0 * own;
    const double difference = occupation(i) - occupation(a);
    return std::abs(difference) < negligible ? 0.0 : 2.0 * difference / gap;
  }
};

/// Mulliken parts on the sites of the overlap of two states: real, and imaginary for complex ones.
template <typename Scalar>
void overlap_parts(const typename Eigenproblem<Scalar>::States& states, Eigen::Index i,
                   Eigen::Index a, const std::vector<Eigen::Index>& site_of_orbital,
                   Eigen::Ref<Eigen::MatrixXd> out) {
  const auto ci = states.coefficients.col(i), pi = states.projected.col(i);
  const auto ca = states.coefficients.col(a), pa = states.projected.col(a);
  out.setZero();
  for (Eigen::Index o = 0; o < ci.size(); ++o) {
    const Scalar part =
        0.5 * (Eigen::numext::conj(ci(o)) * pa(o) + Eigen::numext::conj(pi(o)) * ca(o));
    const Eigen::Index site = site_of_orbital[static_cast<std::size_t>(o)];
    out(site, 0) += std::real(part);
    if constexpr (Eigen::NumTraits<Scalar>::IsComplex) out(site, 1) += std::imag(part);
  }
}

/// Response of one k-point or of all at a fixed Fermi level, and what fixes the number of
/// electrons: views of one array, which can be summed as a whole.
struct Accumulator {
  Eigen::Map<Eigen::MatrixXd> response;        // lower triangle
  Eigen::Map<Eigen::VectorXd> level_response;  // dn/dε of all levels together
  double& level_slope;

  Accumulator(Eigen::VectorXd& numbers, Eigen::Index sites)
      : response(numbers.data(), sites, sites),
        level_response(numbers.data() + sites * sites, sites),
        level_slope(numbers(sites * (sites + 1))) {}
  static Eigen::Index size(Eigen::Index sites) { return sites * (sites + 1) + 1; }

  template <typename Scalar>
  void add(const Eigenproblem<Scalar>& problem, const std::vector<Eigen::Index>& site_of_orbital,
           const Eigen::VectorXd& occupations, double weight, double kt) {
    const Eigen::Index full = (occupations.array() > 1.0).count();
    const Eigen::Index first = std::max<Eigen::Index>(0, full - frontier_states);
    const Eigen::Index count = std::min(occupations.size(), full + frontier_states) - first;
    const Frontier frontier{problem.eigenvalues().segment(first, count),
                            occupations.segment(first, count), kt};
    const auto states = problem.states(first, count);
    constexpr Eigen::Index columns = Eigen::NumTraits<Scalar>::IsComplex ? 2 : 1;
    const Eigen::Index pairs = count * (count + 1) / 2;
    Eigen::MatrixXd parts(response.rows(), columns * pairs);
    Eigen::Index used = 0;
    for (Eigen::Index i = 0; i < count; ++i) {
      for (Eigen::Index a = i; a < count; ++a) {
        const double strength = weight * frontier.strength(i, a);
        if (strength > -negligible) continue;
        auto part = parts.middleCols(used, columns);
        overlap_parts<Scalar>(states, i, a, site_of_orbital, part);
        if (i == a) {
          level_response += strength * part.col(0);
          level_slope += strength;
        }
        part *= std::sqrt(-strength);
        used += columns;
      }
    }
    lapack::Matrix<double> sum;
    lapack::rank_k(parts.leftCols(used), sum);
    response.triangularView<Eigen::Lower>() -= sum;
  }
};

}  // namespace

Eigen::MatrixXd frontier_response(const ScfProblem& problem, const Filling& filling, double kt) {
  const Eigen::Index sites = problem.reference.size();
  Eigen::VectorXd numbers = Eigen::VectorXd::Zero(Accumulator::size(sites));
  problem.shares.accumulate(numbers, [&](std::size_t i) {
    const std::size_t k = problem.shares.own()[i];
    Eigen::VectorXd part = Eigen::VectorXd::Zero(numbers.size());
    Accumulator own(part, sites);
    std::visit(
        [&](const auto& p) {
          own.add(p, problem.site_of_orbital, filling.occupations[k], problem.weights[k], kt);
        },
        problem.kpoints[i]);
    return part;
  });
  const Accumulator sum(numbers, sites);
  Eigen::MatrixXd out = sum.response.selfadjointView<Eigen::Lower>();
  if (sum.level_slope < -negligible)
    out -= sum.level_response * sum.level_response.transpose() / sum.level_slope;
  return out;
}

}  // namespace ionpass::tightbinding
