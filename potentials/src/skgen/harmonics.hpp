// The polar part Θ_lm(θ) of real spherical harmonics, ∫ Θ² sinθ dθ = 1, positive towards +z and +x.
#pragma once

#include <Eigen/Dense>

namespace ionpass::skgen {

struct PolarFunction {
  Eigen::ArrayXd value;
  Eigen::ArrayXd slope;  ///< dΘ/dθ
};

/// @param l at least m
[[nodiscard]] PolarFunction polar_function(int l, int m, const Eigen::ArrayXd& cosine,
                                           const Eigen::ArrayXd& sine);

}  // namespace ionpass::skgen
