// The few BLAS and LAPACK calls the tight binding makes, one name for real and complex numbers of
// single and double precision. Column-major, lower triangles.
#pragma once

#include <complex>
#include <type_traits>
#include <vector>

#include <Eigen/Dense>

namespace ionpass::tightbinding::lapack {

template <typename Scalar>
using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
template <typename Scalar>
using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
template <typename Scalar>
using Real = typename Eigen::NumTraits<Scalar>::Real;
/// The same kind of number in single, and in double precision.
template <typename Scalar>
using Single = std::conditional_t<Eigen::NumTraits<Scalar>::IsComplex, std::complex<float>, float>;
template <typename Scalar>
using Double =
    std::conditional_t<Eigen::NumTraits<Scalar>::IsComplex, std::complex<double>, double>;

/// Cholesky factor L of A = L L^H in the lower triangle of A. Returns false if A is not positive
/// definite.
template <typename Scalar>
bool cholesky(Matrix<Scalar>& a);

/// A <- L^-1 A L^-H (lower triangles).
template <typename Scalar>
void reduce_to_standard(Matrix<Scalar>& a, const Matrix<Scalar>& l);

/// A = Q T Q^H with a real tridiagonal T.
template <typename Scalar>
struct Tridiagonal {
  Vector<Real<Scalar>> diagonal, off_diagonal;
  Vector<Scalar> scales;  ///< of the reflections that make up Q
};

/// Reduces the Hermitian A, whose lower triangle becomes the reflections of Q. Returns false for
/// numbers that are none.
template <typename Scalar>
bool tridiagonalise(Matrix<Scalar>& a, Tridiagonal<Scalar>& t);

/// Eigenvalues (ascending, left in the diagonal) and eigenvectors of T by divide and conquer.
/// Returns false if LAPACK gives up.
template <typename Real>
bool solve_tridiagonal(Vector<Real>& diagonal, Vector<Real>& off_diagonal, Matrix<Real>& vectors);

/// X <- Q X, with the reflections that tridiagonalise() left.
template <typename Scalar>
void back_transform(const Matrix<Scalar>& reflections, const Tridiagonal<Scalar>& t,
                    Matrix<Scalar>& x);

/// Rows and columns of a matrix that is only read.
template <typename Scalar>
using Block = std::type_identity_t<Eigen::Ref<const Matrix<Scalar>>>;

/// C <- A B.
template <typename Scalar>
void multiply(const Block<Scalar>& a, const Block<Scalar>& b, Matrix<Scalar>& c);

/// C <- A^H B.
template <typename Scalar>
void multiply_adjoint(const Block<Scalar>& a, const Block<Scalar>& b, Matrix<Scalar>& c);

/// C <- A B^H.
template <typename Scalar>
void multiply_by_adjoint(const Block<Scalar>& a, const Block<Scalar>& b, Matrix<Scalar>& c);

/// X <- L^-H X.
template <typename Scalar>
void solve_upper(const Matrix<Scalar>& l, Matrix<Scalar>& x);

/// X <- L X.
template <typename Scalar>
void multiply_lower(const Matrix<Scalar>& l, Matrix<Scalar>& x);

/// C <- A A^H (lower triangle).
template <typename Scalar>
void rank_k(const Matrix<Scalar>& a, Matrix<Scalar>& c);

/// LU factors of a square matrix.
class Factors {
 public:
  explicit Factors(Matrix<float> a);
  /// A^-1 b; not finite if A is singular.
  [[nodiscard]] Eigen::VectorXd solve(const Eigen::VectorXd& b) const;

 private:
  Matrix<float> lu_;
  std::vector<int> pivots_;
};

/// x <- A^-1 x for a square A that is zero further than `bandwidth` from its diagonal. Returns
/// false if A is singular to rounding.
bool solve_banded(const Matrix<double>& a, Eigen::Index bandwidth, Eigen::VectorXd& x);

}  // namespace ionpass::tightbinding::lapack
