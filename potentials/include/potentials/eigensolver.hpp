// Hermitian eigenproblems H C = S C ε, whoever solves them.
#pragma once

#include <complex>
#include <type_traits>

#include <Eigen/Dense>

namespace ionpass {

/// Single precision is good enough for the first cycles of a self-consistency, and takes half the
/// time.
enum class Precision { single, full };

/// Solves many problems with one S. Scalar is double or std::complex<double>; only lower triangles
/// are read.
template <typename Scalar>
class Eigensolver {
 public:
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
  using InSingle =
      std::conditional_t<Eigen::NumTraits<Scalar>::IsComplex, std::complex<float>, float>;

  virtual ~Eigensolver() = default;

  /// Factorises S = L L^H. False if S is not positive definite.
  [[nodiscard]] virtual bool factorise(const Matrix& overlap) = 0;
  /// Where H goes before it is solved, which uses it up.
  [[nodiscard]] Matrix& hamiltonian() noexcept { return hamiltonian_; }
  /// Eigenvalues, ascending, in the precision asked for or a better one. False if the library
  /// behind it gives up.
  [[nodiscard]] virtual bool solve(Eigen::VectorXd& eigenvalues, Precision precision) = 0;

  /// C of `count` states from the first given on, one column each.
  [[nodiscard]] virtual Matrix coefficients(Eigen::Index first, Eigen::Index count) const = 0;
  /// C and S C.
  template <typename As>
  struct StatesAs {
    Eigen::Matrix<As, Eigen::Dynamic, Eigen::Dynamic> coefficients, projected;
  };
  using States = StatesAs<Scalar>;
  [[nodiscard]] virtual States states(Eigen::Index first, Eigen::Index count) const = 0;
  /// Likewise, where single precision will do.
  [[nodiscard]] virtual StatesAs<InSingle> single_states(Eigen::Index first,
                                                         Eigen::Index count) const {
    const States full = states(first, count);
    return {full.coefficients.template cast<InSingle>(), full.projected.template cast<InSingle>()};
  }

 protected:
  Matrix hamiltonian_;
};

}  // namespace ionpass
