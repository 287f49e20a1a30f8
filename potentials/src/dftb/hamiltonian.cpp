#include "dftb/hamiltonian.hpp"

#include <algorithm>

#include <structures/units.hpp>

namespace ionpass::dftb {

using tightbinding::Basis;
using tightbinding::Derivatives;
using tightbinding::PairBlock;
using tightbinding::Shell;

Basis make_basis(const Structure& structure, const ParameterSet& parameters) {
  Basis basis;
  Eigen::Index orbital = 0;
  for (std::size_t atom = 0; atom < structure.size(); ++atom) {
    const ElementParameters& element = parameters.element(structure.numbers[atom]);
    basis.first_shell.push_back(basis.shells.size());
    basis.first_orbital.push_back(orbital);
    for (int l = 0; l <= element.highest_l; ++l) {
      const auto i = static_cast<std::size_t>(l);
      basis.shells.push_back({atom, l, orbital, element.atom.onsite[i], element.atom.hubbard[i],
                              element.atom.occupation[i]});
      orbital += 2 * l + 1;
    }
  }
  basis.first_shell.push_back(basis.shells.size());
  basis.first_orbital.push_back(orbital);
  return basis;
}

std::vector<BondedPair> bonded_pairs(const Structure& structure, const ParameterSet& parameters) {
  const double reach = std::max(parameters.table_range(), parameters.repulsion_range());
  std::vector<BondedPair> out;
  for (const NeighborPair& pair : neighbor_pairs(structure, reach * units::bohr)) {
    const int za = structure.numbers[pair.first], zb = structure.numbers[pair.second];
    const double distance = pair.distance / units::bohr;
    if (distance >=
        std::max(parameters.tables(za, zb).range(), parameters.repulsion(za, zb).cutoff()))
      continue;
    out.push_back(
        {pair.first, pair.second, pair.translation, pair.vector / pair.distance, distance});
  }
  return out;
}

TwoCenter two_center_blocks(const Structure& structure, const ParameterSet& parameters,
                            const Basis& basis, std::span<const BondedPair> pairs) {
  TwoCenter out;
  std::size_t offset = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const BondedPair& pair = pairs[i];
    if (pair.distance >=
        parameters.tables(structure.numbers[pair.a], structure.numbers[pair.b]).range())
      continue;
    PairBlock block{
        pair.a,           pair.b, basis.first_orbital[pair.a], basis.first_orbital[pair.b], 0, 0,
        pair.translation, offset};
    block.rows = basis.first_orbital[pair.a + 1] - block.row;
    block.cols = basis.first_orbital[pair.b + 1] - block.col;
    offset += static_cast<std::size_t>(block.rows * block.cols);
    out.blocks.pairs.push_back(block);
    out.used.push_back(i);
  }
  out.blocks.hamiltonian.resize(offset);
  out.blocks.overlap.resize(offset);
  PairTable::Values values;
  for (std::size_t p = 0; p < out.used.size(); ++p) {
    const BondedPair& pair = pairs[out.used[p]];
    const PairBlock& block = out.blocks.pairs[p];
    parameters.tables(structure.numbers[pair.a], structure.numbers[pair.b])
        .evaluate(pair.distance, values);
    Eigen::Map<Eigen::MatrixXd> h(out.blocks.hamiltonian.data() + block.offset, block.rows,
                                  block.cols);
    Eigen::Map<Eigen::MatrixXd> s(out.blocks.overlap.data() + block.offset, block.rows, block.cols);
    for (std::size_t ia = basis.first_shell[pair.a]; ia < basis.first_shell[pair.a + 1]; ++ia) {
      for (std::size_t ib = basis.first_shell[pair.b]; ib < basis.first_shell[pair.b + 1]; ++ib) {
        const Shell &a = basis.shells[ia], &b = basis.shells[ib];
        const Eigen::Index row = a.first_orbital - block.row, col = b.first_orbital - block.col;
        h.block(row, col, a.size(), b.size()) =
            rotate_block(a.l, b.l, pair.direction, values.hamiltonian[a.l][b.l]);
        s.block(row, col, a.size(), b.size()) =
            rotate_block(a.l, b.l, pair.direction, values.overlap[a.l][b.l]);
      }
    }
  }
  out.blocks.onsite.resize(basis.orbitals());
  for (const Shell& shell : basis.shells)
    out.blocks.onsite.segment(shell.first_orbital, shell.size()).setConstant(shell.onsite);
  return out;
}

