// What a path must fulfil before a band starts from it.
#include "path_check.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/minimum_image.hpp>
#include <structures/neighbors.hpp>

#include "drift.hpp"

namespace ionpass::neb {
namespace {

constexpr double least_contact = 0.6;      // of the sum of covalent radii
constexpr double cell_tolerance = 1e-6;    // Å, entries of equal cells
constexpr double least_separation = 1e-3;  // Å, between consecutive images, over all atoms
constexpr double image_tolerance =
    1e-3;  // Å, by which another periodic image must be nearer to count

/// The two atoms of a path that come closest, in units of their covalent radii.
struct Contact {
  double ratio = std::numeric_limits<double>::infinity();
  double distance = 0.0;  ///< Å
  std::size_t image = 0;
  std::size_t first = 0;
  std::size_t second = 0;
};

double largest_radius(const Structure& structure) {
  double radius = 0.0;
  for (const int number : structure.numbers) radius = std::max(radius, covalent_radius(number));
  return radius;
}

Contact closest(const Path& path, double reach) {
  Contact best;
  for (std::size_t image = 0; image < path.size(); ++image) {
    const Structure& structure = path[image];
    const double radius = 2.0 * largest_radius(structure) * reach;
    for (const NeighborPair& pair : neighbor_pairs(structure, radius)) {
      const double sum = covalent_radius(structure.numbers[pair.first]) +
                         covalent_radius(structure.numbers[pair.second]);
      if (pair.distance / sum < best.ratio) {
        best = {pair.distance / sum, pair.distance, image, pair.first, pair.second};
      }
    }
  }
  return best;
}

void check_separation(const Path& path, std::size_t i) {
  const Eigen::Matrix3Xd move = without_drift(path[i + 1].positions - path[i].positions);
  if (move.norm() >= least_separation) return;
  throw InputError(
      fmt::format("path: images {} and {} are the same structure ({:.1e} Å apart); give two "
                  "different end points, or "
                  "fewer images",
                  i, i + 1, move.norm()));
}

void check_unwrapped(const Path& path, std::size_t i) {
  if (!path[i].cell) return;
  for (std::size_t atom = 0; atom < path[i].size(); ++atom) {
    const auto column = static_cast<Eigen::Index>(atom);
    const Eigen::Vector3d move = path[i + 1].positions.col(column) - path[i].positions.col(column);
    const MinimumImage nearest = minimum_image(*path[i].cell, move);
    if (nearest.vector.norm() > move.norm() - image_tolerance) continue;
    throw InputError(
        fmt::format("path: {} moves {:.2f} Å from image {} to {}, although a periodic image of it "
                    "is {:.2f} Å away; "
                    "unwrap the final structure first",
                    path[i].label(atom), move.norm(), i, i + 1, nearest.vector.norm()));
  }
}

}  // namespace

void check_match(const Structure& first, const Structure& second, const char* second_name) {
  if (first.size() != second.size()) {
    throw InputError(
        fmt::format("{}: {} atoms where the initial structure has {}; both ends need the same "
                    "atoms in the same order",
                    second_name, second.size(), first.size()));
  }
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (first.numbers[i] == second.numbers[i]) continue;
    throw InputError(fmt::format(
        "{}: atom {} is {} where the initial structure has {}; both ends need the same order of "
        "atoms",
        second_name, i, element_symbol(second.numbers[i]), element_symbol(first.numbers[i])));
  }
  const bool same_cell =
      first.cell.has_value() == second.cell.has_value() &&
      (!first.cell ||
       (first.cell->matrix() - second.cell->matrix()).cwiseAbs().maxCoeff() < cell_tolerance);
  if (!same_cell) {
    throw InputError(
        fmt::format("{}: its cell differs from that of the initial structure; a path has one cell",
                    second_name));
  }
  const auto columns = static_cast<Eigen::Index>(first.size());
  if (first.positions.cols() != columns || second.positions.cols() != columns ||
      !first.positions.allFinite() || !second.positions.allFinite()) {
    throw InputError(fmt::format("{}: positions that are missing or not finite", second_name));
  }
}

void check_images(const Path& path) {
  if (path.size() < 3) {
    throw InputError(
        fmt::format("path: {} images, a band needs both ends and at least one image between them",
                    path.size()));
  }
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    check_match(path.front(), path[i + 1], fmt::format("image {}", i + 1).c_str());
    check_separation(path, i);
    check_unwrapped(path, i);
  }
}

double closest_contact(const Path& path) {
  // Wide enough for the nearest pair of any crystal; a structure without any pair that near has no
  // contact.
  constexpr double reach = 2.0;
  return closest(path, reach).ratio;
}

void check_path(const Path& path) {
  check_images(path);
  const Contact contact = closest(path, least_contact);
  if (contact.ratio >= least_contact) return;
  const Structure& structure = path[contact.image];
  throw InputError(
      fmt::format("path: image {}: {} and {} are {:.2f} Å apart, {:.2f} of the sum of their "
                  "covalent radii (at least {} "
                  "needed); use IDPP, other end points or a path of your own",
                  contact.image, structure.label(contact.first), structure.label(contact.second),
                  contact.distance, contact.ratio, least_contact));
}

}  // namespace ionpass::neb
