#include "tightbinding/slater_koster.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace ionpass::tightbinding {

namespace {

// Angular functions of one shell for a bond direction c. `along` holds the σ components: the
// orbital's value along the bond. `across` holds, as vectors perpendicular to c, the π components.
// For l = 2 with symmetric traceless matrices M_μ (tr M_μ M_ν = δ_μν): along_μ = √(3/2) c·M_μ c and
// across_μ = √2 (1 - c c^T) M_μ c.
struct Angular {
  Eigen::Matrix<double, Eigen::Dynamic, 1, Eigen::ColMajor, 5, 1> along;
  Eigen::Matrix<double, 3, Eigen::Dynamic, Eigen::ColMajor, 3, 5> across;
};

using Tensors = std::array<Eigen::Matrix3d, 5>;

/// M_μ for xy, yz, z², zx, x²-y².
const Tensors& d_tensors() {
  static const Tensors tensors = [] {
    const double h = std::sqrt(0.5), s = 1.0 / std::sqrt(6.0);
    Tensors t;
    t[0] << 0, h, 0, h, 0, 0, 0, 0, 0;
    t[1] << 0, 0, 0, 0, 0, h, 0, h, 0;
    t[2] << -s, 0, 0, 0, -s, 0, 0, 0, 2 * s;
    t[3] << 0, 0, h, 0, 0, 0, h, 0, 0;
    t[4] << h, 0, 0, 0, -h, 0, 0, 0, 0;
    return t;
  }();
  return tensors;
}

// Cartesian axis of the p orbitals m = -1, 0, 1.
constexpr std::array<Eigen::Index, 3> p_axis{1, 2, 0};

Angular angular(int l, const Eigen::Vector3d& c) {
  Angular out;
  out.along.resize(2 * l + 1);
  out.across.resize(3, 2 * l + 1);
  if (l == 0) {
    out.along(0) = 1.0;
    out.across.setZero();
  } else if (l == 1) {
    for (Eigen::Index i = 0; i < 3; ++i) {
      const Eigen::Index axis = p_axis[static_cast<std::size_t>(i)];
      out.along(i) = c(axis);
      out.across.col(i) = Eigen::Vector3d::Unit(axis) - c * c(axis);
    }
  } else {
    for (Eigen::Index i = 0; i < 5; ++i) {
      const Eigen::Vector3d mc = d_tensors()[static_cast<std::size_t>(i)] * c;
      const double projection = c.dot(mc);
      out.along(i) = std::sqrt(1.5) * projection;
      out.across.col(i) = std::sqrt(2.0) * (mc - c * projection);
    }
  }
  return out;
}

/// Change of the angular functions when c moves by t, perpendicular to c.
Angular angular_change(int l, const Eigen::Vector3d& c, const Eigen::Vector3d& t) {
  Angular out;
  out.along.resize(2 * l + 1);
  out.across.resize(3, 2 * l + 1);
  if (l == 0) {
    out.along.setZero();
    out.across.setZero();
  } else if (l == 1) {
    for (Eigen::Index i = 0; i < 3; ++i) {
      const Eigen::Index axis = p_axis[static_cast<std::size_t>(i)];
      out.along(i) = t(axis);
      out.across.col(i) = -(t * c(axis) + c * t(axis));
    }
  } else {
    for (Eigen::Index i = 0; i < 5; ++i) {
      const Eigen::Matrix3d& m = d_tensors()[static_cast<std::size_t>(i)];
      const Eigen::Vector3d mc = m * c, mt = m * t;
      out.along(i) = std::sqrt(6.0) * t.dot(mc);
      out.across.col(i) = std::sqrt(2.0) * (mt - t * c.dot(mc) - c * (t.dot(mc) + c.dot(mt)));
    }
  }
  return out;
}

}  // namespace

ShellBlock rotate_block(int l_a, int l_b, const Eigen::Vector3d& c,
                        const BondIntegrals& integrals) {
  const Angular a = angular(l_a, c), b = angular(l_b, c);
  const double* v = integrals.value;
  ShellBlock block = v[0] * a.along * b.along.transpose();
  if (std::min(l_a, l_b) >= 1) block.noalias() += v[1] * a.across.transpose() * b.across;
  if (std::min(l_a, l_b) >= 2) {
    // σ, π and δ projections add up to one.
    block += v[2] * (ShellBlock::Identity(5, 5) - a.along * b.along.transpose() -
                     a.across.transpose() * b.across);
  }
  return block;
}

Eigen::Vector3d rotate_gradient(int l_a, int l_b, const Eigen::Vector3d& c, double r,
                                const BondIntegrals& integrals,
                                const Eigen::Ref<const Eigen::MatrixXd>& weight) {
  const Angular a = angular(l_a, c), b = angular(l_b, c);
  double value[3], slope[3];
  std::copy_n(integrals.value, 3, value);
  std::copy_n(integrals.slope, 3, slope);
  const bool has_pi = std::min(l_a, l_b) >= 1;
  const bool has_delta = std::min(l_a, l_b) >= 2;
  double radial = 0.0;
  if (has_delta) {
    radial += slope[2] * weight.trace();
    for (int m = 0; m < 2; ++m) {
      value[m] -= value[2];
      slope[m] -= slope[2];
    }
  }
  radial += slope[0] * a.along.dot(weight * b.along);
  if (has_pi) radial += slope[1] * (a.across.transpose() * b.across).cwiseProduct(weight).sum();
  Eigen::Vector3d gradient = radial * c;
  for (Eigen::Index axis = 0; axis < 3; ++axis) {
    // dc/dR = (1 - c c^T) / r
    const Eigen::Vector3d t = (Eigen::Vector3d::Unit(axis) - c * c(axis)) / r;
    const Angular da = angular_change(l_a, c, t), db = angular_change(l_b, c, t);
    double sum = value[0] * (da.along.dot(weight * b.along) + a.along.dot(weight * db.along));
    if (has_pi) {
      sum += value[1] * (da.across.transpose() * b.across + a.across.transpose() * db.across)
                            .cwiseProduct(weight)
                            .sum();
    }
    gradient(axis) += sum;
  }
  return gradient;
}

}  // namespace ionpass::tightbinding
