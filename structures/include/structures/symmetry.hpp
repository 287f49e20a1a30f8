// Space-group symmetry of a crystal (spglib).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include <structures/structure.hpp>

namespace ionpass {

/// Distance within which atoms count as symmetry-equivalent, Å, unless the caller says otherwise.
inline constexpr double default_symmetry_tolerance = 1e-3;

/// x' = rotation * x + translation in fractional coordinates.
struct SymmetryOperation {
  Eigen::Matrix3i rotation = Eigen::Matrix3i::Identity();
  Eigen::Vector3d translation = Eigen::Vector3d::Zero();
};

struct Symmetry {
  int number = 1;             ///< International Tables number
  std::string international;  ///< short Hermann–Mauguin symbol
  std::string hall;           ///< Hall symbol of the setting found
  std::vector<SymmetryOperation> operations;
  std::vector<std::size_t> orbit;          ///< per atom: index of the first atom equivalent to it
  std::vector<char> wyckoff;               ///< per atom: Wyckoff letter
  std::vector<std::string> site_symmetry;  ///< per atom: site-symmetry symbol
};

/// @throws InputError for a molecule, or if spglib finds nothing (with its reason)
[[nodiscard]] Symmetry find_symmetry(const Structure& structure,
                                     double tolerance = default_symmetry_tolerance);

/// One symmetry-inequivalent site.
struct Site {
  std::size_t representative = 0;    ///< atom index of the first of its orbit
  std::vector<std::size_t> members;  ///< all atoms of the orbit
  int number = 0;                    ///< atomic number
  char wyckoff = 'a';
  std::string site_symmetry;
  std::string label;  ///< "I1": label of the representative
};

/// Inequivalent sites in the order of their representatives.
[[nodiscard]] std::vector<Site> inequivalent_sites(const Structure& structure,
                                                   const Symmetry& symmetry);

}  // namespace ionpass
