// Coulomb sums of point charges in a periodic cell, with a uniform background that neutralises the
// cell.
#pragma once

#include <Eigen/Dense>

#include "tightbinding/derivatives.hpp"
#include "tightbinding/images.hpp"

namespace ionpass::tightbinding {

/// Ewald sum for one geometry. Charged cells are right too: the term -π/(V α²) is the background.
/// Reciprocal part by structure factors: Φ is a rank-k product, derivatives cost n_G × n.
class EwaldSum {
 public:
  /// @param cell      lattice vectors as columns, bohr
  /// @param positions 3 × n, bohr
  EwaldSum(const Eigen::Matrix3d& cell, const Eigen::Matrix3Xd& positions);

  /// Φ_AB, Hartree per squared charge (n × n, symmetric): the potential at A of a unit charge at B
  /// and all its images; on the diagonal without the charge itself.
  [[nodiscard]] Eigen::MatrixXd potential_matrix() const;

  /// Derivatives of ½ Σ_AB q_A q_B Φ_AB.
  [[nodiscard]] Derivatives derivatives(const Eigen::VectorXd& charges) const;

 private:
  void add_real_space(const Eigen::VectorXd& charges, Derivatives& out) const;
  void add_reciprocal(const Eigen::VectorXd& charges, Derivatives& out) const;

  ImageLattice lattice_;
  Eigen::Matrix3Xd positions_;
  double volume_ = 0.0;
  double alpha_ = 0.0;
  double cutoff_ = 0.0;
  Eigen::Matrix3Xd g_;             // half of the reciprocal vectors: -G is implied
  Eigen::VectorXd coefficient_;    // (8π/V) exp(-G²/4α²)/G², both ±G counted
  Eigen::MatrixXd cosine_, sine_;  // n_G × n
};

}  // namespace ionpass::tightbinding
