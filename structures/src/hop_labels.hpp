// Names of hops that do not depend on the order of atoms, the origin or the symmetry tolerance.
#pragma once

#include <string>
#include <vector>

#include <structures/structure.hpp>
#include <structures/symmetry.hpp>

#include "environment.hpp"
#include "hop_orbits.hpp"

namespace ionpass {

/// The orbits of one species, each with its name and its place in a canonical order.
///
/// The name is the smallest site label of the orbit in natural order (I2 before I10), or, where the
/// file has no labels, the symbol with a number that counts the orbits by multiplicity and then by
/// environment.
class SiteNames {
 public:
  SiteNames(const Structure& unit, const Symmetry& symmetry, int species);

  [[nodiscard]] const std::string& name(std::size_t atom) const;
  /// Rank of the orbit of an atom: by name, then by environment.
  [[nodiscard]] std::size_t rank(std::size_t atom) const;

 private:
  std::vector<std::string> names_;  // per atom of the unit cell, empty for other species
  std::vector<std::size_t> ranks_;
};

/// One label per orbit: both site names, the length to 0.01 Å, and where orbits share all of that a
/// letter; the letters follow the exact length, then the environments of the middle and of both
/// quarters of the hop.
[[nodiscard]] std::vector<std::string> hop_labels(const Structure& unit, const SiteNames& names,
                                                  const std::vector<HopOrbit>& orbits);

/// The member of an orbit that stands for it: from the site with the lower rank, then the first in
/// the order of atoms with the nearest translation.
[[nodiscard]] DirectedHop representative(const HopOrbit& orbit, const SiteNames& names);

}  // namespace ionpass
