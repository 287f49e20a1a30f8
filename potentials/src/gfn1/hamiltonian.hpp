// From a geometry to the pair blocks of H0 and S of GFN1-xTB, and from densities back to forces.
#pragma once

#include <map>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include <structures/structure.hpp>

#include "gfn1/bond_overlap.hpp"
#include "gfn1/parameters.hpp"
#include "tightbinding/atom_pairs.hpp"
#include "tightbinding/model.hpp"

namespace ionpass::gfn1 {

using tightbinding::AtomPair;
using tightbinding::Basis;
using tightbinding::Derivatives;
using tightbinding::ElectronicState;

/// Shells of every atom; `onsite` is the level of the free atom.
[[nodiscard]] Basis make_basis(const Structure& structure, const Parameters& parameters);

/// The integrals of two elements, first shell of a with all of b, and so on.
struct ElementPair {
  struct Shells {
    BondOverlap overlap;
    double scale = 0.0;                     // K
    double factor_a = 0.0, factor_b = 0.0;  // of the two shells in Π
  };
  std::vector<Shells> shells;
  double radius = 0.0;  ///< sum of atomic radii, bohr
  double range = 0.0;   ///< bohr
};

/// The integrals of the elements of a structure. Immutable.
class Integrals {
 public:
  Integrals(const Parameters& parameters, std::span<const int> elements);
  [[nodiscard]] const ElementPair& pair(int a, int b) const { return pairs_.at({a, b}); }
  /// Overlap of the shells of one atom, shells × shells (diagonal but for rounding).
  [[nodiscard]] const Eigen::MatrixXd& on_site(int element) const { return on_site_.at(element); }
  [[nodiscard]] double range() const noexcept { return range_; }  ///< bohr, longest of all pairs

 private:
  std::map<std::pair<int, int>, ElementPair> pairs_;
  std::map<int, Eigen::MatrixXd> on_site_;
  double range_ = 0.0;
};

/// H0 and S of one geometry.
class Hamiltonian {
 public:
  /// @param levels of every shell in this geometry, Hartree
  Hamiltonian(const Structure& structure, const Basis& basis, const Integrals& integrals,
              Eigen::VectorXd levels, std::span<const AtomPair> pairs);

  [[nodiscard]] const tightbinding::PairBlocks& blocks() const noexcept { return blocks_; }

  /// Adds the derivatives of Tr(P H) at fixed P and fixed levels, with the overlap's Pulay term.
  /// Returns the derivative with respect to the levels.
  [[nodiscard]] Eigen::VectorXd add_derivatives(const ElectronicState& state,
                                                Derivatives& out) const;

 private:
  [[nodiscard]] const ElementPair& element_pair(const AtomPair& pair) const;
  void fill_on_site();
  void fill_pair(const AtomPair& pair, const tightbinding::PairBlock& block);
  [[nodiscard]] Eigen::Vector3d pair_gradient(const AtomPair& pair,
                                              const tightbinding::PairBlock& block,
                                              const ElectronicState& state,
                                              Eigen::VectorXd& level_slope) const;

  const Structure& structure_;
  const Basis& basis_;
  const Integrals& integrals_;
  Eigen::VectorXd levels_;
  std::vector<AtomPair> pairs_;  // those within reach of the integrals
  tightbinding::PairBlocks blocks_;
};

}  // namespace ionpass::gfn1
