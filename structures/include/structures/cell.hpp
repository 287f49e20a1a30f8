// The periodic cell of a crystal.
#pragma once

#include <Eigen/Dense>

namespace ionpass {

/// Three lattice vectors a, b, c in Å. Always finite with a volume that is not zero.
class Cell {
 public:
  /// @param columns lattice vectors as columns, so that cartesian = columns * fractional
  /// @throws InputError if an entry is not finite or the vectors span no volume
  explicit Cell(const Eigen::Matrix3d& columns);

  /// From lengths (Å) and angles (degrees); a along x, b in the xy plane.
  /// @throws InputError for lengths that are not positive or angles that close no cell
  static Cell from_parameters(const Eigen::Vector3d& lengths, const Eigen::Vector3d& angles);

  /// Lattice vectors a, b, c as columns, Å.
  [[nodiscard]] const Eigen::Matrix3d& matrix() const noexcept { return matrix_; }
  /// fractional = inverse() * cartesian, 1/Å.
  [[nodiscard]] const Eigen::Matrix3d& inverse() const noexcept { return inverse_; }
  /// Reciprocal vectors with 2π in them, as columns, 1/Å.
  [[nodiscard]] Eigen::Matrix3d reciprocal() const;
  [[nodiscard]] double volume() const noexcept;   ///< Å³, positive
  [[nodiscard]] Eigen::Vector3d lengths() const;  ///< Å
  [[nodiscard]] Eigen::Vector3d angles() const;   ///< degrees: α (b,c), β (a,c), γ (a,b)
  /// Distances between opposite faces, Å: what decides how many neighbour cells a radius reaches.
  [[nodiscard]] Eigen::Vector3d heights() const;
  /// Length of the shortest lattice vector that is not zero, Å: how far apart an atom and its own
  /// image are.
  [[nodiscard]] double shortest_vector() const;

  friend bool operator==(const Cell& a, const Cell& b) { return a.matrix_ == b.matrix_; }

 private:
  Eigen::Matrix3d matrix_;
  Eigen::Matrix3d inverse_;
};

}  // namespace ionpass
