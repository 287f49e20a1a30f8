// The few BLAS and LAPACK calls the tight binding makes, one name for real and complex numbers.
// Column-major, lower triangles.
#pragma once

#include <complex>
#include <span>

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

/// Eigenvalues (ascending) of the Hermitian A, whose columns become the eigenvectors. Returns false
/// if LAPACK gives up.
bool eigen_decompose(Matrix<double>& a, Eigen::VectorXd& eigenvalues);
bool eigen_decompose(Matrix<std::complex<double>>& a, Eigen::VectorXd& eigenvalues);

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

}  // namespace ionpass::tightbinding::lapack
