// The energy between the images of a path.
#include "profile.hpp"

#include <algorithm>
#include <cmath>

namespace ionpass::workflows::report {

namespace {

std::vector<ImageResult> usable(std::span<const ImageResult> images) {
  std::vector<ImageResult> out;
  for (const ImageResult& image : images) {
    if (!std::isfinite(image.s) || !std::isfinite(image.energy)) continue;
    if (!out.empty() && image.s <= out.back().s) continue;
    out.push_back(image);
  }
  return out;
}

double hermite(const ImageResult& a, const ImageResult& b, double t) {
  const double h = b.s - a.s;
  const double slope_a = std::isfinite(a.force_along) ? -a.force_along : 0.0;
  const double slope_b = std::isfinite(b.force_along) ? -b.force_along : 0.0;
  const double t2 = t * t;
  const double t3 = t2 * t;
  return (2 * t3 - 3 * t2 + 1) * a.energy + (t3 - 2 * t2 + t) * h * slope_a +
         (3 * t2 - 2 * t3) * b.energy + (t3 - t2) * h * slope_b;
}

}  // namespace

std::vector<ProfilePoint> profile_curve(std::span<const ImageResult> images, int per_segment) {
  const std::vector<ImageResult> points = usable(images);
  std::vector<ProfilePoint> curve;
  if (points.empty()) return curve;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    for (int step = 0; step < per_segment; ++step) {
      const double t = static_cast<double>(step) / per_segment;
      curve.push_back({points[i].s + t * (points[i + 1].s - points[i].s),
                       hermite(points[i], points[i + 1], t)});
    }
  }
  curve.push_back({points.back().s, points.back().energy});
  return curve;
}

double curve_excess(std::span<const ImageResult> images) {
  const std::vector<ImageResult> points = usable(images);
  if (points.empty()) return 0.0;
  const auto highest_image = std::max_element(
      points.begin(), points.end(),
      [](const ImageResult& a, const ImageResult& b) { return a.energy < b.energy; });
  double highest = highest_image->energy;
  for (const ProfilePoint& p : profile_curve(images)) highest = std::max(highest, p.energy);
  return highest - highest_image->energy;
}

}  // namespace ionpass::workflows::report
