// States at a potential near that of the last diagonalisation, by perturbation theory.
#include <algorithm>
#include <complex>
#include <limits>
#include <type_traits>
#include <utility>

#include "tightbinding/lapack.hpp"
#include "tightbinding/response.hpp"

namespace ionpass::tightbinding {

namespace {

constexpr double negligible = 1e-9;  // electrons; what the response leaves out
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Free energy of electrons that do not interact, Hartree: Σ f ε - T S.
double free_energy(const std::vector<double>& weights, const Filling& filling,
                   const std::vector<Eigen::VectorXd>& eigenvalues) {
  double sum = -filling.entropy_energy;
  for (std::size_t k = 0; k < weights.size(); ++k)
    sum += weights[k] * filling.occupations[k].dot(eigenvalues[k]);
  return sum;
}

}  // namespace

/// What each lower state takes up of the upper ones, 0 within the window. Returns the largest
/// squared length of that.
/// @param occupations of the last diagonalisation
template <typename Scalar>
double ResponseModel::rotate(States<Scalar>& states, const Eigen::VectorXd& occupations) {
  // The lower state of a pair takes the whole change of the density, (f_i - f_a)/(ε_i - ε_a) H'_ia
  // = f_i Y_ia: no pair of equal filling is turned then, however near its energies are.
  const Eigen::ArrayXd f = occupations.head(states.lower.cols()).array();
  const Eigen::ArrayXf share = (f > negligible).select(0.5 / f.max(negligible), 0.0).cast<float>();
  states.rotation = states.perturbation.conjugate();
  states.rotation.array() *= states.strength.array().colwise() * share;
  return static_cast<double>(states.rotation.rowwise().squaredNorm().maxCoeff());
}

/// Gives the problem the states that rotate() found, to be weighted for the energy-weighted density
/// so that it is right to first order too: full states are not solved among each other.
/// @param energies    of the last diagonalisation but for the window, which is solved anew
/// @param occupations for these
template <typename Scalar>
void ResponseModel::replace(const States<Scalar>& states, const Eigen::VectorXd& orbital_potential,
                            Eigen::VectorXd energies, const Eigen::VectorXd& occupations,
                            Eigenproblem<lapack::Double<Scalar>>& solved) {
  using Single = lapack::Matrix<Scalar>;
  using Full = lapack::Matrix<lapack::Double<Scalar>>;
  const Eigen::Index n = states.lower.rows() / 2, size = states.occupations.size();
  const Eigen::Index full = states.window, count = occupied_states(occupations);
  const Eigen::Index partly = count - full;  // states of the window that hold electrons
  const Full turn = states.eigenvectors.leftCols(partly);

  Single taken(states.upper.cols(), count), product;
  taken.leftCols(full) = states.rotation.topRows(full).transpose();
  lapack::multiply<Scalar>(states.rotation.bottomRows(size).transpose(),
                           turn.template cast<Scalar>(), product);
  taken.rightCols(partly) = product;
  lapack::multiply(states.upper.bottomRows(n), taken, product);
  Full coefficients = product.template cast<lapack::Double<Scalar>>(), window;
  coefficients.leftCols(full) += solved.coefficients(0, full);
  lapack::multiply(solved.coefficients(full, size), turn, window);
  coefficients.rightCols(partly) += window;

  // H' among the full states, and between them and the window.
  const Eigen::VectorXf half = 0.5F * orbital_potential.cast<float>();
  lapack::multiply_adjoint(half.asDiagonal() * states.lower.topLeftCorner(n, full),
                           states.lower.bottomLeftCorner(n, full), product);
  Full weights = Full::Zero(count, count);
  weights.topLeftCorner(full, full) =
      2.0 * (product + product.adjoint()).template cast<lapack::Double<Scalar>>();
  weights.topLeftCorner(full, full).diagonal() += 2.0 * energies.head(full);
  energies.head(full) = 0.5 * weights.topLeftCorner(full, full).diagonal().real();
  lapack::multiply(
      states.perturbation.topLeftCorner(full, size).template cast<lapack::Double<Scalar>>(), turn,
      window);
  const auto f = occupations.segment(full, partly);
  weights.topRightCorner(full, partly) = window * f.asDiagonal();
  weights.bottomLeftCorner(partly, full) = weights.topRightCorner(full, partly).adjoint();
  weights.bottomRightCorner(partly, partly).diagonal() +=
      f.cwiseProduct(energies.segment(full, partly));
  solved.adopt(energies, std::move(coefficients), std::move(weights));
}

bool ResponseModel::move_to(const Eigen::VectorXd& potential, const Eigen::VectorXd& populations,
                            double accuracy, ScfResult& result) {
  const KpointShares& shares = problem_.shares;
  const Eigen::VectorXd difference = per_orbital(problem_, potential - potential_);
  const std::vector<Eigen::VectorXd> energies = solve_windows(difference);
  Filling filling = fill_states(energies, problem_.weights, problem_.count, kt_);
  const std::vector<Eigen::VectorXd> rotations = shares.joined(1, [&](std::size_t i) {
    const std::size_t k = shares.own()[i];
    const Eigen::Index holding = occupied_states(filling.occupations[k]);
    const Eigen::VectorXd& before = result.filling.occupations[k];
    return std::visit(
        [&](auto& states) {
          // Electrons beyond the window have no states that could be moved.
          const bool all = holding <= states.lower.cols();
          return Eigen::VectorXd::Constant(1, all ? rotate(states, before) : infinity).eval();
        },
        kpoints_[i]);
  });
  const auto small = [&](const Eigen::VectorXd& r) { return r(0) < accuracy; };
  if (!std::all_of(rotations.begin(), rotations.end(), small)) return false;

  result.eigenvalues = shares.joined(difference.size(), [&](std::size_t i) -> Eigen::VectorXd {
    const std::size_t k = shares.own()[i];
    return std::visit(
        [&](const auto& states) -> Eigen::VectorXd {
          using Scalar = typename std::decay_t<decltype(states.lower)>::Scalar;
          auto& solved = std::get<Eigenproblem<lapack::Double<Scalar>>>(problem_.kpoints[i]);
          replace(states, difference, energies[k], filling.occupations[k], solved);
          return solved.eigenvalues();
        },
        kpoints_[i]);
  });
  const double moved = 0.5 * (populations_ + populations).dot(potential - potential_);
  const double energy = free_energy(problem_.weights, result.filling, eigenvalues_) + moved;
  result.energy_h0 = energy + filling.entropy_energy - potential.dot(populations);
  result.filling = std::move(filling);
  result.potential = potential;
  result.populations = populations;
  return true;
}

}  // namespace ionpass::tightbinding
