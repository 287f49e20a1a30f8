// Tangents of a path of images.
#pragma once

#include <Eigen/Dense>

namespace ionpass::neb {

/// Energies of three consecutive images, eV.
struct EnergyTriple {
  double before = 0.0;
  double here = 0.0;
  double behind = 0.0;
};

/// Improved tangent, normalised (Henkelman & Jónsson, J. Chem. Phys. 113, 9978 (2000), eqs 8-11).
/// @param forward   to the next image, Å
/// @param backward  from the image before, Å
[[nodiscard]] Eigen::Matrix3Xd improved_tangent(const Eigen::Matrix3Xd& forward,
                                                const Eigen::Matrix3Xd& backward,
                                                const EnergyTriple& energies);

}  // namespace ionpass::neb
