#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <potentials/kpoints.hpp>
#include <structures/error.hpp>

namespace ionpass {

namespace {

constexpr double same_point = 1e-9;
constexpr int max_mesh = 1000;
constexpr double max_points = 20000.0;  // far beyond use; merging k and -k compares all pairs

bool differ_by_lattice_vector(const Eigen::Vector3d& a, const Eigen::Vector3d& b) {
  const Eigen::Vector3d d = a - b;
  return (d - d.array().round().matrix()).cwiseAbs().maxCoeff() < same_point;
}

/// Adds a point, merged with an earlier one that is equal to it or to its negative.
void add_reduced(std::vector<Kpoint>& points, const Kpoint& point) {
  for (Kpoint& earlier : points) {
    if (differ_by_lattice_vector(earlier.fractional, -point.fractional) ||
        differ_by_lattice_vector(earlier.fractional, point.fractional)) {
      earlier.weight += point.weight;
      return;
    }
  }
  points.push_back(point);
}

std::vector<Kpoint> mesh_points(const KpointMesh& mesh) {
  if (mesh.mesh.minCoeff() < 1 || mesh.mesh.maxCoeff() > max_mesh) {
    throw InputError(fmt::format("k-point mesh {} {} {}: every number must lie between 1 and {}",
                                 mesh.mesh(0), mesh.mesh(1), mesh.mesh(2), max_mesh));
  }
  if (mesh.mesh.cast<double>().prod() > max_points) {
    throw InputError(
        fmt::format("k-point mesh {} {} {}: more than {:g} points; choose a coarser one",
                    mesh.mesh(0), mesh.mesh(1), mesh.mesh(2), max_points));
  }
  if (!(mesh.shift.array().abs() <= 1.0).all())
    throw InputError("k-point shift: not between -1 and 1; give fractions of a step, as 0.5");
  std::vector<Kpoint> points;
  const double weight = 1.0 / static_cast<double>(mesh.mesh.prod());
  for (int i = 0; i < mesh.mesh(0); ++i) {
    for (int j = 0; j < mesh.mesh(1); ++j) {
      for (int k = 0; k < mesh.mesh(2); ++k) {
        const Eigen::Vector3d step = Eigen::Vector3d(i, j, k) + mesh.shift;
        add_reduced(points, {step.cwiseQuotient(mesh.mesh.cast<double>()), weight});
      }
    }
  }
  return points;
}

std::vector<Kpoint> listed_points(const KpointList& list) {
  double total = 0.0;
  for (const Kpoint& point : list.points) {
    if (!(point.weight > 0.0) || !point.fractional.allFinite()) {
      throw InputError(
          fmt::format("a k-point has weight {}: every weight must be positive", point.weight));
    }
    total += point.weight;
  }
  if (list.points.empty()) throw InputError("the list of k-points is empty");
  std::vector<Kpoint> points;
  for (Kpoint point : list.points) {
    point.weight /= total;
    add_reduced(points, point);
  }
  return points;
}

}  // namespace

KpointMesh mesh_for_spacing(const KpointSpacing& spacing, const Cell& cell) {
  if (!(spacing.spacing > 0.0))
    throw InputError(fmt::format("k-point spacing {}: it must be positive (1/Å)", spacing.spacing));
  const Eigen::Vector3d lengths = cell.reciprocal().colwise().norm();
  KpointMesh mesh;
  // A hair of slack, so that a cell written with rounded digits does not gain a point.
  mesh.mesh = (lengths / spacing.spacing)
                  .unaryExpr([](double n) { return std::max(1.0, std::ceil(n - 1e-3)); })
                  .cast<int>();
  return mesh;
}

std::vector<Kpoint> kpoints(const KpointSampling& sampling, const Cell& cell) {
  if (const auto* spacing = std::get_if<KpointSpacing>(&sampling))
    return mesh_points(mesh_for_spacing(*spacing, cell));
  if (const auto* mesh = std::get_if<KpointMesh>(&sampling)) return mesh_points(*mesh);
  return listed_points(std::get<KpointList>(sampling));
}

std::string describe(const KpointSampling& sampling) {
  if (const auto* spacing = std::get_if<KpointSpacing>(&sampling))
    return fmt::format("spacing {} 1/Å", spacing->spacing);
  if (const auto* mesh = std::get_if<KpointMesh>(&sampling)) {
    const bool shifted = !mesh->shift.isZero(0.0);
    if (mesh->mesh == Eigen::Vector3i::Ones() && !shifted) return "Γ";
    std::string text = fmt::format("{}x{}x{}", mesh->mesh(0), mesh->mesh(1), mesh->mesh(2));
    if (shifted)
      text += fmt::format(" shifted by {} {} {}", mesh->shift(0), mesh->shift(1), mesh->shift(2));
    return text;
  }
  std::string text;
  for (const Kpoint& point : std::get<KpointList>(sampling).points) {
    text += fmt::format("{}({} {} {}; {})", text.empty() ? "" : " ", point.fractional(0),
                        point.fractional(1), point.fractional(2), point.weight);
  }
  return text;
}

}  // namespace ionpass
