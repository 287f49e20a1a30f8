// New images on an old path.
#pragma once

#include <cstddef>
#include <vector>

#include <neb/band.hpp>
#include <neb/path.hpp>

namespace ionpass::neb {

/// The images that should be the ends of a path: the lowest ones before and behind the highest.
struct BetterEnds {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// @param deeper  eV by which an image must lie below its end to replace it
[[nodiscard]] BetterEnds better_ends(const std::vector<BandImage>& images, double deeper);

/// A path with one image that is known to be the saddle.
struct PathThroughSaddle {
  Path path;
  std::size_t saddle = 0;
};

/// The path as `images` intermediate ones with the saddle among them; on either side of it the
/// distances are equal, and as many images lie there as make both sides most alike.
/// @param saddle  index of an intermediate image of `path`
[[nodiscard]] PathThroughSaddle respaced_through(const Path& path, std::size_t saddle,
                                                 std::size_t images);

}  // namespace ionpass::neb
