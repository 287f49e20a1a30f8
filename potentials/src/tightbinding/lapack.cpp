#include "tightbinding/lapack.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

// Both headers would choose C's complex type otherwise.
#define lapack_complex_float std::complex<float>
#define lapack_complex_double std::complex<double>
#include <cblas.h>
#include <lapacke.h>

namespace ionpass::tightbinding::lapack {

namespace {

using SingleComplex = std::complex<float>;
using DoubleComplex = std::complex<double>;

/// The names of the routines for each kind of number.
template <typename Scalar>
struct Routines;
template <>
struct Routines<float> {
  static constexpr auto cholesky = LAPACKE_spotrf;
  static constexpr auto reduce = LAPACKE_ssygst_work;
  static constexpr auto tridiagonalise = LAPACKE_ssytrd;
  static constexpr auto divide_and_conquer = LAPACKE_sstedc_work;
  static constexpr auto multiply = cblas_sgemm;
  static constexpr auto solve_triangular = cblas_strsm;
  static constexpr auto multiply_triangular = cblas_strmm;
  static constexpr auto rank_k = cblas_ssyrk;
};
template <>
struct Routines<double> {
  static constexpr auto cholesky = LAPACKE_dpotrf;
  static constexpr auto reduce = LAPACKE_dsygst_work;
  static constexpr auto tridiagonalise = LAPACKE_dsytrd;
  static constexpr auto divide_and_conquer = LAPACKE_dstedc_work;
  static constexpr auto multiply = cblas_dgemm;
  static constexpr auto solve_triangular = cblas_dtrsm;
  static constexpr auto multiply_triangular = cblas_dtrmm;
  static constexpr auto rank_k = cblas_dsyrk;
};
template <>
struct Routines<SingleComplex> {
  static constexpr auto cholesky = LAPACKE_cpotrf;
  static constexpr auto reduce = LAPACKE_chegst_work;
  static constexpr auto tridiagonalise = LAPACKE_chetrd;
  static constexpr auto multiply = cblas_cgemm;
  static constexpr auto solve_triangular = cblas_ctrsm;
  static constexpr auto multiply_triangular = cblas_ctrmm;
  static constexpr auto rank_k = cblas_cherk;
};
template <>
struct Routines<DoubleComplex> {
  static constexpr auto cholesky = LAPACKE_zpotrf;
  static constexpr auto reduce = LAPACKE_zhegst_work;
  static constexpr auto tridiagonalise = LAPACKE_zhetrd;
  static constexpr auto multiply = cblas_zgemm;
  static constexpr auto solve_triangular = cblas_ztrsm;
  static constexpr auto multiply_triangular = cblas_ztrmm;
  static constexpr auto rank_k = cblas_zherk;
};

/// A factor as CBLAS takes it: by value, or by address where it is complex.
template <typename Scalar>
auto factor(const Scalar& value) {
  if constexpr (Eigen::NumTraits<Scalar>::IsComplex)
    return &value;
  else
    return value;
}
template <typename Scalar>
constexpr Scalar one{1};
template <typename Scalar>
constexpr Scalar zero{0};

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

template <typename Scalar>
bool cholesky(Matrix<Scalar>& a) {
  return Routines<Scalar>::cholesky(LAPACK_COL_MAJOR, 'L', rows(a), a.data(), stride(a)) == 0;
}

template <typename Scalar>
void reduce_to_standard(Matrix<Scalar>& a, const Matrix<Scalar>& l) {
  // LAPACKE declares complex factors without const, but they are only read.
  Routines<Scalar>::reduce(LAPACK_COL_MAJOR, 1, 'L', rows(a), a.data(), stride(a),
                           const_cast<Scalar*>(l.data()), stride(l));
}

template <typename Scalar>
bool tridiagonalise(Matrix<Scalar>& a, Tridiagonal<Scalar>& t) {
  t.diagonal.resize(a.rows());
  t.off_diagonal.resize(a.rows());
  t.scales.resize(a.rows());
  return Routines<Scalar>::tridiagonalise(LAPACK_COL_MAJOR, 'L', rows(a), a.data(), stride(a),
                                          t.diagonal.data(), t.off_diagonal.data(),
                                          t.scales.data()) == 0;
}

// LAPACK says how much room it needs in the numbers of the problem, and single precision holds no
// count above 2^24 exactly: with 4097 rows it would be too little.
template <typename Real>
bool solve_tridiagonal(Vector<Real>& diagonal, Vector<Real>& off_diagonal, Matrix<Real>& vectors) {
  const Eigen::Index n = diagonal.size();
  // It might search for eigenvalues of NaN without end.
  if (!diagonal.allFinite() || !off_diagonal.head(std::max<Eigen::Index>(n - 1, 0)).allFinite())
    return false;
  vectors.resize(n, n);
  const auto size = static_cast<std::size_t>(n * n + 4 * n + 1);
  const auto work = std::make_unique_for_overwrite<Real[]>(size);
  std::vector<lapack_int> places(static_cast<std::size_t>(5 * n + 3));
  return Routines<Real>::divide_and_conquer(LAPACK_COL_MAJOR, 'I', static_cast<lapack_int>(n),
                                            diagonal.data(), off_diagonal.data(), vectors.data(),
                                            stride(vectors), work.get(),
                                            static_cast<lapack_int>(size), places.data(),
                                            static_cast<lapack_int>(places.size())) == 0;
}

namespace {

/// Columns v of the reflections H = 1 - τ v v^H number `first` and following, without the rows
/// above `first` + 1, where all are zero.
template <typename Scalar>
void copy_reflections(const Matrix<Scalar>& reflections, const Vector<Scalar>& scales,
                      Eigen::Index first, Matrix<Scalar>& v) {
  for (Eigen::Index j = 0; j < v.cols(); ++j) {
    const Eigen::Index below = v.rows() - j - 1;
    v.col(j).head(j).setZero();
    v(j, j) = one<Scalar>;
    v.col(j).tail(below) = reflections.col(first + j).tail(below);
    if (scales(first + j) == zero<Scalar>) v.col(j).setZero();
  }
}

/// T^-1 in its upper triangle, where 1 - V T V^H is the product of the reflections V: the upper
/// triangle of V^H V, with 1/τ on the diagonal.
template <typename Scalar>
void join_reflections(const Matrix<Scalar>& v, const Vector<Scalar>& scales, Eigen::Index first,
                      Matrix<Scalar>& inverse) {
  constexpr auto adjoint = Eigen::NumTraits<Scalar>::IsComplex ? CblasConjTrans : CblasTrans;
  inverse.resize(v.cols(), v.cols());
  Routines<Scalar>::rank_k(CblasColMajor, CblasUpper, adjoint, cols(v), rows(v), Real<Scalar>{1},
                           v.data(), stride(v), Real<Scalar>{0}, inverse.data(), stride(inverse));
  for (Eigen::Index j = 0; j < v.cols(); ++j) {
    const Scalar scale = scales(first + j);
    inverse(j, j) = scale == zero<Scalar> ? one<Scalar> : one<Scalar> / scale;
  }
}

}  // namespace

// By the UT transform of T. Joffrain, T. M. Low, E. S. Quintana-Ortí, R. van de Geijn and F. G. Van
// Zee, ACM Trans. Math. Softw. 32, 169 (2006), which is made of large products alone: LAPACK's own
// routine takes 1.3 (1377 rows) to 2.5 times as long (240 rows), and longer on two threads than on
// one.
template <typename Scalar>
void back_transform(const Matrix<Scalar>& reflections, const Tridiagonal<Scalar>& t,
                    Matrix<Scalar>& x) {
  const Eigen::Index count = std::max<Eigen::Index>(reflections.rows() - 1, 0);
  const Eigen::Index width = count < 1000 ? 48 : 96;
  const Scalar minus_one{-1};
  Matrix<Scalar> v, inverse, product;
  for (Eigen::Index first = (count - 1) / width * width; first >= 0; first -= width) {
    v.resize(count - first, std::min(width, count - first));
    if (v.size() == 0) return;
    copy_reflections(reflections, t.scales, first, v);
    join_reflections(v, t.scales, first, inverse);
    auto below = x.bottomRows(v.rows());
    multiply_adjoint(v, below, product);
    Routines<Scalar>::solve_triangular(CblasColMajor, CblasLeft, CblasUpper, CblasNoTrans,
                                       CblasNonUnit, rows(product), cols(product),
                                       factor(one<Scalar>), inverse.data(), stride(inverse),
                                       product.data(), stride(product));
    Routines<Scalar>::multiply(CblasColMajor, CblasNoTrans, CblasNoTrans, rows(v), cols(product),
                               cols(v), factor(minus_one), v.data(), stride(v), product.data(),
                               stride(product), factor(one<Scalar>), below.data(), stride(below));
  }
}

template <typename Scalar>
void multiply(const Block<Scalar>& a, const Block<Scalar>& b, Matrix<Scalar>& c) {
  c.resize(a.rows(), b.cols());
  Routines<Scalar>::multiply(CblasColMajor, CblasNoTrans, CblasNoTrans, rows(a), cols(b), cols(a),
                             factor(one<Scalar>), a.data(), stride(a), b.data(), stride(b),
                             factor(zero<Scalar>), c.data(), stride(c));
}

template <typename Scalar>
void multiply_adjoint(const Block<Scalar>& a, const Block<Scalar>& b, Matrix<Scalar>& c) {
  c.resize(a.cols(), b.cols());
  Routines<Scalar>::multiply(CblasColMajor, CblasConjTrans, CblasNoTrans, cols(a), cols(b), rows(a),
                             factor(one<Scalar>), a.data(), stride(a), b.data(), stride(b),
                             factor(zero<Scalar>), c.data(), stride(c));
}

template <typename Scalar>
void multiply_by_adjoint(const Block<Scalar>& a, const Block<Scalar>& b, Matrix<Scalar>& c) {
  c.resize(a.rows(), b.rows());
  Routines<Scalar>::multiply(CblasColMajor, CblasNoTrans, CblasConjTrans, rows(a), rows(b), cols(a),
                             factor(one<Scalar>), a.data(), stride(a), b.data(), stride(b),
                             factor(zero<Scalar>), c.data(), stride(c));
}

template <typename Scalar>
void solve_upper(const Matrix<Scalar>& l, Matrix<Scalar>& x) {
  Routines<Scalar>::solve_triangular(CblasColMajor, CblasLeft, CblasLower, CblasConjTrans,
                                     CblasNonUnit, rows(x), cols(x), factor(one<Scalar>), l.data(),
                                     stride(l), x.data(), stride(x));
}

template <typename Scalar>
void multiply_lower(const Matrix<Scalar>& l, Matrix<Scalar>& x) {
  Routines<Scalar>::multiply_triangular(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans,
                                        CblasNonUnit, rows(x), cols(x), factor(one<Scalar>),
                                        l.data(), stride(l), x.data(), stride(x));
}

template <typename Scalar>
void rank_k(const Matrix<Scalar>& a, Matrix<Scalar>& c) {
  c.resize(a.rows(), a.rows());
  Routines<Scalar>::rank_k(CblasColMajor, CblasLower, CblasNoTrans, rows(a), cols(a),
                           Real<Scalar>{1}, a.data(), stride(a), Real<Scalar>{0}, c.data(),
                           stride(c));
}

Factors::Factors(Matrix<float> a)
    : lu_(std::move(a)), pivots_(static_cast<std::size_t>(lu_.rows())) {
  LAPACKE_sgetrf_work(LAPACK_COL_MAJOR, rows(lu_), cols(lu_), lu_.data(), stride(lu_),
                      pivots_.data());
}

Eigen::VectorXd Factors::solve(const Eigen::VectorXd& b) const {
  Vector<float> x = b.cast<float>();
  LAPACKE_sgetrs_work(LAPACK_COL_MAJOR, 'N', rows(lu_), 1, lu_.data(), stride(lu_), pivots_.data(),
                      x.data(), rows(x));
  return x.cast<double>();
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

template bool solve_tridiagonal(Vector<float>&, Vector<float>&, Matrix<float>&);
template bool solve_tridiagonal(Vector<double>&, Vector<double>&, Matrix<double>&);

template bool cholesky(Matrix<float>&);
template void reduce_to_standard(Matrix<float>&, const Matrix<float>&);
template bool tridiagonalise(Matrix<float>&, Tridiagonal<float>&);
template void back_transform(const Matrix<float>&, const Tridiagonal<float>&, Matrix<float>&);
template void multiply<float>(const Block<float>&, const Block<float>&, Matrix<float>&);
template void multiply_adjoint<float>(const Block<float>&, const Block<float>&, Matrix<float>&);
template void multiply_by_adjoint<float>(const Block<float>&, const Block<float>&, Matrix<float>&);
template void solve_upper(const Matrix<float>&, Matrix<float>&);
template void multiply_lower(const Matrix<float>&, Matrix<float>&);
template void rank_k(const Matrix<float>&, Matrix<float>&);

template bool cholesky(Matrix<double>&);
template void reduce_to_standard(Matrix<double>&, const Matrix<double>&);
template bool tridiagonalise(Matrix<double>&, Tridiagonal<double>&);
template void back_transform(const Matrix<double>&, const Tridiagonal<double>&, Matrix<double>&);
template void multiply<double>(const Block<double>&, const Block<double>&, Matrix<double>&);
template void multiply_adjoint<double>(const Block<double>&, const Block<double>&, Matrix<double>&);
template void multiply_by_adjoint<double>(const Block<double>&, const Block<double>&,
                                          Matrix<double>&);
template void solve_upper(const Matrix<double>&, Matrix<double>&);
template void multiply_lower(const Matrix<double>&, Matrix<double>&);
template void rank_k(const Matrix<double>&, Matrix<double>&);

template bool cholesky(Matrix<SingleComplex>&);
template void reduce_to_standard(Matrix<SingleComplex>&, const Matrix<SingleComplex>&);
template bool tridiagonalise(Matrix<SingleComplex>&, Tridiagonal<SingleComplex>&);
template void back_transform(const Matrix<SingleComplex>&, const Tridiagonal<SingleComplex>&,
                             Matrix<SingleComplex>&);
template void multiply<SingleComplex>(const Block<SingleComplex>&, const Block<SingleComplex>&,
                                      Matrix<SingleComplex>&);
template void multiply_adjoint<SingleComplex>(const Block<SingleComplex>&,
                                              const Block<SingleComplex>&, Matrix<SingleComplex>&);
template void multiply_by_adjoint<SingleComplex>(const Block<SingleComplex>&,
                                                 const Block<SingleComplex>&,
                                                 Matrix<SingleComplex>&);
template void solve_upper(const Matrix<SingleComplex>&, Matrix<SingleComplex>&);
template void multiply_lower(const Matrix<SingleComplex>&, Matrix<SingleComplex>&);
template void rank_k(const Matrix<SingleComplex>&, Matrix<SingleComplex>&);

template bool cholesky(Matrix<DoubleComplex>&);
template void reduce_to_standard(Matrix<DoubleComplex>&, const Matrix<DoubleComplex>&);
template bool tridiagonalise(Matrix<DoubleComplex>&, Tridiagonal<DoubleComplex>&);
template void back_transform(const Matrix<DoubleComplex>&, const Tridiagonal<DoubleComplex>&,
                             Matrix<DoubleComplex>&);
template void multiply<DoubleComplex>(const Block<DoubleComplex>&, const Block<DoubleComplex>&,
                                      Matrix<DoubleComplex>&);
template void multiply_adjoint<DoubleComplex>(const Block<DoubleComplex>&,
                                              const Block<DoubleComplex>&, Matrix<DoubleComplex>&);
template void multiply_by_adjoint<DoubleComplex>(const Block<DoubleComplex>&,
                                                 const Block<DoubleComplex>&,
                                                 Matrix<DoubleComplex>&);
template void solve_upper(const Matrix<DoubleComplex>&, Matrix<DoubleComplex>&);
template void multiply_lower(const Matrix<DoubleComplex>&, Matrix<DoubleComplex>&);
template void rank_k(const Matrix<DoubleComplex>&, Matrix<DoubleComplex>&);

}  // namespace ionpass::tightbinding::lapack
