// Hermitian eigenproblems over a grid of ranks, by ScaLAPACK.
#pragma once

#include <complex>
#include <memory>
#include <span>

#include <hpc/communicator.hpp>

namespace ionpass::hpc {

/// True if this build has ScaLAPACK.
[[nodiscard]] bool has_grid_eigensolver() noexcept;

/// H C = S C ε with S factorised once; Scalar is double or std::complex<double>. All ranks hold
/// whole matrices, column-major and n × n, and call every function together with the same numbers;
/// the work, and the factors, are spread over them in blocks.
template <typename Scalar>
class GridEigensolver {
 public:
  /// @throws MpiError in a build without ScaLAPACK
  GridEigensolver(const Communicator& ranks, int n);
  ~GridEigensolver();
  GridEigensolver(const GridEigensolver&) = delete;
  GridEigensolver& operator=(const GridEigensolver&) = delete;

  /// S = L L^H, from the lower triangle. False, on all ranks, if S is not positive definite.
  [[nodiscard]] bool factorise(std::span<const Scalar> overlap);
  /// Eigenvalues, ascending, of the H whose lower triangle is given; the same bits on all ranks.
  /// False, on all ranks, if ScaLAPACK gives up.
  [[nodiscard]] bool solve(std::span<const Scalar> hamiltonian, std::span<double> eigenvalues);
  /// Columns of C from the first given on, as many as there is room for, and of S C if there is
  /// room for these too: whole on all ranks.
  void states(int first, std::span<Scalar> coefficients, std::span<Scalar> projected = {}) const;

 private:
  struct Grid;
  std::unique_ptr<Grid> grid_;
};

}  // namespace ionpass::hpc
