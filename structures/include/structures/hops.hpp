// Vacancy hops: which neighbouring sites an ion can jump from, told apart by symmetry.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include <structures/structure.hpp>
#include <structures/supercell.hpp>
#include <structures/symmetry.hpp>

namespace ionpass {

/// How a hop lies to the coordination polyhedra (cations with the mobile species around them).
enum class HopKind {
  within_face,        ///< both ends belong to one shared face: they bridge the same two cations
  within_octahedron,  ///< both ends touch one common cation of a layer or framework
  along_chain,        ///< from one shared face to the next of the same one-dimensional chain
  between_chains,     ///< ends belong to different chains, layers or clusters: no common cation
  other,              ///< no common cation although the polyhedra are connected, or none at all
  within_cluster,     ///< both ends touch one common cation of an isolated polyhedron or cluster
};

/// The word used in output and studies: the enumerator's name.
[[nodiscard]] std::string to_string(HopKind kind);

/// One symmetry-distinct hop of the unit cell: the ion moves from site `from` to site `to` moved by
/// `translation`, so that the vacancy moves from `to` to `from`.
struct Hop {
  std::string
      label;  ///< canonical: the same for any order of atoms, origin or tolerance, "I1-I2_4.26A_a"
  std::size_t from = 0;  ///< atom of the unit cell
  std::size_t to = 0;    ///< atom of the unit cell
  Eigen::Vector3i translation = Eigen::Vector3i::Zero();
  double length = 0.0;           ///< Å
  std::size_t multiplicity = 0;  ///< equivalent hops (undirected) per unit cell
  bool reversible =
      false;  ///< a symmetry operation exchanges its ends: forward and backward barrier are equal
  HopKind kind = HopKind::other;
};

/// All distinct hops of a species up to a length, sorted by length and then label. Two hops are the
/// same if a space-group operation maps the one (from, to) on the other, or on its reverse; lengths
/// only pre-sort.
/// @param species atomic number of the mobile ion
/// @throws InputError if the species does not occur, or no pair is that close
[[nodiscard]] std::vector<Hop> distinct_hops(const Structure& unit, const Symmetry& symmetry,
                                             int species, double max_distance);

/// Both ends of one hop, built from one supercell with fixed labels: atom i of `initial` is atom i
/// of `final_`.
struct HopEndpoints {
  Structure initial;                   ///< the ion on `from`, the site `to` empty
  Structure final_;                    ///< the same ion on `to`, `from` empty
  std::size_t ion = 0;                 ///< index of the moving ion in both
  std::vector<std::size_t> host_atom;  ///< per atom: its index in the supercell
};

/// @param supercell of the unit cell the hop belongs to; its structure may be relaxed, as long as
/// the labels are the same
/// @param charge total charge of the defective cell, e
/// @param unpaired electrons of the defective cell, if they are prescribed
/// @throws InputError if in this supercell the two ends are the same site, or the vacancy meets its
/// own image
[[nodiscard]] HopEndpoints make_endpoints(const Supercell& supercell, const Hop& hop, double charge,
                                          std::optional<int> unpaired = std::nullopt);

}  // namespace ionpass
