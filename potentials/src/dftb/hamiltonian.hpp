// From a geometry to the pair blocks of H0 and S, and from pair weights back to forces.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <Eigen/Dense>

#include <structures/neighbors.hpp>
#include <structures/structure.hpp>

#include "dftb/parameter_set.hpp"
#include "tightbinding/basis.hpp"
#include "tightbinding/bloch.hpp"
#include "tightbinding/ewald.hpp"

namespace ionpass::dftb {

/// Shells of every atom, in the order of the structure.
[[nodiscard]] tightbinding::Basis make_basis(const Structure& structure,
                                             const ParameterSet& parameters);

/// Pairs of atoms within reach of the tables or the repulsion, distances in bohr.
struct BondedPair {
  std::size_t a = 0, b = 0;
  Eigen::Vector3i translation = Eigen::Vector3i::Zero();
  Eigen::Vector3d direction;  ///< unit vector from a to b
  double distance = 0.0;      ///< bohr
};
[[nodiscard]] std::vector<BondedPair> bonded_pairs(const Structure& structure,
                                                   const ParameterSet& parameters);

/// Two-centre blocks of all pairs within the tables' range; blocks.pairs[i] belongs to pairs[i] of
/// `used`.
struct TwoCenter {
  tightbinding::PairBlocks blocks;
  std::vector<std::size_t> used;  ///< index into the bonded pairs
};
[[nodiscard]] TwoCenter two_center_blocks(const Structure& structure,
                                          const ParameterSet& parameters,
                                          const tightbinding::Basis& basis,
                                          std::span<const BondedPair> pairs);

/// What the forces need of the electrons.
struct PairWeights {
  std::vector<double> density;          ///< laid out as the blocks
  std::vector<double> energy_weighted;  ///< likewise
  Eigen::VectorXd shell_potential;      ///< Hartree
};
/// Adds the derivatives of Tr(P H) at fixed P, with the overlap's Pulay term.
void add_two_center_derivatives(const Structure& structure, const ParameterSet& parameters,
                                const tightbinding::Basis& basis, std::span<const BondedPair> pairs,
                                const TwoCenter& two_center, const PairWeights& weights,
                                tightbinding::Derivatives& out);

/// Repulsive energy (Hartree); its derivatives are added to `out`.
double add_repulsion(const Structure& structure, const ParameterSet& parameters,
                     std::span<const BondedPair> pairs, tightbinding::Derivatives& out);

}  // namespace ionpass::dftb
