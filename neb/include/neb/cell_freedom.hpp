// Which changes of a cell a relaxation may make.
#pragma once

#include <array>
#include <vector>

#include <Eigen/Dense>

#include <structures/cell.hpp>

namespace ionpass::neb {

/// What stays as it is while a cell relaxes.
struct CellConstraints {
  bool shape = false;   ///< all lengths change by one factor
  bool angles = false;  ///< the three lengths change, the angles between the vectors do not
  bool volume = false;
  std::array<bool, 3> lengths{};  ///< of a, b, c: the repeat of a chain, for example
};

/// Orthonormal deformations (Frobenius norm) that a cell may undergo at first order.
/// @throws InputError if the constraints leave nothing to change
[[nodiscard]] std::vector<Eigen::Matrix3d> allowed_deformations(const Cell& cell,
                                                                const CellConstraints& constraints);

/// exp(deformation) * cell, with what is to stay restored to the last digit.
[[nodiscard]] Cell deformed(const Cell& cell, const Eigen::Matrix3d& deformation,
                            const CellConstraints& constraints);

}  // namespace ionpass::neb
