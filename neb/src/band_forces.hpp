// Forces on the images of a band.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Dense>

namespace ionpass::neb {

/// A band as its forces see it; all of one length, ends included.
struct BandPoint {
  std::span<const Eigen::Matrix3Xd> positions;  ///< Å, unwrapped
  std::span<const Eigen::Matrix3Xd> forces;     ///< eV/Å, true forces without drift
  std::span<const double> energies;             ///< eV
};

/// What follows from it, per image, ends included; all without drift.
struct BandGeometry {
  std::vector<Eigen::Matrix3Xd> tangents;  ///< unit length over all atoms
  std::vector<double> segments;            ///< Å, from image i to i + 1; one less than images
  std::vector<double> bends;  ///< degrees between the segments that meet at an image; 0 at the ends
};

[[nodiscard]] BandGeometry band_geometry(const BandPoint& band);

/// Component of the true force along the tangent, eV/Å.
[[nodiscard]] double force_along(const BandPoint& band, const BandGeometry& geometry,
                                 std::size_t image);

/// Pulls an image across the path towards its neighbours where the path bends by more than 45
/// degrees: with few images on a long path they would otherwise slide into different valleys, and
/// the band never comes to rest. Not for the climbing image.
[[nodiscard]] Eigen::Matrix3Xd kink_force(const BandPoint& band, const BandGeometry& geometry,
                                          std::size_t image);

/// The force that has to vanish: across the path with the kink force, or all of the true one for
/// the climbing image and the ends.
[[nodiscard]] Eigen::Matrix3Xd residual_force(const BandPoint& band, const BandGeometry& geometry,
                                              std::size_t image,
                                              std::optional<std::size_t> climbing);

/// The force an image moves by: with springs (eV/Å², one per segment) along the path, or up along
/// it for the climbing image (Henkelman, Uberuaga & Jónsson, J. Chem. Phys. 113, 9901 (2000), eq.
/// 5).
[[nodiscard]] Eigen::Matrix3Xd driving_force(const BandPoint& band, const BandGeometry& geometry,
                                             std::size_t image, std::optional<std::size_t> climbing,
                                             std::span<const double> springs);

}  // namespace ionpass::neb
