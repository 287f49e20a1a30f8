// Unwrapping end points, what looks wrong between them, and straight paths.
#include <algorithm>

#include <fmt/format.h>

#include <neb/path.hpp>
#include <structures/error.hpp>
#include <structures/minimum_image.hpp>

#include "path_check.hpp"

namespace ionpass::neb {
namespace {

constexpr double long_host_move = 1.0;   // Å
constexpr double tie_margin = 0.1;       // Å, between the two nearest periodic images
constexpr double exchange_radius = 0.3;  // Å

Eigen::Vector3d nearest_image(const Structure& structure, const Eigen::Vector3d& displacement) {
  return structure.cell ? minimum_image(*structure.cell, displacement).vector : displacement;
}

Eigen::Matrix3Xd nearest_displacements(const Structure& initial, const Structure& final_,
                                       const Eigen::Vector3d& shift) {
  Eigen::Matrix3Xd out(3, initial.positions.cols());
  for (Eigen::Index a = 0; a < out.cols(); ++a) {
    out.col(a) = nearest_image(initial, final_.positions.col(a) - initial.positions.col(a) - shift);
  }
  return out;
}

/// Mean over all atoms but the ion.
Eigen::Vector3d host_mean(const Eigen::Matrix3Xd& displacements, std::size_t ion) {
  if (displacements.cols() < 2) return Eigen::Vector3d::Zero();
  const Eigen::Vector3d sum =
      displacements.rowwise().sum() - displacements.col(static_cast<Eigen::Index>(ion));
  return sum / static_cast<double>(displacements.cols() - 1);
}

void check_ion(const Structure& structure, std::size_t ion) {
  if (ion < structure.size()) return;
  throw InputError(
      fmt::format("path: no atom {} in a structure of {} atoms", ion, structure.size()));
}

void report_ties(const Structure& initial, const Eigen::Matrix3Xd& moves,
                 std::vector<std::string>& out) {
  if (!initial.cell) return;
  for (std::size_t a = 0; a < initial.size(); ++a) {
    const Eigen::Vector3d move = moves.col(static_cast<Eigen::Index>(a));
    const double margin = minimum_image(*initial.cell, move).runner_up - move.norm();
    if (margin > tie_margin) continue;
    out.push_back(fmt::format(
        "{} moves {:.2f} Å, and a periodic image of its final place is only {:.2f} Å farther; "
        "check the direction of its path",
        initial.label(a), move.norm(), std::max(margin, 0.0)));
  }
}

void report_exchanges(const Structure& initial, const Structure& final_,
                      const std::vector<std::size_t>& movers, std::vector<std::string>& out) {
  const auto lands_on = [&](std::size_t a, std::size_t b) {
    const Eigen::Vector3d gap = final_.positions.col(static_cast<Eigen::Index>(a)) -
                                initial.positions.col(static_cast<Eigen::Index>(b));
    return nearest_image(initial, gap).norm() < exchange_radius;
  };
  for (std::size_t i = 0; i < movers.size(); ++i) {
    for (std::size_t j = i + 1; j < movers.size(); ++j) {
      const std::size_t a = movers[i];
      const std::size_t b = movers[j];
      if (initial.numbers[a] != initial.numbers[b] || !lands_on(a, b) || !lands_on(b, a)) continue;
      out.push_back(
          fmt::format("{} and {} change places; give them the same order in both end points",
                      initial.label(a), initial.label(b)));
    }
  }
}

}  // namespace

Structure unwrap(const Structure& initial, const Structure& final_, std::size_t ion) {
  check_match(initial, final_, "final structure");
  check_ion(initial, ion);
  // Nearest images depend on the common shift and the other way round: a few rounds settle both.
  constexpr int most_rounds = 20;
  constexpr double settled = 1e-12;  // Å
  Eigen::Vector3d shift = Eigen::Vector3d::Zero();
  Eigen::Matrix3Xd moves = nearest_displacements(initial, final_, shift);
  for (int round = 0; round < most_rounds; ++round) {
    const Eigen::Vector3d mean = host_mean(moves, ion);
    shift += mean;
    moves = nearest_displacements(initial, final_, shift);
    if (mean.norm() < settled) break;
  }
  Structure out = final_;
  out.cell = initial.cell;
  out.positions = initial.positions + moves;
  return out;
}

std::vector<std::string> suspicious_displacements(const Structure& initial,
                                                  const Structure& final_unwrapped,
                                                  std::size_t ion) {
  check_match(initial, final_unwrapped, "final structure");
  check_ion(initial, ion);
  std::vector<std::string> out;
  std::vector<std::size_t> movers;
  std::size_t farthest = ion;
  double farthest_move = 0.0;
  const Eigen::Matrix3Xd moves = final_unwrapped.positions - initial.positions;
  for (std::size_t a = 0; a < initial.size(); ++a) {
    const double length = moves.col(static_cast<Eigen::Index>(a)).norm();
    if (length <= long_host_move) continue;
    movers.push_back(a);
    if (a == ion || length <= farthest_move) continue;
    farthest = a;
    farthest_move = length;
  }
  if (farthest != ion) {
    const auto others =
        movers.size() - static_cast<std::size_t>(std::count(movers.begin(), movers.end(), ion));
    out.push_back(
        fmt::format("{} {} besides {} by more than {:.0f} Å, {} farthest ({:.2f} Å): the "
                    "surroundings rearrange, or the order of atoms differs",
                    others, others == 1 ? "atom moves" : "atoms move", initial.label(ion),
                    long_host_move, initial.label(farthest), farthest_move));
  }
  report_exchanges(initial, final_unwrapped, movers, out);
  report_ties(initial, moves, out);
  return out;
}

Path linear_path(const Structure& initial, const Structure& final_unwrapped, int images) {
  check_match(initial, final_unwrapped, "final structure");
  if (images < 1) {
    throw InputError(
        fmt::format("path: {} images given, a band needs at least 1 between its ends", images));
  }
  const Eigen::Matrix3Xd move = final_unwrapped.positions - initial.positions;
  Path path(static_cast<std::size_t>(images) + 2, initial);
  for (std::size_t i = 1; i + 1 < path.size(); ++i) {
    path[i].positions += static_cast<double>(i) / static_cast<double>(images + 1) * move;
  }
  path.back() = final_unwrapped;
  path.back().cell = initial.cell;
  return path;
}

}  // namespace ionpass::neb
