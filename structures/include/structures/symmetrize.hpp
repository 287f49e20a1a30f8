// Averages over the operations of a space group: what keeps a crystal in its symmetry.
#pragma once

#include <cstddef>
#include <vector>

#include <Eigen/Dense>

#include <structures/symmetry.hpp>

namespace ionpass {

/// The operations of one crystal as permutations of its atoms and rotations of vectors. Holds for
/// every geometry of that crystal that keeps the symmetry, whatever its cell has become.
class Symmetrizer {
 public:
  /// @param tolerance Å, within which an operation must carry atoms onto atoms
  /// @throws InputError for a molecule, or if an operation carries an atom onto none
  Symmetrizer(const Structure& structure, const Symmetry& symmetry,
              double tolerance = default_symmetry_tolerance);

  [[nodiscard]] std::size_t size() const noexcept { return operations_.size(); }

  /// Mean of the images of a vector per atom (3 × n) under all operations: forces, displacements.
  [[nodiscard]] Eigen::Matrix3Xd vectors(const Eigen::Matrix3Xd& vectors, const Cell& cell) const;
  /// Mean of the images of a tensor: stress, strain.
  [[nodiscard]] Eigen::Matrix3d tensor(const Eigen::Matrix3d& tensor, const Cell& cell) const;

 private:
  struct Operation {
    Eigen::Matrix3d rotation;         ///< of fractional coordinates
    std::vector<Eigen::Index> image;  ///< per atom: the atom it is carried to
  };
  std::vector<Operation> operations_;
};

}  // namespace ionpass
