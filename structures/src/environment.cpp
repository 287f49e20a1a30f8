#include "environment.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>

#include "lattice_reduction.hpp"

namespace ionpass {

namespace {

constexpr double reach = 10.0;                               // Å
constexpr std::array<double, 4> widths{2.0, 3.5, 5.0, 7.0};  // Å
constexpr double rounding = 1e-7;  // relative; sums of a few hundred terms

}  // namespace

EnvironmentProbe::EnvironmentProbe(const Structure& crystal) {
  columns_ = reduce_lattice(*crystal.cell).columns;
  inverse_ = columns_.inverse();
  fractional_ = inverse_ * crystal.positions;
  const std::map<int, std::size_t> counts = composition(crystal);
  elements_ = counts.size();
  for (const int number : crystal.numbers) {
    element_.push_back(
        static_cast<std::size_t>(std::distance(counts.begin(), counts.find(number))));
  }
}

Environment EnvironmentProbe::around(const Eigen::Vector3d& point) const {
  Environment sums(elements_ * widths.size(), 0.0);
  const Eigen::Vector3d span = reach * inverse_.rowwise().norm();
  const Eigen::Vector3d here = inverse_ * point;
  for (Eigen::Index atom = 0; atom < fractional_.cols(); ++atom) {
    const Eigen::Vector3d offset = fractional_.col(atom) - here;
    const Eigen::Vector3i low = (-span - offset).array().ceil().cast<int>();
    const Eigen::Vector3i high = (span - offset).array().floor().cast<int>();
    const std::size_t begin = element_[static_cast<std::size_t>(atom)] * widths.size();
    for (int i = low(0); i <= high(0); ++i) {
      for (int j = low(1); j <= high(1); ++j) {
        for (int k = low(2); k <= high(2); ++k) {
          const double r2 = (columns_ * (offset + Eigen::Vector3d(i, j, k))).squaredNorm();
          if (r2 >= reach * reach) continue;
          const double fade = 1.0 - r2 / (reach * reach);
          for (std::size_t w = 0; w < widths.size(); ++w) {
            sums[begin + w] += fade * fade * fade * std::exp(-r2 / (widths[w] * widths[w]));
          }
        }
      }
    }
  }
  return sums;
}

Environment mean(const std::vector<Environment>& environments) {
  if (environments.empty()) return {};
  Environment sum(environments.front().size(), 0.0);
  for (const Environment& environment : environments) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += environment[i];
  }
  for (double& value : sum) value /= static_cast<double>(environments.size());
  return sum;
}

int compare(const Environment& a, const Environment& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const double scale = std::max({std::abs(a[i]), std::abs(b[i]), 1e-3});
    if (std::abs(a[i] - b[i]) > rounding * scale) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

}  // namespace ionpass
