#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <structures/neighbors.hpp>

#include "lattice_reduction.hpp"

namespace ionpass {

namespace {

constexpr double largest_fraction = 1e9;  // beyond it a translation would not fit an int
constexpr double largest_pair_count = 5e8;

/// A lattice in reduced form with the atoms brought into its cell.
struct WrappedAtoms {
  Eigen::Matrix3d columns;         // Å
  Eigen::Matrix3d inverse;         // 1/Å
  Eigen::Matrix3i transformation;  // reduced to original translations
  Eigen::Matrix3Xd fractional;     // in [0, 1)
  Eigen::Matrix3Xi shift;          // original = wrapped + columns * shift

  [[nodiscard]] std::size_t count() const { return static_cast<std::size_t>(fractional.cols()); }
};

/// A box round a molecule so large that no image comes within the radius.
Cell box_around(const Structure& molecule, double radius) {
  const Eigen::Vector3d low = molecule.positions.rowwise().minCoeff();
  const Eigen::Vector3d high = molecule.positions.rowwise().maxCoeff();
  const Eigen::Vector3d size = (high - low).array() + 2.0 * radius + 1.0;
  return Cell(Eigen::Matrix3d(size.asDiagonal()));
}

WrappedAtoms wrap(const Structure& structure, const Cell& cell) {
  const ReducedLattice lattice = reduce_lattice(cell);
  WrappedAtoms atoms{lattice.columns, lattice.columns.inverse(), lattice.transformation, {}, {}};
  atoms.fractional = atoms.inverse * structure.positions;
  if (!(atoms.fractional.cwiseAbs().maxCoeff() < largest_fraction)) {
    throw InputError("an atom is not at a finite position, or more than 1e9 cells away");
  }
  const Eigen::Matrix3Xd floors = atoms.fractional.array().floor();
  atoms.fractional -= floors;
  atoms.shift = floors.cast<int>();
  return atoms;
}

/// Atoms sorted into bins of the cell, at least about a radius wide, not many more than atoms. A
/// search meets the atoms of 27 of them.
class Bins {
 public:
  Bins(const WrappedAtoms& atoms, double radius) {
    const Eigen::Vector3d heights = atoms.inverse.rowwise().norm().cwiseInverse();
    const auto count = static_cast<double>(atoms.fractional.cols());
    const double per_axis = std::ceil(2.0 * std::cbrt(count));
    for (int axis = 0; axis < 3; ++axis) {
      const double wanted = std::floor(heights(axis) / std::max(radius, 1e-3));
      counts_(axis) = static_cast<int>(std::clamp(wanted, 1.0, per_axis));
      reach_(axis) = static_cast<int>(std::ceil(radius * counts_(axis) / heights(axis) + 1e-9));
    }
    members_.resize(static_cast<std::size_t>(counts_.prod()));
    for (Eigen::Index i = 0; i < atoms.fractional.cols(); ++i) {
      members_[index(bin_of(atoms.fractional.col(i)))].push_back(static_cast<std::size_t>(i));
    }
  }

  /// Whether a search meets fewer atoms than there are.
  [[nodiscard]] bool are_worthwhile() const { return counts_.cast<double>().prod() > 27.0; }

  [[nodiscard]] Eigen::Vector3i bin_of(const Eigen::Vector3d& fractional) const {
    Eigen::Vector3i bin;
    for (int axis = 0; axis < 3; ++axis) {
      bin(axis) = std::min(static_cast<int>(fractional(axis) * counts_(axis)), counts_(axis) - 1);
    }
    return bin;
  }

  /// Calls visit(atom, lattice translation in reduced vectors) for every atom in reach of a bin.
  template <typename Visit>
  void for_each_near(const Eigen::Vector3i& bin, const Visit& visit) const {
    for (int i = -reach_(0); i <= reach_(0); ++i) {
      for (int j = -reach_(1); j <= reach_(1); ++j) {
        for (int k = -reach_(2); k <= reach_(2); ++k) {
          visit_bin(bin + Eigen::Vector3i(i, j, k), visit);
        }
      }
    }
  }

 private:
  template <typename Visit>
  void visit_bin(const Eigen::Vector3i& unwrapped, const Visit& visit) const {
    Eigen::Vector3i inside, translation;
    for (int axis = 0; axis < 3; ++axis) {
      const int n = counts_(axis);
      translation(axis) = (unwrapped(axis) >= 0 ? unwrapped(axis) : unwrapped(axis) - n + 1) / n;
      inside(axis) = unwrapped(axis) - n * translation(axis);
    }
    for (const std::size_t atom : members_[index(inside)]) visit(atom, translation);
  }

  [[nodiscard]] std::size_t index(const Eigen::Vector3i& bin) const {
    const auto at = [](const Eigen::Vector3i& v, int axis) {
      return static_cast<std::size_t>(v(axis));
    };
    return (at(bin, 0) * at(counts_, 1) + at(bin, 1)) * at(counts_, 2) + at(bin, 2);
  }

