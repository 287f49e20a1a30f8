// Numbers that tell places in a crystal apart by what surrounds them, whatever the origin or the
// order of atoms.
#pragma once

#include <vector>

#include <Eigen/Dense>

#include <structures/structure.hpp>

namespace ionpass {

/// Sums over the atoms round a place, element by element, of smooth functions of distance. Equal
/// for equivalent places, and a small change of the positions changes it little, so that rounding
/// cannot reorder places.
using Environment = std::vector<double>;

/// Environments of points in one crystal.
class EnvironmentProbe {
 public:
  explicit EnvironmentProbe(const Structure& crystal);

  /// @param point Cartesian, Å
  [[nodiscard]] Environment around(const Eigen::Vector3d& point) const;

 private:
  Eigen::Matrix3d columns_;           // reduced lattice, Å
  Eigen::Matrix3d inverse_;           // 1/Å
  Eigen::Matrix3Xd fractional_;       // in the reduced lattice
  std::vector<std::size_t> element_;  // per atom: rank of its element among those present
  std::size_t elements_ = 0;
};

/// The mean of environments; of none, empty.
[[nodiscard]] Environment mean(const std::vector<Environment>& environments);

/// Order of environments: the first difference beyond rounding decides. Negative, zero or positive
/// as in strcmp.
[[nodiscard]] int compare(const Environment& a, const Environment& b);

}  // namespace ionpass
