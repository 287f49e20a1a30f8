// Forces on the images of a band.
#include "band_forces.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "drift.hpp"
#include "tangent.hpp"

namespace ionpass::neb {
namespace {

double angle_degrees(const Eigen::Matrix3Xd& a, const Eigen::Matrix3Xd& b) {
  const double lengths = a.norm() * b.norm();
  if (lengths == 0.0) return 0.0;
  const double cosine = std::clamp(inner_product(a, b) / lengths, -1.0, 1.0);
  return std::acos(cosine) * 180.0 / std::numbers::pi;
}

Eigen::Matrix3Xd unit(const Eigen::Matrix3Xd& vector) {
  const double length = vector.norm();
  if (length == 0.0) return vector;
  return vector / length;
}

/// Share of the kink force at a bend: none below 45 degrees, all of it from 90 on. The function is
/// that of Jónsson, Mills & Jacobsen, in Classical and Quantum Dynamics in Condensed Phase
/// Simulations, World Scientific (1998), p. 385, moved so that ordinary curves are free.
double kink_share(double bend_degrees) {
  constexpr double free_cosine = 0.7071067811865476;
  const double cosine = std::cos(bend_degrees * std::numbers::pi / 180.0);
  if (cosine >= free_cosine) return 0.0;
  if (cosine <= 0.0) return 1.0;
  return 0.5 * (1.0 + std::cos(std::numbers::pi * cosine / free_cosine));
}

}  // namespace

Eigen::Matrix3Xd kink_force(const BandPoint& band, const BandGeometry& geometry,
                            std::size_t image) {
  constexpr double stiffness = 1.0;  // eV/Å²
  const double share = kink_share(geometry.bends[image]);
  if (share == 0.0) return Eigen::Matrix3Xd::Zero(3, band.positions[image].cols());
  const Eigen::Matrix3Xd inwards = without_drift(
      band.positions[image + 1] + band.positions[image - 1] - 2.0 * band.positions[image]);
  const Eigen::Matrix3Xd& tangent = geometry.tangents[image];
  return stiffness * share * (inwards - inner_product(inwards, tangent) * tangent);
}

BandGeometry band_geometry(const BandPoint& band) {
  const std::size_t last = band.positions.size() - 1;
  std::vector<Eigen::Matrix3Xd> steps;
  BandGeometry out;
  for (std::size_t i = 0; i < last; ++i) {
    steps.push_back(without_drift(band.positions[i + 1] - band.positions[i]));
    out.segments.push_back(steps.back().norm());
  }
  out.tangents.push_back(unit(steps.front()));
  out.bends.push_back(0.0);
  for (std::size_t i = 1; i < last; ++i) {
    const EnergyTriple energies{band.energies[i - 1], band.energies[i], band.energies[i + 1]};
    out.tangents.push_back(improved_tangent(steps[i], steps[i - 1], energies));
    out.bends.push_back(angle_degrees(steps[i], steps[i - 1]));
  }
  out.tangents.push_back(unit(steps.back()));
  out.bends.push_back(0.0);
  return out;
}

double force_along(const BandPoint& band, const BandGeometry& geometry, std::size_t image) {
  return inner_product(band.forces[image], geometry.tangents[image]);
}

Eigen::Matrix3Xd residual_force(const BandPoint& band, const BandGeometry& geometry,
                                std::size_t image, std::optional<std::size_t> climbing) {
  const bool is_end = image == 0 || image + 1 == band.positions.size();
  if (is_end || climbing == image) return band.forces[image];
  return band.forces[image] - force_along(band, geometry, image) * geometry.tangents[image] +
         kink_force(band, geometry, image);
}

Eigen::Matrix3Xd driving_force(const BandPoint& band, const BandGeometry& geometry,
                               std::size_t image, std::optional<std::size_t> climbing,
                               std::span<const double> springs) {
  const double along = force_along(band, geometry, image);
  const Eigen::Matrix3Xd& tangent = geometry.tangents[image];
  if (climbing == image) return band.forces[image] - 2.0 * along * tangent;
  const double pull =
      springs[image] * geometry.segments[image] - springs[image - 1] * geometry.segments[image - 1];
  return band.forces[image] + (pull - along) * tangent + kink_force(band, geometry, image);
}

}  // namespace ionpass::neb
