// Coordination polyhedra: which cations a mobile anion touches, and how the polyhedra hang
// together.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <Eigen/Dense>

#include <structures/hops.hpp>
#include <structures/structure.hpp>

namespace ionpass {

/// An atom of the unit cell at a lattice translation.
struct AtomImage {
  std::size_t atom = 0;
  Eigen::Vector3i translation = Eigen::Vector3i::Zero();
};

/// Integer combinations of some lattice translations.
class TranslationLattice {
 public:
  void add(Eigen::Vector3i translation);
  [[nodiscard]] bool contains(Eigen::Vector3i translation) const;
  /// In how many independent directions it extends: 0 a cluster, 1 a chain, 2 a layer, 3 a
  /// framework.
  [[nodiscard]] int rank() const;

 private:
  std::array<std::optional<Eigen::Vector3i>, 3>
      echelon_;  // row i has its first non-zero entry at i
};

/// The polyhedra round the metals that coordinate one anion species.
///
/// Coordinating metals are found by distance: the element that comes nearest to the species, and
/// others that come nearly as near (Ag beside Bi, Sn beside Pb), but not the large cations of the
/// cavities (Cs, Ba) nor molecules. A bond is at most 1.25 times the shortest one of its two
/// elements. Other anions (a second halide, oxygen) bridge polyhedra as well.
class Polyhedra {
 public:
  Polyhedra(const Structure& unit, int species);

  /// Kind of the hop from atom `from` to atom `to` moved by `translation`.
  [[nodiscard]] HopKind kind(std::size_t from, std::size_t to,
                             const Eigen::Vector3i& translation) const;

 private:
  /// Part of the crystal that bonds connect; it may extend without end.
  struct Component {
    TranslationLattice periods;
  };
  struct Place {
    std::size_t component = 0;
    Eigen::Vector3i offset = Eigen::Vector3i::Zero();  // from the root of the component
  };

  void find_bonds(const Structure& unit, int species);
  void connect(const Structure& unit);
  [[nodiscard]] bool are_connected(const AtomImage& a, const AtomImage& b) const;

  std::vector<std::vector<AtomImage>> centres_;  // per atom: the metals it is bonded to
  std::vector<std::optional<Place>> places_;     // per atom: for metals, where they belong
  std::vector<Component> components_;
};

}  // namespace ionpass
