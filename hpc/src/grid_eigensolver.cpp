// Eigenproblems over a BLACS grid. ScaLAPACK is Fortran: it ships no header, so that its functions
// are declared here.
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

#include <mpi.h>

#include <hpc/grid_eigensolver.hpp>

extern "C" {
using Complex = std::complex<double>;
int Csys2blacs_handle(MPI_Comm comm);
void Cfree_blacs_system_handle(int handle);
void Cblacs_gridinit(int* context, const char* order, int rows, int columns);
void Cblacs_gridinfo(int context, int* rows, int* columns, int* row, int* column);
void Cblacs_gridexit(int context);
int numroc_(const int* n, const int* block, const int* process, const int* source,
            const int* processes);
void descinit_(int* descriptor, const int* m, const int* n, const int* mb, const int* nb,
               const int* row_source, const int* column_source, const int* context, const int* lld,
               int* info);
void pdpotrf_(const char* uplo, const int* n, double* a, const int* ia, const int* ja,
              const int* desca, int* info);
void pzpotrf_(const char* uplo, const int* n, Complex* a, const int* ia, const int* ja,
              const int* desca, int* info);
void pdsyngst_(const int* type, const char* uplo, const int* n, double* a, const int* ia,
               const int* ja, const int* desca, const double* b, const int* ib, const int* jb,
               const int* descb, double* scale, double* work, const int* lwork, int* info);
void pzhengst_(const int* type, const char* uplo, const int* n, Complex* a, const int* ia,
               const int* ja, const int* desca, const Complex* b, const int* ib, const int* jb,
               const int* descb, double* scale, Complex* work, const int* lwork, int* info);
void pdsytrd_(const char* uplo, const int* n, double* a, const int* ia, const int* ja,
              const int* desca, double* d, double* e, double* tau, double* work, const int* lwork,
              int* info);
void pzhetrd_(const char* uplo, const int* n, Complex* a, const int* ia, const int* ja,
              const int* desca, double* d, double* e, Complex* tau, Complex* work, const int* lwork,
              int* info);
void pdlared1d_(const int* n, const int* ia, const int* ja, const int* desc,
                const double* by_column, double* by_all, double* work, const int* lwork);
void pdstedc_(const char* compz, const int* n, double* d, double* e, double* q, const int* iq,
              const int* jq, const int* descq, double* work, const int* lwork, int* iwork,
              const int* liwork, int* info);
void pdormtr_(const char* side, const char* uplo, const char* trans, const int* m, const int* n,
              const double* a, const int* ia, const int* ja, const int* desca, const double* tau,
              double* c, const int* ic, const int* jc, const int* descc, double* work,
              const int* lwork, int* info);
void pzunmtr_(const char* side, const char* uplo, const char* trans, const int* m, const int* n,
              const Complex* a, const int* ia, const int* ja, const int* desca, const Complex* tau,
              Complex* c, const int* ic, const int* jc, const int* descc, Complex* work,
              const int* lwork, int* info);
void pdtrsm_(const char* side, const char* uplo, const char* trans, const char* diag, const int* m,
             const int* n, const double* alpha, const double* a, const int* ia, const int* ja,
             const int* desca, double* b, const int* ib, const int* jb, const int* descb);
void pztrsm_(const char* side, const char* uplo, const char* trans, const char* diag, const int* m,
             const int* n, const Complex* alpha, const Complex* a, const int* ia, const int* ja,
             const int* desca, Complex* b, const int* ib, const int* jb, const int* descb);
void pdtrmm_(const char* side, const char* uplo, const char* trans, const char* diag, const int* m,
             const int* n, const double* alpha, const double* a, const int* ia, const int* ja,
             const int* desca, double* b, const int* ib, const int* jb, const int* descb);
void pztrmm_(const char* side, const char* uplo, const char* trans, const char* diag, const int* m,
             const int* n, const Complex* alpha, const Complex* a, const int* ia, const int* ja,
             const int* desca, Complex* b, const int* ib, const int* jb, const int* descb);
}

