// How populations answer a change of the potential, roughly, as a matrix.
#include <algorithm>
#include <cmath>
#include <complex>

#include "tightbinding/lapack.hpp"
#include "tightbinding/response.hpp"

namespace ionpass::tightbinding {

namespace {

// Orbitals whose part is made at a time: more only cost memory.
constexpr Eigen::Index block = 256;
// Columns of a window with more states would take as long as the response itself.
constexpr Eigen::Index largest_window = 128;

/// Geometric mean of energies, or 1 hartree where there are none.
double typical(const Eigen::ArrayXd& energies) {
  return energies.size() == 0 ? 1.0 : std::exp(energies.max(1e-3).log().mean());
}

Eigen::Index site_of(const ScfProblem& problem, Eigen::Index row) {
  const auto orbitals = static_cast<Eigen::Index>(problem.site_of_orbital.size());
  return problem.site_of_orbital[static_cast<std::size_t>(row < orbitals ? row : row - orbitals)];
}

}  // namespace

/// With x and y the distances of an empty and an occupied state from the Fermi level and X and Y
/// typical ones, (X + Y)/((X + y)(x + Y)) stands for 1/(x + y): exact for x = X and for y = Y.
template <typename Scalar>
void ResponseModel::separate(States<Scalar>& states, const Eigen::VectorXd& energies,
                             const Eigen::VectorXd& occupations, double fermi_level) {
  const Eigen::Index lower = states.lower.cols(), upper = states.upper.cols();
  const Eigen::ArrayXd below = fermi_level - energies.array().head(lower);
  const Eigen::ArrayXd above = energies.array().tail(upper) - fermi_level;
  const double y = typical(below.head(states.window));
  const double x = typical(above.tail(energies.size() - lower));
  const auto f = occupations.array();
  states.depth = (f.head(lower) / (x + below.max(0.0))).cast<float>();
  states.height = ((x + y) * (1.0 - 0.5 * f.tail(upper)) / (y + above.max(0.0))).cast<float>();
}

/// -½ Σ Re[(L d L^H)* ∘ (U h U^H)] over the rows of two sites, with L and U the lower and upper
/// states as they are stacked: C meets S C and S C meets C, as in the populations.
template <typename Scalar>
Eigen::MatrixXd ResponseModel::smooth_part(const States<Scalar>& states) const {
  using Matrix = lapack::Matrix<Scalar>;
  const Eigen::Index rows = states.lower.rows(), sites = populations_.size();
  Eigen::MatrixXd half = Eigen::MatrixXd::Zero(sites, sites);
  Matrix occupied, empty;
  for (Eigen::Index first = 0; first < rows; first += block) {
    // Only rows from the block on: the product is Hermitian.
    const Eigen::Index left = rows - first, width = std::min(block, left);
    lapack::multiply_by_adjoint(states.lower.bottomRows(left),
                                states.lower.middleRows(first, width) * states.depth.asDiagonal(),
                                occupied);
    lapack::multiply_by_adjoint(states.upper.bottomRows(left),
                                states.upper.middleRows(first, width) * states.height.asDiagonal(),
                                empty);
    for (Eigen::Index j = 0; j < width; ++j) {
      auto column = half.col(site_of(problem_, first + j));
      for (Eigen::Index i = j; i < left; ++i) {
        const Scalar a = occupied(i, j), b = empty(i, j);
        const float product = std::real(a) * std::real(b) + std::imag(a) * std::imag(b);
        column(site_of(problem_, first + i)) -= (i == j ? 0.25 : 0.5) * product;
      }
    }
  }
  return half + half.transpose();
}

Eigen::MatrixXd ResponseModel::smooth_susceptibility() const {
  const Eigen::Index sites = populations_.size();
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(sites * sites);
  problem_.shares.accumulate(sum, [&](std::size_t i) -> Eigen::VectorXd {
    const Eigen::MatrixXd part =
        std::visit([&](const auto& states) { return smooth_part(states); }, kpoints_[i]);
    return problem_.weights[problem_.shares.own()[i]] * part.reshaped();
  });
  return sum.reshaped(sites, sites);
}

/// Σ_pq (strength of the pair less the smooth one) Re F_pq F_pq^H over the states of the window,
/// with F_pq the population that mixing p and q moves. The last column holds the change of the
/// populations, and of the number of electrons, with a common shift of the levels.
template <typename Scalar>
Eigen::MatrixXd ResponseModel::window_part(const States<Scalar>& states,
                                           const Eigen::VectorXd& energies) const {
  using Matrix = lapack::Matrix<Scalar>;
  const Eigen::Index sites = populations_.size(), size = states.occupations.size();
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(sites + 1, sites + 1);
  if (size > largest_window) return out;
  const auto energy = energies.segment(states.window, size);
  const auto depth = states.depth.tail(size), height = states.height.head(size);
  const Eigen::VectorXd& f = states.occupations;
  const double kt = std::max(kt_, 1e-6);
  Matrix moved = Matrix::Zero(sites, size * (size + 1) / 2), weighted = moved;
  for (Eigen::Index q = 0, pair = 0; q < size; ++q) {
    for (Eigen::Index p = 0; p <= q; ++p, ++pair) {
      for (Eigen::Index row = 0; row < states.lower.rows(); ++row) {
        moved(site_of(problem_, row), pair) +=
            0.5F * Eigen::numext::conj(states.lower(row, states.window + p)) * states.upper(row, q);
      }
      const double apart = energy(q) - energy(p), slope = -f(p) * (2.0 - f(p)) / (2.0 * kt);
      double strength = apart > 1e-3 * kt ? (f(q) - f(p)) / apart : slope;
      strength += static_cast<double>(depth(p) * height(q) + depth(q) * height(p));
      const double orders = p == q ? 1.0 : 2.0;
      weighted.col(pair) = static_cast<float>(orders * strength) * moved.col(pair);
      if (p != q) continue;
      out.col(sites).head(sites) += slope * moved.col(pair).real().template cast<double>();
      out(sites, sites) += slope;
    }
  }
  Matrix product;
  lapack::multiply_by_adjoint(weighted, moved, product);
  out.topLeftCorner(sites, sites) = product.real().template cast<double>();
  return out;
}

Eigen::MatrixXd ResponseModel::window_susceptibility() const {
  const Eigen::Index sites = populations_.size();
  if (!partly_filled_) return Eigen::MatrixXd::Zero(sites, sites);
  Eigen::VectorXd sum = Eigen::VectorXd::Zero((sites + 1) * (sites + 1));
  problem_.shares.accumulate(sum, [&](std::size_t i) -> Eigen::VectorXd {
    const std::size_t k = problem_.shares.own()[i];
    const Eigen::MatrixXd part = std::visit(
        [&](const auto& states) { return window_part(states, eigenvalues_[k]); }, kpoints_[i]);
    return problem_.weights[k] * part.reshaped();
  });
  const Eigen::Map<const Eigen::MatrixXd> all(sum.data(), sites + 1, sites + 1);
  Eigen::MatrixXd out = all.topLeftCorner(sites, sites);
  // The Fermi level moves so that no electron is gained or lost.
  const Eigen::VectorXd shift = all.col(sites).head(sites);
  if (all(sites, sites) < 0.0) out -= shift * shift.transpose() / all(sites, sites);
  return out;
}

template void ResponseModel::separate(States<float>&, const Eigen::VectorXd&,
                                      const Eigen::VectorXd&, double);
template void ResponseModel::separate(States<std::complex<float>>&, const Eigen::VectorXd&,
                                      const Eigen::VectorXd&, double);

}  // namespace ionpass::tightbinding
