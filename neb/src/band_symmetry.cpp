// Finding the operation that exchanges the ends of a path.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <neb/band_symmetry.hpp>
#include <structures/error.hpp>
#include <structures/minimum_image.hpp>

#include "path_check.hpp"

namespace ionpass::neb {
namespace {

constexpr double metric_tolerance = 1e-4;    // of the squared lengths of lattice vectors
constexpr double identity_tolerance = 1e-6;  // Å, an operation applied twice

/// Operations in fractional coordinates that keep lengths and are their own inverse, the identity
/// left out. Reduced enough cells have no entries but -1, 0, 1 in them.
std::vector<Eigen::Matrix3i> lattice_involutions(const Cell& cell) {
  const Eigen::Matrix3d metric = cell.matrix().transpose() * cell.matrix();
  const double tolerance = metric_tolerance * metric.diagonal().maxCoeff();
  constexpr int combinations = 19683;  // 3^9
  std::vector<Eigen::Matrix3i> out;
  for (int code = 0; code < combinations; ++code) {
    Eigen::Matrix3i w;
    int rest = code;
    for (int k = 0; k < 9; ++k, rest /= 3) w(k / 3, k % 3) = rest % 3 - 1;
    if (w * w != Eigen::Matrix3i::Identity() || w == Eigen::Matrix3i::Identity()) continue;
    const Eigen::Matrix3d real = w.cast<double>();
    if ((real.transpose() * metric * real - metric).cwiseAbs().maxCoeff() > tolerance) continue;
    out.push_back(w);
  }
  return out;
}

/// Nearest atom of `target` to a point, with the lattice vector that takes the point there.
struct Match {
  std::size_t atom = 0;
  double distance = 0.0;     ///< Å
  Eigen::Vector3d residual;  ///< Å, from the shifted point to the atom
  Eigen::Vector3d lattice;   ///< Å
};

Match nearest_atom(const Structure& target, int number, const Eigen::Vector3d& point) {
  Match best;
  best.distance = 1e9;
  for (std::size_t b = 0; b < target.size(); ++b) {
    if (target.numbers[b] != number) continue;
    const Eigen::Vector3d gap = target.positions.col(static_cast<Eigen::Index>(b)) - point;
    const MinimumImage image = minimum_image(*target.cell, gap);
    if (image.vector.norm() < best.distance) {
      best = {b, image.vector.norm(), image.vector, gap - image.vector};
    }
  }
  return best;
}

/// Tries one operation: the ion fixes its translation, every other atom must then land on one of
/// its kind.
class Trial {
 public:
  Trial(const Structure& initial, const Structure& end, std::size_t ion, double tolerance)
      : initial_(initial), final_(end), ion_(ion), tolerance_(tolerance) {}

  [[nodiscard]] std::optional<BandSymmetry> operator()(const Eigen::Matrix3i& operation) const {
    const Cell& cell = *initial_.cell;
    BandSymmetry symmetry;
    symmetry.rotation = cell.matrix() * operation.cast<double>() * cell.inverse();
    if (!match(symmetry) || !center(symmetry) || !is_involution(symmetry)) return std::nullopt;
    const Eigen::Matrix3Xd there = symmetry.mirror_positions(initial_.positions) - final_.positions;
    const Eigen::Matrix3Xd back = symmetry.mirror_positions(final_.positions) - initial_.positions;
    const double worst =
        std::max(there.colwise().norm().maxCoeff(), back.colwise().norm().maxCoeff());
    if (worst > tolerance_) return std::nullopt;
    return symmetry;
  }

 private:
  // The ion may itself be displaced a little; the final test is the strict one.
  [[nodiscard]] bool match(BandSymmetry& symmetry) const {
    const auto ion = static_cast<Eigen::Index>(ion_);
    const Eigen::Vector3d translation =
        final_.positions.col(ion) - symmetry.rotation * initial_.positions.col(ion);
    symmetry.offset.resize(3, initial_.positions.cols());
    symmetry.permutation.resize(initial_.size());
    std::vector<bool> is_taken(initial_.size(), false);
    for (std::size_t a = 0; a < initial_.size(); ++a) {
      const auto column = static_cast<Eigen::Index>(a);
      const Eigen::Vector3d point =
          symmetry.rotation * initial_.positions.col(column) + translation;
      const Match found = nearest_atom(final_, initial_.numbers[a], point);
      if (found.distance > 2.0 * tolerance_ || is_taken[found.atom]) return false;
      is_taken[found.atom] = true;
      symmetry.permutation[a] = found.atom;
      symmetry.offset.col(column) = translation + found.lattice;
    }
    return symmetry.permutation[ion_] == ion_;
  }

  // Spreads the residual of the ion over all atoms and both directions; this also makes the
  // translation an exact involution.
  [[nodiscard]] bool center(BandSymmetry& symmetry) const {
    const Eigen::Matrix3Xd there = final_.positions - symmetry.mirror_positions(initial_.positions);
    const Eigen::Matrix3Xd back = initial_.positions - symmetry.mirror_positions(final_.positions);
    const Eigen::Vector3d correction = 0.5 * (there.rowwise().mean() + back.rowwise().mean());
    // A large one means that the way back uses other periodic images than the way there.
    if (correction.norm() > 2.0 * tolerance_) return false;
    symmetry.offset.colwise() += correction;
    return true;
  }

  [[nodiscard]] static bool is_involution(const BandSymmetry& symmetry) {
    for (std::size_t a = 0; a < symmetry.permutation.size(); ++a) {
      const std::size_t b = symmetry.permutation[a];
      if (symmetry.permutation[b] != a) return false;
      const Eigen::Vector3d twice =
          symmetry.rotation * symmetry.offset.col(static_cast<Eigen::Index>(a)) +
          symmetry.offset.col(static_cast<Eigen::Index>(b));
      if (twice.norm() > identity_tolerance) return false;
    }
    return true;
  }

  const Structure& initial_;
  const Structure& final_;
  std::size_t ion_;
  double tolerance_;
};

}  // namespace

Eigen::Matrix3Xd BandSymmetry::mirror_positions(const Eigen::Matrix3Xd& positions) const {
  return mirror_vectors(positions + rotation * offset);
}

Eigen::Matrix3Xd BandSymmetry::mirror_vectors(const Eigen::Matrix3Xd& vectors) const {
  Eigen::Matrix3Xd out(3, vectors.cols());
  for (std::size_t a = 0; a < permutation.size(); ++a) {
    out.col(static_cast<Eigen::Index>(permutation[a])) =
        rotation * vectors.col(static_cast<Eigen::Index>(a));
  }
  return out;
}

std::optional<BandSymmetry> find_band_symmetry(const Structure& initial,
                                               const Structure& final_unwrapped, std::size_t ion,
                                               double tolerance) {
  check_match(initial, final_unwrapped, "final structure");
  if (ion >= initial.size()) {
    throw InputError(
        fmt::format("path: no atom {} in a structure of {} atoms", ion, initial.size()));
  }
  if (!initial.cell) return std::nullopt;
  const Trial trial(initial, final_unwrapped, ion, tolerance);
  for (const Eigen::Matrix3i& operation : lattice_involutions(*initial.cell)) {
    if (std::optional<BandSymmetry> found = trial(operation)) return found;
  }
  return std::nullopt;
}

}  // namespace ionpass::neb
