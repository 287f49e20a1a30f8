// Hops as symmetry makes them: every operation of the space group applied to a pair of sites.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <set>
#include <vector>

#include <structures/structure.hpp>
#include <structures/symmetry.hpp>

namespace ionpass {

/// An ion at unit-cell atom `from`, a vacancy at atom `to` moved by a lattice translation.
struct DirectedHop {
  std::size_t from = 0;
  std::size_t to = 0;
  std::array<int, 3> translation{};

  [[nodiscard]] DirectedHop reversed() const;
  /// The smaller of itself and its reverse: one name for the undirected hop.
  [[nodiscard]] DirectedHop undirected() const;
  friend auto operator<=>(const DirectedHop&, const DirectedHop&) = default;
};

/// Vector of a hop in the crystal, Å.
[[nodiscard]] Eigen::Vector3d hop_vector(const Structure& unit, const DirectedHop& hop);

/// All hops that are the same by symmetry.
struct HopOrbit {
  std::set<DirectedHop> directed;
  std::set<DirectedHop> undirected;
  double length = 0.0;      ///< Å, mean
  bool reversible = false;  ///< holds a hop and its reverse
};

/// How the space group permutes the atoms of one species.
class SitePermutations {
 public:
  /// @throws InputError if an operation maps an atom of the species onto none
  SitePermutations(const Structure& unit, const Symmetry& symmetry, int species);

  [[nodiscard]] HopOrbit orbit_of(const Structure& unit, const DirectedHop& hop) const;

 private:
  struct Image {
    std::size_t atom = 0;
    Eigen::Vector3i shift = Eigen::Vector3i::Zero();  // W x + w = x(atom) + shift
  };
  std::vector<Eigen::Matrix3i> rotations_;
  std::vector<std::vector<Image>> images_;  // per operation, per atom of the unit cell
};

/// Orbits of all hops of a species up to a length, Å; the order has no meaning.
[[nodiscard]] std::vector<HopOrbit> hop_orbits(const Structure& unit, const Symmetry& symmetry,
                                               int species, double max_distance);

}  // namespace ionpass