namespace ionpass::hpc {
namespace {

constexpr int block = 32;  // rows and columns that stay together on one rank
constexpr int zero = 0, one = 1, query = -1;

using Descriptor = std::array<int, 9>;

// One name for real and complex numbers.
int cholesky(int n, double* a, const int* desc) {
  int info = 0;
  pdpotrf_("L", &n, a, &one, &one, desc, &info);
  return info;
}
int cholesky(int n, Complex* a, const int* desc) {
  int info = 0;
  pzpotrf_("L", &n, a, &one, &one, desc, &info);
  return info;
}

template <typename Scalar>
int reduce_to_standard(int n, Scalar* a, const Scalar* l, const int* desc) {
  int info = 0;
  double scale = 1.0;
  const auto call = [&](Scalar* work, const int* size) {
    if constexpr (std::is_same_v<Scalar, double>)
      pdsyngst_(&one, "L", &n, a, &one, &one, desc, l, &one, &one, desc, &scale, work, size, &info);
    else
      pzhengst_(&one, "L", &n, a, &one, &one, desc, l, &one, &one, desc, &scale, work, size, &info);
  };
  Scalar wanted{};
  call(&wanted, &query);
  std::vector<Scalar> work(static_cast<std::size_t>(std::real(wanted)) + 1);
  const int size = static_cast<int>(work.size());
  call(work.data(), &size);
  return info;
}

double conjugate(double number) { return number; }
Complex conjugate(const Complex& number) { return std::conj(number); }

template <typename Scalar>
struct Tridiagonal {
  std::vector<double> diagonal, off_diagonal;  // those of the own columns
  std::vector<Scalar> scales;                  // of the reflections that make up Q
};

/// A = Q T Q^H; the lower triangle of A becomes the reflections of Q.
template <typename Scalar>
int tridiagonalise(int n, Scalar* a, const int* desc, Tridiagonal<Scalar>& t) {
  int info = 0;
  const auto call = [&](Scalar* work, int size) {
    if constexpr (std::is_same_v<Scalar, double>)
      pdsytrd_("L", &n, a, &one, &one, desc, t.diagonal.data(), t.off_diagonal.data(),
               t.scales.data(), work, &size, &info);
    else
      pzhetrd_("L", &n, a, &one, &one, desc, t.diagonal.data(), t.off_diagonal.data(),
               t.scales.data(), work, &size, &info);
  };
  Scalar wanted{};
  call(&wanted, query);
  std::vector<Scalar> work(static_cast<std::size_t>(std::real(wanted)) + 1);
  call(work.data(), static_cast<int>(work.size()));
  return info;
}

/// Eigenvalues and eigenvectors of T by divide and conquer.
int solve_tridiagonal(int n, std::span<double> diagonal, std::vector<double>& off_diagonal,
                      double* vectors, const int* desc) {
  int info = 0, whole_wanted = 0;
  double wanted = 0.0;
  const auto call = [&](double* work, int size, int* whole, int whole_size) {
    pdstedc_("I", &n, diagonal.data(), off_diagonal.data(), vectors, &one, &one, desc, work, &size,
             whole, &whole_size, &info);
  };
  call(&wanted, query, &whole_wanted, query);
  // The sorting at the end (pdlasrt) needs a block of columns more than pdstedc asks for, which
  // shows on ranks that have few columns.
  std::vector<double> work(static_cast<std::size_t>(wanted) + static_cast<std::size_t>(n) * block +
                           1);
  std::vector<int> whole(static_cast<std::size_t>(whole_wanted));
  call(work.data(), static_cast<int>(work.size()), whole.data(), static_cast<int>(whole.size()));
  return info;
}

/// Columns of a matrix, counted from 1.
struct Columns {
  int start = 1, count = 0;
};

/// X <- Q X.
template <typename Scalar>
void back_transform(int n, const Scalar* reflections, const Scalar* scales, Scalar* x,
                    const Columns& columns, const int* desc) {
  const auto& [start, count] = columns;
  int info = 0;
  const auto call = [&, &start = start, &count = count](Scalar* work, int size) {
    if constexpr (std::is_same_v<Scalar, double>)
      pdormtr_("L", "L", "N", &n, &count, reflections, &one, &one, desc, scales, x, &one, &start,
               desc, work, &size, &info);
    else
      pzunmtr_("L", "L", "N", &n, &count, reflections, &one, &one, desc, scales, x, &one, &start,
               desc, work, &size, &info);
  };
  Scalar wanted{};
  call(&wanted, query);
  std::vector<Scalar> work(static_cast<std::size_t>(std::real(wanted)) + 1);
  call(work.data(), static_cast<int>(work.size()));
}

/// X <- L^-H X.
template <typename Scalar>
void solve_upper(int n, const Scalar* l, Scalar* x, const Columns& columns, const int* desc) {
  const auto& [start, count] = columns;
  const Scalar unit{1.0};
  if constexpr (std::is_same_v<Scalar, double>)
    pdtrsm_("L", "L", "T", "N", &n, &count, &unit, l, &one, &one, desc, x, &one, &start, desc);
  else
    pztrsm_("L", "L", "C", "N", &n, &count, &unit, l, &one, &one, desc, x, &one, &start, desc);
}

/// X <- L X.
template <typename Scalar>
void multiply_lower(int n, const Scalar* l, Scalar* x, const Columns& columns, const int* desc) {
  const auto& [start, count] = columns;
  const Scalar unit{1.0};
  if constexpr (std::is_same_v<Scalar, double>)
    pdtrmm_("L", "L", "N", "N", &n, &count, &unit, l, &one, &one, desc, x, &one, &start, desc);
  else
    pztrmm_("L", "L", "N", "N", &n, &count, &unit, l, &one, &one, desc, x, &one, &start, desc);
}

}  // namespace

bool has_grid_eigensolver() noexcept { return true; }

/// The process grid, and this rank's blocks of the matrices.
template <typename Scalar>
struct GridEigensolver<Scalar>::Grid {
  Grid(const Communicator& communicator, int size) : ranks(communicator), n(size) {
    // As square as the number of ranks allows.
    int process_rows = static_cast<int>(std::sqrt(static_cast<double>(ranks.size())));
    while (ranks.size() % process_rows != 0) --process_rows;
    handle = Csys2blacs_handle(MPI_Comm_f2c(ranks.fortran_handle()));
    context = handle;
    Cblacs_gridinit(&context, "Row", process_rows, ranks.size() / process_rows);
    Cblacs_gridinfo(context, &rows, &columns, &row, &column);
    local_rows = numroc_(&n, &block, &row, &zero, &rows);
    local_columns = numroc_(&n, &block, &column, &zero, &columns);
    stride = std::max(local_rows, 1);
    int info = 0;
    descinit_(descriptor.data(), &n, &n, &block, &block, &zero, &zero, &context, &stride, &info);
    if (info != 0) throw MpiError("descinit failed for a matrix of " + std::to_string(n));
    const auto own_columns = static_cast<std::size_t>(std::max(local_columns, 1));
    tridiagonal = {std::vector<double>(own_columns), std::vector<double>(own_columns),
                   std::vector<Scalar>(own_columns)};
    vectors.resize(room().size());
  }
  ~Grid() {
    Cblacs_gridexit(context);
    Cfree_blacs_system_handle(handle);
  }
  Grid(const Grid&) = delete;
  Grid& operator=(const Grid&) = delete;

