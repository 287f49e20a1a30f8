#include <cmath>

#include <fmt/format.h>

#include <structures/cell.hpp>
#include <structures/error.hpp>
#include <structures/units.hpp>

#include "lattice_reduction.hpp"

namespace ionpass {

namespace {

// Relative to the product of the lengths; below it the vectors are parallel for any purpose here.
constexpr double flat_cell = 1e-6;

double angle_degrees(const Eigen::Vector3d& u, const Eigen::Vector3d& v) {
  return std::atan2(u.cross(v).norm(), u.dot(v)) * 360.0 / units::two_pi;
}

}  // namespace

Cell::Cell(const Eigen::Matrix3d& columns) : matrix_(columns) {
  if (!columns.allFinite())
    throw InputError("a lattice vector has an entry that is not a finite number");
  const double product = columns.colwise().norm().prod();
  const double volume = std::abs(columns.determinant());
  if (!(product > 0.0) || volume < flat_cell * product) {
    throw InputError(fmt::format(
        "the lattice vectors span no volume ({:.3g} Å³ for lengths {:.4f}, {:.4f}, {:.4f} Å)",
        volume, columns.col(0).norm(), columns.col(1).norm(), columns.col(2).norm()));
  }
  inverse_ = columns.inverse();
}

Cell Cell::from_parameters(const Eigen::Vector3d& lengths, const Eigen::Vector3d& angles) {
  for (int i = 0; i < 3; ++i) {
    if (!(lengths(i) > 0.0) || !std::isfinite(lengths(i))) {
      throw InputError(
          fmt::format("cell length {} is {}: it must be positive", "abc"[i], lengths(i)));
    }
    if (!(angles(i) > 0.0 && angles(i) < 180.0)) {
      throw InputError(fmt::format("cell angle {} is {}: it must lie between 0 and 180 degrees",
                                   i + 1, angles(i)));
    }
  }
  const Eigen::Vector3d radians = angles * units::two_pi / 360.0;
  // Exact for right angles, where cos(pi/2) would leave 6e-17.
  const auto cosine = [&](int i) { return angles(i) == 90.0 ? 0.0 : std::cos(radians(i)); };
  const double ca = cosine(0), cb = cosine(1), cg = cosine(2);
  const double sg = angles(2) == 90.0 ? 1.0 : std::sin(radians(2));
  const double height = 1.0 - ca * ca - cb * cb - cg * cg + 2.0 * ca * cb * cg;
  if (height <= flat_cell * flat_cell) {
    throw InputError(fmt::format("the cell angles {:g}, {:g}, {:g} give zero volume", angles(0),
                                 angles(1), angles(2)));
  }
  Eigen::Matrix3d columns;
  columns.col(0) << lengths(0), 0.0, 0.0;
  columns.col(1) << lengths(1) * cg, lengths(1) * sg, 0.0;
  columns.col(2) << lengths(2) * cb, lengths(2) * (ca - cb * cg) / sg,
      lengths(2) * std::sqrt(height) / sg;
  return Cell(columns);
}

Eigen::Matrix3d Cell::reciprocal() const { return units::two_pi * inverse_.transpose(); }

double Cell::volume() const noexcept { return std::abs(matrix_.determinant()); }

Eigen::Vector3d Cell::lengths() const { return matrix_.colwise().norm(); }

Eigen::Vector3d Cell::angles() const {
  return {angle_degrees(matrix_.col(1), matrix_.col(2)),
          angle_degrees(matrix_.col(0), matrix_.col(2)),
          angle_degrees(matrix_.col(0), matrix_.col(1))};
}

Eigen::Vector3d Cell::heights() const { return inverse_.rowwise().norm().cwiseInverse(); }

double Cell::shortest_vector() const {
  // In a basis reduced in the sense of Minkowski the shortest basis vector is the shortest of the
  // lattice.
  return reduce_lattice(*this).columns.colwise().norm().minCoeff();
}

}  // namespace ionpass
