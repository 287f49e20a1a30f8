#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <potentials/environments.hpp>
#include <structures/elements.hpp>
#include <structures/neighbors.hpp>

#include "calibrate/bspline_basis.hpp"

namespace ionpass {

namespace {

using Eigen::Index;

/// Place of each atom's element among those of the shape; -1: none.
std::vector<Index> kinds_of(const Structure& structure, const EnvironmentShape& shape) {
  std::vector<Index> out;
  out.reserve(structure.size());
  for (const int number : structure.numbers) {
    const auto found = std::ranges::lower_bound(shape.elements, number);
    const bool known = found != shape.elements.end() && *found == number;
    out.push_back(known ? found - shape.elements.begin() : -1);
  }
  return out;
}

EnvironmentNovelty novelty_of(const Eigen::VectorXd& environment,
                              const ElementEnvironments& known) {
  const Eigen::VectorXd inverse = known.scale.cwiseInverse();
  double least = std::numeric_limits<double>::infinity();
  Index nearest = 0;
  for (Index i = 0; i < known.centres.cols(); ++i) {
    const double square = (known.centres.col(i) - environment).cwiseProduct(inverse).squaredNorm();
    if (square < least) least = square, nearest = i;
  }
  const Eigen::VectorXd difference = environment - known.centres.col(nearest);
  EnvironmentNovelty out{.ratio = std::sqrt(least) / known.limit};
  difference.cwiseProduct(inverse).cwiseAbs().maxCoeff(&out.component);
  out.difference = difference(out.component);
  return out;
}

/// Whether any environment of the data is near: most often one of the first is, which makes this
/// cheap beside the distance from the nearest.
bool is_known(const Eigen::Ref<const Eigen::VectorXd>& environment,
              const ElementEnvironments& known) {
  const Eigen::ArrayXd inverse = known.scale.cwiseInverse();
  const double limit = known.limit * known.limit;
  for (Index i = 0; i < known.centres.cols(); ++i)
    if (((known.centres.col(i) - environment).array() * inverse).square().sum() <= limit)
      return true;
  return false;
}

bool are_known(const Structure& structure, const Eigen::MatrixXd& environments,
               const KnownEnvironments& known) {
  for (std::size_t i = 0; i < structure.size(); ++i) {
    const auto found = known.elements.find(structure.numbers[i]);
    if (found == known.elements.end() ||
        !is_known(environments.col(static_cast<Index>(i)), found->second))
      return false;
  }
  return true;
}

std::vector<EnvironmentNovelty> novelty_of_all(const Structure& structure,
                                               const Eigen::MatrixXd& environments,
                                               const KnownEnvironments& known) {
  std::vector<EnvironmentNovelty> out;
  out.reserve(structure.size());
  for (std::size_t i = 0; i < structure.size(); ++i) {
    const auto found = known.elements.find(structure.numbers[i]);
    if (found == known.elements.end())
      out.push_back({.ratio = std::numeric_limits<double>::infinity()});
    else
      out.push_back(novelty_of(environments.col(static_cast<Index>(i)), found->second));
  }
  return out;
}

std::string reason(const EnvironmentNovelty& novelty, const EnvironmentShape& shape, int number) {
  if (!std::isfinite(novelty.ratio))
    return fmt::format("there is no {} in these data", element_symbol(number));
  return fmt::format("{:.1f} times the usual distance; most of all {} {} near {:.1f} Å",
                     novelty.ratio, novelty.difference > 0.0 ? "more" : "less",
                     element_symbol(shape.element_of(novelty.component)),
                     shape.place_of(novelty.component));
}

}  // namespace

double EnvironmentShape::place_of(Index component) const {
  // Function k lies between k and k + 4 knots below the cut-off.
  const double peak = cutoff - static_cast<double>(component % radial + 2) * knot();
  return std::max(peak, 0.0);
}

int EnvironmentShape::element_of(Index component) const {
  return elements.at(static_cast<std::size_t>(component / radial));
}

Eigen::MatrixXd describe_environments(const Structure& structure, const EnvironmentShape& shape) {
  return describe_environments(structure, shape, neighbor_pairs(structure, shape.cutoff));
}

Eigen::MatrixXd describe_environments(const Structure& structure, const EnvironmentShape& shape,
                                      std::span<const NeighborPair> pairs) {
  const calibrate::BsplineBasis basis(0.0, shape.cutoff, shape.knot());
  const std::vector<Index> kinds = kinds_of(structure, shape);
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(shape.size(), static_cast<Index>(structure.size()));
  const auto add = [&](std::size_t centre, std::size_t neighbour,
                       const calibrate::BsplineBasis::Values& values) {
    if (kinds[neighbour] < 0) return;
    for (Index a = 0; a < 4; ++a) {
      const Index k = values.first + a;
      if (k < 0 || k >= shape.radial) continue;
      out(kinds[neighbour] * shape.radial + k, static_cast<Index>(centre)) +=
          values.value[static_cast<std::size_t>(a)];
    }
  };
  for (const NeighborPair& pair : pairs) {
    if (pair.distance >= shape.cutoff) continue;
    const calibrate::BsplineBasis::Values values = basis.at(pair.distance);
    add(pair.first, pair.second, values);
    add(pair.second, pair.first, values);
  }
  return out;
}

std::vector<EnvironmentNovelty> environment_novelty(const Structure& structure,
                                                    const KnownEnvironments& known) {
  return novelty_of_all(structure, describe_environments(structure, known.shape), known);
}

std::optional<Extrapolation> unknown_environments(const Structure& structure,
                                                  const KnownEnvironments& known) {
  return unknown_environments(structure, known, neighbor_pairs(structure, known.shape.cutoff));
}

std::optional<Extrapolation> unknown_environments(const Structure& structure,
                                                  const KnownEnvironments& known,
                                                  std::span<const NeighborPair> pairs) {
  if (known.empty() || structure.size() == 0) return std::nullopt;
  const Eigen::MatrixXd environments = describe_environments(structure, known.shape, pairs);
  if (are_known(structure, environments, known)) return std::nullopt;
  const std::vector<EnvironmentNovelty> all = novelty_of_all(structure, environments, known);
  const auto worst = std::ranges::max_element(all, {}, &EnvironmentNovelty::ratio);
  const auto count =
      std::ranges::count_if(all, [](const EnvironmentNovelty& n) { return n.ratio > 1.0; });
  const auto atom = static_cast<std::size_t>(worst - all.begin());
  const int number = structure.numbers[atom];
  return Extrapolation{
      .kind = "environment",
      .text = fmt::format(
          "{} (atom {}, {}) has surroundings unlike any that the parameters were fitted to ({}){}; "
          "energies and forces there are extrapolated",
          structure.label(atom), atom, element_symbol(number), reason(*worst, known.shape, number),
          count == 1 ? "" : fmt::format(", the farthest of {} such atoms", count)),
      .extent = worst->ratio};
}

}  // namespace ionpass
