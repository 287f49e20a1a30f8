// Barriers of an energy profile, and what else it says.
#include "band_reading.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ionpass::neb {
namespace {

constexpr double deep_minimum = 0.02;  // eV, below the lower of the two maxima around it
constexpr double largest_bend = 60.0;  // degrees
constexpr double largest_spacing_ratio = 3.0;

/// An intermediate minimum and the highest images on either side of it.
struct Basin {
  std::size_t minimum = 0;
  std::size_t left_maximum = 0;
  std::size_t right_maximum = 0;
};

std::size_t highest_in(std::span<const double> energies, std::size_t first, std::size_t last) {
  const auto begin = energies.begin();
  const auto found = std::max_element(begin + static_cast<std::ptrdiff_t>(first),
                                      begin + static_cast<std::ptrdiff_t>(last) + 1);
  return static_cast<std::size_t>(found - begin);
}

double lowest_in(std::span<const double> energies, std::size_t first, std::size_t last) {
  const auto begin = energies.begin();
  return *std::min_element(begin + static_cast<std::ptrdiff_t>(first),
                           begin + static_cast<std::ptrdiff_t>(last) + 1);
}

std::vector<Basin> deep_basins(std::span<const double> energies) {
  std::vector<Basin> out;
  for (std::size_t i = 1; i + 1 < energies.size(); ++i) {
    if (energies[i] > energies[i - 1] || energies[i] >= energies[i + 1]) continue;
    const std::size_t left = highest_in(energies, 0, i);
    const std::size_t right = highest_in(energies, i, energies.size() - 1);
    const double depth = std::min(energies[left], energies[right]) - energies[i];
    if (depth > deep_minimum) out.push_back({i, left, right});
  }
  return out;
}

void report_basins(std::span<const double> energies, std::vector<std::string>& out) {
  const std::vector<Basin> basins = deep_basins(energies);
  std::vector<std::size_t> saddles;
  for (const Basin& basin : basins) {
    for (const std::size_t top : {basin.left_maximum, basin.right_maximum}) {
      const bool is_interior = top > 0 && top + 1 < energies.size();
      if (is_interior && std::count(saddles.begin(), saddles.end(), top) == 0)
        saddles.push_back(top);
    }
    const bool below_ends = energies[basin.minimum] < std::min(energies.front(), energies.back());
    out.push_back(fmt::format("intermediate minimum at image {}, {:+.3f} eV from the first image{}",
                              basin.minimum, energies[basin.minimum] - energies.front(),
                              below_ends ? ", deeper than both ends" : ""));
  }
  if (saddles.size() < 2) return;
  std::sort(saddles.begin(), saddles.end());
  std::vector<std::string> words;
  words.reserve(saddles.size());
  for (const std::size_t i : saddles) {
    words.push_back(
        fmt::format("image {} ({:.3f} eV above the first)", i, energies[i] - energies.front()));
  }
  out.push_back(fmt::format(
      "several saddles: {}; relax the minimum between them and compute the parts separately",
      fmt::join(words, ", ")));
}

void report_ends(std::span<const double> energies, std::vector<std::string>& out) {
  const std::size_t last = energies.size() - 1;
  const double initial_drop = energies[0] - energies[1];
  const double final_drop = energies[last] - energies[last - 1];
  if (initial_drop > least_barrier) {
    out.push_back(
        fmt::format("image 1 lies {:.3f} eV below the initial end, which is no minimum of this "
                    "path, unless more images show a barrier between",
                    initial_drop));
  }
  if (final_drop > least_barrier) {
    out.push_back(
        fmt::format("image {} lies {:.3f} eV below the final end, which is no minimum of this "
                    "path, unless more images show a barrier between",
                    last - 1, final_drop));
  }
}

void report_shape(const BandGeometry& geometry, std::vector<std::string>& out) {
  for (std::size_t i = 1; i + 1 < geometry.bends.size(); ++i) {
    if (geometry.bends[i] <= largest_bend) continue;
    out.push_back(
        fmt::format("the path bends by {:.0f} degrees at image {}; more images are needed",
                    geometry.bends[i], i));
  }
  for (std::size_t i = 0; i + 1 < geometry.segments.size(); ++i) {
    const double a = geometry.segments[i];
    const double b = geometry.segments[i + 1];
    if (std::max(a, b) <= largest_spacing_ratio * std::min(a, b)) continue;
    out.push_back(fmt::format("uneven spacing around image {}: {:.2f} and {:.2f} Å", i + 1, a, b));
  }
}

}  // namespace

std::optional<std::size_t> highest_interior(std::span<const double> energies) {
  if (energies.size() < 3) return std::nullopt;
  const std::size_t top = highest_in(energies, 1, energies.size() - 2);
  const double ends = std::max(energies.front(), energies.back());
  if (!(energies[top] > ends + least_barrier)) return std::nullopt;
  return top;
}

std::optional<BandBarrier> read_barrier(std::span<const double> energies) {
  const std::optional<std::size_t> top = highest_interior(energies);
  if (!top) return std::nullopt;
  BandBarrier barrier;
  barrier.saddle = *top;
  barrier.forward = energies[*top] - lowest_in(energies, 0, *top - 1);
  barrier.backward = energies[*top] - lowest_in(energies, *top + 1, energies.size() - 1);
  return barrier;
}

std::vector<std::string> remarks(std::span<const double> energies, const BandGeometry& geometry) {
  std::vector<std::string> out;
  report_basins(energies, out);
  report_ends(energies, out);
  report_shape(geometry, out);
  return out;
}

std::string join(const std::vector<std::string>& sentences) {
  return fmt::format("{}", fmt::join(sentences, "; "));
}

}  // namespace ionpass::neb
