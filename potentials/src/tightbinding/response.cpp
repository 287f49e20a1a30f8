#include "tightbinding/response.hpp"

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <structures/error.hpp>

#include "tightbinding/lapack.hpp"

namespace ionpass::tightbinding {

namespace {

constexpr double negligible = 1e-9;  // electrons
// States transformed at a time: more only cost memory.
constexpr Eigen::Index batch = 2048;

/// Eigenvalues of a Hermitian matrix, which its eigenvectors replace.
template <typename Matrix>
Eigen::VectorXd diagonalise(Matrix& a) {
  lapack::Tridiagonal<typename Matrix::Scalar> t;
  lapack::Matrix<double> vectors;
  if (!lapack::tridiagonalise(a, t) ||
      !lapack::solve_tridiagonal(t.diagonal, t.off_diagonal, vectors))
    throw ConvergenceError("the response of the electrons cannot be diagonalised");
  Matrix out = vectors.cast<typename Matrix::Scalar>();
  lapack::back_transform(a, t, out);
  a = std::move(out);
  return std::move(t.diagonal);
}

}  // namespace

ResponseModel::ResponseModel(const ScfProblem& problem, const ScfResult& last, double kt,
                             Eigen::Index margin)
    : problem_(problem),
      kt_(kt),
      potential_(last.potential),
      populations_(last.populations),
      eigenvalues_(last.eigenvalues) {
  for (std::size_t i = 0; i < problem.kpoints.size(); ++i) {
    const Eigen::VectorXd& occupations = last.filling.occupations[problem.shares.own()[i]];
    std::visit(
        [&](const auto& solved) { kpoints_.push_back(states_of(solved, occupations, margin)); },
        problem.kpoints[i]);
  }
}

template <typename Scalar>
ResponseModel::KpointStates ResponseModel::states_of(const Eigenproblem<Scalar>& solved,
                                                     const Eigen::VectorXd& f,
                                                     Eigen::Index margin) {
  const Eigen::VectorXd& energy = solved.eigenvalues();
  const Eigen::Index n = f.size();
  const Eigen::Index full = (f.array() > 2.0 - negligible).count();
  const Eigen::Index holding = (f.array() > negligible).count();
  const Eigen::Index first = std::max<Eigen::Index>(0, full - margin);
  const Eigen::Index end = std::min(n, holding + margin);
  States<lapack::Single<Scalar>> out;
  out.window = first;
  out.occupations = f.segment(first, end - first);
  out.lower.resize(2 * n, end);
  out.upper.resize(2 * n, n - first);
  for (Eigen::Index from = 0; from < n; from += batch) {
    const auto [coefficients, projected] = solved.states(from, std::min(batch, n - from));
    const Eigen::Index to = from + coefficients.cols();
    if (const Eigen::Index lower = std::min(to, end) - from; lower > 0) {
      out.lower.middleCols(from, lower) << coefficients.leftCols(lower), projected.leftCols(lower);
    }
    if (const Eigen::Index upper = to - std::max(from, first); upper > 0) {
      out.upper.middleCols(to - upper - first, upper) << projected.rightCols(upper),
          coefficients.rightCols(upper);
    }
  }
  out.strength = Eigen::MatrixXf::Zero(end, n - first);
  for (Eigen::Index a = first; a < n; ++a) {
    for (Eigen::Index i = 0; i < (a < end ? first : end); ++i) {
      const double difference = f(i) - f(a);
      // Twice, for each pair in both orders.
      if (difference > negligible)
        out.strength(i, a - first) = static_cast<float>(2.0 * difference / (energy(i) - energy(a)));
    }
  }
  return out;
}

/// ½ (C_i^H v S C_a + (S C_i)^H v C_a) between lower states i and upper states a.
template <typename Scalar>
void ResponseModel::perturb(States<Scalar>& states, const Eigen::VectorXd& orbital_potential) {
  const Eigen::VectorXf half = 0.5F * orbital_potential.cast<float>();
  const Eigen::Index n = half.size();
  states.weighted.resize(2 * n, states.lower.cols());
  states.weighted.topRows(n) = half.asDiagonal() * states.lower.topRows(n);
  states.weighted.bottomRows(n) = half.asDiagonal() * states.lower.bottomRows(n);
  lapack::multiply_adjoint(states.weighted, states.upper, states.perturbation);
}

/// Solves the window anew; `energies` are those of all states.
template <typename Scalar>
void ResponseModel::solve_window(States<Scalar>& states, Eigen::VectorXd& energies) {
  const Eigen::Index size = states.occupations.size();
  auto energy = energies.segment(states.window, size);
  states.eigenvectors = states.perturbation.block(states.window, 0, size, size)
                            .template cast<lapack::Double<Scalar>>();
  states.eigenvectors.diagonal() += energy;
  energy = diagonalise(states.eigenvectors);
}

/// Change of the population of every orbital, once the window is filled.
template <typename Scalar>
Eigen::VectorXd ResponseModel::change(States<Scalar>& states, const Eigen::VectorXd& occupations) {
  using Accurate = lapack::Matrix<lapack::Double<Scalar>>;
  const Eigen::Index size = states.occupations.size();
  const Accurate& u = states.eigenvectors;
  Accurate window;
  lapack::multiply(Accurate(u * occupations.segment(states.window, size).asDiagonal()),
                   Accurate(u.adjoint()), window);
  window.diagonal() -= states.occupations;
  auto& x = states.perturbation;  // becomes the change of the density matrix
  x.array() *= states.strength.array();
  x.block(states.window, 0, size, size) = window.template cast<Scalar>();
  lapack::multiply(states.lower, x, states.density);
  const Eigen::VectorXf both =
      (states.density.array() * states.upper.array().conjugate()).real().rowwise().sum();
  const Eigen::Index n = both.size() / 2;
  return 0.5 * (both.head(n) + both.tail(n)).template cast<double>();
}

Eigen::VectorXd ResponseModel::populations(const Eigen::VectorXd& potential) {
  const Eigen::VectorXd difference = per_orbital(problem_, potential - potential_);
  const KpointShares& shares = problem_.shares;
  const std::vector<Eigen::VectorXd> energies =
      shares.joined(difference.size(), [&](std::size_t i) {
        Eigen::VectorXd own = eigenvalues_[shares.own()[i]];
        std::visit(
            [&](auto& states) {
              perturb(states, difference);
              solve_window(states, own);
            },
            kpoints_[i]);
        return own;
      });
  const Filling filling = fill_states(energies, problem_.weights, problem_.count, kt_);
  const std::vector<Eigen::VectorXd> orbitals =
      shares.joined(difference.size(), [&](std::size_t i) {
        const Eigen::VectorXd& occupations = filling.occupations[shares.own()[i]];
        return std::visit([&](auto& states) { return change(states, occupations); }, kpoints_[i]);
      });
  Eigen::VectorXd out = Eigen::VectorXd::Zero(potential.size());
  for (std::size_t k = 0; k < orbitals.size(); ++k) {
    for (std::size_t i = 0; i < problem_.site_of_orbital.size(); ++i) {
      out(problem_.site_of_orbital[i]) +=
          problem_.weights[k] * orbitals[k](static_cast<Eigen::Index>(i));
    }
  }
  return populations_ + symmetrised(problem_, out);
}

}  // namespace ionpass::tightbinding
