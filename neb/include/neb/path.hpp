// A path between two structures: unwrapped images, and the first guess of it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <structures/structure.hpp>

namespace ionpass::neb {

/// Images from the initial to the final structure, all with the same atoms and cell; positions are
/// unwrapped, so that images differ by plain subtraction.
using Path = std::vector<Structure>;

/// The final structure moved atom by atom to the periodic images nearest to the initial one, after
/// taking out the mean displacement of all atoms but `ion` (which is then taken out of the result
/// as well).
/// @throws InputError if the two differ in atoms, order or cell, or there is no atom `ion`
[[nodiscard]] Structure unwrap(const Structure& initial, const Structure& final_, std::size_t ion);

/// What looks wrong between two unwrapped ends, one sentence each: how many atoms other than `ion`
/// move more than 1 Å, pairs of atoms that seem exchanged, atoms half way between two periodic
/// images (within 0.1 Å).
[[nodiscard]] std::vector<std::string> suspicious_displacements(const Structure& initial,
                                                                const Structure& final_unwrapped,
                                                                std::size_t ion);

/// Straight lines; `images` counts the intermediate ones.
/// @throws InputError for no intermediate image
[[nodiscard]] Path linear_path(const Structure& initial, const Structure& final_unwrapped,
                               int images);

struct IdppSettings {
  double cutoff = 7.0;  ///< Å, pairs within it in the first, last or linear middle image take part
  double tolerance = 1e-3;  ///< largest gradient component at the end, Å^-3
  int max_iterations = 1000;
};

/// Image-dependent pair potential path (Smidstrup et al., J. Chem. Phys. 140, 214106 (2014)),
/// periodic pairs followed as fixed triplets (atom, atom, lattice vector), so that no nearest image
/// switches along the way.
[[nodiscard]] Path idpp_path(const Structure& initial, const Structure& final_unwrapped, int images,
                             const IdppSettings& settings = {});

/// Shortest pair distance along a path divided by the sum of covalent radii: below about 0.6 atoms
/// collide. Periodic images count.
[[nodiscard]] double closest_contact(const Path& path);

/// Refuses a path no band should start from.
/// @throws InputError: fewer than three images, images that do not match or repeat each other,
/// atoms that jump by a lattice vector, atoms
///         closer than 0.6 of the sum of their covalent radii
void check_path(const Path& path);

}  // namespace ionpass::neb
