// The energy between the images of a path.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <workflows/results.hpp>

namespace ionpass::workflows::report {

struct ProfilePoint {
  double s = 0.0;       ///< Å
  double energy = 0.0;  ///< eV, relative to the first image
};

/// Cubic Hermite interpolation through the images, its slopes minus the true forces along the path;
/// `per_segment` steps between two images. Images that are not finite or do not advance along the
/// path are left out.
[[nodiscard]] std::vector<ProfilePoint> profile_curve(std::span<const ImageResult> images,
                                                      int per_segment = 24);

/// By how much the highest point of the curve lies above the highest image, eV; not negative. More
/// than about 0.01 eV says that the climbing image is not at the top.
[[nodiscard]] double curve_excess(std::span<const ImageResult> images);

}  // namespace ionpass::workflows::report
