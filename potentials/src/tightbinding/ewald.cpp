#include "tightbinding/ewald.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <cblas.h>

namespace ionpass::tightbinding {

namespace {

using std::numbers::pi;

// erfc(5.6) = 2e-15 and exp(-5.6²) = 2e-14: both sums end below what double precision shows.
constexpr double decay_lengths = 5.6;
// Real-space radius in units of the cell's cube root: with the structure factors as matrix
// products, a long reciprocal sum is cheap.
constexpr double radius_per_cell = 0.9;

std::vector<Eigen::Vector3d> half_space_vectors(const Eigen::Matrix3d& cell, double cutoff) {
  const Eigen::Matrix3d reciprocal = 2.0 * pi * cell.inverse().transpose();
  const Eigen::Vector3i reach =
      (cell.colwise().norm().transpose() * (cutoff / (2.0 * pi))).array().ceil().cast<int>();
  std::vector<Eigen::Vector3d> vectors;
  for (int i = 0; i <= reach(0); ++i) {
    for (int j = i == 0 ? 0 : -reach(1); j <= reach(1); ++j) {
      for (int k = i == 0 && j == 0 ? 1 : -reach(2); k <= reach(2); ++k) {
        const Eigen::Vector3d g = reciprocal * Eigen::Vector3d(i, j, k);
        if (g.squaredNorm() < cutoff * cutoff) vectors.push_back(g);
      }
    }
  }
  return vectors;
}

}  // namespace

EwaldSum::EwaldSum(const Eigen::Matrix3d& cell, const Eigen::Matrix3Xd& positions)
    : lattice_(cell), positions_(positions), volume_(std::abs(cell.determinant())) {
  cutoff_ = radius_per_cell * std::cbrt(volume_);
  alpha_ = decay_lengths / cutoff_;
  const auto vectors = half_space_vectors(cell, 2.0 * alpha_ * decay_lengths);
  const auto count = static_cast<Eigen::Index>(vectors.size());
  g_.resize(3, count);
  for (Eigen::Index i = 0; i < count; ++i) g_.col(i) = vectors[static_cast<std::size_t>(i)];
  const Eigen::ArrayXd squared = g_.colwise().squaredNorm().transpose().array();
  coefficient_ = (8.0 * pi / volume_) * (-squared / (4.0 * alpha_ * alpha_)).exp() / squared;
  const Eigen::MatrixXd phase = g_.transpose() * positions_;
  cosine_ = phase.array().cos();
  sine_ = phase.array().sin();
}

Eigen::MatrixXd EwaldSum::potential_matrix() const {
  const Eigen::Index n = positions_.cols();
  const Eigen::Index count = g_.cols();
  // Σ_G c_G cos(G·(r_A - r_B)) = X^T X with X = sqrt(c_G) (cos G·r, sin G·r).
  Eigen::MatrixXd x(2 * count, n);
  const Eigen::VectorXd root = coefficient_.cwiseSqrt();
  x.topRows(count) = root.asDiagonal() * cosine_;
  x.bottomRows(count) = root.asDiagonal() * sine_;
  Eigen::MatrixXd phi(n, n);
  cblas_dsyrk(CblasColMajor, CblasLower, CblasTrans, static_cast<int>(n),
              static_cast<int>(2 * count), 1.0, x.data(), static_cast<int>(2 * count), 0.0,
              phi.data(), static_cast<int>(n));
  const double background = pi / (volume_ * alpha_ * alpha_);
  for (Eigen::Index b = 0; b < n; ++b) {
    for (Eigen::Index a = b; a < n; ++a) {
      double sum = phi(a, b) - background;
      lattice_.for_each(positions_.col(a) - positions_.col(b), cutoff_,
                        [&](const Eigen::Vector3d&, double squared) {
                          if (a == b && squared == 0.0) return;
                          const double r = std::sqrt(squared);
                          sum += std::erfc(alpha_ * r) / r;
                        });
      if (a == b) sum -= 2.0 * alpha_ / std::sqrt(pi);
      phi(a, b) = phi(b, a) = sum;
    }
  }
  return phi;
}

void EwaldSum::add_real_space(const Eigen::VectorXd& charges, Derivatives& out) const {
  const Eigen::Index n = positions_.cols();
  const double gauss = 2.0 * alpha_ / std::sqrt(pi);
  for (Eigen::Index b = 0; b < n; ++b) {
    for (Eigen::Index a = b; a < n; ++a) {
      const double weight = charges(a) * charges(b) * (a == b ? 0.5 : 1.0);
      lattice_.for_each(positions_.col(a) - positions_.col(b), cutoff_,
                        [&](const Eigen::Vector3d& r, double squared) {
                          if (a == b && squared == 0.0) return;
                          const double distance = std::sqrt(squared);
                          const double slope = -(std::erfc(alpha_ * distance) / distance +
                                                 gauss * std::exp(-alpha_ * alpha_ * squared)) /
                                               distance;
                          const Eigen::Vector3d pull = (weight * slope / distance) * r;
                          out.strain += pull * r.transpose();
                          if (a == b) return;
                          out.gradient.col(a) += pull;
                          out.gradient.col(b) -= pull;
                        });
    }
  }
}

void EwaldSum::add_reciprocal(const Eigen::VectorXd& charges, Derivatives& out) const {
  const Eigen::VectorXd s_real = cosine_ * charges;
  const Eigen::VectorXd s_imag = sine_ * charges;
  // Energy ½ Σ_G c_G |S|² over the half space.
  const Eigen::ArrayXd energy =
      0.5 * coefficient_.array() * (s_real.array().square() + s_imag.array().square());
  const Eigen::VectorXd along_sine = coefficient_.cwiseProduct(s_real);
  const Eigen::VectorXd along_cosine = coefficient_.cwiseProduct(s_imag);
  out.gradient.noalias() +=
      (g_ * (along_cosine.asDiagonal() * cosine_ - along_sine.asDiagonal() * sine_)) *
      charges.asDiagonal();
  const Eigen::ArrayXd squared = g_.colwise().squaredNorm().transpose().array();
  const Eigen::VectorXd weight = energy * (2.0 / squared + 1.0 / (2.0 * alpha_ * alpha_));
  out.strain.noalias() += g_ * weight.asDiagonal() * g_.transpose();
  const double total = charges.sum();
  const double background = 0.5 * total * total * pi / (volume_ * alpha_ * alpha_);
  out.strain.diagonal().array() += background - energy.sum();
}

Derivatives EwaldSum::derivatives(const Eigen::VectorXd& charges) const {
  Derivatives out;
  out.gradient = Eigen::Matrix3Xd::Zero(3, positions_.cols());
  add_real_space(charges, out);
  add_reciprocal(charges, out);
  return out;
}

}  // namespace ionpass::tightbinding
