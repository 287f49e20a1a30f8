#include "gfn1/klopman_ohno.hpp"

#include <cmath>
#include <limits>

#include "tightbinding/smooth_step.hpp"

namespace ionpass::gfn1 {

using tightbinding::RadialValue;
using tightbinding::SmoothStep;

namespace {

constexpr double step_start = 9.0, step_end = 10.0;  // bohr

SmoothStep step_at(double r) { return SmoothStep((r - step_start) / (step_end - step_start)); }

}  // namespace

KlopmanOhno::KlopmanOhno(double hardness_a, double hardness_b, End end)
    : hardness_(2.0 / (1.0 / hardness_a + 1.0 / hardness_b)),
      softness2_(1.0 / (hardness_ * hardness_)),
      end_(end) {}

RadialValue KlopmanOhno::at(double r) const {
  const double gamma = 1.0 / std::sqrt(r * r + softness2_);
  const double value = 1.0 / r - gamma, slope = -1.0 / (r * r) + r * gamma * gamma * gamma;
  if (end_ == End::none) return {value, slope};
  const SmoothStep step = step_at(r);
  return {value * step.value, slope * step.value + value * step.slope / (step_end - step_start)};
}

double KlopmanOhno::range() const noexcept {
  return end_ == End::none ? std::numeric_limits<double>::infinity() : step_end;
}

}  // namespace ionpass::gfn1
