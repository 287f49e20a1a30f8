// The few BLAS and LAPACK calls the tight binding makes, one name for real and complex numbers.
// Column-major, lower triangles.
#pragma once

#include <complex>
#include <vector>

#include <Eigen/Dense>

namespace ionpass::tightbinding::lapack {

template <typename Scalar>
using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

/// Cholesky factor L of A = L L^H in the lower triangle of A. Returns false if A is not positive
/// definite.
bool cholesky(Matrix<double>& a);
bool cholesky(Matrix<std::complex<double>>& a);

/// A <- L^-1 A L^-H (lower triangles).
void reduce_to_standard(Matrix<double>& a, const Matrix<double>& l);
void reduce_to_standard(Matrix<std::complex<double>>& a, const Matrix<std::complex<double>>& l);

/// A = Q T Q^H with a real tridiagonal T.
template <typename Scalar>
struct Tridiagonal {
  Eigen::VectorXd diagonal, off_diagonal;
  Eigen::Matrix<Scalar, Eigen::Dynamic, 1> scales;  ///< of the reflections that make up Q
};

/// Reduces the Hermitian A, whose lower triangle becomes the reflections of Q. Returns false for
/// numbers that are none.
bool tridiagonalise(Matrix<double>& a, Tridiagonal<double>& t);
bool tridiagonalise(Matrix<std::complex<double>>& a, Tridiagonal<std::complex<double>>& t);

/// Eigenvalues (ascending, left in the diagonal) and eigenvectors of T by divide and conquer.
/// Returns false if LAPACK gives up.
bool solve_tridiagonal(Eigen::VectorXd& diagonal, Eigen::VectorXd& off_diagonal,
                       Matrix<double>& vectors);

/// X <- Q X, with the reflections that tridiagonalise() left.
void back_transform(const Matrix<double>& reflections, const Tridiagonal<double>& t,
                    Matrix<double>& x);
void back_transform(const Matrix<std::complex<double>>& reflections,
                    const Tridiagonal<std::complex<double>>& t, Matrix<std::complex<double>>& x);

/// C <- A B.
void multiply(const Matrix<double>& a, const Matrix<double>& b, Matrix<double>& c);

/// A x = b for a square A that is factorised once.
class LinearSolver {
 public:
  explicit LinearSolver(Matrix<double> a);
  /// Not finite if A is singular.
  [[nodiscard]] Eigen::VectorXd solve(const Eigen::VectorXd& b) const;

 private:
  Matrix<double> factors_;
  std::vector<int> pivots_;
};

/// X <- L^-H X.
void solve_upper(const Matrix<double>& l, Eigen::Ref<Matrix<double>> x);
void solve_upper(const Matrix<std::complex<double>>& l, Eigen::Ref<Matrix<std::complex<double>>> x);

/// X <- L X.
void multiply_lower(const Matrix<double>& l, Eigen::Ref<Matrix<double>> x);
void multiply_lower(const Matrix<std::complex<double>>& l,
                    Eigen::Ref<Matrix<std::complex<double>>> x);

/// C <- A A^H (lower triangle).
void rank_k(const Eigen::Ref<const Matrix<double>>& a, Matrix<double>& c);
void rank_k(const Eigen::Ref<const Matrix<std::complex<double>>>& a,
            Matrix<std::complex<double>>& c);

/// x <- A^-1 x for a square A that is zero further than `bandwidth` from its diagonal. Returns
/// false if A is singular to rounding.
bool solve_banded(const Matrix<double>& a, Eigen::Index bandwidth, Eigen::VectorXd& x);

}  // namespace ionpass::tightbinding::lapack
