#include "tightbinding/ewald.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include <cblas.h>

namespace ionpass::tightbinding {

namespace {

using std::numbers::pi;

// erfc(5.6) = 2e-15 and exp(-5.6²) = 2e-14: both sums end below what double precision shows.
constexpr double decay_lengths = 5.6;
// Real-space radius in units of the cell's cube root: where both sums take the least time together
// (tests/benchmarks); the minimum is flat.
constexpr double radius_per_cell = 1.0;

/// Neighbouring reciprocal vectors i b_1 + j b_2 + (k … k + count - 1) b_3.
struct Run {
  Eigen::Index i = 0, j = 0, k = 0, count = 0;
};

/// One half of the reciprocal vectors below a cut-off (-G is implied), without G = 0.
struct HalfSpace {
  Eigen::Matrix3Xd vectors;
  std::vector<Run> runs;  // a ball cuts every line in one run
  Eigen::Array<Eigen::Index, 3, 1> reach;
};

HalfSpace half_space(const Eigen::Matrix3d& cell, double cutoff) {
  const Eigen::Matrix3d reciprocal = 2.0 * pi * cell.inverse().transpose();
  HalfSpace out;
  out.reach = (cell.colwise().norm().transpose().array() * (cutoff / (2.0 * pi)))
                  .ceil()
                  .cast<Eigen::Index>();
  std::vector<Eigen::Vector3d> vectors;
  for (Eigen::Index i = 0; i <= out.reach(0); ++i) {
    for (Eigen::Index j = i == 0 ? 0 : -out.reach(1); j <= out.reach(1); ++j) {
      Run run{i, j, 0, 0};
      for (Eigen::Index k = i == 0 && j == 0 ? 1 : -out.reach(2); k <= out.reach(2); ++k) {
        const Eigen::Vector3d g =
            reciprocal * Eigen::Array<Eigen::Index, 3, 1>(i, j, k).cast<double>().matrix();
        if (g.squaredNorm() >= cutoff * cutoff) continue;
        if (run.count == 0) run.k = k;
        ++run.count;
        vectors.push_back(g);
      }
      if (run.count > 0) out.runs.push_back(run);
    }
  }
  out.vectors.resize(3, static_cast<Eigen::Index>(vectors.size()));
  for (std::size_t i = 0; i < vectors.size(); ++i)
    out.vectors.col(static_cast<Eigen::Index>(i)) = vectors[i];
  return out;
}

/// cos and sin of 2π n f for n = -reach … reach.
struct AxisPhases {
  Eigen::ArrayXd cosine, sine;
  AxisPhases(double f, Eigen::Index reach) {
    const auto n = static_cast<double>(reach);
    const Eigen::ArrayXd angle = 2.0 * pi * f * Eigen::ArrayXd::LinSpaced(2 * reach + 1, -n, n);
    cosine = angle.cos();
    sine = angle.sin();
  }
};

/// cos G·r and sin G·r of all vectors for one atom at fractional coordinates f: products of the
/// phases along the three axes, which take far fewer cosines than one for each vector.
void structure_phases(const HalfSpace& half, const Eigen::Vector3d& f,
                      Eigen::Ref<Eigen::VectorXd> cosine, Eigen::Ref<Eigen::VectorXd> sine) {
  const AxisPhases x(f(0), half.reach(0)), y(f(1), half.reach(1)), z(f(2), half.reach(2));
  Eigen::Index start = 0;
  for (const Run& run : half.runs) {
    const Eigen::Index i = run.i + half.reach(0), j = run.j + half.reach(1);
    const double c = x.cosine(i) * y.cosine(j) - x.sine(i) * y.sine(j);
    const double s = x.sine(i) * y.cosine(j) + x.cosine(i) * y.sine(j);
    const auto zc = z.cosine.segment(run.k + half.reach(2), run.count);
    const auto zs = z.sine.segment(run.k + half.reach(2), run.count);
    cosine.segment(start, run.count) = c * zc - s * zs;
    sine.segment(start, run.count) = s * zc + c * zs;
    start += run.count;
  }
}

}  // namespace

EwaldSum::EwaldSum(const Eigen::Matrix3d& cell, const Eigen::Matrix3Xd& positions)
    : lattice_(cell), positions_(positions), volume_(std::abs(cell.determinant())) {
  cutoff_ = radius_per_cell * std::cbrt(volume_);
  alpha_ = decay_lengths / cutoff_;
  HalfSpace half = half_space(cell, 2.0 * alpha_ * decay_lengths);
  const Eigen::Index count = half.vectors.cols();
  cosine_.resize(count, positions_.cols());
  sine_.resize(count, positions_.cols());
  const Eigen::Matrix3Xd fractional = cell.inverse() * positions_;
  for (Eigen::Index atom = 0; atom < positions_.cols(); ++atom)
    structure_phases(half, fractional.col(atom), cosine_.col(atom), sine_.col(atom));
  g_ = std::move(half.vectors);
  const Eigen::ArrayXd squared = g_.colwise().squaredNorm().transpose().array();
  coefficient_ = (8.0 * pi / volume_) * (-squared / (4.0 * alpha_ * alpha_)).exp() / squared;
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
  Derivatives out = Derivatives::zero(positions_.cols());
  add_real_space(charges, out);
  add_reciprocal(charges, out);
  return out;
}

}  // namespace ionpass::tightbinding
