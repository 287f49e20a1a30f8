// Symmetry of a path: an operation that exchanges its ends, so that one half of the band is the
// mirror image of the other.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <Eigen/Dense>

#include <structures/structure.hpp>

namespace ionpass::neb {

/// Maps image i on image n-1-i and back: atom a at r goes to atom permutation[a] at rotation * r +
/// offset.col(a). Applied twice it is the identity.
struct BandSymmetry {
  Eigen::Matrix3d rotation = Eigen::Matrix3d::Identity();
  Eigen::Matrix3Xd offset;  ///< Å, one column per atom
  std::vector<std::size_t> permutation;

  [[nodiscard]] Eigen::Matrix3Xd mirror_positions(const Eigen::Matrix3Xd& positions) const;
  /// Forces, or any vectors on atoms.
  [[nodiscard]] Eigen::Matrix3Xd mirror_vectors(const Eigen::Matrix3Xd& vectors) const;
};

/// Looks through all operations of the lattice that are their own inverse (inversion, mirrors,
/// two-fold axes) for one that maps the initial structure on the final one and the final one on the
/// initial one, within `tolerance` (Å) for every atom, the moving ion on itself. Nothing for
/// molecules. The potential must have the symmetry too: a k-point mesh that lacks it makes the ends
/// differ in energy.
[[nodiscard]] std::optional<BandSymmetry> find_band_symmetry(const Structure& initial,
                                                             const Structure& final_unwrapped,
                                                             std::size_t ion,
                                                             double tolerance = 0.05);

}  // namespace ionpass::neb
