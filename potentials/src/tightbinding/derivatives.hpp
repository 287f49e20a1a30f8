// First derivatives of an energy, and how a pair of atoms adds to them.
#pragma once

#include <cstddef>

#include <Eigen/Dense>

namespace ionpass::tightbinding {

/// With respect to atoms (3 × n, Hartree/bohr) and to strain (dE/dε, Hartree).
struct Derivatives {
  Eigen::Matrix3Xd gradient;
  Eigen::Matrix3d strain = Eigen::Matrix3d::Zero();

  static Derivatives zero(Eigen::Index atoms) {
    return {Eigen::Matrix3Xd::Zero(3, atoms), Eigen::Matrix3d::Zero()};
  }
  Derivatives& operator+=(const Derivatives& other) {
    gradient += other.gradient;
    strain += other.strain;
    return *this;
  }
  /// Adds those of a term in the vector from atom a to (an image of) atom b, bohr.
  /// @param slope derivative with respect to that vector, Hartree/bohr
  void add_pair(std::size_t a, std::size_t b, const Eigen::Vector3d& slope,
                const Eigen::Vector3d& vector) {
    strain += slope * vector.transpose();
    gradient.col(static_cast<Eigen::Index>(b)) += slope;
    gradient.col(static_cast<Eigen::Index>(a)) -= slope;
  }
};

}  // namespace ionpass::tightbinding
