// The shared machinery of the tight binding, part by part.
#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <utility>
#include <variant>

#include <gtest/gtest.h>

#include "differences.hpp"
#include "rank_threads.hpp"
#include "tightbinding/coulomb.hpp"
#include "tightbinding/eigenproblem.hpp"
#include "tightbinding/ewald.hpp"
#include "tightbinding/fermi.hpp"
#include "tightbinding/gamma.hpp"
#include "tightbinding/mixer.hpp"
#include "tightbinding/response.hpp"
#include "tightbinding/scf.hpp"

namespace ionpass::tightbinding {
namespace {

Eigen::Matrix3Xd random_positions(int n, double scale, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<double> uniform(-scale, scale);
  return Eigen::Matrix3Xd::NullaryExpr(3, n, [&] { return uniform(generator); });
}

TEST(Ewald, MadelungConstantOfRockSalt) {
  // -1.747564594633 per ion pair and nearest distance 1: Madelung's value for NaCl.
  Eigen::Matrix3d fcc;
  fcc << 0, 1, 1, 1, 0, 1, 1, 1, 0;
  Eigen::Matrix3Xd positions(3, 2);
  positions.col(0).setZero();
  positions.col(1) << 1, 0, 0;
  const Eigen::MatrixXd phi = EwaldSum(fcc, positions).potential_matrix();
  const Eigen::Vector2d q(1, -1);
  EXPECT_NEAR(0.5 * q.dot(phi * q), -1.7475645946331822, 1e-11);
}

TEST(Ewald, ChargedCubicLatticeWithBackground) {
  // Energy of a unit point charge per cubic cell of edge 1 in its background: -2.837297479481/2
  // (Leslie & Gillan, J. Phys. C 18, 973 (1985)).
  const Eigen::MatrixXd phi =
      EwaldSum(Eigen::Matrix3d::Identity(), Eigen::Matrix3Xd::Zero(3, 1)).potential_matrix();
  EXPECT_NEAR(phi(0, 0), -2.837297479480619, 1e-11);
}

TEST(Ewald, DerivativesAgreeWithDifferencesInASkewedChargedCell) {
  Eigen::Matrix3d cell;
  cell << 9.0, 2.0, -1.0, 0.0, 8.0, 3.0, 0.5, 0.0, 11.0;
  const Eigen::Matrix3Xd positions = random_positions(4, 5.0, 3);
  const Eigen::Vector4d q(0.7, -0.4, 1.1, -0.2);
  const auto energy = [&](const Eigen::Matrix3d& c, const Eigen::Matrix3Xd& p) -> double {
    return 0.5 * q.dot(EwaldSum(c, p).potential_matrix() * q);
  };
  const Derivatives d = EwaldSum(cell, positions).derivatives(q);
  test::expect_derivatives(energy, cell, positions, d, 2, 1e-4);
}

TEST(Gamma, BecomesCoulombFarAwayAndHubbardAtZero) {
  const ShortRangeGamma unequal(0.42, 0.28), equal(0.35, 0.35);
  for (const auto* g : {&unequal, &equal}) {
    EXPECT_LT(std::abs(g->at(g->range()).value), 1e-11);
    // 1/R - s must stay finite and run into the on-site value.
    EXPECT_NEAR(1.0 / 1e-3 - g->at(1e-3).value, g->on_site(), 1e-3);
  }
  EXPECT_DOUBLE_EQ(equal.on_site(), 0.35);
}

TEST(Gamma, BothFormulasMeetForNearlyEqualParameters) {
  // Just inside and just outside the range of the expansion, the change must be that of the
  // parameter.
  for (const double r : {1.0, 3.0, 8.0}) {
    const ShortRangeGamma inside(0.35, 0.35 * 1.00995), edge(0.35, 0.35 * 1.01004),
        outside(0.35, 0.35 * 1.0102);
    const double per_parameter = (outside.at(r).value - edge.at(r).value) / (0.35 * 0.00016);
    EXPECT_NEAR(edge.at(r).value - inside.at(r).value, per_parameter * 0.35 * 0.00009, 5e-9) << r;
    EXPECT_NEAR(inside.at(r).slope, edge.at(r).slope, 5e-4 * std::abs(edge.at(r).slope) + 5e-9)
        << r;
  }
}

TEST(Gamma, SlopeIsTheDerivative) {
  constexpr double h = 1e-5;
  for (const auto& g :
       {ShortRangeGamma(0.42, 0.13), ShortRangeGamma(0.3, 0.3), ShortRangeGamma(0.3, 0.302)}) {
    for (const double r : {1.0, 3.0, 8.0})
      EXPECT_NEAR(g.at(r).slope, (g.at(r + h).value - g.at(r - h).value) / (2 * h), 1e-9);
  }
}

TEST(Fermi, FillsDegenerateLevelsEqually) {
  Eigen::VectorXd levels(4);
  levels << -1.0, 0.0, 0.0, 1.0;
  const Filling f = fill_states({levels}, {1.0}, {.electrons = 4.0}, 0.0);
  EXPECT_NEAR(f.occupations[0](1), 1.0, 1e-9);
  EXPECT_NEAR(f.occupations[0](2), 1.0, 1e-9);
}

TEST(Fermi, CountsElectronsAndEntropyOfHalfFilledPair) {
  Eigen::VectorXd levels(2);
  levels << -0.01, 0.01;
  const double kt = 0.02;
  const Filling f = fill_states({levels, levels}, {0.25, 0.75}, {.electrons = 2.0}, kt);
  EXPECT_NEAR(0.25 * f.occupations[0].sum() + 0.75 * f.occupations[1].sum(), 2.0, 1e-12);
  EXPECT_NEAR(f.fermi_level, 0.0, 1e-12);
  const double p = 1.0 / (1.0 + std::exp(-0.5));
  EXPECT_NEAR(f.entropy_energy,
              -4.0 * kt * 0.5 * (p * std::log(p) + (1 - p) * std::log(1 - p)) * 2.0, 1e-12);
  EXPECT_NEAR(f.gap, 0.02, 1e-15);
}

TEST(Fermi, LevelLiesInTheMiddleOfAGap) {
  Eigen::VectorXd levels(2);
  levels << -0.5, 0.3;
  EXPECT_NEAR(fill_states({levels}, {1.0}, {.electrons = 2.0}, 1e-3).fermi_level, -0.1, 1e-3);
}

TEST(Fermi, UnpairedElectronsFillTheSameLevelsWithTwoFermiLevels) {
  Eigen::VectorXd levels(3);
  levels << -0.5, -0.1, 0.4;
  const Filling f = fill_states({levels}, {1.0}, {.electrons = 3.0, .unpaired = 1.0}, 1e-3);
  EXPECT_NEAR(f.occupations[0](0), 2.0, 1e-12);
  EXPECT_NEAR(f.occupations[0](1), 1.0, 1e-12);
  EXPECT_NEAR(f.occupations[0](2), 0.0, 1e-12);
  EXPECT_NEAR(f.entropy_energy, 0.0, 1e-12);
  // Sharing one level instead half fills it for both spins: entropy 2 kT ln 2.
  const Filling shared = fill_states({levels}, {1.0}, {.electrons = 3.0}, 1e-3);
  EXPECT_NEAR(shared.entropy_energy, 2e-3 * std::log(2.0), 1e-12);
}

TEST(ChargeModel, PotentialIsTheDerivativeOfTheEnergy) {
  ChargeModel model;
  model.gamma = Eigen::Matrix3d{{0.5, 0.3, 0.1}, {0.3, 0.4, 0.2}, {0.1, 0.2, 0.6}};
  model.third_order = Eigen::Vector2d(0.2, -0.1);
  model.atom_of_site = {0, 0, 1};
  const Eigen::VectorXd dq = Eigen::Vector3d(0.3, -0.5, 0.4);
  const Eigen::VectorXd v = model.potential(dq);
  constexpr double h = 1e-5;
  for (Eigen::Index i = 0; i < 3; ++i) {
    const auto energy = [&](double amount) {
      const Eigen::VectorXd moved = dq + amount * Eigen::Vector3d::Unit(i);
      return model.second_order_energy(moved) + model.third_order_energy(moved);
    };
    EXPECT_NEAR(v(i), (energy(h) - energy(-h)) / (2 * h), 1e-9);
  }
}

/// A small problem of random matrices at two k-points, one complex; two orbitals per site.
ScfProblem random_problem(const Reducer* group = nullptr) {
  std::mt19937 generator(11);
  std::normal_distribution<double> normal;
  const auto hermitian = [&](auto scalar, double scale) {
    using Scalar = decltype(scalar);
    using Matrix = lapack::Matrix<Scalar>;
    const Matrix r = Matrix::NullaryExpr(6, 6, [&]() -> Scalar {
      if constexpr (Eigen::NumTraits<Scalar>::IsComplex)
        return {normal(generator), normal(generator)};
      else
        return normal(generator);
    });
    return Matrix(scale * (r + r.adjoint()));
  };
  ScfProblem out;
  const auto add = [&](auto scalar, double weight) {
    using Scalar = decltype(scalar);
    const lapack::Matrix<Scalar> h = hermitian(scalar, 0.2);
    const lapack::Matrix<Scalar> s =
        lapack::Matrix<Scalar>::Identity(6, 6) + hermitian(scalar, 0.05);
    out.kpoints.emplace_back(Eigenproblem<Scalar>(h, s));
    out.weights.push_back(weight);
  };
  add(std::complex<double>(), 0.75);
  add(0.0, 0.25);
  out.shares = KpointShares(
      {{Eigen::Vector3d(0.1, 0.2, 0.3), 0.75}, {Eigen::Vector3d::Zero(), 0.25}}, group);
  if (group != nullptr && group->size() == 2)
    out.kpoints.erase(out.kpoints.begin() + (1 - group->rank()));
  out.site_of_orbital = {0, 0, 1, 1, 2, 2};
  out.reference = Eigen::Vector3d(1.0, 1.5, 2.0);
  out.count.electrons = 5.0;
  return out;
}

/// One diagonalisation.
ScfResult solved_at(ScfProblem& problem, const Eigen::VectorXd& v, double kt,
                    Precision precision = Precision::full) {
  ScfResult out;
  out.potential = v;
  for (KpointProblem& k : problem.kpoints) {
    std::visit(
        [&](auto& p) {
          p.solve(per_orbital(problem, v), precision);
          out.eigenvalues.push_back(p.eigenvalues());
        },
        k);
  }
  out.filling = fill_states(out.eigenvalues, problem.weights, problem.count, kt);
  out.populations = Eigen::VectorXd::Zero(3);
  for (std::size_t k = 0; k < 2; ++k) {
    const Eigen::VectorXd n = std::visit(
        [&](auto& p) { return p.populations(out.filling.occupations[k]); }, problem.kpoints[k]);
    for (Eigen::Index i = 0; i < 6; ++i) out.populations(i / 2) += problem.weights[k] * n(i);
  }
  return out;
}

double error_of(ResponseModel& model, ScfProblem& problem, const Eigen::VectorXd& v, double kt) {
  return (model.populations(v) - solved_at(problem, v, kt).populations).cwiseAbs().maxCoeff();
}

TEST(Response, IsExactWhereTheWindowHoldsAllStates) {
  for (const double unpaired : {0.0, 1.0}) {
    ScfProblem problem = random_problem();
    problem.count.unpaired = unpaired;
    constexpr double kt = 0.02;
    const Eigen::VectorXd v = Eigen::Vector3d(0.1, -0.2, 0.05);
    const Eigen::VectorXd step = Eigen::Vector3d(-0.3, 0.4, 0.2);
    for (const Precision precision : {Precision::single, Precision::full}) {
      ResponseModel model(problem, solved_at(problem, v, kt, precision), kt, 6);
      EXPECT_LT(error_of(model, problem, v, kt), 1e-5);
      EXPECT_LT(error_of(model, problem, v + step, kt), 1e-5);
      EXPECT_NEAR(model.populations(v + step).sum(), 5.0, 1e-5);
    }
  }
}

TEST(Response, IsOfFirstOrderInTheStatesOutsideOfTheWindow) {
  ScfProblem problem = random_problem();
  constexpr double kt = 0.003;  // few states are partly filled
  constexpr Eigen::Index margin = 1;
  const Eigen::VectorXd v = Eigen::Vector3d(0.1, -0.2, 0.05);
  const Eigen::VectorXd step = Eigen::Vector3d(-0.3, 0.4, 0.2);
  ResponseModel model(problem, solved_at(problem, v, kt), kt, margin);
  const double large = error_of(model, problem, v + 0.2 * step, kt);
  const double small = error_of(model, problem, v + 0.02 * step, kt);
  EXPECT_GT(large, 1e-4);
  EXPECT_NEAR(small / large, 0.01, 0.005);
}

/// Change of the populations with the potential of site i, by central differences.
Eigen::VectorXd slope_of_populations(ScfProblem& problem, const Eigen::VectorXd& v, double kt,
                                     Eigen::Index i) {
  constexpr double step = 1e-5;
  const Eigen::VectorXd d = step * Eigen::Vector3d::Unit(i);
  return (solved_at(problem, v + d, kt).populations - solved_at(problem, v - d, kt).populations) /
         (2.0 * step);
}

TEST(Response, EstimateOfItsDerivativeIsExactWithinTheWindow) {
  ScfProblem problem = random_problem();
  constexpr double kt = 0.1;  // most states are partly filled
  const Eigen::VectorXd v = Eigen::Vector3d(0.1, -0.2, 0.05);
  const ResponseModel model(problem, solved_at(problem, v, kt), kt, 6);
  const Eigen::MatrixXd estimate = model.smooth_susceptibility() + model.window_susceptibility();
  for (Eigen::Index i = 0; i < 3; ++i) {
    const Eigen::VectorXd slope = slope_of_populations(problem, v, kt, i);
    EXPECT_LT((estimate.col(i) - slope).norm(), 1e-4 * slope.norm()) << i;
  }
}

TEST(Response, EstimateOfItsDerivativeIsRoughWithGaps) {
  ScfProblem problem = random_problem();
  constexpr double kt = 0.003;
  const Eigen::VectorXd v = Eigen::Vector3d(0.1, -0.2, 0.05);
  const ResponseModel model(problem, solved_at(problem, v, kt), kt, 1);
  const Eigen::MatrixXd estimate = model.smooth_susceptibility() + model.window_susceptibility();
  for (Eigen::Index i = 0; i < 3; ++i) {
    const Eigen::VectorXd slope = slope_of_populations(problem, v, kt, i);
    EXPECT_LT((estimate.col(i) - slope).norm(), 0.3 * slope.norm()) << i;
  }
}

/// Densities of both k-points, one below the other.
struct BothDensities {
  Eigen::MatrixXcd density{12, 6}, energy_weighted{12, 6};
  BothDensities(const ScfProblem& problem, const ScfResult& result) {
    for (std::size_t k = 0; k < 2; ++k) {
      const auto row = static_cast<Eigen::Index>(6 * k);
      std::visit(
          [&](const auto& p) {
            const auto lower = [](const auto& m) -> Eigen::MatrixXcd {
              return m.template cast<std::complex<double>>()
                  .template triangularView<Eigen::Lower>();
            };
            const auto d = p.densities(result.filling.occupations[k]);
            density.middleRows(row, 6) = lower(d.density);
            energy_weighted.middleRows(row, 6) = lower(d.energy_weighted);
          },
          problem.kpoints[k]);
    }
  }
};

double energy_h0(const ScfProblem& problem, const ScfResult& result) {
  double sum = -result.potential.dot(result.populations);
  for (std::size_t k = 0; k < 2; ++k)
    sum += problem.weights[k] * result.filling.occupations[k].dot(result.eigenvalues[k]);
  return sum;
}

TEST(Response, StatesMovedToAPotentialNearByAreThoseOfADiagonalisation) {
  const Eigen::VectorXd v = Eigen::Vector3d(0.1, -0.2, 0.05);
  const Eigen::VectorXd there = v + 3e-5 * Eigen::Vector3d(-0.3, 0.4, 0.2);
  for (const double kt : {0.003, 0.02}) {  // few and many states partly filled
    ScfProblem problem = random_problem();
    const ScfResult before = solved_at(problem, v, kt);
    ScfResult moved = before;
    const BothDensities old(problem, before);
    ResponseModel model(problem, before, kt, 1);
    ASSERT_TRUE(model.move_to(there, model.populations(there), 1e-9, moved));
    const BothDensities got(problem, moved);
    const ScfResult solved = solved_at(problem, there, kt);
    const BothDensities wanted(problem, solved);
    constexpr double accuracy = 3e-9;  // that of the second order, and of single precision
    EXPECT_GT((wanted.density - old.density).norm(), 1000.0 * accuracy);
    EXPECT_GT((wanted.energy_weighted - old.energy_weighted).norm(), 1000.0 * accuracy);
    EXPECT_LT((got.density - wanted.density).norm(), accuracy);
    EXPECT_LT((got.energy_weighted - wanted.energy_weighted).norm(), accuracy);
    EXPECT_LT((moved.populations - solved.populations).norm(), accuracy);
    EXPECT_EQ(moved.potential, there);
    const double entropy = moved.filling.entropy_energy - solved.filling.entropy_energy;
    EXPECT_NEAR(entropy, 0.0, accuracy);
    // Free energies agree to second order: the energies differ by the error of entropy and charges.
    EXPECT_NEAR(moved.energy_h0 + there.dot(moved.populations) - entropy,
                energy_h0(problem, solved) + there.dot(solved.populations), 1e-12);
    for (std::size_t k = 0; k < 2; ++k)
      EXPECT_LT((moved.filling.occupations[k] - solved.filling.occupations[k]).norm(), 1e-5);
  }
}

TEST(Response, StatesAreNotMovedFar) {
  constexpr double kt = 0.003;
  const Eigen::VectorXd v = Eigen::Vector3d(0.1, -0.2, 0.05);
  const Eigen::VectorXd there = v + Eigen::VectorXd(Eigen::Vector3d(-0.03, 0.04, 0.02));
  ScfProblem problem = random_problem();
  ScfResult result = solved_at(problem, v, kt);
  const BothDensities before(problem, result);
  ResponseModel model(problem, result, kt, 1);
  EXPECT_FALSE(model.move_to(there, model.populations(there), 1e-9, result));
  EXPECT_EQ(result.potential, v);
  EXPECT_EQ(BothDensities(problem, result).density, before.density);
}

TEST(Response, StatesAreNotMovedWhereElectronsGoBeyondTheWindow) {
  const Eigen::VectorXd v = Eigen::Vector3d(0.1, -0.2, 0.05);
  const auto moves = [&](double kt_there) {
    ScfProblem problem = random_problem();
    ScfResult result = solved_at(problem, v, 0.003);
    ResponseModel model(problem, result, kt_there, 1);
    constexpr double any = 1e6;  // no rotation is too large
    return model.move_to(v, result.populations, any, result);
  };
  EXPECT_TRUE(moves(0.003));
  EXPECT_FALSE(moves(0.5));  // the uppermost states, far outside, are to hold electrons
}

TEST(Response, IsTheSameOnTwoRanks) {
  constexpr double kt = 0.02;
  const Eigen::VectorXd v = Eigen::Vector3d(0.1, -0.2, 0.05);
  const Eigen::VectorXd there = v + Eigen::Vector3d(-0.3, 0.4, 0.2);
  ScfProblem problem = random_problem();
  const ScfResult last = solved_at(problem, v, kt);
  const Eigen::VectorXd alone = ResponseModel(problem, last, kt, 2).populations(there);
  test::on_threads(2, [&](const Reducer& group) {
    ScfProblem share = random_problem(&group);
    std::visit(
        [&](auto& p) {
          p.solve(per_orbital(share, v));
          (void)p.populations(last.filling.occupations[share.shares.own().at(0)]);
        },
        share.kpoints.at(0));
    EXPECT_EQ(ResponseModel(share, last, kt, 2).populations(there), alone);
  });
}

TEST(Eigenproblem, SinglePrecisionAgreesWithFull) {
  ScfProblem problem = random_problem();
  const Eigen::VectorXd v = Eigen::Vector3d(0.1, -0.2, 0.05);
  const ScfResult single = solved_at(problem, v, 0.02, Precision::single);
  const ScfResult full = solved_at(problem, v, 0.02);
  const double error = (single.populations - full.populations).cwiseAbs().maxCoeff();
  EXPECT_LT(error, 1e-5);
  EXPECT_GT(error, 1e-9);
}

TEST(Mixer, SolvesALinearFixedPointInAsManyStepsAsDimensions) {
  // x = A x + b with a spectrum on which plain iteration diverges.
  const Eigen::Matrix3d a = Eigen::Vector3d(-3.0, 0.5, -8.0).asDiagonal();
  const Eigen::Vector3d b(1.0, 2.0, 3.0);
  BroydenMixer mixer(0.3, 8);
  Eigen::VectorXd x = Eigen::Vector3d::Zero();
  for (int i = 0; i < 6; ++i) x = mixer.next(x, a * x + b - x);
  EXPECT_LT((a * x + b - x).norm(), 1e-6);
}

TEST(Eigenproblem, PopulationsAndDensitiesAgree) {
  std::mt19937 generator(5);
  std::normal_distribution<double> normal;
  using Matrix = lapack::Matrix<std::complex<double>>;
  const Eigen::Index n = 7;
  const Matrix r = Matrix::NullaryExpr(
      n, n, [&] { return std::complex<double>(normal(generator), normal(generator)); });
  const Matrix h = r + r.adjoint(), s = Matrix::Identity(n, n) + 0.05 * (r * r.adjoint());
  Eigenproblem<std::complex<double>> problem(h, s);
  problem.solve(Eigen::VectorXd::Zero(n));
  Eigen::VectorXd f = Eigen::VectorXd::Zero(n);
  f.head(3) << 2.0, 2.0, 0.7;
  const auto d = problem.densities(f);
  const Matrix p = d.density.selfadjointView<Eigen::Lower>();
  EXPECT_LT((problem.populations(f) - (p * s).diagonal().real()).cwiseAbs().maxCoeff(), 1e-11);
  EXPECT_NEAR((p * s).trace().real(), 4.7, 1e-11);
  EXPECT_NEAR((p * h).trace().real(), f.dot(problem.eigenvalues()), 1e-10);
  const Matrix w = d.energy_weighted.selfadjointView<Eigen::Lower>();
  EXPECT_NEAR((w * s).trace().real(), f.dot(problem.eigenvalues()), 1e-10);
}

}  // namespace
}  // namespace ionpass::tightbinding
