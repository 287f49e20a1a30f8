#include "respacing.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include <neb/path_search.hpp>

namespace ionpass::neb {
namespace {

/// Distances along the nodes from the first one, Å over all atoms.
std::vector<double> lengths(std::span<const Structure> nodes) {
  std::vector<double> s(nodes.size(), 0.0);
  for (std::size_t i = 1; i < nodes.size(); ++i)
    s[i] = s[i - 1] + (nodes[i].positions - nodes[i - 1].positions).norm();
  return s;
}

/// `count` images at equal distances on the straight segments between the nodes, the first and the
/// last node included.
Path evenly(std::span<const Structure> nodes, std::size_t count) {
  const std::vector<double> s = lengths(nodes);
  Path out;
  std::size_t right = 1;
  for (std::size_t k = 0; k < count; ++k) {
    const double wanted = s.back() * static_cast<double>(k) / static_cast<double>(count - 1);
    while (right + 1 < nodes.size() && s[right] < wanted) ++right;
    const double length = s[right] - s[right - 1];
    const double fraction =
        length > 0.0 ? std::clamp((wanted - s[right - 1]) / length, 0.0, 1.0) : 0.0;
    Structure image = nodes[right];
    image.positions =
        (1.0 - fraction) * nodes[right - 1].positions + fraction * nodes[right].positions;
    out.push_back(std::move(image));
  }
  return out;
}

}  // namespace

BetterEnds better_ends(const std::vector<BandImage>& images, double deeper) {
  BetterEnds out{0, images.size() - 1};
  std::size_t top = 1;
  for (std::size_t i = 1; i + 1 < images.size(); ++i) {
    if (images[i].energy > images[top].energy) top = i;
  }
  for (std::size_t i = 1; i < top; ++i) {
    const double bar = out.first == 0 ? images[0].energy - deeper : images[out.first].energy;
    if (images[i].energy < bar) out.first = i;
  }
  for (std::size_t i = images.size() - 2; i > top; --i) {
    const double bar =
        out.last + 1 == images.size() ? images.back().energy - deeper : images[out.last].energy;
    if (images[i].energy < bar) out.last = i;
  }
  return out;
}

Path respaced(const Path& path, std::size_t first, std::size_t last, const Structure& initial,
              const Structure& final_) {
  Path nodes(path.begin() + static_cast<std::ptrdiff_t>(first),
             path.begin() + static_cast<std::ptrdiff_t>(last) + 1);
  nodes.front() = initial;
  nodes.back() = final_;
  return evenly(nodes, path.size());
}

PathThroughSaddle respaced_through(const Path& path, std::size_t saddle, std::size_t images) {
  const std::span<const Structure> nodes(path);
  const auto before = nodes.first(saddle + 1), behind = nodes.subspan(saddle);
  const double left = lengths(before).back(), right = lengths(behind).back();
  const double share = left / (left + right) * static_cast<double>(images + 1);
  const auto index =
      static_cast<std::size_t>(std::clamp(std::lround(share), 1L, static_cast<long>(images)));
  PathThroughSaddle out{evenly(before, index + 1), index};
  const Path rest = evenly(behind, images + 2 - index);
  out.path.insert(out.path.end(), rest.begin() + 1, rest.end());
  return out;
}

}  // namespace ionpass::neb
