// From pair blocks in real space to matrices at a k-point, and back from density matrices to pair
// weights.
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include <Eigen/Dense>

#include "tightbinding/atom_pairs.hpp"
#include "tightbinding/basis.hpp"
#include "tightbinding/eigenproblem.hpp"

namespace ionpass::tightbinding {

/// Orbitals of atom A in the home cell with those of atom B, A <= B, in the cell at `translation`.
/// Blocks are column-major, rows × cols.
struct PairBlock {
  std::size_t atom_a = 0, atom_b = 0;
  Eigen::Index row = 0, col = 0;    ///< first orbital of A and B
  Eigen::Index rows = 0, cols = 0;  ///< number of orbitals
  Eigen::Vector3i translation = Eigen::Vector3i::Zero();
  std::size_t offset = 0;  ///< of its first element in the value arrays
};

/// Matrix elements of Hamiltonian and overlap: first the blocks of the atoms with themselves, one
/// per atom, then those of all pairs within reach. A block stands for itself and its transpose, so
/// that the blocks on the diagonal hold half of the matrix elements.
struct PairBlocks {
  Eigen::Index orbitals = 0;
  std::vector<PairBlock> pairs;
  std::vector<double> hamiltonian;  ///< Hartree
  std::vector<double> overlap;

  using Values = Eigen::Map<Eigen::MatrixXd>;
  [[nodiscard]] Values hamiltonian_of(const PairBlock& block) {
    return {hamiltonian.data() + block.offset, block.rows, block.cols};
  }
  [[nodiscard]] Values overlap_of(const PairBlock& block) {
    return {overlap.data() + block.offset, block.rows, block.cols};
  }
};

/// The layout of the blocks, all elements zero: one block per atom, then one per pair.
[[nodiscard]] PairBlocks empty_blocks(const Basis& basis, std::span<const AtomPair> pairs);

/// True if every Bloch phase at this k-point is +1 or -1, so that all matrices are real.
[[nodiscard]] bool has_real_phases(const Eigen::Vector3d& k);

/// Lower triangles of H0(k) and S(k) = Σ_T exp(2πi k·T) (block at T).
template <typename Scalar>
struct BlochMatrices {
  lapack::Matrix<Scalar> hamiltonian;
  lapack::Matrix<Scalar> overlap;
};
template <typename Scalar>
[[nodiscard]] BlochMatrices<Scalar> bloch_matrices(const PairBlocks& blocks,
                                                   const Eigen::Vector3d& k);

/// Adds w Re(P_ba exp(2πi k·T)) for every pair to `pair_weights` (laid out as the blocks are),
/// where P holds its lower triangle: the weight that a block's elements have in Tr(P H).
template <typename Scalar>
void add_pair_weights(const std::vector<PairBlock>& pairs, const lapack::Matrix<Scalar>& density,
                      const Eigen::Vector3d& k, double weight, std::span<double> pair_weights);

}  // namespace ionpass::tightbinding
