// The least that a cycle of the self-consistency costs: one generalised eigenproblem by LAPACK.
#pragma once

#include <cstddef>

#include <Eigen/Dense>

#include "cases.hpp"

namespace ionpass::bench {

/// All eigenvectors of H0 c = S c ε at the k-point of a case (the first, if it has several): dsygvd
/// where the matrices are real, zhegvd elsewhere.
class BareEigenproblem {
 public:
  explicit BareEigenproblem(const Case& test);

  [[nodiscard]] Eigen::Index functions() const noexcept { return hamiltonian_.rows(); }
  [[nodiscard]] bool is_real() const noexcept { return real_; }
  /// Solves it once on fresh copies. @returns seconds in LAPACK, of the processor for one thread
  [[nodiscard]] double solve(int threads) const;

 private:
  Eigen::MatrixXcd hamiltonian_, overlap_;  // lower triangles, Hartree
  bool real_ = false;
};

/// k-points that a case is computed at.
[[nodiscard]] std::size_t kpoint_count(const Case& test);

}  // namespace ionpass::bench