  [[nodiscard]] std::vector<Scalar> room() const {
    return std::vector<Scalar>(static_cast<std::size_t>(stride) *
                               static_cast<std::size_t>(std::max(local_columns, 1)));
  }
  /// Visits this rank's part: place in it, row and column of the whole.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (int j = 0; j < local_columns; ++j) {
      const int global_j = ((j / block) * columns + column) * block + j % block;
      for (int i = 0; i < local_rows; ++i) {
        const int global_i = ((i / block) * rows + row) * block + i % block;
        visit(static_cast<std::size_t>(j) * static_cast<std::size_t>(stride) +
                  static_cast<std::size_t>(i),
              global_i, global_j);
      }
    }
  }
  [[nodiscard]] std::size_t place(int i, int j) const {
    return static_cast<std::size_t>(j) * static_cast<std::size_t>(n) + static_cast<std::size_t>(i);
  }
  /// This rank's part of a Hermitian matrix of which the lower triangle is given. Both triangles
  /// are filled: pdsyngst reads beyond the one it is told of.
  [[nodiscard]] std::vector<Scalar> distributed(std::span<const Scalar> whole) const {
    std::vector<Scalar> part = room();
    for_each([&](std::size_t here, int i, int j) {
      part[here] = i >= j ? whole[place(i, j)] : conjugate(whole[place(j, i)]);
    });
    return part;
  }
  /// Numbers of the own columns, of all columns.
  void gather(const std::vector<double>& own, std::span<double> all) const {
    std::vector<double> work(static_cast<std::size_t>(n + block));
    const int size = static_cast<int>(work.size());
    pdlared1d_(&n, &one, &one, descriptor.data(), own.data(), all.data(), work.data(), &size);
  }
  /// Columns from the first given on, on all ranks.
  void collect(const std::vector<Scalar>& part, int first, std::span<Scalar> out) const {
    std::fill(out.begin(), out.end(), Scalar{});
    const int end = first + static_cast<int>(out.size() / static_cast<std::size_t>(n));
    for_each([&](std::size_t here, int i, int j) {
      if (j >= first && j < end) out[place(i, j - first)] = part[here];
    });
    constexpr std::size_t numbers = std::is_same_v<Scalar, double> ? 1 : 2;
    ranks.sum({reinterpret_cast<double*>(out.data()), out.size() * numbers});
  }

  Communicator ranks;
  int n;
  int handle = 0, context = 0;
  int rows = 1, columns = 1, row = 0, column = 0;
  int local_rows = 0, local_columns = 0, stride = 1;
  Descriptor descriptor{};
  std::vector<Scalar> factor, reflections;
  Tridiagonal<Scalar> tridiagonal;
  std::vector<double> vectors;  // of the tridiagonal matrix
};

