#include "tightbinding/lapack.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

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
  LAPACKE_dsygst_work(LAPACK_COL_MAJOR, 1, 'L', rows(a), a.data(), stride(a), l.data(), stride(l));
}
void reduce_to_standard(Matrix<Complex>& a, const Matrix<Complex>& l) {
  // LAPACKE declares the factor without const, but zhegst only reads it.
  LAPACKE_zhegst_work(LAPACK_COL_MAJOR, 1, 'L', rows(a), a.data(), stride(a),
                      const_cast<Complex*>(l.data()), stride(l));
}

bool tridiagonalise(Matrix<double>& a, Tridiagonal<double>& t) {
  t.diagonal.resize(a.rows());
  t.off_diagonal.resize(a.rows());
  t.scales.resize(a.rows());
  return LAPACKE_dsytrd(LAPACK_COL_MAJOR, 'L', rows(a), a.data(), stride(a), t.diagonal.data(),
                        t.off_diagonal.data(), t.scales.data()) == 0;
}
bool tridiagonalise(Matrix<Complex>& a, Tridiagonal<Complex>& t) {
  t.diagonal.resize(a.rows());
  t.off_diagonal.resize(a.rows());
  t.scales.resize(a.rows());
  return LAPACKE_zhetrd(LAPACK_COL_MAJOR, 'L', rows(a), a.data(), stride(a), t.diagonal.data(),
                        t.off_diagonal.data(), t.scales.data()) == 0;
}

bool solve_tridiagonal(Eigen::VectorXd& diagonal, Eigen::VectorXd& off_diagonal,
                       Matrix<double>& vectors) {
  vectors.resize(diagonal.size(), diagonal.size());
  return LAPACKE_dstedc(LAPACK_COL_MAJOR, 'I', static_cast<lapack_int>(diagonal.size()),
                        diagonal.data(), off_diagonal.data(), vectors.data(), stride(vectors)) == 0;
}

// The plain LAPACKE calls look for NaN in the whole square of the reflections, whose upper triangle
// holds nothing.
void back_transform(const Matrix<double>& reflections, const Tridiagonal<double>& t,
                    Matrix<double>& x) {
  const auto apply = [&](double* work, lapack_int size) {
    LAPACKE_dormtr_work(LAPACK_COL_MAJOR, 'L', 'L', 'N', rows(x), cols(x), reflections.data(),
                        stride(reflections), t.scales.data(), x.data(), stride(x), work, size);
  };
  double wanted = 0.0;
  apply(&wanted, -1);
  std::vector<double> work(static_cast<std::size_t>(wanted));
  apply(work.data(), static_cast<lapack_int>(work.size()));
}
void back_transform(const Matrix<Complex>& reflections, const Tridiagonal<Complex>& t,
                    Matrix<Complex>& x) {
  const auto apply = [&](Complex* work, lapack_int size) {
    LAPACKE_zunmtr_work(LAPACK_COL_MAJOR, 'L', 'L', 'N', rows(x), cols(x), reflections.data(),
                        stride(reflections), t.scales.data(), x.data(), stride(x), work, size);
  };
  Complex wanted;
  apply(&wanted, -1);
  std::vector<Complex> work(static_cast<std::size_t>(wanted.real()));
  apply(work.data(), static_cast<lapack_int>(work.size()));
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

void multiply(const Matrix<double>& a, const Matrix<double>& b, Matrix<double>& c) {
  c.resize(a.rows(), b.cols());
  cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, rows(a), cols(b), cols(a), 1.0, a.data(),
              stride(a), b.data(), stride(b), 0.0, c.data(), stride(c));
}

LinearSolver::LinearSolver(Matrix<double> a)
    : factors_(std::move(a)), pivots_(static_cast<std::size_t>(factors_.rows())) {
  LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, rows(factors_), cols(factors_), factors_.data(),
                      stride(factors_), pivots_.data());
}

Eigen::VectorXd LinearSolver::solve(const Eigen::VectorXd& b) const {
  Eigen::VectorXd x = b;
  LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, 'N', rows(factors_), 1, factors_.data(), stride(factors_),
                      pivots_.data(), x.data(), rows(factors_));
  return x;
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

bool solve_banded(const Matrix<double>& a, Eigen::Index bandwidth, Eigen::VectorXd& x) {
  const Eigen::Index n = a.rows();
  // LAPACK's band storage, with room for the fill-in of pivoting on top.
  Matrix<double> band = Matrix<double>::Zero(3 * bandwidth + 1, n);
  for (Eigen::Index j = 0; j < n; ++j) {
    const Eigen::Index top = std::max<Eigen::Index>(0, j - bandwidth);
    const Eigen::Index count = std::min(n - 1, j + bandwidth) - top + 1;
    band.col(j).segment(2 * bandwidth + top - j, count) = a.col(j).segment(top, count);
  }
  std::vector<lapack_int> pivots(static_cast<std::size_t>(n));
  const auto width = static_cast<lapack_int>(bandwidth);
  return LAPACKE_dgbsv(LAPACK_COL_MAJOR, static_cast<lapack_int>(n), width, width, 1, band.data(),
                       stride(band), pivots.data(), x.data(), static_cast<lapack_int>(n)) == 0;
}

}  // namespace ionpass::tightbinding::lapack
