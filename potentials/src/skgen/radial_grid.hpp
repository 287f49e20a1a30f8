// Radial points in geometrically growing elements, Gauss–Legendre inside each: what is smooth
// within the elements is integrated and differentiated to rounding.
#pragma once

#include <vector>

#include <Eigen/Dense>

namespace ionpass::skgen {

class RadialGrid {
 public:
  /// @param edges  of the elements, bohr: 0 first, ascending
  /// @param points per element
  RadialGrid(std::vector<double> edges, int points);

  [[nodiscard]] const Eigen::ArrayXd& r() const noexcept { return r_; }               ///< bohr
  [[nodiscard]] const Eigen::ArrayXd& weights() const noexcept { return weights_; }   ///< of ∫ dr
  [[nodiscard]] const std::vector<double>& edges() const noexcept { return edges_; }  ///< bohr
  [[nodiscard]] int points_per_element() const noexcept { return points_; }
  [[nodiscard]] Eigen::Index size() const noexcept { return r_.size(); }

  /// ∫ f dr over the whole grid.
  [[nodiscard]] double integral(const Eigen::ArrayXd& f) const { return (weights_ * f).sum(); }
  /// ∫ f dr from 0 to every point.
  [[nodiscard]] Eigen::ArrayXd cumulative(const Eigen::ArrayXd& f) const;
  /// df/dr, element by element.
  [[nodiscard]] Eigen::ArrayXd derivative(const Eigen::ArrayXd& f) const;

 private:
  [[nodiscard]] std::size_t elements() const noexcept { return edges_.size() - 1; }

  std::vector<double> edges_;
  int points_;
  Eigen::ArrayXd r_, weights_;
  Eigen::MatrixXd differentiate_, integrate_;  // on [-1, 1]
};

/// Edges 0, first, …: each part grows by its factor up to its end.
struct GeometricEdges {
  struct Part {
    double end = 0.0;  ///< bohr
    double factor = 2.0;
  };
  double first = 1e-3;  ///< bohr
  std::vector<Part> parts;

  [[nodiscard]] std::vector<double> make() const;
};

}  // namespace ionpass::skgen
