// Image-dependent pair potential paths (Smidstrup et al., J. Chem. Phys. 140, 214106 (2014)) in
// periodic crystals.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>

#include <fmt/format.h>

#include <neb/optimizer.hpp>
#include <neb/path.hpp>
#include <structures/error.hpp>
#include <structures/neighbors.hpp>

#include "drift.hpp"

namespace ionpass::neb {
namespace {

constexpr double fade_width =
    2.0;  // Å, over which the weight of a pair goes to zero before the cutoff
// Equal spacing only; of the size of the curvature of the pair sums, so that neither sets the step
// alone.
constexpr double spring = 0.5;        // Å^-4
constexpr double longest_step = 0.1;  // Å
constexpr double colliding = 0.6;     // of the sum of covalent radii

/// Two atoms and one lattice translation, the same along the whole path.
struct Triplet {
  Eigen::Index first = 0;
  Eigen::Index second = 0;
  Eigen::Vector3d translation;  ///< Å, added to `second`
  double start = 0.0;           ///< Å, distance in the first image
  double end = 0.0;             ///< Å, distance in the last image
};

double distance(const Triplet& pair, const Eigen::Matrix3Xd& positions) {
  return (positions.col(pair.second) + pair.translation - positions.col(pair.first)).norm();
}

std::vector<Triplet> collect_triplets(const Path& line, double cutoff) {
  std::map<std::array<long, 5>, Triplet> found;
  for (const std::size_t image : {std::size_t{0}, line.size() / 2, line.size() - 1}) {
    for (const NeighborPair& pair : neighbor_pairs(line[image], cutoff)) {
      if (pair.first == pair.second) continue;  // at fixed cell this distance never changes
      const std::array<long, 5> key = {static_cast<long>(pair.first),
                                       static_cast<long>(pair.second), pair.translation.x(),
                                       pair.translation.y(), pair.translation.z()};
      Triplet triplet;
      triplet.first = static_cast<Eigen::Index>(pair.first);
      triplet.second = static_cast<Eigen::Index>(pair.second);
      triplet.translation = Eigen::Vector3d::Zero();
      if (line.front().cell) {
        triplet.translation = line.front().cell->matrix() * pair.translation.cast<double>();
      }
      found.emplace(key, triplet);
    }
  }
  std::vector<Triplet> out;
  for (auto& [key, triplet] : found) {
    triplet.start = distance(triplet, line.front().positions);
    triplet.end = distance(triplet, line.back().positions);
    out.push_back(triplet);
  }
  return out;
}

/// Weight of a pair and its derivative: d^-4, faded out smoothly before the cutoff.
struct Weight {
  double value = 0.0;  ///< Å^-4
  double slope = 0.0;  ///< Å^-5
};

Weight weight(double d, double cutoff) {
  if (d >= cutoff) return {};
  const double power = std::pow(d, -4);
  Weight out{power, -4.0 * power / d};
  const double fade_start = std::max(0.0, cutoff - fade_width);
  if (d > fade_start) {
    const double width = cutoff - fade_start;
    const double phase = std::numbers::pi * (d - fade_start) / width;
    const double fade = 0.5 * (1.0 + std::cos(phase));
    const double fade_slope = -0.5 * std::sin(phase) * std::numbers::pi / width;
    out = {power * fade, out.slope * fade + power * fade_slope};
  }
  return out;
}

/// Minus the gradient of S = sum over pairs of w(min(d, target)) (target - d)^2 for the image at
/// this fraction of the path, Å^-3.
Eigen::Matrix3Xd pair_force(const std::vector<Triplet>& pairs, const Eigen::Matrix3Xd& positions,
                            double fraction, double cutoff) {
  Eigen::Matrix3Xd force = Eigen::Matrix3Xd::Zero(3, positions.cols());
  for (const Triplet& pair : pairs) {
    const Eigen::Vector3d vector =
        positions.col(pair.second) + pair.translation - positions.col(pair.first);
    const double d =
        std::max(vector.norm(), 1e-3);  // the weight is infinite for atoms on top of each other
    const double target = (1.0 - fraction) * pair.start + fraction * pair.end;
    const double gap = target - d;
    // Weighted by the target where the pair is too long: with d^-4 there, atoms would gain by
    // running away from all others.
    Weight w = weight(std::min(d, target), cutoff);
    if (d > target) w.slope = 0.0;
    const double slope = w.slope * gap * gap - 2.0 * w.value * gap;
    const Eigen::Vector3d pull = slope / d * vector;
    force.col(pair.first) += pull;
    force.col(pair.second) -= pull;
  }
  return force;
}

/// Force on image i of a band of these positions: across the path from the pairs, along it from the
/// springs.
Eigen::Matrix3Xd band_force(const std::vector<Eigen::Matrix3Xd>& band, std::size_t i,
                            const Eigen::Matrix3Xd& pair_part) {
  const Eigen::Matrix3Xd forward = without_drift(band[i + 1] - band[i]);
  const Eigen::Matrix3Xd backward = without_drift(band[i] - band[i - 1]);
  // The pair sums of different images are different functions, so that no tangent can be chosen by
  // comparing them.
  const Eigen::Matrix3Xd sum = forward / forward.norm() + backward / backward.norm();
  const Eigen::Matrix3Xd tangent = sum / std::max(sum.norm(), 1e-12);
  return pair_part +
         (spring * (forward.norm() - backward.norm()) - inner_product(pair_part, tangent)) *
             tangent;
}

/// Atoms that meet head on feel no force sideways; a small fixed pattern of shifts lets them pass
/// each other.
void break_symmetry(std::vector<Eigen::Matrix3Xd>& band) {
  constexpr double shift = 0.02;  // Å
  for (std::size_t i = 1; i + 1 < band.size(); ++i) {
    for (Eigen::Index a = 0; a < band[i].cols(); ++a) {
      const auto phase = static_cast<double>(a);
      band[i].col(a) +=
          shift * Eigen::Vector3d(std::sin(1.7 * phase + 0.4), std::sin(2.9 * phase + 1.3),
                                  std::sin(4.3 * phase + 2.6));
    }
  }
}

void check(const IdppSettings& settings) {
  if (settings.cutoff > 0.0 && settings.tolerance > 0.0 && settings.max_iterations >= 0) return;
  throw InputError(fmt::format(
      "idpp: cutoff {} Å, tolerance {} Å^-3, {} iterations given; they must be positive",
      settings.cutoff, settings.tolerance, settings.max_iterations));
}

/// The images between the ends side by side, as the optimiser sees them.
Eigen::Matrix3Xd side_by_side(const std::vector<Eigen::Matrix3Xd>& band) {
  const Eigen::Index atoms = band.front().cols();
  Eigen::Matrix3Xd out(3, atoms * static_cast<Eigen::Index>(band.size() - 2));
  for (std::size_t i = 1; i + 1 < band.size(); ++i) {
    out.middleCols(atoms * static_cast<Eigen::Index>(i - 1), atoms) = band[i];
  }
  return out;
}

}  // namespace

Path idpp_path(const Structure& initial, const Structure& final_unwrapped, int images,
               const IdppSettings& settings) {
  check(settings);
  Path path = linear_path(initial, final_unwrapped, images);
  const std::vector<Triplet> pairs = collect_triplets(path, settings.cutoff);
  std::vector<Eigen::Matrix3Xd> band;
  for (const Structure& image : path) band.push_back(image.positions);
  if (without_drift(band.back() - band.front()).norm() == 0.0) return path;
  if (closest_contact(path) < colliding) break_symmetry(band);
  // L-BFGS lets images overtake each other where atoms collide at first; inertia does not.
  const std::unique_ptr<Optimizer> optimizer = make_optimizer(FireSettings{longest_step});
  const Eigen::Index atoms = band.front().cols();
  std::vector<Eigen::Matrix3Xd> forces(band.size(), Eigen::Matrix3Xd::Zero(3, atoms));
  for (int iteration = 0; iteration < settings.max_iterations; ++iteration) {
    for (std::size_t i = 1; i + 1 < band.size(); ++i) {
      const double fraction = static_cast<double>(i) / static_cast<double>(band.size() - 1);
      forces[i] =
          without_drift(band_force(band, i, pair_force(pairs, band[i], fraction, settings.cutoff)));
    }
    const Eigen::Matrix3Xd all = side_by_side(forces);
    if (all.cwiseAbs().maxCoeff() <= settings.tolerance) break;
    const Eigen::Matrix3Xd step = optimizer->step(side_by_side(band), all);
    for (std::size_t i = 1; i + 1 < band.size(); ++i) {
      band[i] += step.middleCols(atoms * static_cast<Eigen::Index>(i - 1), atoms);
    }
  }
  for (std::size_t i = 1; i + 1 < band.size(); ++i) path[i].positions = band[i];
  return path;
}

}  // namespace ionpass::neb