void add_two_center_derivatives(const Structure& structure, const ParameterSet& parameters,
                                const Basis& basis, std::span<const BondedPair> pairs,
                                const TwoCenter& two_center, const PairWeights& weights,
                                Derivatives& out) {
  PairTable::Values values;
  for (std::size_t p = 0; p < two_center.used.size(); ++p) {
    const BondedPair& pair = pairs[two_center.used[p]];
    const PairBlock& block = two_center.blocks.pairs[p];
    parameters.tables(structure.numbers[pair.a], structure.numbers[pair.b])
        .evaluate(pair.distance, values);
    const Eigen::Map<const Eigen::MatrixXd> density(weights.density.data() + block.offset,
                                                    block.rows, block.cols);
    const Eigen::Map<const Eigen::MatrixXd> energy(weights.energy_weighted.data() + block.offset,
                                                   block.rows, block.cols);
    Eigen::Vector3d gradient = Eigen::Vector3d::Zero();
    for (std::size_t ia = basis.first_shell[pair.a]; ia < basis.first_shell[pair.a + 1]; ++ia) {
      for (std::size_t ib = basis.first_shell[pair.b]; ib < basis.first_shell[pair.b + 1]; ++ib) {
        const Shell &a = basis.shells[ia], &b = basis.shells[ib];
        const Eigen::Index row = a.first_orbital - block.row, col = b.first_orbital - block.col;
        // Each pair stands for itself and its transpose, hence the factor 2.
        const ShellBlock h_weight = 2.0 * density.block(row, col, a.size(), b.size());
        const double potential = 0.5 * (weights.shell_potential(static_cast<Eigen::Index>(ia)) +
                                        weights.shell_potential(static_cast<Eigen::Index>(ib)));
        const ShellBlock s_weight =
            potential * h_weight - 2.0 * energy.block(row, col, a.size(), b.size());
        gradient += rotate_gradient(a.l, b.l, pair.direction, pair.distance,
                                    values.hamiltonian[a.l][b.l], h_weight);
        gradient += rotate_gradient(a.l, b.l, pair.direction, pair.distance,
                                    values.overlap[a.l][b.l], s_weight);
      }
    }
    out.strain += gradient * (pair.distance * pair.direction).transpose();
    out.gradient.col(static_cast<Eigen::Index>(pair.b)) += gradient;
    out.gradient.col(static_cast<Eigen::Index>(pair.a)) -= gradient;
  }
}

double add_repulsion(const Structure& structure, const ParameterSet& parameters,
                     std::span<const BondedPair> pairs, Derivatives& out) {
  double energy = 0.0;
  for (const BondedPair& pair : pairs) {
    const PairRepulsion& repulsion =
        parameters.repulsion(structure.numbers[pair.a], structure.numbers[pair.b]);
    if (pair.distance >= repulsion.cutoff()) continue;
    const PairValue value = repulsion.evaluate(pair.distance);
    energy += value.energy;
    const Eigen::Vector3d gradient = value.slope * pair.direction;
    out.strain += gradient * (pair.distance * pair.direction).transpose();
    out.gradient.col(static_cast<Eigen::Index>(pair.b)) += gradient;
    out.gradient.col(static_cast<Eigen::Index>(pair.a)) -= gradient;
  }
  return energy;
}

}  // namespace ionpass::dftb
