#include "dftb/hamiltonian.hpp"

#include <algorithm>
#include <iterator>

#include <potentials/calibrate.hpp>
#include <structures/units.hpp>

#include "tightbinding/slater_koster.hpp"

namespace ionpass::dftb {

using tightbinding::BondFrame;
using tightbinding::PairBlock;
using tightbinding::Shell;
using tightbinding::ShellBlock;

Basis make_basis(const Structure& structure, const ParameterSet& parameters) {
  Basis basis;
  for (const int number : structure.numbers) {
    const ElementParameters& element = parameters.element(number);
    for (int l = 0; l <= element.highest_l; ++l) {
      const auto i = static_cast<std::size_t>(l);
      basis.add_shell(l, element.atom.onsite[i], element.atom.hubbard[i],
                      element.atom.occupation[i]);
    }
    basis.end_atom();
  }
  return basis;
}

std::vector<AtomPair> pairs_in_reach(const Structure& structure, const ParameterSet& parameters) {
  std::vector<AtomPair> pairs = tightbinding::atom_pairs(
      structure, std::max(parameters.table_range(), parameters.repulsion_range()));
  std::erase_if(pairs, [&](const AtomPair& pair) {
    const int za = structure.numbers[pair.a], zb = structure.numbers[pair.b];
    return pair.distance >=
           std::max(parameters.tables(za, zb).range(), parameters.repulsion(za, zb).cutoff());
  });
  return pairs;
}

TwoCenter two_center_blocks(const Structure& structure, const ParameterSet& parameters,
                            const Basis& basis, std::span<const AtomPair> pairs) {
  TwoCenter out;
  std::copy_if(pairs.begin(), pairs.end(), std::back_inserter(out.pairs),
               [&](const AtomPair& pair) {
                 const int za = structure.numbers[pair.a], zb = structure.numbers[pair.b];
                 return pair.distance < parameters.tables(za, zb).range();
               });
  out.blocks = tightbinding::empty_blocks(basis, out.pairs);
  for (const Shell& shell : basis.shells) {
    const PairBlock& block = out.blocks.pairs[shell.atom];
    const Eigen::Index start = shell.first_orbital - block.row;
    // Half of the matrix element, as on all blocks of an atom with itself.
    out.blocks.hamiltonian_of(block)
        .diagonal()
        .segment(start, shell.size())
        .setConstant(0.5 * shell.onsite);
    out.blocks.overlap_of(block).diagonal().segment(start, shell.size()).setConstant(0.5);
  }
  PairTable::Values values;
  for (std::size_t p = 0; p < out.pairs.size(); ++p) {
    const AtomPair& pair = out.pairs[p];
    const PairBlock& block = out.blocks.pairs[basis.atoms() + p];
    parameters.tables(structure.numbers[pair.a], structure.numbers[pair.b])
        .evaluate(pair.distance, values);
    const BondFrame bond(pair.direction, pair.distance);
    auto h = out.blocks.hamiltonian_of(block);
    auto s = out.blocks.overlap_of(block);
    for (std::size_t ia = basis.first_shell[pair.a]; ia < basis.first_shell[pair.a + 1]; ++ia) {
      for (std::size_t ib = basis.first_shell[pair.b]; ib < basis.first_shell[pair.b + 1]; ++ib) {
        const Shell &a = basis.shells[ia], &b = basis.shells[ib];
        const Eigen::Index row = a.first_orbital - block.row, col = b.first_orbital - block.col;
        h.block(row, col, a.size(), b.size()) = bond.block(a.l, b.l, values.hamiltonian[a.l][b.l]);
        s.block(row, col, a.size(), b.size()) = bond.block(a.l, b.l, values.overlap[a.l][b.l]);
      }
    }
  }
  return out;
}

void add_two_center_derivatives(const Structure& structure, const ParameterSet& parameters,
                                const Basis& basis, const TwoCenter& two_center,
                                const ElectronicState& state, Derivatives& out) {
  PairTable::Values values;
  for (std::size_t p = 0; p < two_center.pairs.size(); ++p) {
    const AtomPair& pair = two_center.pairs[p];
    const PairBlock& block = two_center.blocks.pairs[basis.atoms() + p];
    parameters.tables(structure.numbers[pair.a], structure.numbers[pair.b])
        .evaluate(pair.distance, values);
    const Eigen::Map<const Eigen::MatrixXd> density(state.density.data() + block.offset, block.rows,
                                                    block.cols);
    const Eigen::Map<const Eigen::MatrixXd> energy(state.energy_weighted.data() + block.offset,
                                                   block.rows, block.cols);
    const BondFrame bond(pair.direction, pair.distance);
    Eigen::Vector3d gradient = Eigen::Vector3d::Zero();
    for (std::size_t ia = basis.first_shell[pair.a]; ia < basis.first_shell[pair.a + 1]; ++ia) {
      for (std::size_t ib = basis.first_shell[pair.b]; ib < basis.first_shell[pair.b + 1]; ++ib) {
        const Shell &a = basis.shells[ia], &b = basis.shells[ib];
        const Eigen::Index row = a.first_orbital - block.row, col = b.first_orbital - block.col;
        // Each pair stands for itself and its transpose, hence the factor 2.
        const ShellBlock h_weight = 2.0 * density.block(row, col, a.size(), b.size());
        const double potential = 0.5 * (state.shell_potential(static_cast<Eigen::Index>(ia)) +
                                        state.shell_potential(static_cast<Eigen::Index>(ib)));
        const ShellBlock s_weight =
            potential * h_weight - 2.0 * energy.block(row, col, a.size(), b.size());
        gradient += bond.gradient(a.l, b.l, values.hamiltonian[a.l][b.l], h_weight);
        gradient += bond.gradient(a.l, b.l, values.overlap[a.l][b.l], s_weight);
      }
    }
    out.add_pair(pair.a, pair.b, gradient, pair.vector());
  }
}

double add_repulsion(const Structure& structure, const ParameterSet& parameters,
                     std::span<const AtomPair> pairs, Derivatives& out) {
  double energy = 0.0;
  for (const AtomPair& pair : pairs) {
    const PairRepulsion& repulsion =
        parameters.repulsion(structure.numbers[pair.a], structure.numbers[pair.b]);
    if (pair.distance >= repulsion.cutoff()) continue;
    const PairValue value = repulsion.evaluate(pair.distance);
    energy += value.energy;
    out.add_pair(pair.a, pair.b, value.slope * pair.direction, pair.vector());
  }
  return energy;
}

double add_three_body(const Structure& structure, std::span<const calibrate::ThreeBodyGroup> groups,
                      Derivatives& out) {
  const calibrate::PairSum sum = calibrate::three_body_sum(structure, groups);
  out.gradient -= sum.forces / units::hartree_per_bohr;
  if (structure.cell) out.strain += structure.cell->volume() * sum.stress / units::hartree;
  return sum.energy / units::hartree;
}

}  // namespace ionpass::dftb
