// Polynomials on [-1, 1]: quadrature nodes, and matrices that interpolate, differentiate and
// integrate.
#pragma once

#include <Eigen/Dense>

namespace ionpass::skgen {

/// Nodes (ascending) and weights of a quadrature rule on [-1, 1].
struct Rule {
  Eigen::VectorXd nodes, weights;
};

/// n-point Gauss–Legendre: exact for polynomials up to degree 2n-1.
[[nodiscard]] Rule gauss_legendre(int n);

/// Nodes of the n-point Gauss–Lobatto rule, the ends included.
[[nodiscard]] Eigen::VectorXd gauss_lobatto_nodes(int n);

/// Values (row: target) of the Lagrange polynomials (column) of the given nodes.
[[nodiscard]] Eigen::MatrixXd lagrange_values(const Eigen::VectorXd& nodes,
                                              const Eigen::VectorXd& targets);

/// d/dx: derivatives at the nodes from values at the nodes.
[[nodiscard]] Eigen::MatrixXd differentiation_matrix(const Eigen::VectorXd& nodes);

/// Integrals from -1 to each node, from values at the nodes.
[[nodiscard]] Eigen::MatrixXd integration_matrix(const Eigen::VectorXd& nodes);

}  // namespace ionpass::skgen
