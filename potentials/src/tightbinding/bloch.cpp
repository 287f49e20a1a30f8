#include "tightbinding/bloch.hpp"

#include <cmath>

#include <structures/units.hpp>

namespace ionpass::tightbinding {

namespace {

template <typename Scalar>
Scalar bloch_phase(const Eigen::Vector3d& k, const Eigen::Vector3i& translation) {
  const double turns = k.dot(translation.cast<double>());
  if constexpr (std::is_same_v<Scalar, double>) {
    return std::lround(2.0 * turns) % 2 == 0 ? 1.0 : -1.0;
  } else {
    return std::polar(1.0, units::two_pi * turns);
  }
}

template <typename Scalar>
void add_block(lapack::Matrix<Scalar>& matrix, const PairBlock& pair, const double* block,
               Scalar phase) {
  const Eigen::Map<const Eigen::MatrixXd> values(block, pair.rows, pair.cols);
  if (pair.atom_a == pair.atom_b) {
    // The pair stands for both T and -T.
    matrix.block(pair.row, pair.col, pair.rows, pair.cols) +=
        phase * values + Eigen::numext::conj(phase) * values.transpose();
  } else {
    matrix.block(pair.col, pair.row, pair.cols, pair.rows) +=
        Eigen::numext::conj(phase) * values.transpose();
  }
}

}  // namespace

PairBlocks empty_blocks(const Basis& basis, std::span<const AtomPair> pairs) {
  PairBlocks out;
  out.orbitals = basis.orbitals();
  out.pairs.reserve(basis.atoms() + pairs.size());
  std::size_t offset = 0;
  const auto append = [&](std::size_t a, std::size_t b, const Eigen::Vector3i& translation) {
    PairBlock block{a,           b,     basis.first_orbital[a], basis.first_orbital[b], 0, 0,
                    translation, offset};
    block.rows = basis.first_orbital[a + 1] - block.row;
    block.cols = basis.first_orbital[b + 1] - block.col;
    offset += static_cast<std::size_t>(block.rows * block.cols);
    out.pairs.push_back(block);
  };
  for (std::size_t atom = 0; atom < basis.atoms(); ++atom)
    append(atom, atom, Eigen::Vector3i::Zero());
  for (const AtomPair& pair : pairs) append(pair.a, pair.b, pair.translation);
  out.hamiltonian.assign(offset, 0.0);
  out.overlap.assign(offset, 0.0);
  return out;
}

bool has_real_phases(const Eigen::Vector3d& k) {
  const Eigen::Vector3d twice = 2.0 * k;
  return (twice - twice.array().round().matrix()).cwiseAbs().maxCoeff() < 1e-12;
}

template <typename Scalar>
BlochMatrices<Scalar> bloch_matrices(const PairBlocks& blocks, const Eigen::Vector3d& k) {
  const Eigen::Index n = blocks.orbitals;
  BlochMatrices<Scalar> out;
  out.hamiltonian = lapack::Matrix<Scalar>::Zero(n, n);
  out.overlap = lapack::Matrix<Scalar>::Zero(n, n);
  for (const PairBlock& pair : blocks.pairs) {
    const auto phase = bloch_phase<Scalar>(k, pair.translation);
    add_block(out.hamiltonian, pair, blocks.hamiltonian.data() + pair.offset, phase);
    add_block(out.overlap, pair, blocks.overlap.data() + pair.offset, phase);
  }
  return out;
}

template <typename Scalar>
void add_pair_weights(const std::vector<PairBlock>& pairs, const lapack::Matrix<Scalar>& density,
                      const Eigen::Vector3d& k, double weight, std::span<double> pair_weights) {
  for (const PairBlock& pair : pairs) {
    const auto phase = bloch_phase<Scalar>(k, pair.translation);
    Eigen::Map<Eigen::MatrixXd> out(pair_weights.data() + pair.offset, pair.rows, pair.cols);
    if (pair.atom_a != pair.atom_b) {
      const auto block = density.block(pair.col, pair.row, pair.cols, pair.rows);
      out += weight * (block.transpose() * phase).real();
      continue;
    }
    for (Eigen::Index j = 0; j < pair.cols; ++j) {
      for (Eigen::Index i = 0; i < pair.rows; ++i) {
        const Eigen::Index r = pair.row + i, c = pair.col + j;
        const Scalar value = c >= r ? density(c, r) : Eigen::numext::conj(density(r, c));
        out(i, j) += weight * std::real(value * phase);
      }
    }
  }
}

template BlochMatrices<double> bloch_matrices<double>(const PairBlocks&, const Eigen::Vector3d&);
template BlochMatrices<std::complex<double>> bloch_matrices<std::complex<double>>(
    const PairBlocks&, const Eigen::Vector3d&);
template void add_pair_weights<double>(const std::vector<PairBlock>&, const lapack::Matrix<double>&,
                                       const Eigen::Vector3d&, double, std::span<double>);
template void add_pair_weights<std::complex<double>>(const std::vector<PairBlock>&,
                                                     const lapack::Matrix<std::complex<double>>&,
                                                     const Eigen::Vector3d&, double,
                                                     std::span<double>);

}  // namespace ionpass::tightbinding
