// The linear algebra that is more than a call of LAPACK.
#include "tightbinding/lapack.hpp"

#include <cmath>
#include <complex>
#include <limits>
#include <random>
#include <utility>

#include <gtest/gtest.h>

namespace ionpass::tightbinding::lapack {
namespace {

template <typename Scalar>
Matrix<Scalar> random_hermitian(Eigen::Index n) {
  std::mt19937 generator(static_cast<unsigned>(n));
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  const Matrix<Scalar> a = Matrix<Scalar>::NullaryExpr(n, n, [&]() -> Scalar {
    const auto real = static_cast<Real<Scalar>>(uniform(generator));
    if constexpr (Eigen::NumTraits<Scalar>::IsComplex)
      return {real, static_cast<Real<Scalar>>(uniform(generator))};
    else
      return real;
  });
  return a + a.adjoint();
}

/// Largest element of Q T Q^H - A, and of Q^H Q - 1, in units of rounding.
template <typename Scalar>
std::pair<double, double> errors_of_reduction(const Matrix<Scalar>& a) {
  const Eigen::Index n = a.rows();
  Matrix<Scalar> reflections = a;
  // Above the diagonal lies whatever was there before.
  reflections.template triangularView<Eigen::StrictlyUpper>().setConstant(
      std::numeric_limits<Real<Scalar>>::quiet_NaN());
  Tridiagonal<Scalar> t;
  EXPECT_TRUE(tridiagonalise(reflections, t));
  Matrix<Scalar> tridiagonal = Matrix<Scalar>::Zero(n, n);
  tridiagonal.diagonal() = t.diagonal.template cast<Scalar>();
  tridiagonal.diagonal(-1) = t.off_diagonal.head(n - 1).template cast<Scalar>();
  tridiagonal.diagonal(1) = tridiagonal.diagonal(-1);
  Matrix<Scalar> q = Matrix<Scalar>::Identity(n, n);
  back_transform(reflections, t, q);
  const double rounding = std::numeric_limits<Real<Scalar>>::epsilon();
  const double size = static_cast<double>(a.norm());
  return {static_cast<double>((q * tridiagonal * q.adjoint() - a).norm()) / (rounding * size),
          static_cast<double>((q.adjoint() * q - Matrix<Scalar>::Identity(n, n)).norm()) /
              (rounding * std::sqrt(static_cast<double>(n)))};
}

template <typename Scalar>
class BackTransform : public testing::Test {};
using Scalars = testing::Types<float, double, std::complex<float>, std::complex<double>>;
TYPED_TEST_SUITE(BackTransform, Scalars);

TYPED_TEST(BackTransform, GivesTheMatrixBack) {
  // One reflection and none, whole blocks of them, and one more and one less.
  for (const Eigen::Index n : {1, 2, 3, 48, 49, 50, 97, 130}) {
    const auto [reduction, orthogonality] = errors_of_reduction(random_hermitian<TypeParam>(n));
    EXPECT_LT(reduction, 30.0) << n;
    EXPECT_LT(orthogonality, 30.0) << n;
  }
}

TYPED_TEST(BackTransform, LeavesOutReflectionsOfNothing) {
  // Two blocks without elements between them, the second diagonal.
  Matrix<TypeParam> a = random_hermitian<TypeParam>(90);
  a.bottomLeftCorner(60, 30).setZero();
  a.topRightCorner(30, 60).setZero();
  a.bottomRightCorner(60, 60) = Matrix<TypeParam>(a.diagonal().tail(60).asDiagonal());
  const auto [reduction, orthogonality] = errors_of_reduction(a);
  EXPECT_LT(reduction, 30.0);
  EXPECT_LT(orthogonality, 30.0);
}

TEST(BackTransformation, OfSomeVectorsIsThatOfAll) {
  constexpr Eigen::Index n = 1100;  // wider blocks than above
  Matrix<double> reflections = random_hermitian<double>(n);
  Tridiagonal<double> t;
  ASSERT_TRUE(tridiagonalise(reflections, t));
  Matrix<double> all = Matrix<double>::Identity(n, n), some = all.middleCols(200, 7);
  back_transform(reflections, t, all);
  back_transform(reflections, t, some);
  EXPECT_LT((all.middleCols(200, 7) - some).cwiseAbs().maxCoeff(), 1e-13);
  EXPECT_LT((some.transpose() * some - Matrix<double>::Identity(7, 7)).norm(), 1e-12);
}

TEST(Tridiagonal, LargeProblemsHaveRoomInSinglePrecision) {
  constexpr Eigen::Index n = 4200;  // its n² + 4n + 1 would be rounded down
  Vector<float> diagonal = Vector<float>::LinSpaced(n, 1.0F, -1.0F), below(n);
  below.setZero();
  const float lowest = diagonal(n - 1);
  Matrix<float> vectors;
  ASSERT_TRUE(solve_tridiagonal(diagonal, below, vectors));
  EXPECT_EQ(diagonal(0), lowest);
  EXPECT_EQ(std::abs(vectors(n - 1, 0)), 1.0F);
}

TEST(Tridiagonal, RefusesProblemsThatAreNotFinite) {
  Vector<double> diagonal = Vector<double>::Ones(60), below = diagonal;
  below(30) = std::numeric_limits<double>::quiet_NaN();
  Matrix<double> vectors;
  EXPECT_FALSE(solve_tridiagonal(diagonal, below, vectors));
}

}  // namespace
}  // namespace ionpass::tightbinding::lapack
