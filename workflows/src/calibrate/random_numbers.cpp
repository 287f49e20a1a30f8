#include "calibrate/random_numbers.hpp"

#include <cmath>
#include <numbers>

namespace ionpass::workflows {

double RandomNumbers::uniform() {
  constexpr double step = 1.0 / 9007199254740992.0;  // 2^-53
  return (static_cast<double>(engine_() >> 11) + 0.5) * step;
}

double RandomNumbers::uniform(double low, double high) { return low + (high - low) * uniform(); }

std::size_t RandomNumbers::below(std::size_t count) {
  // The bias of the remainder, count / 2^64, is far below what any sample could show.
  return static_cast<std::size_t>(engine_() % count);
}

double RandomNumbers::normal() {
  double sum = -6.0;
  for (int i = 0; i < 12; ++i) sum += uniform();
  return sum;
}

Eigen::Vector3d RandomNumbers::normal_vector() {
  const double x = normal(), y = normal(), z = normal();
  return {x, y, z};
}

Eigen::Vector3d RandomNumbers::direction() {
  while (true) {
    const double x = uniform(-1.0, 1.0), y = uniform(-1.0, 1.0), z = uniform(-1.0, 1.0);
    const Eigen::Vector3d v(x, y, z);
    const double square = v.squaredNorm();
    if (square > 1e-4 && square <= 1.0) return v / std::sqrt(square);
  }
}

Eigen::Matrix3d RandomNumbers::rotation(double largest) {
  if (largest < 180.0) {
    const double angle = uniform(0.0, largest) * std::numbers::pi / 180.0;
    return Eigen::AngleAxisd(angle, direction()).toRotationMatrix();
  }
  // A point in the four-dimensional ball is a uniform orientation (Marsaglia, Ann. Math. Stat. 43,
  // 645 (1972)).
  while (true) {
    const double w = uniform(-1.0, 1.0), x = uniform(-1.0, 1.0), y = uniform(-1.0, 1.0),
                 z = uniform(-1.0, 1.0);
    const Eigen::Quaterniond q(w, x, y, z);
    const double square = q.squaredNorm();
    if (square > 1e-4 && square <= 1.0) return q.normalized().toRotationMatrix();
  }
}

}  // namespace ionpass::workflows
