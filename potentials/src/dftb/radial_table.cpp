#include "dftb/radial_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace ionpass::dftb {

namespace {

constexpr int points = 8;

struct LagrangeWeights {
  std::array<double, points> value{}, first{}, second{};
};

/// Weights of the eight nodes 0..7 in the interpolating polynomial at t, with its first one or two
/// derivatives, by products from the left and the right: exact to rounding on and off the nodes.
template <int derivatives>
LagrangeWeights lagrange_weights(double t) {
  // 1 / Π_{m≠j} (j - m)
  static constexpr std::array<double, points> scale{-1.0 / 5040, 1.0 / 720, -1.0 / 240, 1.0 / 144,
                                                    -1.0 / 144,  1.0 / 240, -1.0 / 720, 1.0 / 5040};
  struct Product {
    double value = 1.0, first = 0.0, second = 0.0;
    void multiply(double factor) {
      if constexpr (derivatives == 2) second = second * factor + 2.0 * first;
      first = first * factor + value;
      value *= factor;
    }
  };
  std::array<Product, points> left, right;
  for (std::size_t j = 1; j < points; ++j) {
    left[j] = left[j - 1];
    left[j].multiply(t - static_cast<double>(j - 1));
    const std::size_t k = points - 1 - j;
    right[k] = right[k + 1];
    right[k].multiply(t - static_cast<double>(k + 1));
  }
  LagrangeWeights out;
  for (std::size_t j = 0; j < points; ++j) {
    const Product &l = left[j], &r = right[j];
    out.value[j] = scale[j] * l.value * r.value;
    out.first[j] = scale[j] * (l.first * r.value + l.value * r.first);
    if constexpr (derivatives == 2)
      out.second[j] =
          scale[j] * (l.second * r.value + 2.0 * l.first * r.first + l.value * r.second);
  }
  return out;
}

}  // namespace

RadialTable::RadialTable(double spacing, Eigen::MatrixXd values)
    : spacing_(spacing), values_(std::move(values)) {
  const Eigen::Index n = values_.cols();
  end_ = static_cast<double>(n) * spacing_;
  const LagrangeWeights w = lagrange_weights<2>(points - 1.0);
  const Eigen::Map<const Eigen::Matrix<double, points, 1>> w0(w.value.data()), w1(w.first.data()),
      w2(w.second.data());
  const auto last = values_.rightCols<points>();
  const Eigen::VectorXd y = last * w0;
  const Eigen::VectorXd slope = last * w1 / spacing_;
  const Eigen::VectorXd curvature = last * w2 / (spacing_ * spacing_);
  tail_.resize(values_.rows(), 3);
  tail_.col(0) = 10.0 * y + 4.0 * slope + 0.5 * curvature;
  tail_.col(1) = -15.0 * y - 7.0 * slope - curvature;
  tail_.col(2) = 6.0 * y + 3.0 * slope + 0.5 * curvature;
}

void RadialTable::evaluate(double r, double* values, double* slopes) const {
  const Eigen::Index count = values_.rows();
  Eigen::Map<Eigen::VectorXd> value(values, count), slope(slopes, count);
  if (r >= range()) {
    value.setZero();
    slope.setZero();
  } else if (r < end_) {
    const auto n = static_cast<long>(values_.cols());
    const long last =
        std::clamp(static_cast<long>(std::floor(r / spacing_)) + 4, static_cast<long>(points), n);
    const LagrangeWeights w =
        lagrange_weights<1>(r / spacing_ - static_cast<double>(last - points + 1));
    value.setZero();
    slope.setZero();
    for (int j = 0; j < points; ++j) {
      const auto column = values_.col(last - points + j);
      value += w.value[static_cast<std::size_t>(j)] * column;
      slope += w.first[static_cast<std::size_t>(j)] / spacing_ * column;
    }
  } else {
    const double x = end_ + tail_width - r;
    value = ((tail_.col(2) * x + tail_.col(1)) * x + tail_.col(0)) * (x * x * x);
    slope = -((5.0 * tail_.col(2) * x + 4.0 * tail_.col(1)) * x + 3.0 * tail_.col(0)) * (x * x);
  }
}

}  // namespace ionpass::dftb
