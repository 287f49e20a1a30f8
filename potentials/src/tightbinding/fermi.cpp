#include "tightbinding/fermi.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <structures/units.hpp>

namespace ionpass::tightbinding {

namespace {

constexpr double minimum_kt = units::boltzmann_hartree * 1.0;
constexpr double full_exponent =
    40.0;  // beyond it the Fermi function is 0 or 1 at double precision

double fermi(double x) {
  if (x > full_exponent) return 0.0;
  if (x < -full_exponent) return 1.0;
  return 1.0 / (1.0 + std::exp(x));
}

double count_electrons(const std::vector<Eigen::VectorXd>& eigenvalues,
                       const std::vector<double>& weights, double level, double kt) {
  double sum = 0.0;
  for (std::size_t k = 0; k < eigenvalues.size(); ++k) {
    double at_k = 0.0;
    for (const double e : eigenvalues[k]) at_k += fermi((e - level) / kt);
    sum += weights[k] * at_k;
  }
  return sum;
}

double find_level(const std::vector<Eigen::VectorXd>& eigenvalues,
                  const std::vector<double>& weights, double electrons, double kt) {
  double low = std::numeric_limits<double>::max();
  double high = std::numeric_limits<double>::lowest();
  for (const auto& at_k : eigenvalues) {
    low = std::min(low, at_k(0));
    high = std::max(high, at_k(at_k.size() - 1));
  }
  low -= (full_exponent + 1.0) * kt;
  high += (full_exponent + 1.0) * kt;
  // In a gap any level counts the same electrons; bisection from both sides would pick an arbitrary
  // one. Take the middle of the plateau.
  const auto edge = [&](auto below) {
    double lower = low, upper = high;
    for (int i = 0; i < 200 && upper - lower > 1e-15 * (1.0 + std::abs(lower)); ++i) {
      const double middle = 0.5 * (lower + upper);
      (below(count_electrons(eigenvalues, weights, middle, kt)) ? lower : upper) = middle;
    }
    return 0.5 * (lower + upper);
  };
  const double tolerance = 1e-13 * std::max(1.0, electrons);
  const double left = edge([&](double n) { return n < electrons - tolerance; });
  const double right = edge([&](double n) { return n <= electrons + tolerance; });
  return 0.5 * (left + right);
}

void add_entropy(double f, double weight, double kt, double& entropy) {
  if (f <= 0.0 || f >= 1.0) return;
  entropy -= weight * kt * (f * std::log(f) + (1.0 - f) * std::log1p(-f));
}

/// One spin: at most one electron per state.
Filling fill_channel(const std::vector<Eigen::VectorXd>& eigenvalues,
                     const std::vector<double>& weights, double electrons, double kt) {
  Filling result;
  result.fermi_level = find_level(eigenvalues, weights, electrons, kt);
  double highest_full = std::numeric_limits<double>::lowest();
  double lowest_empty = std::numeric_limits<double>::max();
  for (std::size_t k = 0; k < eigenvalues.size(); ++k) {
    Eigen::VectorXd occupations(eigenvalues[k].size());
    for (Eigen::Index i = 0; i < occupations.size(); ++i) {
      const double e = eigenvalues[k](i);
      const double f = fermi((e - result.fermi_level) / kt);
      occupations(i) = f;
      add_entropy(f, weights[k], kt, result.entropy_energy);
      if (f >= 0.5) highest_full = std::max(highest_full, e);
      if (f < 0.5) lowest_empty = std::min(lowest_empty, e);
    }
    result.occupations.push_back(std::move(occupations));
  }
  result.has_gap = highest_full > std::numeric_limits<double>::lowest() &&
                   lowest_empty < std::numeric_limits<double>::max();
  if (result.has_gap) result.gap = std::max(0.0, lowest_empty - highest_full);
  return result;
}

}  // namespace

Filling fill_states(const std::vector<Eigen::VectorXd>& eigenvalues,
                    const std::vector<double>& weights, const ElectronCount& count, double kt) {
  kt = std::max(kt, minimum_kt);
  Filling up = fill_channel(eigenvalues, weights, 0.5 * (count.electrons + count.unpaired), kt);
  if (count.unpaired == 0.0) {
    for (Eigen::VectorXd& at_k : up.occupations) at_k *= 2.0;
    up.entropy_energy *= 2.0;
    return up;
  }
  const Filling down =
      fill_channel(eigenvalues, weights, 0.5 * (count.electrons - count.unpaired), kt);
  for (std::size_t k = 0; k < eigenvalues.size(); ++k) up.occupations[k] += down.occupations[k];
  up.entropy_energy += down.entropy_energy;
  if (down.has_gap) up.gap = up.has_gap ? std::min(up.gap, down.gap) : down.gap;
  up.has_gap = up.has_gap || down.has_gap;
  return up;
}

}  // namespace ionpass::tightbinding
