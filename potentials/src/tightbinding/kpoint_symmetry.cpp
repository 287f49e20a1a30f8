#include "tightbinding/kpoint_symmetry.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ionpass::tightbinding {
namespace {

constexpr double same_point = 1e-6;
constexpr double same_weight = 1e-12;

bool are_equivalent(const Eigen::Vector3d& a, const Eigen::Vector3d& b) {
  const auto differ_by_lattice_vector = [](const Eigen::Vector3d& d) {
    return (d - d.array().round().matrix()).cwiseAbs().maxCoeff() < same_point;
  };
  return differ_by_lattice_vector(a - b) || differ_by_lattice_vector(a + b);
}

/// Per point, the one that the operation carries it to; nothing if that is none of them.
std::optional<std::vector<std::size_t>> images(const std::vector<Kpoint>& points,
                                               const Eigen::Matrix3d& rotation) {
  std::vector<std::size_t> out;
  for (const Kpoint& point : points) {
    const Eigen::Vector3d carried = rotation.transpose() * point.fractional;
    const auto image = std::find_if(points.begin(), points.end(), [&](const Kpoint& other) {
      return are_equivalent(other.fractional, carried) &&
             std::abs(other.weight - point.weight) < same_weight;
    });
    if (image == points.end()) return std::nullopt;
    out.push_back(static_cast<std::size_t>(image - points.begin()));
  }
  return out;
}

}  // namespace

ReducedKpoints reduced(const std::vector<Kpoint>& points, const Symmetrizer& symmetrizer) {
  std::vector<std::size_t> star(points.size());  // per point, the first of its star
  std::iota(star.begin(), star.end(), std::size_t{0});
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < symmetrizer.size(); ++i) {
    const auto carried = images(points, symmetrizer.rotation(i));
    if (!carried) continue;
    kept.push_back(i);
    for (std::size_t k = 0; k < points.size(); ++k) star[k] = std::min(star[k], (*carried)[k]);
  }
  ReducedKpoints out;
  std::vector<std::size_t> place(points.size());
  for (std::size_t k = 0; k < points.size(); ++k) {
    if (star[k] == k) {
      place[k] = out.points.size();
      out.points.push_back(points[k]);
    } else {
      out.points[place[star[k]]].weight += points[k].weight;
    }
  }
  if (out.points.size() < points.size()) out.symmetrizer = symmetrizer.subgroup(kept);
  return out;
}

}  // namespace ionpass::tightbinding
