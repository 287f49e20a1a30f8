// The integrals of one pair of elements at all distances of a table.
#pragma once

#include <functional>
#include <vector>

#include "skgen/two_center.hpp"

namespace ionpass::skgen {

/// Row k (from 0) stands at (k + 1) step; those before the grid's start are zero.
struct PairTable {
  double step = 0.0;  ///< bohr
  std::vector<TwoCenterChannel> channels;
  Eigen::MatrixXd hamiltonian;  ///< Hartree; row: distance, column: channel
  Eigen::MatrixXd overlap;
  std::vector<QualityCheck> checks;
};

/// What a pair is made from.
struct PairProblem {
  const Element& first;
  const Element& second;
  const ExchangeCorrelation& functional;
  Superposition superposition = Superposition::density;
  TableGrid grid;
  std::optional<double> end;  ///< bohr, of a table of fixed length
  double tolerance = 2e-7;    ///< Hartree, of the quadrature
};

/// Called after every row; false stops.
using RowCallback = std::function<bool()>;

/// Integrates on the smallest quadrature whose difference from the next finer one is within the
/// tolerance at sample distances, and checks norms, hermiticity and smoothness.
/// @returns nothing if it was stopped
[[nodiscard]] std::optional<PairTable> make_pair_table(const PairProblem& problem,
                                                       const RowCallback& row_done);

}  // namespace ionpass::skgen
