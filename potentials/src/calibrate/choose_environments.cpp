// Which environments of the data a set keeps, and from where on others are new.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include <potentials/environments.hpp>

namespace ionpass {

namespace {

using Eigen::Index;

/// A tenth of a neighbour: less tells nothing.
constexpr double least_scale = 0.1;
/// Share of the families that lie within the limit when they are left out.
constexpr double usual_share = 0.9;
/// Environments are kept until none is farther from them than this share of the limit.
constexpr double covered_share = 0.25;
/// Of the counts that are written: far below any scale.
constexpr double resolution = 1e-3;

double rounded(double x, double unit) { return std::round(x / unit) * unit; }

/// All environments of one element.
struct Pool {
  Eigen::MatrixXd rows;  // one column per environment, rounded as they are written
  std::vector<std::size_t> structure, atom, family;

  [[nodiscard]] Index size() const { return rows.cols(); }
  [[nodiscard]] bool shares_family(Index i, Index j) const {
    return family[static_cast<std::size_t>(i)] == family[static_cast<std::size_t>(j)];
  }
};

std::map<int, Pool> pools_of(std::span<const KnownStructure> data, const EnvironmentShape& shape) {
  std::map<std::string, std::size_t> families;
  std::map<int, std::vector<Eigen::VectorXd>> rows;
  std::map<int, Pool> out;
  for (std::size_t s = 0; s < data.size(); ++s) {
    const Structure& structure = *data[s].structure;
    const std::size_t family = families.try_emplace(data[s].family, families.size()).first->second;
    const Eigen::MatrixXd environments = describe_environments(structure, shape);
    for (std::size_t i = 0; i < structure.size(); ++i) {
      Pool& pool = out[structure.numbers[i]];
      pool.structure.push_back(s);
      pool.atom.push_back(i);
      pool.family.push_back(family);
      rows[structure.numbers[i]].emplace_back(
          environments.col(static_cast<Index>(i)).unaryExpr([](double x) {
            return rounded(x, resolution);
          }));
    }
  }
  for (auto& [number, pool] : out) {
    const std::vector<Eigen::VectorXd>& columns = rows.at(number);
    pool.rows.resize(shape.size(), static_cast<Index>(columns.size()));
    for (std::size_t i = 0; i < columns.size(); ++i)
      pool.rows.col(static_cast<Index>(i)) = columns[i];
  }
  return out;
}

/// Environments are compared with this many others at most, spread over the data: time grows with
/// the product.
constexpr Index most_compared = 4000;

/// For every environment the nearest one of another family; distance infinite where there is none.
struct Nearest {
  std::vector<double> distance;
  std::vector<Index> which;
};

Nearest nearest_of_others(const Pool& pool, const Eigen::MatrixXd& scaled) {
  const auto n = static_cast<std::size_t>(pool.size());
  Nearest out{std::vector<double>(n, std::numeric_limits<double>::infinity()),
              std::vector<Index>(n, 0)};
  const Index stride = (pool.size() + most_compared - 1) / most_compared;
  for (Index i = 0; i < pool.size(); ++i) {
    for (Index j = 0; j < pool.size(); j += stride) {
      if (pool.shares_family(i, j)) continue;
      const double d = (scaled.col(i) - scaled.col(j)).norm();
      if (d < out.distance[static_cast<std::size_t>(i)]) {
        out.distance[static_cast<std::size_t>(i)] = d;
        out.which[static_cast<std::size_t>(i)] = j;
      }
    }
  }
  return out;
}

/// What counts vary by between environments that are otherwise alike.
Eigen::VectorXd scale_of(const Pool& pool) {
  const Nearest nearest = nearest_of_others(pool, pool.rows);
  std::vector<Index> order;
  for (Index i = 0; i < pool.size(); ++i)
    if (std::isfinite(nearest.distance[static_cast<std::size_t>(i)])) order.push_back(i);
  std::ranges::stable_sort(order, {},
                           [&](Index i) { return nearest.distance[static_cast<std::size_t>(i)]; });
  order.resize((order.size() + 1) / 2);
  Eigen::VectorXd squares = Eigen::VectorXd::Zero(pool.rows.rows());
  for (const Index i : order)
    squares +=
        (pool.rows.col(i) - pool.rows.col(nearest.which[static_cast<std::size_t>(i)])).cwiseAbs2();
  if (!order.empty()) squares /= static_cast<double>(order.size());
  return (squares.array() + least_scale * least_scale).sqrt().unaryExpr([](double x) {
    return rounded(x, resolution);
  });
}

/// The distance that the given share of the families stays below with all their environments.
double family_quantile(const Pool& pool, const std::vector<double>& distance) {
  std::map<std::size_t, double> largest;
  for (std::size_t i = 0; i < distance.size(); ++i) {
    double& of_family = largest[pool.family[i]];
    of_family = std::max(of_family, distance[i]);
  }
  std::vector<double> sorted;
  sorted.reserve(largest.size());
  for (const auto& [family, value] : largest) sorted.push_back(value);
  std::ranges::sort(sorted);
  const auto place =
      static_cast<std::size_t>(std::ceil(usual_share * static_cast<double>(sorted.size()) - 1e-9));
  return sorted[std::max<std::size_t>(place, 1) - 1];
}

/// Farthest points one by one, until all lie within `reach` of one of them.
struct Cover {
  std::vector<Index> chosen;
  double radius = 0.0;  ///< largest distance of any from the nearest chosen one
};

Cover cover(const Eigen::MatrixXd& scaled, double reach, std::size_t most) {
  Cover out;
  Eigen::VectorXd left = (scaled.colwise() - scaled.rowwise().mean()).colwise().norm();
  Index next = 0;
  out.radius = left.maxCoeff(&next);
  left.setConstant(std::numeric_limits<double>::infinity());
  do {
    out.chosen.push_back(next);
    const Eigen::VectorXd added = (scaled.colwise() - scaled.col(next)).colwise().norm();
    left = left.cwiseMin(added);
    out.radius = left.maxCoeff(&next);
  } while (out.radius > reach && out.chosen.size() < most);
  return out;
}

/// An element with its limit, before the distance that the chosen environments leave.
struct Calibrated {
  Eigen::VectorXd scale;
  Eigen::MatrixXd scaled;
  std::vector<double> distance;  ///< of environments from those of other families
  double limit = 0.0;            ///< 0: there is one family only
};

Calibrated calibrated(const Pool& pool) {
  Calibrated out;
  out.scale = scale_of(pool);
  out.scaled = out.scale.cwiseInverse().asDiagonal() * pool.rows;
  out.distance = nearest_of_others(pool, out.scaled).distance;
  const std::set<std::size_t> families(pool.family.begin(), pool.family.end());
  if (families.size() > 1) out.limit = family_quantile(pool, out.distance);
  return out;
}

/// Elements that one family alone has get the strictest of the other limits.
void fill_limits(std::map<int, Calibrated>& elements) {
  double least = std::numeric_limits<double>::infinity();
  for (const auto& [number, element] : elements)
    if (element.limit > 0.0) least = std::min(least, element.limit);
  for (auto& [number, element] : elements)
    if (element.limit <= 0.0) element.limit = least;
}

ElementEnvironments kept(const Pool& pool, const Calibrated& element, std::size_t most) {
  const Cover chosen = cover(element.scaled, covered_share * element.limit, most);
  ElementEnvironments out;
  // Rounded up, so that no environment of the data is beyond it.
  out.limit = std::ceil((element.limit + chosen.radius) / resolution) * resolution;
  out.scale = element.scale;
  out.centres.resize(pool.rows.rows(), static_cast<Index>(chosen.chosen.size()));
  for (std::size_t i = 0; i < chosen.chosen.size(); ++i)
    out.centres.col(static_cast<Index>(i)) = pool.rows.col(chosen.chosen[i]);
  return out;
}

}  // namespace

EnvironmentChoice choose_environments(std::span<const KnownStructure> data, std::size_t most) {
  EnvironmentChoice out;
  std::set<int> elements;
  std::set<std::string> families;
  for (const KnownStructure& known : data) {
    elements.insert(known.structure->numbers.begin(), known.structure->numbers.end());
    families.insert(known.family);
    out.left_out.emplace_back(Eigen::VectorXd::Zero(static_cast<Index>(known.structure->size())));
  }
  out.known.shape.elements.assign(elements.begin(), elements.end());
  const std::map<int, Pool> pools = pools_of(data, out.known.shape);
  std::map<int, Calibrated> all;
  for (const auto& [number, pool] : pools) all.emplace(number, calibrated(pool));
  fill_limits(all);
  for (const auto& [number, pool] : pools) {
    const Calibrated& element = all.at(number);
    if (!std::isfinite(element.limit)) return {{}, out.left_out};
    const double limit =
        out.known.elements.emplace(number, kept(pool, element, most)).first->second.limit;
    for (std::size_t i = 0; i < element.distance.size(); ++i)
      out.left_out[pool.structure[i]](static_cast<Index>(pool.atom[i])) =
          element.distance[i] / limit;
  }
  return out;
}

}  // namespace ionpass
