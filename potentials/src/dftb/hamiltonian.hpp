// From a geometry to the pair blocks of H0 and S, and from pair weights back to forces.
#pragma once

#include <span>
#include <vector>

#include <structures/structure.hpp>

#include "dftb/parameter_set.hpp"
#include "tightbinding/atom_pairs.hpp"
#include "tightbinding/model.hpp"

namespace ionpass::dftb {

using tightbinding::AtomPair;
using tightbinding::Basis;
using tightbinding::Derivatives;
using tightbinding::ElectronicState;

/// Shells of every atom, in the order of the structure.
[[nodiscard]] Basis make_basis(const Structure& structure, const ParameterSet& parameters);

/// Pairs of atoms within reach of the tables or the repulsion.
[[nodiscard]] std::vector<AtomPair> pairs_in_reach(const Structure& structure,
                                                   const ParameterSet& parameters);

/// Blocks of H0 and S, and the pairs within the tables' range that those after the first n (of the
/// n atoms) belong to.
struct TwoCenter {
  tightbinding::PairBlocks blocks;
  std::vector<AtomPair> pairs;
};
[[nodiscard]] TwoCenter two_center_blocks(const Structure& structure,
                                          const ParameterSet& parameters, const Basis& basis,
                                          std::span<const AtomPair> pairs);

/// Adds the derivatives of Tr(P H) at fixed P, with the overlap's Pulay term.
void add_two_center_derivatives(const Structure& structure, const ParameterSet& parameters,
                                const Basis& basis, const TwoCenter& two_center,
                                const ElectronicState& state, Derivatives& out);

/// Repulsive energy (Hartree); its derivatives are added to `out`.
double add_repulsion(const Structure& structure, const ParameterSet& parameters,
                     std::span<const AtomPair> pairs, Derivatives& out);

/// The same of three-body potentials.
double add_three_body(const Structure& structure, std::span<const calibrate::ThreeBodyGroup> groups,
                      Derivatives& out);

}  // namespace ionpass::dftb
