// Motion of the crystal as a whole.
#pragma once

#include <Eigen/Dense>

namespace ionpass::neb {

/// The same vectors (3 × n) without their mean. A lone atom keeps its vector: there is nothing else
/// it could move against.
[[nodiscard]] Eigen::Matrix3Xd without_drift(const Eigen::Matrix3Xd& vectors);

/// Sum of products of all entries.
[[nodiscard]] double inner_product(const Eigen::Matrix3Xd& a, const Eigen::Matrix3Xd& b);

}  // namespace ionpass::neb