template <typename Scalar>
GridEigensolver<Scalar>::GridEigensolver(const Communicator& ranks, int n)
    : grid_(std::make_unique<Grid>(ranks, n)) {}

template <typename Scalar>
GridEigensolver<Scalar>::~GridEigensolver() = default;

template <typename Scalar>
bool GridEigensolver<Scalar>::factorise(std::span<const Scalar> overlap) {
  Grid& g = *grid_;
  g.factor = g.distributed(overlap);
  return g.ranks.all_of(cholesky(g.n, g.factor.data(), g.descriptor.data()) == 0);
}

template <typename Scalar>
bool GridEigensolver<Scalar>::solve(std::span<const Scalar> hamiltonian,
                                    std::span<double> eigenvalues) {
  Grid& g = *grid_;
  const int* desc = g.descriptor.data();
  g.reflections = g.distributed(hamiltonian);
  bool is_solved = reduce_to_standard(g.n, g.reflections.data(), g.factor.data(), desc) == 0 &&
                   tridiagonalise(g.n, g.reflections.data(), desc, g.tridiagonal) == 0;
  if (!g.ranks.all_of(is_solved)) return false;
  g.gather(g.tridiagonal.diagonal, eigenvalues);
  std::vector<double> off_diagonal(static_cast<std::size_t>(g.n));
  g.gather(g.tridiagonal.off_diagonal, off_diagonal);
  // pdstedc takes for granted that what it does not fill is zero.
  std::fill(g.vectors.begin(), g.vectors.end(), 0.0);
  is_solved = solve_tridiagonal(g.n, eigenvalues, off_diagonal, g.vectors.data(), desc) == 0;
  if (!g.ranks.all_of(is_solved)) return false;
  // The ranks computed them each for itself.
  if (!g.ranks.is_root()) std::fill(eigenvalues.begin(), eigenvalues.end(), 0.0);
  g.ranks.sum(eigenvalues);
  return true;
}

template <typename Scalar>
void GridEigensolver<Scalar>::states(int first, std::span<Scalar> coefficients,
                                     std::span<Scalar> projected) const {
  const Grid& g = *grid_;
  const int* desc = g.descriptor.data();
  const Columns wanted{first + 1,
                       static_cast<int>(coefficients.size() / static_cast<std::size_t>(g.n))};
  std::vector<Scalar> reduced(g.vectors.begin(), g.vectors.end());
  back_transform(g.n, g.reflections.data(), g.tridiagonal.scales.data(), reduced.data(), wanted,
                 desc);
  std::vector<Scalar> columns = reduced;
  solve_upper(g.n, g.factor.data(), columns.data(), wanted, desc);
  g.collect(columns, first, coefficients);
  if (projected.empty()) return;
  multiply_lower(g.n, g.factor.data(), reduced.data(), wanted, desc);
  g.collect(reduced, first, projected);
}

template class GridEigensolver<double>;
template class GridEigensolver<std::complex<double>>;

}  // namespace ionpass::hpc
