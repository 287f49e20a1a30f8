#include <fmt/format.h>

#include <structures/error.hpp>
#include <structures/minimum_image.hpp>
#include <structures/symmetrize.hpp>

namespace ionpass {
namespace {

/// The atom of the same element at a place, or -1.
Eigen::Index atom_at(const Structure& structure, int number, const Eigen::Vector3d& place,
                     double tolerance) {
  for (Eigen::Index j = 0; j < structure.positions.cols(); ++j) {
    if (structure.numbers[static_cast<std::size_t>(j)] != number) continue;
    const Eigen::Vector3d away = place - structure.positions.col(j);
    if (minimum_image(*structure.cell, away).vector.norm() < tolerance) return j;
  }
  return -1;
}

Eigen::Matrix3d cartesian(const Eigen::Matrix3d& rotation, const Cell& cell) {
  return cell.matrix() * rotation * cell.inverse();
}

}  // namespace

Symmetrizer::Symmetrizer(const Structure& structure, const Symmetry& symmetry, double tolerance) {
  if (!structure.cell) throw InputError("a molecule has no space group");
  // Errors of the file and of the operation add up.
  const double reach = 2.0 * tolerance;
  for (const SymmetryOperation& given : symmetry.operations) {
    Operation operation{given.rotation.cast<double>(), {}};
    for (std::size_t i = 0; i < structure.size(); ++i) {
      const Eigen::Vector3d fractional =
          operation.rotation *
              (structure.cell->inverse() * structure.positions.col(static_cast<Eigen::Index>(i))) +
          given.translation;
      const Eigen::Index j =
          atom_at(structure, structure.numbers[i], structure.cell->matrix() * fractional, reach);
      if (j < 0) {
        throw InputError(
            fmt::format("an operation of space group {} carries {} onto no atom within {:g} Å",
                        symmetry.international, structure.label(i), reach));
      }
      operation.image.push_back(j);
    }
    operations_.push_back(std::move(operation));
  }
}

Eigen::Matrix3Xd Symmetrizer::vectors(const Eigen::Matrix3Xd& vectors, const Cell& cell) const {
  Eigen::Matrix3Xd sum = Eigen::Matrix3Xd::Zero(3, vectors.cols());
  for (const Operation& operation : operations_) {
    const Eigen::Matrix3Xd turned = cartesian(operation.rotation, cell) * vectors;
    for (Eigen::Index i = 0; i < vectors.cols(); ++i)
      sum.col(operation.image[static_cast<std::size_t>(i)]) += turned.col(i);
  }
  return sum / static_cast<double>(operations_.size());
}

Eigen::Matrix3d Symmetrizer::tensor(const Eigen::Matrix3d& tensor, const Cell& cell) const {
  Eigen::Matrix3d sum = Eigen::Matrix3d::Zero();
  for (const Operation& operation : operations_) {
    const Eigen::Matrix3d turn = cartesian(operation.rotation, cell);
    sum += turn * tensor * turn.transpose();
  }
  return sum / static_cast<double>(operations_.size());
}

}  // namespace ionpass
