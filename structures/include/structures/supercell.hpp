// Supercells: by matrix, by repeats, or by the least distance between periodic images.
#pragma once

#include <cstddef>
#include <variant>
#include <vector>

#include <Eigen/Dense>

#include <structures/structure.hpp>

namespace ionpass {

/// New lattice vectors as integer combinations of the old ones: columns of new = old * matrix.
struct SupercellMatrix {
  Eigen::Matrix3i matrix = Eigen::Matrix3i::Identity();
};
/// Smallest repeats along a, b, c such that every periodic image is at least this far away, Å.
struct MinimumLength {
  double length = 12.0;
};
using SupercellChoice = std::variant<SupercellMatrix, MinimumLength>;

/// A supercell and where each of its atoms comes from.
struct Supercell {
  Structure structure;
  Eigen::Matrix3i matrix;                    ///< as in SupercellMatrix
  std::vector<std::size_t> unit_atom;        ///< per atom: its index in the unit cell
  std::vector<Eigen::Vector3i> translation;  ///< per atom: the unit-cell translation it sits at
};

/// The integer matrix a choice stands for. @throws InputError: a determinant below 1; a length that
/// would need more than max_atoms
[[nodiscard]] Eigen::Matrix3i supercell_matrix(const Structure& unit, const SupercellChoice& choice,
                                               std::size_t max_atoms = 2000);

/// Builds it; atoms of one unit-cell atom stay together, in the order of the unit cell. The charge
/// scales with the number of cells.
[[nodiscard]] Supercell make_supercell(const Structure& unit, const Eigen::Matrix3i& matrix);

/// The atom of the supercell that stands for unit-cell atom `unit_atom` at lattice translation
/// `translation` (any integers).
[[nodiscard]] std::size_t find_atom(const Supercell& supercell, std::size_t unit_atom,
                                    const Eigen::Vector3i& translation);

}  // namespace ionpass
