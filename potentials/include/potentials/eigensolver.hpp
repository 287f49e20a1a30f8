// Hermitian eigenproblems H C = S C ε, whoever solves them.
#pragma once

#include <Eigen/Dense>

namespace ionpass {

/// Solves many problems with one S. Scalar is double or std::complex<double>; only lower triangles
/// are read.
template <typename Scalar>
class Eigensolver {
 public:
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

  virtual ~Eigensolver() = default;

  /// Factorises S = L L^H. False if S is not positive definite.
  [[nodiscard]] virtual bool factorise(const Matrix& overlap) = 0;
  /// Where H goes before it is solved, which uses it up.
  [[nodiscard]] Matrix& hamiltonian() noexcept { return hamiltonian_; }
  /// Eigenvalues, ascending. False if the library behind it gives up.
  [[nodiscard]] virtual bool solve(Eigen::VectorXd& eigenvalues) = 0;

  /// C of `count` states from the first given on, one column each.
  [[nodiscard]] virtual Matrix coefficients(Eigen::Index first, Eigen::Index count) const = 0;
  /// C and S C.
  struct States {
    Matrix coefficients;
    Matrix projected;
  };
  [[nodiscard]] virtual States states(Eigen::Index first, Eigen::Index count) const = 0;

 protected:
  Matrix hamiltonian_;
};

}  // namespace ionpass
