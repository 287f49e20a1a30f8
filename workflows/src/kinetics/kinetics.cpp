// Rates and times from barriers, and barriers from times.
#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <structures/units.hpp>
#include <workflows/kinetics.hpp>

namespace ionpass::workflows {

namespace {

void require_positive(double value, const char* what, const char* unit) {
  if (std::isfinite(value) && value > 0.0) return;
  throw InputError(
      fmt::format("kinetics: {} {} {} given, must be a positive number", what, value, unit));
}

/// 1/kT, 1/eV.
double inverse_energy(double temperature) {
  require_positive(temperature, "temperature", "K");
  return 1.0 / (units::boltzmann * temperature);
}

Interval spread(double value, double factor) { return {value / factor, value, value * factor}; }

}  // namespace

double hop_rate(double barrier, double temperature, double attempt_frequency) {
  require_positive(attempt_frequency, "attempt frequency", "1/s");
  return attempt_frequency * std::exp(-barrier * inverse_energy(temperature));
}

double error_factor(double error, double temperature) {
  return std::exp(std::abs(error) * inverse_energy(temperature));
}

std::vector<ArrheniusPoint> arrhenius_series(const Barrier& barrier,
                                             std::span<const double> temperatures,
                                             double attempt_frequency) {
  std::vector<ArrheniusPoint> series;
  series.reserve(temperatures.size());
  for (const double temperature : temperatures) {
    const double rate = hop_rate(barrier.energy, temperature, attempt_frequency);
    const double factor = error_factor(barrier.uncertainty, temperature);
    series.push_back({temperature, spread(rate, factor), spread(1.0 / rate, factor)});
  }
  return series;
}

double ArrheniusFit::time(double temperature) const {
  return std::exp(log_prefactor + energy * inverse_energy(temperature));
}

ArrheniusFit fit_retention(std::span<const RetentionPoint> points) {
  const auto n = static_cast<double>(points.size());
  double mean_x = 0.0;
  double mean_y = 0.0;
  for (const RetentionPoint& p : points) {
    require_positive(p.time, "retention time", "s");
    mean_x += inverse_energy(p.temperature) / n;
    mean_y += std::log(p.time) / n;
  }
  double sxx = 0.0;
  double sxy = 0.0;
  bool varied = false;
  for (const RetentionPoint& p : points) {
    const double dx = inverse_energy(p.temperature) - mean_x;
    sxx += dx * dx;
    sxy += dx * (std::log(p.time) - mean_y);
    varied = varied || p.temperature != points.front().temperature;
  }
  if (!varied) {
    throw InputError(fmt::format(
        "kinetics: an activation energy needs retention times at two different temperatures, {} "
        "point(s) at one given; measure at another temperature",
        points.size()));
  }
  ArrheniusFit fit;
  fit.points = points.size();
  fit.energy = sxy / sxx;
  fit.log_prefactor = mean_y - fit.energy * mean_x;
  if (points.size() > 2) {
    double squares = 0.0;
    for (const RetentionPoint& p : points) {
      const double miss = std::log(p.time) - std::log(fit.time(p.temperature));
      squares += miss * miss;
    }
    fit.residual = std::sqrt(squares / n);
    fit.uncertainty = std::sqrt(squares / (n - 2.0) / sxx);
  }
  return fit;
}

RetentionCheck check_claim(std::span<const RetentionPoint> measured, double claimed_energy,
                           double tolerance) {
  RetentionCheck check;
  check.fit = fit_retention(measured);
  check.claimed = claimed_energy;
  // Scatter of the points may explain a difference; two points have none to offer.
  check.contradiction =
      std::abs(check.fit.energy - claimed_energy) > tolerance + 2.0 * check.fit.uncertainty;
  const auto colder = [](const RetentionPoint& a, const RetentionPoint& b) {
    return a.temperature < b.temperature;
  };
  const auto [coldest, hottest] = std::minmax_element(measured.begin(), measured.end(), colder);
  check.anchor = *coldest;
  check.other = *hottest;
  check.time_by_claim =
      check.anchor.time * std::exp(claimed_energy * (inverse_energy(check.other.temperature) -
                                                     inverse_energy(check.anchor.temperature)));
  return check;
}

Interval scaled_retention(const RetentionReference& reference, const Barrier& barrier,
                          double temperature, bool same_material) {
  require_positive(reference.point.time, "reference time", "s");
  const double x = inverse_energy(temperature);
  const double x_ref = inverse_energy(reference.point.temperature);
  const double value =
      reference.point.time * std::exp(barrier.energy * x - reference.barrier * x_ref);
  const double weight = same_material ? std::abs(x - x_ref) : std::hypot(x, x_ref);
  return spread(value, std::exp(barrier.uncertainty * weight));
}

Interval time_ratio(const Barrier& a, const Barrier& b, double temperature) {
  const double x = inverse_energy(temperature);
  return spread(std::exp((a.energy - b.energy) * x),
                std::exp(std::hypot(a.uncertainty, b.uncertainty) * x));
}

}  // namespace ionpass::workflows
