// Motion of the crystal as a whole.
#include "drift.hpp"

namespace ionpass::neb {

Eigen::Matrix3Xd without_drift(const Eigen::Matrix3Xd& vectors) {
  if (vectors.cols() < 2) return vectors;
  const Eigen::Vector3d mean = vectors.rowwise().mean();
  return vectors.colwise() - mean;
}

double inner_product(const Eigen::Matrix3Xd& a, const Eigen::Matrix3Xd& b) {
  return a.cwiseProduct(b).sum();
}

}  // namespace ionpass::neb
