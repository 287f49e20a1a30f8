// A crystal or a molecule: which atoms, where, in which cell, with which charge.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include <structures/cell.hpp>

namespace ionpass {

/// Atoms in a cell that repeats in all three directions, or in vacuum. A plain value.
struct Structure {
  std::vector<int> numbers;         ///< atomic numbers, one per atom; the order of the input file
  Eigen::Matrix3Xd positions;       ///< Å, one column per atom; not necessarily inside the cell
  std::optional<Cell> cell;         ///< absent for a molecule in vacuum
  double charge = 0.0;              ///< total charge of the cell or molecule, e
  std::optional<int> unpaired;      ///< electrons of one spin more than of the other; none: as the
                                    ///< potential's settings have it
  std::vector<std::string> labels;  ///< site labels of the input file, one per atom, or none at all

  [[nodiscard]] std::size_t size() const noexcept { return numbers.size(); }
  [[nodiscard]] bool is_periodic() const noexcept { return cell.has_value(); }
  /// Label of atom i, or its symbol and index ("I17") where the file gave none.
  [[nodiscard]] std::string label(std::size_t i) const;
};

/// Number of atoms of each atomic number.
[[nodiscard]] std::map<int, std::size_t> composition(const Structure& structure);

/// Formula in Hill order: "C H6 I3 N Pb" times the number of formula units, as "C4H24I12N4Pb4".
[[nodiscard]] std::string formula(const Structure& structure);

}  // namespace ionpass
