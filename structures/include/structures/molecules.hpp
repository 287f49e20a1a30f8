// Covalently bound groups of atoms in a crystal: cations and molecules, made whole across the cell.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include <structures/structure.hpp>

namespace ionpass {

/// Atoms held together by covalent bonds, or an atom alone. Its positions are made whole: periodic
/// images are chosen so that bonded atoms lie side by side.
struct Molecule {
  std::vector<std::size_t> atoms;  ///< ascending indices into the structure
  Eigen::Matrix3Xd positions;      ///< Å, one column per atom; the first as in the structure
  /// Bonds as pairs of columns of `positions`, the lower first.
  std::vector<std::pair<std::size_t, std::size_t>> bonds;

  [[nodiscard]] std::size_t size() const noexcept { return atoms.size(); }
  [[nodiscard]] Eigen::Vector3d centroid() const { return positions.rowwise().mean(); }
};

/// Bonded if closer than this times the sum of covalent radii: between a C-H bond stretched by
/// 15 % and the closest hydrogen bonds.
inline constexpr double default_bond_factor = 1.2;

/// Splits a structure into molecules: each atom belongs to one of them. Sorted by first atom.
/// Bonds are between non-metals only, so that ions of a salt stand alone. A network that is bound
/// to its own image is no molecule: its atoms are returned one by one.
[[nodiscard]] std::vector<Molecule> find_molecules(const Structure& structure,
                                                   double bond_factor = default_bond_factor);

/// True for hydrogen, the noble gases, and the upper right corner of the periodic table down to Si,
/// As, Te and At; Ge is a metal, which halides coordinate as they do Sn and Pb.
[[nodiscard]] bool is_nonmetal(int atomic_number);

}  // namespace ionpass
