// Choosing the structures that teach most: those least like what is chosen already.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <Eigen/Dense>

#include <structures/structure.hpp>

namespace ionpass::workflows {

/// What a structure looks like to pair potentials: for every pair of elements, smoothed counts of
/// distances up to a radius, per atom and weighed by 1/r². It does not depend on the order of the
/// atoms, the origin, the orientation or the choice of the cell. All structures described together
/// share elements and length.
class RadialDescriptor {
 public:
  /// @param elements atomic numbers that may occur @param radius Å
  explicit RadialDescriptor(std::vector<int> elements, double radius = 7.0);

  /// @throws InputError for an element that is none of those
  [[nodiscard]] Eigen::VectorXd describe(const Structure& structure) const;

 private:
  std::vector<int> elements_;  // ascending
  double radius_;
};

/// Farthest-point selection: one by one, the candidate whose distance to the closest of those
/// chosen (and of those known before) is largest; of equal ones the first. Gonzalez, Theor. Comput.
/// Sci. 38, 293 (1985).
/// @param known descriptors that count as chosen; without any, the candidate farthest from the mean
/// comes first
/// @return indices of candidates, in the order of choice; fewer than `count` if the others are
/// copies of chosen ones
[[nodiscard]] std::vector<std::size_t> farthest_points(std::span<const Eigen::VectorXd> candidates,
                                                       std::size_t count,
                                                       std::span<const Eigen::VectorXd> known = {});

}  // namespace ionpass::workflows
