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
// States transformed, or multiplied, at a time: more only cost memory.
constexpr Eigen::Index batch = 2048, block = 256;

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

bool has_partly_filled(const Filling& filling) {
  static constexpr double little = 1e-2;  // electrons
  return std::any_of(filling.occupations.begin(), filling.occupations.end(), [](const auto& f) {
    return (f.array() > little && f.array() < 2.0 - little).any();
  });
}

}  // namespace

ResponseModel::ResponseModel(ScfProblem& problem, const ScfResult& last, double kt,
                             Eigen::Index margin)
    : problem_(problem),
      kt_(kt),
      partly_filled_(has_partly_filled(last.filling)),
      potential_(last.potential),
      populations_(last.populations),
      eigenvalues_(last.eigenvalues) {
  for (std::size_t i = 0; i < problem.kpoints.size(); ++i) {
    const Eigen::VectorXd& occupations = last.filling.occupations[problem.shares.own()[i]];
    std::visit(
        [&](const auto& solved) {
          kpoints_.push_back(states_of(solved, occupations, last.filling.fermi_level, margin));
        },
        problem.kpoints[i]);
  }
}

template <typename Scalar>
ResponseModel::KpointStates ResponseModel::states_of(const Eigenproblem<Scalar>& solved,
                                                     const Eigen::VectorXd& f, double fermi_level,
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
  separate(out, energy, f, fermi_level);
  return out;
}

/// ½ (C_i^H v S C_a + (S C_i)^H v C_a) between lower states i and upper states a.
template <typename Scalar>
void ResponseModel::perturb(States<Scalar>& states, const Eigen::VectorXd& orbital_potential) {
  const Eigen::VectorXf half = 0.5F * orbital_potential.cast<float>().replicate(2, 1);
  states.perturbation.resize(states.lower.cols(), states.upper.cols());
  lapack::Matrix<Scalar> weighted, product;
  for (Eigen::Index first = 0; first < states.upper.cols(); first += block) {
    const Eigen::Index width = std::min(block, states.upper.cols() - first);
    weighted = half.asDiagonal() * states.upper.middleCols(first, width);
    lapack::multiply_adjoint(states.lower, weighted, product);
    states.perturbation.middleCols(first, width) = product;
  }
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
  lapack::multiply_by_adjoint(u * occupations.segment(states.window, size).asDiagonal(), u, window);
  window.diagonal() -= states.occupations;
  auto& x = states.perturbation;  // becomes the change of the density matrix
  x.array() *= states.strength.array();
  x.block(states.window, 0, size, size) = window.template cast<Scalar>();
  Eigen::VectorXf both = Eigen::VectorXf::Zero(states.lower.rows());
  lapack::Matrix<Scalar> density;
  for (Eigen::Index first = 0; first < x.cols(); first += block) {
    const Eigen::Index width = std::min(block, x.cols() - first);
    lapack::multiply(states.lower, x.middleCols(first, width), density);
    both += density.cwiseProduct(states.upper.middleCols(first, width).conjugate())
                .real()
                .rowwise()
                .sum();
  }
  const Eigen::Index n = both.size() / 2;
  return 0.5 * (both.head(n) + both.tail(n)).template cast<double>();
}

std::vector<Eigen::VectorXd> ResponseModel::solve_windows(
    const Eigen::VectorXd& orbital_potential) {
  const KpointShares& shares = problem_.shares;
  return shares.joined(orbital_potential.size(), [&](std::size_t i) {
    Eigen::VectorXd own = eigenvalues_[shares.own()[i]];
    std::visit(
        [&](auto& states) {
          perturb(states, orbital_potential);
          solve_window(states, own);
        },
        kpoints_[i]);
    return own;
  });
}

Eigen::VectorXd ResponseModel::populations(const Eigen::VectorXd& potential) {
  const Eigen::VectorXd difference = per_orbital(problem_, potential - potential_);
  const KpointShares& shares = problem_.shares;
  const std::vector<Eigen::VectorXd> energies = solve_windows(difference);
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
