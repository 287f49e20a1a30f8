// Spectral elements: the complete basis.
#include <algorithm>

#include "skgen/polynomial.hpp"
#include "skgen/radial_basis.hpp"

namespace ionpass::skgen {
namespace {

/// Points per element beyond the degree: products of two functions with a smooth potential are
/// integrated to rounding.
constexpr int extra_points = 6;

}  // namespace

SpectralBasis::SpectralBasis(const std::vector<double>& edges, int degree, int highest_l)
    : RadialBasis(RadialGrid(edges, degree + extra_points)),
      degree_(degree),
      nodes_(gauss_lobatto_nodes(degree + 1)),
      differentiate_(differentiation_matrix(nodes_)) {
  const Eigen::Index points = degree + extra_points;
  const Eigen::VectorXd gauss = gauss_legendre(degree + extra_points).nodes;
  const Eigen::MatrixXd u = lagrange_values(nodes_, gauss);
  const Eigen::MatrixXd du = u * differentiate_;
  std::vector<Block> blocks;
  const std::size_t elements = edges.size() - 1;
  for (std::size_t e = 0; e < elements; ++e) {
    const auto index = static_cast<Eigen::Index>(e);
    // The outermost nodes carry no function: u vanishes there.
    const Eigen::Index skip = e == 0 ? 1 : 0;
    const Eigen::Index count = degree + 1 - skip - (e + 1 == elements ? 1 : 0);
    Block block;
    block.first_point = index * points;
    block.first_function = index * degree - 1 + skip;
    const double half = 0.5 * (edges[e + 1] - edges[e]);
    const Eigen::ArrayXd r = grid().r().segment(block.first_point, points);
    const auto values = u.middleCols(skip, count).array().colwise() / r;
    block.values = values.matrix();
    block.slopes = ((du.middleCols(skip, count).array() / half - values).colwise() / r).matrix();
    blocks.push_back(std::move(block));
  }
  for (int l = 0; l <= highest_l; ++l) set_blocks(l, blocks);
}

Eigen::VectorXd SpectralBasis::nodal(const Eigen::VectorXd& coefficients,
                                     std::size_t element) const {
  Eigen::VectorXd u = Eigen::VectorXd::Zero(degree_ + 1);
  for (Eigen::Index i = 0; i <= degree_; ++i) {
    const Eigen::Index function = static_cast<Eigen::Index>(element) * degree_ - 1 + i;
    if (function >= 0 && function < coefficients.size()) u[i] = coefficients[function];
  }
  return u;
}

RadialFunction SpectralBasis::evaluate(int l, const Eigen::VectorXd& coefficients,
                                       const Eigen::ArrayXd& r) const {
  RadialFunction out;
  out.value = out.slope = out.kinetic = Eigen::ArrayXd::Zero(r.size());
  const std::vector<double>& edges = grid().edges();
  for (Eigen::Index i = 0; i < r.size(); ++i) {
    if (r[i] >= edges.back()) continue;
    const auto e = static_cast<std::size_t>(
        std::max<std::ptrdiff_t>(1, std::ranges::upper_bound(edges, r[i]) - edges.begin()) - 1);
    const double half = 0.5 * (edges[e + 1] - edges[e]);
    Eigen::VectorXd target(1);
    target[0] = (r[i] - edges[e]) / half - 1.0;
    const Eigen::RowVectorXd weights = lagrange_values(nodes_, target);
    const Eigen::VectorXd u = nodal(coefficients, e);
    const Eigen::VectorXd du = differentiate_ * u / half;
    const Eigen::VectorXd ddu = differentiate_ * du / half;
    const double value = weights.dot(u) / r[i];
    out.value[i] = value;
    out.slope[i] = (weights.dot(du) - value) / r[i];
    out.kinetic[i] = -0.5 * (weights.dot(ddu) / r[i] - l * (l + 1) * value / (r[i] * r[i]));
  }
  return out;
}

}  // namespace ionpass::skgen
