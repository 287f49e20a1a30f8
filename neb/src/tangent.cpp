// Tangents of a path of images.
#include "tangent.hpp"

#include <algorithm>
#include <cmath>

namespace ionpass::neb {
namespace {

Eigen::Matrix3Xd normalised(const Eigen::Matrix3Xd& vector) {
  const double length = vector.norm();
  if (length == 0.0) return vector;
  return vector / length;
}

}  // namespace

Eigen::Matrix3Xd improved_tangent(const Eigen::Matrix3Xd& forward, const Eigen::Matrix3Xd& backward,
                                  const EnergyTriple& energies) {
  const double up = energies.behind - energies.here;
  const double down = energies.before - energies.here;
  if (up > 0.0 && down < 0.0) return normalised(forward);
  if (up < 0.0 && down > 0.0) return normalised(backward);
  const double larger = std::max(std::abs(up), std::abs(down));
  const double smaller = std::min(std::abs(up), std::abs(down));
  if (larger == 0.0) return normalised(forward + backward);
  if (energies.behind > energies.before) return normalised(forward * larger + backward * smaller);
  if (energies.behind < energies.before) return normalised(forward * smaller + backward * larger);
  return normalised(forward + backward);
}

}  // namespace ionpass::neb
