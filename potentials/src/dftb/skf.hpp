// The Slater–Koster file format (.skf), simple and extended.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include "dftb/repulsion.hpp"

namespace ionpass::dftb {

/// Highest angular momentum the engine treats (d).
inline constexpr int max_l = 2;

/// What a homonuclear file says of the atom, by angular momentum s, p, d.
struct AtomParameters {
  std::array<double, max_l + 1> onsite{};      ///< Hartree
  std::array<double, max_l + 1> hubbard{};     ///< Hartree
  std::array<double, max_l + 1> occupation{};  ///< electrons of the neutral atom
};

/// Integrals of one file: columns for (l1, l2, m) with l1 <= l2, the lower momentum on the first
/// atom.
struct SkColumn {
  int l1 = 0, l2 = 0, m = 0;
};
/// The ten columns in file order: ddσ ddπ ddδ pdσ pdπ ppσ ppπ sdσ spσ ssσ.
inline constexpr std::array<SkColumn, 10> sk_columns{{{2, 2, 0},
                                                      {2, 2, 1},
                                                      {2, 2, 2},
                                                      {1, 2, 0},
                                                      {1, 2, 1},
                                                      {1, 1, 0},
                                                      {1, 1, 1},
                                                      {0, 2, 0},
                                                      {0, 1, 0},
                                                      {0, 0, 0}}};
/// Position of (l1, l2, m), l1 <= l2, among sk_columns.
[[nodiscard]] std::size_t sk_column(int l1, int l2, int m);

/// One file as read.
struct SkFile {
  double spacing = 0.0;  ///< bohr; row k (from 1) stands at k * spacing
  Eigen::Matrix<double, 20, Eigen::Dynamic>
      rows;  ///< one column per distance: 10 Hamiltonian (Hartree), then 10 overlap integrals
  std::optional<AtomParameters> atom;  ///< homonuclear files only
  PairRepulsion repulsion;             ///< Spline block, or else the polynomial of the second line
};

/// @param homonuclear whether the file has the line of atomic parameters
/// @throws IoError if it cannot be read; InputError with file and line for anything malformed
[[nodiscard]] SkFile read_skf(const std::filesystem::path& path, bool homonuclear);

}  // namespace ionpass::dftb
