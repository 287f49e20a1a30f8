// Eigenproblems over a grid of ranks: the equations they solve, on any number of ranks.
#include <complex>
#include <limits>
#include <random>
#include <vector>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include <hpc/grid_eigensolver.hpp>

namespace ionpass::hpc {
namespace {

template <typename Scalar>
using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

/// What a caller may leave in the triangle that nobody reads.
template <typename Scalar>
Matrix<Scalar> lower_alone(Matrix<Scalar> m) {
  m.template triangularView<Eigen::StrictlyUpper>().setConstant(
      Scalar(std::numeric_limits<double>::quiet_NaN()));
  return m;
}

/// The same on every rank.
template <typename Scalar>
Matrix<Scalar> random_hermitian(int n, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  const Matrix<Scalar> r = Matrix<Scalar>::NullaryExpr(n, n, [&]() -> Scalar {
    if constexpr (Eigen::NumTraits<Scalar>::IsComplex)
      return {normal(generator), normal(generator)};
    else
      return normal(generator);
  });
  return 0.5 * (r + r.adjoint());
}

template <typename Scalar>
class GridEigensolverOf : public testing::Test {};
using Scalars = testing::Types<double, std::complex<double>>;
TYPED_TEST_SUITE(GridEigensolverOf, Scalars);

TYPED_TEST(GridEigensolverOf, SolvesTheGeneralisedProblem) {
  if (!has_grid_eigensolver()) GTEST_SKIP() << "built without ScaLAPACK";
  using Scalar = TypeParam;
  constexpr int n = 140, first = 0, count = 100;  // no multiple of any block
  const Matrix<Scalar> h = random_hermitian<Scalar>(n, 1);
  const Matrix<Scalar> s = Matrix<Scalar>::Identity(n, n) + 0.02 * random_hermitian<Scalar>(n, 2);
  const auto size = static_cast<std::size_t>(n * n);
  const Matrix<Scalar> overlap = lower_alone(s);
  GridEigensolver<Scalar> solver(Communicator::world(), n);
  ASSERT_TRUE(solver.factorise({overlap.data(), size}));
  for (const double shift : {0.0, 0.5}) {  // the factor is used again
    const Matrix<Scalar> shifted = h + shift * s;
    Eigen::VectorXd energies(n);
    const Matrix<Scalar> hamiltonian = lower_alone(shifted);
    ASSERT_TRUE(solver.solve({hamiltonian.data(), size}, {energies.data(), n}));
    Matrix<Scalar> c(n, count), sc(n, count);
    const auto room = static_cast<std::size_t>(c.size());
    solver.states(first, {c.data(), room}, {sc.data(), room});
    const auto levels = energies.segment(first, count).asDiagonal();
    EXPECT_LT((shifted * c - s * c * levels).cwiseAbs().maxCoeff(), 1e-11);
    EXPECT_LT((sc - s * c).cwiseAbs().maxCoeff(), 1e-11);
    EXPECT_LT((c.adjoint() * sc - Matrix<Scalar>::Identity(count, count)).cwiseAbs().maxCoeff(),
              1e-11);
    const Eigen::GeneralizedSelfAdjointEigenSolver<Matrix<Scalar>> reference(shifted, s);
    EXPECT_LT((energies - reference.eigenvalues()).cwiseAbs().maxCoeff(), 1e-11);
  }
}

TYPED_TEST(GridEigensolverOf, RefusesAnOverlapThatIsNone) {
  if (!has_grid_eigensolver()) GTEST_SKIP() << "built without ScaLAPACK";
  const Matrix<TypeParam> s = random_hermitian<TypeParam>(40, 3);
  GridEigensolver<TypeParam> solver(Communicator::world(), 40);
  EXPECT_FALSE(solver.factorise({s.data(), static_cast<std::size_t>(s.size())}));
}

}  // namespace
}  // namespace ionpass::hpc
