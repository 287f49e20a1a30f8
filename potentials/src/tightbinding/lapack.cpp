#include "tightbinding/lapack.hpp"

// Both headers would choose C's complex type otherwise.
#define lapack_complex_float std::complex<float>
#define lapack_complex_double std::complex<double>
#include <cblas.h>
#include <lapacke.h>

namespace ionpass::tightbinding::lapack {

namespace {

using Complex = std::complex<double>;
constexpr Complex one{1.0, 0.0};

template <typename Derived>
lapack_int rows(const Derived& m) {
  return static_cast<lapack_int>(m.rows());
}
template <typename Derived>
lapack_int cols(const Derived& m) {
  return static_cast<lapack_int>(m.cols());
}
template <typename Derived>
lapack_int stride(const Derived& m) {
  return static_cast<lapack_int>(m.outerStride());
}

}  // namespace

bool cholesky(Matrix<double>& a) {
  return LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', rows(a), a.data(), stride(a)) == 0;
}
bool cholesky(Matrix<Complex>& a) {
  return LAPACKE_zpotrf(LAPACK_COL_MAJOR, 'L', rows(a), a.data(), stride(a)) == 0;
}

void reduce_to_standard(Matrix<double>& a, const Matrix<double>& l) {
  LAPACKE_dsygst(LAPACK_COL_MAJOR, 1, 'L', rows(a), a.data(), stride(a), l.data(), stride(l));
}
void reduce_to_standard(Matrix<Complex>& a, const Matrix<Complex>& l) {
  // LAPACKE declares the factor without const, but zhegst only reads it.
  LAPACKE_zhegst(LAPACK_COL_MAJOR, 1, 'L', rows(a), a.data(), stride(a),
                 const_cast<Complex*>(l.data()), stride(l));
}

bool eigen_decompose(Matrix<double>& a, Eigen::VectorXd& eigenvalues) {
  eigenvalues.resize(a.rows());
  return LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'L', rows(a), a.data(), stride(a),
                        eigenvalues.data()) == 0;
}
bool eigen_decompose(Matrix<Complex>& a, Eigen::VectorXd& eigenvalues) {
  eigenvalues.resize(a.rows());
  return LAPACKE_zheevd(LAPACK_COL_MAJOR, 'V', 'L', rows(a), a.data(), stride(a),
                        eigenvalues.data()) == 0;
}

void solve_upper(const Matrix<double>& l, Eigen::Ref<Matrix<double>> x) {
  cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, rows(x), cols(x), 1.0,
              l.data(), stride(l), x.data(), stride(x));
}
void solve_upper(const Matrix<Complex>& l, Eigen::Ref<Matrix<Complex>> x) {
  cblas_ztrsm(CblasColMajor, CblasLeft, CblasLower, CblasConjTrans, CblasNonUnit, rows(x), cols(x),
              &one, l.data(), stride(l), x.data(), stride(x));
}

void multiply_lower(const Matrix<double>& l, Eigen::Ref<Matrix<double>> x) {
  cblas_dtrmm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, rows(x), cols(x),
              1.0, l.data(), stride(l), x.data(), stride(x));
}
void multiply_lower(const Matrix<Complex>& l, Eigen::Ref<Matrix<Complex>> x) {
  cblas_ztrmm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, rows(x), cols(x),
              &one, l.data(), stride(l), x.data(), stride(x));
}

void rank_k(const Eigen::Ref<const Matrix<double>>& a, Matrix<double>& c) {
  c.resize(a.rows(), a.rows());
  cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, rows(a), cols(a), 1.0, a.data(), stride(a),
              0.0, c.data(), stride(c));
}
void rank_k(const Eigen::Ref<const Matrix<Complex>>& a, Matrix<Complex>& c) {
  c.resize(a.rows(), a.rows());
  cblas_zherk(CblasColMajor, CblasLower, CblasNoTrans, rows(a), cols(a), 1.0, a.data(), stride(a),
              0.0, c.data(), stride(c));
}

}  // namespace ionpass::tightbinding::lapack
