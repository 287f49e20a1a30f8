// Sums over the processes that compute one evaluation together; potentials know no more of them.
#pragma once

#include <complex>
#include <memory>
#include <span>

#include <potentials/eigensolver.hpp>
#include <structures/structure.hpp>

namespace ionpass {

/// A group of ranks of which each asks the same potential for the same evaluation. This one is a
/// rank alone; whoever spreads work derives from it.
class Reducer {
 public:
  virtual ~Reducer() = default;

  [[nodiscard]] virtual int rank() const noexcept { return 0; }
  [[nodiscard]] virtual int size() const noexcept { return 1; }
  /// Replaces the numbers, as many on each rank, by their sums over the ranks: the same bits on
  /// all. May throw on every rank if one of them failed.
  virtual void sum(std::span<double> /*values*/) const {}

  /// True if the ranks can solve an eigenproblem together.
  [[nodiscard]] virtual bool has_eigensolver() const noexcept { return false; }
  /// Such solvers: all ranks hold whole matrices and call them alike. Null if there are none.
  [[nodiscard]] virtual std::unique_ptr<Eigensolver<double>> real_eigensolver() const {
    return nullptr;
  }
  [[nodiscard]] virtual std::unique_ptr<Eigensolver<std::complex<double>>> complex_eigensolver()
      const {
    return nullptr;
  }
};

/// A potential whose eigenproblems the ranks of a group can solve together.
class GridPotential {
 public:
  virtual ~GridPotential() = default;
  /// True if they are large enough for that to pay.
  [[nodiscard]] virtual bool fills_grid(const Structure& structure) const = 0;
};

}  // namespace ionpass
