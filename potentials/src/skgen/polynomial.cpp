#include "skgen/polynomial.hpp"

#include <cmath>
#include <numbers>

namespace ionpass::skgen {
namespace {

struct Legendre {
  double value = 1.0, previous = 0.0;
};

/// P_n(x) and P_{n-1}(x).
Legendre legendre(int n, double x) {
  Legendre p;
  for (int k = 0; k < n; ++k) {
    const double next = ((2 * k + 1) * x * p.value - k * p.previous) / (k + 1);
    p.previous = p.value;
    p.value = next;
  }
  return p;
}

/// P_n'(x) inside the interval.
double legendre_slope(int n, double x, const Legendre& p) {
  return n * (p.previous - x * p.value) / (1.0 - x * x);
}

/// Weights of the barycentric formula, scaled to a largest magnitude of 1.
Eigen::VectorXd barycentric_weights(const Eigen::VectorXd& nodes) {
  const Eigen::Index n = nodes.size();
  Eigen::VectorXd weights(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    double product = 1.0;
    // The factor 2 is the inverse capacity of [-1, 1]: it keeps long products near 1.
    for (Eigen::Index k = 0; k < n; ++k)
      if (k != i) product *= 2.0 * (nodes[i] - nodes[k]);
    weights[i] = 1.0 / product;
  }
  return weights / weights.cwiseAbs().maxCoeff();
}

}  // namespace

Rule gauss_legendre(int n) {
  Rule rule{Eigen::VectorXd(n), Eigen::VectorXd(n)};
  for (int i = 0; i < n; ++i) {
    double x = -std::cos(std::numbers::pi * (i + 0.75) / (n + 0.5));
    Legendre p;
    double slope = 1.0;
    for (int step = 0; step < 8; ++step) {
      p = legendre(n, x);
      slope = legendre_slope(n, x, p);
      x -= p.value / slope;
    }
    rule.nodes[i] = x;
    rule.weights[i] = 2.0 / ((1.0 - x * x) * slope * slope);
  }
  return rule;
}

Eigen::VectorXd gauss_lobatto_nodes(int n) {
  Eigen::VectorXd nodes(n);
  const int degree = n - 1;
  nodes[0] = -1.0;
  nodes[n - 1] = 1.0;
  for (int i = 1; i < n - 1; ++i) {
    double x = -std::cos(std::numbers::pi * i / degree);
    for (int step = 0; step < 20; ++step) {
      // Newton's method for P' = 0, with P'' from Legendre's equation.
      const Legendre p = legendre(degree, x);
      const double slope = legendre_slope(degree, x, p);
      const double curvature = (2.0 * x * slope - degree * (degree + 1) * p.value) / (1.0 - x * x);
      x -= slope / curvature;
    }
    nodes[i] = x;
  }
  return nodes;
}

Eigen::MatrixXd lagrange_values(const Eigen::VectorXd& nodes, const Eigen::VectorXd& targets) {
  const Eigen::VectorXd weights = barycentric_weights(nodes);
  Eigen::MatrixXd values(targets.size(), nodes.size());
  for (Eigen::Index t = 0; t < targets.size(); ++t) {
    const Eigen::ArrayXd distance = targets[t] - nodes.array();
    Eigen::Index hit = 0;
    if (distance.abs().minCoeff(&hit) == 0.0) {
      values.row(t).setZero();
      values(t, hit) = 1.0;
      continue;
    }
    const Eigen::ArrayXd terms = weights.array() / distance;
    values.row(t) = (terms / terms.sum()).matrix().transpose();
  }
  return values;
}

Eigen::MatrixXd differentiation_matrix(const Eigen::VectorXd& nodes) {
  const Eigen::VectorXd weights = barycentric_weights(nodes);
  const Eigen::Index n = nodes.size();
  Eigen::MatrixXd d = Eigen::MatrixXd::Zero(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index k = 0; k < n; ++k)
      if (k != i) d(i, k) = weights[k] / weights[i] / (nodes[i] - nodes[k]);
    d(i, i) = -d.row(i).sum();  // a constant has no slope
  }
  return d;
}

Eigen::MatrixXd integration_matrix(const Eigen::VectorXd& nodes) {
  const Eigen::Index n = nodes.size();
  const Rule rule = gauss_legendre(static_cast<int>(n));  // exact for the Lagrange polynomials
  Eigen::MatrixXd out(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const double half = 0.5 * (nodes[i] + 1.0);
    const Eigen::VectorXd targets = (half * (rule.nodes.array() + 1.0) - 1.0).matrix();
    out.row(i) = half * rule.weights.transpose() * lagrange_values(nodes, targets);
  }
  return out;
}

}  // namespace ionpass::skgen
