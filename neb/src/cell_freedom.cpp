#include <algorithm>
#include <cmath>

#include <unsupported/Eigen/MatrixFunctions>

#include <neb/cell_freedom.hpp>
#include <structures/error.hpp>

namespace ionpass::neb {
namespace {

double product(const Eigen::Matrix3d& a, const Eigen::Matrix3d& b) {
  return a.cwiseProduct(b).sum();
}

/// Deformations before volume and lengths are held.
std::vector<Eigen::Matrix3d> unconstrained(const Cell& cell, const CellConstraints& constraints) {
  std::vector<Eigen::Matrix3d> out;
  if (constraints.shape) {
    out.emplace_back(Eigen::Matrix3d::Identity());
    return out;
  }
  for (int i = 0; i < 3; ++i) {
    if (constraints.angles) {
      out.emplace_back(cell.matrix().col(i) * cell.inverse().row(i));
      continue;
    }
    for (int j = i; j < 3; ++j) {
      // Symmetric, since a rotation of the whole crystal changes nothing.
      Eigen::Matrix3d strain = Eigen::Matrix3d::Zero();
      strain(i, j) = strain(j, i) = 1.0;
      out.push_back(strain);
    }
  }
  return out;
}

/// Change of what is held per unit of each deformation, one row per constraint.
Eigen::MatrixXd constraint_rows(const Cell& cell, const CellConstraints& constraints,
                                const std::vector<Eigen::Matrix3d>& deformations) {
  Eigen::MatrixXd rows(0, static_cast<Eigen::Index>(deformations.size()));
  const auto append = [&](auto&& change) {
    rows.conservativeResize(rows.rows() + 1, Eigen::NoChange);
    for (Eigen::Index k = 0; k < rows.cols(); ++k)
      rows(rows.rows() - 1, k) = change(deformations[static_cast<std::size_t>(k)]);
  };
  if (constraints.volume) append([](const Eigen::Matrix3d& d) { return d.trace(); });
  for (int axis = 0; axis < 3; ++axis) {
    if (!constraints.lengths[static_cast<std::size_t>(axis)]) continue;
    const Eigen::Vector3d along = cell.matrix().col(axis).normalized();
    append([&](const Eigen::Matrix3d& d) { return along.dot(d * along); });
  }
  return rows;
}

std::vector<Eigen::Matrix3d> orthonormal(const std::vector<Eigen::Matrix3d>& deformations) {
  std::vector<Eigen::Matrix3d> out;
  for (Eigen::Matrix3d d : deformations) {
    for (const Eigen::Matrix3d& earlier : out) d -= product(earlier, d) * earlier;
    out.emplace_back(d / d.norm());
  }
  return out;
}

}  // namespace

std::vector<Eigen::Matrix3d> allowed_deformations(const Cell& cell,
                                                  const CellConstraints& constraints) {
  const std::vector<Eigen::Matrix3d> all = unconstrained(cell, constraints);
  const Eigen::MatrixXd rows = constraint_rows(cell, constraints, all);
  if (rows.rows() == 0) return orthonormal(all);
  const Eigen::FullPivLU<Eigen::MatrixXd> lu(rows);
  if (lu.dimensionOfKernel() == 0) {
    throw InputError("what is to be kept of the cell leaves nothing to change: keep less of it");
  }
  const Eigen::MatrixXd kernel = lu.kernel();
  std::vector<Eigen::Matrix3d> out;
  for (Eigen::Index k = 0; k < kernel.cols(); ++k) {
    Eigen::Matrix3d d = Eigen::Matrix3d::Zero();
    for (std::size_t i = 0; i < all.size(); ++i)
      d += kernel(static_cast<Eigen::Index>(i), k) * all[i];
    out.push_back(d);
  }
  return orthonormal(out);
}

Cell deformed(const Cell& cell, const Eigen::Matrix3d& deformation,
              const CellConstraints& constraints) {
  const Eigen::Matrix3d stretch = deformation.exp();
  Eigen::Matrix3d matrix = stretch * cell.matrix();
  // A first-order constraint is left at second order.
  std::array<bool, 3> free{true, true, true};
  for (int axis = 0; axis < 3; ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    if (!constraints.lengths[i]) continue;
    free[i] = false;
    matrix.col(axis) *= cell.matrix().col(axis).norm() / matrix.col(axis).norm();
  }
  const auto count = std::count(free.begin(), free.end(), true);
  if (constraints.volume && count > 0) {
    const double factor = cell.matrix().determinant() / matrix.determinant();
    for (int axis = 0; axis < 3; ++axis) {
      if (free[static_cast<std::size_t>(axis)])
        matrix.col(axis) *= std::pow(factor, 1.0 / static_cast<double>(count));
    }
  }
  return Cell(matrix);
}

}  // namespace ionpass::neb
