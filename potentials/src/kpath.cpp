#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include <potentials/kpath.hpp>
#include <structures/error.hpp>

namespace ionpass {
namespace {

const std::map<std::string, Eigen::Vector3d>& named_corners() {
  static const std::map<std::string, Eigen::Vector3d> corners = {
      {"G", {0.0, 0.0, 0.0}}, {"X", {0.5, 0.0, 0.0}}, {"Y", {0.0, 0.5, 0.0}},
      {"Z", {0.0, 0.0, 0.5}}, {"S", {0.5, 0.5, 0.0}}, {"T", {0.0, 0.5, 0.5}},
      {"U", {0.5, 0.0, 0.5}}, {"R", {0.5, 0.5, 0.5}}};
  return corners;
}

[[noreturn]] void refuse(const std::string& word) {
  throw InputError(
      fmt::format("k-path: '{}' given, expected one of G X Y Z S T U R, or three fractions as "
                  "0.5,0,0, or LABEL=0.5,0,0",
                  word));
}

Eigen::Vector3d read_fractions(const std::string& text, const std::string& word) {
  Eigen::Vector3d out;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (int axis = 0; axis < 3; ++axis) {
    const auto [next, error] = std::from_chars(at, end, out(axis));
    if (error != std::errc() || !std::isfinite(out(axis))) refuse(word);
    const bool is_last = axis == 2;
    if (is_last != (next == end) || (!is_last && *next != ',')) refuse(word);
    at = next + 1;
  }
  return out;
}

}  // namespace

PathCorner path_corner(const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals != std::string::npos)
    return {word.substr(0, equals), read_fractions(word.substr(equals + 1), word)};
  const auto named = named_corners().find(word);
  if (named != named_corners().end()) return {word, named->second};
  return {word, read_fractions(word, word)};
}

std::vector<PathCorner> default_path() {
  std::vector<PathCorner> out;
  for (const char* word : {"G", "X", "S", "Y", "G", "Z", "U", "R", "T", "Z"})
    out.push_back(path_corner(word));
  return out;
}

KpointPath interpolated(std::span<const PathCorner> corners, const Cell& cell, std::size_t count) {
  if (corners.size() < 2) throw InputError("k-path: give at least two corners");
  std::vector<double> lengths;
  double total = 0.0;
  for (std::size_t i = 1; i < corners.size(); ++i) {
    lengths.push_back(
        (cell.reciprocal() * (corners[i].fractional - corners[i - 1].fractional)).norm());
    if (lengths.back() < 1e-9) {
      throw InputError(fmt::format("k-path: {} and {} are the same point; leave one of them out",
                                   corners[i - 1].label, corners[i].label));
    }
    total += lengths.back();
  }
  KpointPath out{{corners[0].fractional}, {0.0}, {{0, corners[0].label}}};
  double before = 0.0;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const double share = lengths[i] / total * static_cast<double>(count);
    const long steps = std::max(1L, std::lround(share));
    for (long k = 1; k <= steps; ++k) {
      const double t = static_cast<double>(k) / static_cast<double>(steps);
      out.points.emplace_back((1.0 - t) * corners[i].fractional + t * corners[i + 1].fractional);
      out.distance.push_back(before + t * lengths[i]);
    }
    before += lengths[i];
    out.ticks.push_back({out.points.size() - 1, corners[i + 1].label});
  }
  return out;
}

}  // namespace ionpass
