#include "skgen/radial_grid.hpp"

#include <cmath>

#include "skgen/polynomial.hpp"

namespace ionpass::skgen {

RadialGrid::RadialGrid(std::vector<double> edges, int points)
    : edges_(std::move(edges)), points_(points) {
  const Rule rule = gauss_legendre(points);
  differentiate_ = differentiation_matrix(rule.nodes);
  integrate_ = integration_matrix(rule.nodes);
  const auto total = static_cast<Eigen::Index>(elements()) * points;
  r_.resize(total);
  weights_.resize(total);
  for (std::size_t e = 0; e < elements(); ++e) {
    const auto at = static_cast<Eigen::Index>(e) * points;
    const double half = 0.5 * (edges_[e + 1] - edges_[e]);
    r_.segment(at, points) = edges_[e] + half * (rule.nodes.array() + 1.0);
    weights_.segment(at, points) = half * rule.weights.array();
  }
}

Eigen::ArrayXd RadialGrid::cumulative(const Eigen::ArrayXd& f) const {
  Eigen::ArrayXd out(size());
  double before = 0.0;
  for (std::size_t e = 0; e < elements(); ++e) {
    const auto at = static_cast<Eigen::Index>(e) * points_;
    const double half = 0.5 * (edges_[e + 1] - edges_[e]);
    out.segment(at, points_) =
        before + half * (integrate_ * f.segment(at, points_).matrix()).array();
    before += (weights_.segment(at, points_) * f.segment(at, points_)).sum();
  }
  return out;
}

Eigen::ArrayXd RadialGrid::derivative(const Eigen::ArrayXd& f) const {
  Eigen::ArrayXd out(size());
  for (std::size_t e = 0; e < elements(); ++e) {
    const auto at = static_cast<Eigen::Index>(e) * points_;
    const double half = 0.5 * (edges_[e + 1] - edges_[e]);
    out.segment(at, points_) = (differentiate_ * f.segment(at, points_).matrix()).array() / half;
  }
  return out;
}

std::vector<double> GeometricEdges::make() const {
  std::vector<double> edges{0.0, first};
  for (const Part& part : parts) {
    const double from = edges.back();
    if (part.end <= from) continue;
    const int steps =
        std::max(1, static_cast<int>(std::ceil(std::log(part.end / from) / std::log(part.factor))));
    for (int i = 1; i <= steps; ++i)
      edges.push_back(from * std::pow(part.end / from, static_cast<double>(i) / steps));
  }
  return edges;
}

}  // namespace ionpass::skgen