  Eigen::Vector3i counts_;
  Eigen::Vector3i reach_;
  std::vector<std::vector<std::size_t>> members_;
};

/// Calls visit(translation in reduced vectors) for every image of an atom that may be within the
/// radius, `apart` from another one in fractions of the cell.
template <typename Visit>
void for_each_image(const Eigen::Vector3d& apart, const Eigen::Vector3d& reach,
                    const Visit& visit) {
  const Eigen::Vector3i low = (-apart - reach).array().ceil().cast<int>();
  const Eigen::Vector3i high = (-apart + reach).array().floor().cast<int>();
  for (int i = low(0); i <= high(0); ++i) {
    for (int j = low(1); j <= high(1); ++j) {
      for (int k = low(2); k <= high(2); ++k) visit(Eigen::Vector3i(i, j, k));
    }
  }
}

/// Calls visit(atom j, translation in reduced vectors) for all j >= i that may be within the
/// radius of atom i.
class Search {
 public:
  Search(const WrappedAtoms& atoms, double radius)
      : atoms_(atoms),
        bins_(atoms, radius),
        // A little more, so that rounding leaves out no atom at the radius.
        reach_(((1.0 + 1e-9) * radius * atoms.inverse.rowwise().norm()).array() + 1e-9) {}

  template <typename Visit>
  void around(std::size_t i, const Visit& visit) const {
    const Eigen::Vector3d here = at(i);
    if (bins_.are_worthwhile()) {
      bins_.for_each_near(bins_.bin_of(here), [&](std::size_t j, const Eigen::Vector3i& steps) {
        if (j >= i) visit(j, steps);
      });
      return;
    }
    for (std::size_t j = i; j < atoms_.count(); ++j) {
      for_each_image(at(j) - here, reach_, [&](const Eigen::Vector3i& steps) { visit(j, steps); });
    }
  }

 private:
  [[nodiscard]] Eigen::Vector3d at(std::size_t atom) const {
    return atoms_.fractional.col(static_cast<Eigen::Index>(atom));
  }

  const WrappedAtoms& atoms_;
  Bins bins_;
  Eigen::Vector3d reach_;  // cells along each axis
};

bool is_positive(const Eigen::Vector3i& t) {
  return std::tie(t(0), t(1), t(2)) > std::make_tuple(0, 0, 0);
}

void require_countable(const Structure& structure, const Cell& cell, double radius) {
  const double atoms = static_cast<double>(structure.size());
  const double sphere = 4.0 / 3.0 * std::numbers::pi * radius * radius * radius;
  const double pairs = 0.5 * atoms * atoms * sphere / cell.volume();
  if (!structure.is_periodic() || pairs < largest_pair_count) return;
  throw InputError(
      fmt::format("a radius of {:g} Å holds about {:.1g} pairs of atoms in a cell of {:.3g} Å³: "
                  "check the cell and the radius",
                  radius, pairs, cell.volume()));
}

/// The order of the pairs of one first atom.
bool comes_first(const NeighborPair& p, const NeighborPair& q) {
  const auto key = [](const NeighborPair& pair) {
    return std::make_tuple(pair.second, pair.translation(0), pair.translation(1),
                           pair.translation(2));
  };
  return key(p) < key(q);
}

}  // namespace

std::vector<NeighborPair> neighbor_pairs(const Structure& structure, double radius) {
  if (!std::isfinite(radius) || radius < 0.0) {
    throw InputError(
        fmt::format("neighbour radius {} Å: it must be finite and not negative", radius));
  }
  if (structure.size() == 0) return {};
  const Cell cell = structure.cell ? *structure.cell : box_around(structure, radius);
  require_countable(structure, cell, radius);
  const WrappedAtoms atoms = wrap(structure, cell);
  const Search search(atoms, radius);

  std::vector<NeighborPair> pairs;
  for (std::size_t i = 0; i < structure.size(); ++i) {
    const auto column = static_cast<Eigen::Index>(i);
    const auto start = static_cast<std::ptrdiff_t>(pairs.size());
    const Eigen::Vector3d here = atoms.fractional.col(column);
    search.around(i, [&](std::size_t j, const Eigen::Vector3i& steps) {
      const auto other = static_cast<Eigen::Index>(j);
      const Eigen::Vector3d vector =
          atoms.columns * (atoms.fractional.col(other) + steps.cast<double>() - here);
      const double distance = vector.norm();
      if (distance > radius) return;
      const Eigen::Vector3i unwrapped = steps - atoms.shift.col(other) + atoms.shift.col(column);
      const Eigen::Vector3i translation = atoms.transformation * unwrapped;
      if (i == j && !is_positive(translation)) return;
      pairs.push_back({i, j, translation, vector, distance});
    });
    std::sort(pairs.begin() + start, pairs.end(), comes_first);
  }
  return pairs;
}

}  // namespace ionpass
