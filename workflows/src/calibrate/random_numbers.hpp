// Random numbers that are the same on every machine: the distributions of the standard library are
// not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

#include <Eigen/Dense>

namespace ionpass::workflows {

class RandomNumbers {
 public:
  explicit RandomNumbers(std::uint64_t seed) : engine_(seed) {}

  [[nodiscard]] double uniform();                         ///< in (0, 1)
  [[nodiscard]] double uniform(double low, double high);  ///< in (low, high)
  [[nodiscard]] std::size_t below(std::size_t count);     ///< in 0 … count-1; count is not 0
  /// Mean 0, variance 1: twelve uniform numbers less 6, so that no value exceeds 6 and none needs
  /// a function that libraries round differently.
  [[nodiscard]] double normal();
  [[nodiscard]] Eigen::Vector3d normal_vector();  ///< three of them
  [[nodiscard]] Eigen::Vector3d direction();      ///< unit vector, uniform over the sphere
  /// About a uniform axis by an angle between 0 and `largest` degrees; of 180 and more: uniform
  /// over all orientations.
  [[nodiscard]] Eigen::Matrix3d rotation(double largest);

 private:
  std::mt19937_64 engine_;
};

}  // namespace ionpass::workflows
