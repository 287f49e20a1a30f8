// Slater functions: what published parameter sets were made with.
#include <algorithm>
#include <cmath>

#include "skgen/radial_basis.hpp"

namespace ionpass::skgen {
namespace {

constexpr int points_per_element = 20;

/// ∫ r² (r^k e^(-αr))² dr = (2k+2)! / (2α)^(2k+3).
double norm(double exponent, int power) {
  const double n = 2.0 * power + 2.0;
  return std::exp(0.5 * ((n + 1.0) * std::log(2.0 * exponent) - std::lgamma(n + 1.0)));
}

/// Elements from well inside the steepest function to where the most diffuse product has vanished.
RadialGrid make_grid(const std::vector<SlaterShell>& shells) {
  double steepest = 0.0, most_diffuse = 1e300;
  int highest_power = 0;
  for (std::size_t l = 0; l < shells.size(); ++l) {
    for (const double exponent : shells[l].exponents) {
      steepest = std::max(steepest, exponent);
      most_diffuse = std::min(most_diffuse, exponent);
    }
    highest_power = std::max(highest_power, static_cast<int>(l) + shells[l].powers - 1);
  }
  // r^(2k+2) e^(-2αr) falls below e^-50 of its maximum well before this.
  const double reach = (25.0 + 3.0 * (highest_power + 1)) / most_diffuse;
  // Scaled ZORA puts a weak singularity at the nucleus into the potential's kernel, far inside the
  // steepest function.
  const double inside = 0.5 / steepest;
  constexpr double core_growth = 3.0, growth = 1.6;
  return {GeometricEdges{.first = 1e-3 * inside, .parts = {{inside, core_growth}, {reach, growth}}}
              .make(),
          points_per_element};
}

}  // namespace

RadialBasis::Block SlaterBasis::raw_functions(const std::vector<Function>& functions,
                                              const Eigen::ArrayXd& r) {
  Block block;
  block.values.resize(r.size(), static_cast<Eigen::Index>(functions.size()));
  block.slopes.resizeLike(block.values);
  for (std::size_t a = 0; a < functions.size(); ++a) {
    const auto column = static_cast<Eigen::Index>(a);
    const Function& f = functions[a];
    const Eigen::ArrayXd value = f.norm * r.pow(f.power) * (-f.exponent * r).exp();
    block.values.col(column) = value.matrix();
    block.slopes.col(column) = (value * (f.power / r - f.exponent)).matrix();
  }
  return block;
}

SlaterBasis::SlaterBasis(std::vector<SlaterShell> shells) : RadialBasis(make_grid(shells)) {
  for (std::size_t l = 0; l < shells.size(); ++l) {
    std::vector<Function> functions;
    for (const double exponent : shells[l].exponents)
      for (int p = 0; p < shells[l].powers; ++p) {
        const int power = static_cast<int>(l) + p;
        functions.push_back({exponent, power, norm(exponent, power)});
      }
    functions_.push_back(functions);
    Block block = raw_functions(functions, grid().r());
    // Many overlapping Slater functions are nearly dependent, and matrices in them hold few digits.
    // Orthonormal combinations, made from the functions on the grid, keep the digits.
    const Eigen::VectorXd weights = (grid().weights().sqrt() * grid().r()).matrix();
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(weights.asDiagonal() * block.values);
    const Eigen::Index n = block.values.cols();
    const Eigen::MatrixXd inverse = qr.matrixQR().topRows(n).triangularView<Eigen::Upper>().solve(
        Eigen::MatrixXd::Identity(n, n));
    block.values *= inverse;
    block.slopes *= inverse;
    combinations_.push_back(inverse);
    set_blocks(static_cast<int>(l), {std::move(block)});
  }
}

RadialFunction SlaterBasis::evaluate(int l, const Eigen::VectorXd& coefficients,
                                     const Eigen::ArrayXd& r) const {
  RadialFunction out;
  out.value = out.slope = out.kinetic = Eigen::ArrayXd::Zero(r.size());
  const auto& functions = functions_.at(static_cast<std::size_t>(l));
  const Eigen::VectorXd raw = combinations_[static_cast<std::size_t>(l)] * coefficients;
  for (std::size_t a = 0; a < functions.size(); ++a) {
    const Function& f = functions[a];
    const double c = raw[static_cast<Eigen::Index>(a)] * f.norm;
    const Eigen::ArrayXd value = c * r.pow(f.power) * (-f.exponent * r).exp();
    out.value += value;
    out.slope += value * (f.power / r - f.exponent);
    // R'' + 2R'/r - l(l+1)R/r² of r^k e^(-αr): α² - 2α(k+1)/r + [k(k+1) - l(l+1)]/r².
    const double centrifugal = f.power * (f.power + 1) - l * (l + 1);
    out.kinetic -=
        0.5 * value *
        (f.exponent * f.exponent - 2.0 * f.exponent * (f.power + 1) / r + centrifugal / r.square());
  }
  return out;
}

}  // namespace ionpass::skgen
