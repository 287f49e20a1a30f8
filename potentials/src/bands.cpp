#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <potentials/bands.hpp>

namespace ionpass {
namespace {

// Closer than this two points of the zone are one.
constexpr double same_point = 1e-9;

/// Calls visit(point, energies) for the points of both sets.
template <typename Visit>
void for_all_points(const BandStructure& bands, Visit&& visit) {
  for (std::size_t k = 0; k < bands.mesh.size(); ++k)
    visit(bands.mesh[k].fractional, bands.mesh_energies[k]);
  for (std::size_t k = 0; k < bands.points.size(); ++k) visit(bands.points[k], bands.energies[k]);
}

}  // namespace

bool BandEdges::is_direct() const {
  return (valence_point - conduction_point).cwiseAbs().maxCoeff() < same_point;
}

std::size_t filled_bands(const BandStructure& bands) {
  return static_cast<std::size_t>(std::ceil(0.5 * bands.electrons - 1e-6));
}

std::optional<BandEdges> band_edges(const BandStructure& bands) {
  const auto filled = static_cast<Eigen::Index>(filled_bands(bands));
  const bool is_even = std::abs(bands.electrons - 2.0 * static_cast<double>(filled)) < 1e-6;
  if (!is_even || filled == 0) return std::nullopt;
  BandEdges out{.valence_top = -std::numeric_limits<double>::infinity(),
                .valence_point = {},
                .conduction_bottom = std::numeric_limits<double>::infinity(),
                .conduction_point = {}};
  bool has_empty = true;
  for_all_points(bands, [&](const Eigen::Vector3d& point, const Eigen::VectorXd& energies) {
    has_empty = has_empty && energies.size() > filled;
    if (!has_empty) return;
    if (energies(filled - 1) > out.valence_top) {
      out.valence_top = energies(filled - 1);
      out.valence_point = point;
    }
    if (energies(filled) < out.conduction_bottom) {
      out.conduction_bottom = energies(filled);
      out.conduction_point = point;
    }
  });
  if (!has_empty || !(out.gap() > 0.0)) return std::nullopt;
  return out;
}

std::pair<double, double> band_range(const BandStructure& bands, std::size_t band) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for_all_points(bands, [&](const Eigen::Vector3d&, const Eigen::VectorXd& energies) {
    const double energy = energies(static_cast<Eigen::Index>(band));
    low = std::min(low, energy);
    high = std::max(high, energy);
  });
  return {low, high};
}

std::vector<double> density_of_states(std::span<const Eigen::VectorXd> energies,
                                      std::span<const double> weights, std::span<const double> at,
                                      double width) {
  constexpr double reach = 8.0;  // standard deviations; exp(-32) of the peak is left out
  const double height = 2.0 / (width * std::sqrt(2.0 * std::numbers::pi));
  std::vector<double> out(at.size(), 0.0);
  for (std::size_t k = 0; k < energies.size(); ++k) {
    for (const double level : energies[k]) {
      for (std::size_t i = 0; i < at.size(); ++i) {
        const double x = (at[i] - level) / width;
        if (std::abs(x) < reach) out[i] += weights[k] * height * std::exp(-0.5 * x * x);
      }
    }
  }
  return out;
}

}  // namespace ionpass
