// The terms of GFN1-xTB without electrons: repulsion of the cores, and halogen bonds.
#pragma once

#include <span>

#include <potentials/registry.hpp>
#include <structures/structure.hpp>

#include "gfn1/parameters.hpp"
#include "tightbinding/atom_pairs.hpp"
#include "tightbinding/derivatives.hpp"

namespace ionpass::gfn1 {

/// Both terms are computed from the pairs closer than this, bohr.
inline constexpr double pair_terms_cutoff = 25.0;

/// Σ Z_A Z_B / R exp(-√(α_A α_B) R^1.5) over all pairs closer than 25 bohr, Hartree.
double add_repulsion(const Structure& structure, const Parameters& parameters,
                     std::span<const tightbinding::AtomPair> pairs, tightbinding::Derivatives& out);

/// Attraction of Br, I and At (donor X) to N, O, P and S (acceptor J) closer than 20 bohr, Hartree:
/// c_X ((1 - cos θ)/2)⁶ (t² - k t)/(1 + t²) with t = (R0/R_XJ)⁶ and θ the angle at X between J and
/// the neighbour K nearest to X, be it J itself, where the term vanishes. `smooth` takes a mean
/// over the K whose distance exceeds the shortest by less than 1 bohr, with weights that fall to
/// zero smoothly.
double add_halogen_bonds(const Structure& structure, const Parameters& parameters,
                         Gfn1Settings::HalogenBond choice,
                         std::span<const tightbinding::AtomPair> pairs,
                         tightbinding::Derivatives& out);

}  // namespace ionpass::gfn1
