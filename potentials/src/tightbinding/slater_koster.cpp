#include "tightbinding/slater_koster.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <type_traits>

namespace ionpass::tightbinding {

namespace {

using std::numbers::sqrt2, std::numbers::sqrt3;

using Tensors = std::array<Eigen::Matrix3d, 5>;

/// Symmetric traceless M_μ (tr M_μ M_ν = δ_μν) for xy, yz, z², zx, x²-y².
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

/// The derivative of an orbital's along value with respect to the bond's direction is this times
/// its across vector.
template <int l>
constexpr double along_change = l == 0   ? 0.0
                                : l == 1 ? 1.0
                                         : sqrt3;

/// Calls work(l) with l as a constant.
template <typename Work>
auto with_constant(int l, const Work& work) {
  if (l == 0) return work(std::integral_constant<int, 0>{});
  if (l == 1) return work(std::integral_constant<int, 1>{});
  return work(std::integral_constant<int, 2>{});
}

}  // namespace

// d: along_μ = √(3/2) c·M_μ c and across_μ = √2 (1 - c c^T) M_μ c.
BondFrame::BondFrame(const Eigen::Vector3d& direction, double length)
    : direction_(direction), length_(length) {
  const Eigen::Vector3d& c = direction;
  along_(0) = 1.0;
  across_.col(0).setZero();
  for (Eigen::Index i = 0; i < 3; ++i) {
    const Eigen::Index axis = p_axis[static_cast<std::size_t>(i)];
    along_(1 + i) = c(axis);
    across_.col(1 + i) = Eigen::Vector3d::Unit(axis) - c * c(axis);
  }
  for (Eigen::Index i = 0; i < 5; ++i) {
    const Eigen::Vector3d mc = d_tensors()[static_cast<std::size_t>(i)] * c;
    const double projection = c.dot(mc);
    along_(4 + i) = std::sqrt(1.5) * projection;
    across_.col(4 + i) = sqrt2 * (mc - c * projection);
  }
}

template <int l_a, int l_b>
ShellBlock BondFrame::block_of(const BondIntegrals& integrals) const {
  constexpr int m = std::min(l_a, l_b);
  const double* v = integrals.value;
  const Eigen::Matrix<double, 2 * l_a + 1, 2 * l_b + 1> sigma =
      along<l_a>() * along<l_b>().transpose();
  if constexpr (m == 0) {
    return v[0] * sigma;
  } else {
    const Eigen::Matrix<double, 2 * l_a + 1, 2 * l_b + 1> pi =
        across<l_a>().transpose() * across<l_b>();
    if constexpr (m == 1) {
      return v[0] * sigma + v[1] * pi;
    } else {
      // σ, π and δ projections add up to one.
      return (v[0] - v[2]) * sigma + (v[1] - v[2]) * pi +
             v[2] * Eigen::Matrix<double, 5, 5>::Identity();
    }
  }
}

/// Σ_μ (change of across_μ)·pull_μ when the bond turns, as the vector that the turn is multiplied
/// with. The pulls are perpendicular to the bond.
template <int l>
Eigen::Vector3d BondFrame::turned(const Eigen::Matrix<double, 3, 2 * l + 1>& pull) const {
  if constexpr (l == 0) {
    return Eigen::Vector3d::Zero();
  } else if constexpr (l == 1) {
    return -(pull * along<1>());
  } else {
    Eigen::Vector3d sum = Eigen::Vector3d::Zero();
    for (Eigen::Index i = 0; i < 5; ++i)
      sum += d_tensors()[static_cast<std::size_t>(i)] * pull.col(i);
    return sqrt2 * (sum - direction_ * direction_.dot(sum)) - (2.0 / sqrt3) * (pull * along<2>());
  }
}

template <int l_a, int l_b>
Eigen::Vector3d BondFrame::gradient_of(const BondIntegrals& integrals,
                                       const Eigen::Ref<const Eigen::MatrixXd>& weight) const {
  constexpr int m = std::min(l_a, l_b);
  const Eigen::Matrix<double, 2 * l_a + 1, 2 * l_b + 1> w = weight;
  const auto a = along<l_a>();
  const auto b = along<l_b>();
  const auto a_across = across<l_a>();
  const auto b_across = across<l_b>();
  const double delta = m == 2 ? integrals.value[2] : 0.0;
  const double delta_slope = m == 2 ? integrals.slope[2] : 0.0;

  const Eigen::Matrix<double, 2 * l_a + 1, 1> w_b = w * b;
  const Eigen::Matrix<double, 2 * l_b + 1, 1> w_a = w.transpose() * a;
  double radial = (integrals.slope[0] - delta_slope) * a.dot(w_b);
  Eigen::Vector3d turn = (integrals.value[0] - delta) * (along_change<l_a> * (a_across * w_b) +
                                                         along_change<l_b> * (b_across * w_a));
  if constexpr (m >= 1) {
    const Eigen::Matrix<double, 3, 2 * l_a + 1> pull_a = b_across * w.transpose();
    const Eigen::Matrix<double, 3, 2 * l_b + 1> pull_b = a_across * w;
    radial += (integrals.slope[1] - delta_slope) * a_across.cwiseProduct(pull_a).sum();
    turn += (integrals.value[1] - delta) * (turned<l_a>(pull_a) + turned<l_b>(pull_b));
  }
  if constexpr (m == 2) radial += delta_slope * w.trace();
  // The direction changes by (1 - c c^T) / r times a displacement of b; all of `turn` is
  // perpendicular.
  return radial * direction_ + turn / length_;
}

ShellBlock BondFrame::block(int l_a, int l_b, const BondIntegrals& integrals) const {
  return with_constant(l_a, [&](auto a) {
    return with_constant(l_b, [&](auto b) { return block_of<a(), b()>(integrals); });
  });
}

Eigen::Vector3d BondFrame::gradient(int l_a, int l_b, const BondIntegrals& integrals,
                                    const Eigen::Ref<const Eigen::MatrixXd>& weight) const {
  return with_constant(l_a, [&](auto a) {
    return with_constant(l_b, [&](auto b) { return gradient_of<a(), b()>(integrals, weight); });
  });
}

}  // namespace ionpass::tightbinding
