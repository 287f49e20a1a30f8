// Structures distorted for training: strained, rattled, cut out, approached, with a site empty or
// one too many. Molecules stay whole.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <Eigen/Dense>

#include <structures/molecules.hpp>
#include <structures/structure.hpp>

#include "calibrate/random_numbers.hpp"

namespace ionpass::workflows {

/// Strains the cell: r -> (1 + strain) r for cell vectors, single atoms and the centroids of
/// molecules, which are neither deformed nor turned. Molecules are made whole on the way.
[[nodiscard]] Structure strained(const Structure& structure, const Eigen::Matrix3d& strain);

enum class StrainKind { volume, uniaxial, shear, general };

/// A symmetric strain without rotation.
/// @param amplitude of its components: `volume` changes the volume by exactly 3 × amplitude to
/// first order (the same stretch of all axes), `uniaxial` stretches one axis, `shear` one pair of
/// axes, `general` draws all six components between -amplitude and +amplitude
[[nodiscard]] Eigen::Matrix3d strain_of(StrainKind kind, double amplitude, RandomNumbers& random);

/// How far a rattle moves what.
struct Rattle {
  double atoms = 0.0;  ///< Å, root mean square shift of single atoms and of molecules as a whole
  double internal = 0.0;  ///< Å, root mean square shift of the atoms inside molecules; 0: rigid
  double rotation = 0.0;  ///< degrees, largest turn of a molecule; 180: any orientation
};

/// Shifts and turns, molecules made whole. @param random drawn from in the order of the molecules
[[nodiscard]] Structure rattled(const Structure& structure, const Rattle& rattle,
                                RandomNumbers& random);

/// One molecule alone, its centroid in the middle of a cubic box. Coordinates in Å.
[[nodiscard]] Structure cut_out(const Structure& structure, const Molecule& molecule, double box);

/// One bond of a random choice made longer (or shorter, if negative) by this fraction: the side
/// with fewer atoms moves along it. A bond of a ring cannot be moved alone: then the whole molecule
/// is scaled about its centroid.
[[nodiscard]] Molecule stretched(const Molecule& molecule, double fraction, RandomNumbers& random);

/// One side of a bond turned about it by this angle (degrees), the side with fewer atoms. Bonds of
/// rings and bonds to single atoms cannot turn; a molecule without others stays as it is.
[[nodiscard]] Molecule twisted(const Molecule& molecule, double angle, RandomNumbers& random);

/// An atom placed outside a molecule in a random direction from its centroid so that its closest
/// neighbour is `distance` Å away.
[[nodiscard]] Eigen::Vector3d approach(const Eigen::Matrix3Xd& positions, double distance,
                                       RandomNumbers& random);

/// The structure with an atom more, at its end, and its charge changed by that of the atom.
[[nodiscard]] Structure with_atom(Structure structure, int number, const Eigen::Vector3d& position,
                                  double charge);

/// The best of `trials` random points: the one that is farthest from all atoms.
[[nodiscard]] Eigen::Vector3d random_hole(const Structure& structure, int trials,
                                          RandomNumbers& random);

/// Two atoms closer than anything worth labelling.
struct Contact {
  std::size_t first = 0, second = 0;
  double distance = 0.0, least = 0.0;  ///< Å; what it is and should be
};

/// The worst contact that is absurd, if there is one. Least distances: atoms of one molecule 0.75
/// of the sum of their covalent radii; other non-metals 0.7 of the sum of their van der Waals
/// radii, each 0.8 Å above the covalent radius (Pauling, The Nature of the Chemical Bond, 3rd ed.,
/// p. 260); pairs with a metal 0.87 of the covalent sum.
/// @param interstitial an atom in a hole, which is as crowded as holes are: 0.87 of the covalent
/// sum
/// @param molecules of the structure before it was distorted, which are whole in this one
[[nodiscard]] std::optional<Contact> absurd_contact(const Structure& structure,
                                                    const std::vector<Molecule>& molecules,
                                                    std::optional<std::size_t> interstitial = {});

}  // namespace ionpass::workflows
