// Radial basis functions of an atom: Slater functions, or polynomials on elements up to the
// basis-set limit.
#pragma once

#include <map>
#include <vector>

#include <Eigen/Dense>

#include <potentials/skgen.hpp>

#include "skgen/radial_grid.hpp"

namespace ionpass::skgen {

/// A radial function R(r) and what two-centre integrals need of it.
struct RadialFunction {
  Eigen::ArrayXd value;    ///< R
  Eigen::ArrayXd slope;    ///< dR/dr
  Eigen::ArrayXd kinetic;  ///< -½ [R'' + 2R'/r - l(l+1) R/r²]: the radial part of -½∇²(R Y_lm)
};

/// A set of functions R_a(r) for every angular momentum, with the grid their integrals are taken
/// on.
class RadialBasis {
 public:
  /// Functions and points that see each other: all of them (Slater), or those of one element.
  struct Block {
    Eigen::Index first_point = 0, first_function = 0;
    Eigen::MatrixXd values, slopes;  ///< R_a, R_a' at the grid points (row: point)
  };

  virtual ~RadialBasis() = default;
  [[nodiscard]] const RadialGrid& grid() const noexcept { return grid_; }
  [[nodiscard]] const std::vector<Block>& blocks(int l) const { return blocks_.at(l); }
  [[nodiscard]] Eigen::Index size(int l) const;
  /// How far from the diagonal matrices reach.
  [[nodiscard]] Eigen::Index bandwidth(int l) const;

  /// Σ_a c_a R_a at any r > 0.
  [[nodiscard]] virtual RadialFunction evaluate(int l, const Eigen::VectorXd& coefficients,
                                                const Eigen::ArrayXd& r) const = 0;
  /// The same value and slope at the points of the grid; no kinetic part.
  [[nodiscard]] RadialFunction on_grid(int l, const Eigen::VectorXd& coefficients) const;

  /// Weights of the three products in ∫ [vv R_a R_b + vd (R_a R_b)' + dd R_a' R_b'] dr, per point.
  struct Kernel {
    Eigen::ArrayXd vv, vd, dd;  ///< those left empty do not occur
  };
  [[nodiscard]] Eigen::MatrixXd matrix(int l, const Kernel& kernel) const;

 protected:
  explicit RadialBasis(RadialGrid grid) : grid_(std::move(grid)) {}
  void set_blocks(int l, std::vector<Block> blocks) { blocks_[l] = std::move(blocks); }

 private:
  RadialGrid grid_;
  std::map<int, std::vector<Block>> blocks_;
};

/// One set of Slater functions per angular momentum.
class SlaterBasis final : public RadialBasis {
 public:
  explicit SlaterBasis(std::vector<SlaterShell> shells);
  [[nodiscard]] RadialFunction evaluate(int l, const Eigen::VectorXd& coefficients,
                                        const Eigen::ArrayXd& r) const override;

 private:
  struct Function {
    double exponent = 0.0;
    int power = 0;
    double norm = 0.0;
  };
  static Block raw_functions(const std::vector<Function>& functions, const Eigen::ArrayXd& r);

  std::vector<std::vector<Function>> functions_;  // per l
  std::vector<Eigen::MatrixXd>
      combinations_;  // per l: basis functions (columns) in Slater functions
};

/// u = r R as a continuous piecewise polynomial, zero at the origin and at the end of the grid:
/// spectral elements (A. T. Patera, J. Comput. Phys. 54, 468 (1984)).
class SpectralBasis final : public RadialBasis {
 public:
  /// @param edges of the elements, bohr: 0 first
  SpectralBasis(const std::vector<double>& edges, int degree, int highest_l);
  [[nodiscard]] RadialFunction evaluate(int l, const Eigen::VectorXd& coefficients,
                                        const Eigen::ArrayXd& r) const override;

 private:
  /// u at the nodes of an element.
  [[nodiscard]] Eigen::VectorXd nodal(const Eigen::VectorXd& coefficients,
                                      std::size_t element) const;

  int degree_;
  Eigen::VectorXd nodes_;  // on [-1, 1]
  Eigen::MatrixXd differentiate_;
};

}  // namespace ionpass::skgen
