#include "calibrate/distort.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include <structures/elements.hpp>
#include <structures/minimum_image.hpp>
#include <structures/neighbors.hpp>

namespace ionpass::workflows {
namespace {

constexpr double inside_share = 0.75;
constexpr double non_metal_share = 0.7;
constexpr double metal_share = 0.87;          // also of an ion in a hole
constexpr double van_der_waals_excess = 0.8;  // Å, over the covalent radius

Eigen::Index column(std::size_t i) { return static_cast<Eigen::Index>(i); }

/// Writes a molecule back to where its atoms stand in the structure.
void put(Structure& structure, const Molecule& molecule, const Eigen::Matrix3Xd& positions) {
  for (std::size_t i = 0; i < molecule.size(); ++i)
    structure.positions.col(column(molecule.atoms[i])) = positions.col(column(i));
}

double least_distance(int a, int b, bool inside) {
  const double covalent = covalent_radius(a) + covalent_radius(b);
  if (inside) return inside_share * covalent;
  if (is_nonmetal(a) && is_nonmetal(b))
    return non_metal_share * (covalent + 2.0 * van_der_waals_excess);
  return metal_share * covalent;
}

/// Atoms on the far side of a bond; all atoms if other bonds lead back.
std::vector<std::size_t> side_of(const Molecule& molecule, std::size_t near, std::size_t far) {
  std::vector<std::size_t> side{far};
  for (std::size_t next = 0; next < side.size(); ++next)
    for (const auto& [a, b] : molecule.bonds) {
      if (std::minmax(a, b) == std::minmax(near, far)) continue;
      if (a != side[next] && b != side[next]) continue;
      const std::size_t other = a == side[next] ? b : a;
      if (std::ranges::find(side, other) == side.end()) side.push_back(other);
    }
  return side;
}

Molecule scaled(Molecule molecule, double factor) {
  const Eigen::Vector3d centre = molecule.centroid();
  molecule.positions = ((molecule.positions.colwise() - centre) * factor).colwise() + centre;
  return molecule;
}

double closest(const Eigen::Matrix3Xd& positions, const Eigen::Vector3d& point) {
  return (positions.colwise() - point).colwise().norm().minCoeff();
}

}  // namespace

Structure strained(const Structure& structure, const Eigen::Matrix3d& strain) {
  Structure out = structure;
  const Eigen::Matrix3d stretch = Eigen::Matrix3d::Identity() + strain;
  if (structure.cell) out.cell = Cell(stretch * structure.cell->matrix());
  for (const Molecule& molecule : find_molecules(structure)) {
    const Eigen::Vector3d shift = strain * molecule.centroid();
    put(out, molecule, molecule.positions.colwise() + shift);
  }
  return out;
}

Eigen::Matrix3d strain_of(StrainKind kind, double amplitude, RandomNumbers& random) {
  Eigen::Matrix3d strain = Eigen::Matrix3d::Zero();
  const auto axis = [&random] { return static_cast<Eigen::Index>(random.below(3)); };
  switch (kind) {
    case StrainKind::volume:
      strain = amplitude * Eigen::Matrix3d::Identity();
      break;
    case StrainKind::uniaxial: {
      const Eigen::Index along = axis();
      strain(along, along) = amplitude;
      break;
    }
    case StrainKind::shear: {
      const Eigen::Index normal = axis();
      const Eigen::Index a = (normal + 1) % 3, b = (normal + 2) % 3;
      strain(a, b) = strain(b, a) = amplitude;
      break;
    }
    case StrainKind::general:
      for (Eigen::Index row = 0; row < 3; ++row)
        for (Eigen::Index col = row; col < 3; ++col)
          strain(row, col) = strain(col, row) = random.uniform(-amplitude, amplitude);
      break;
  }
  return strain;
}

Structure rattled(const Structure& structure, const Rattle& rattle, RandomNumbers& random) {
  Structure out = structure;
  // The square of a shift in three dimensions is three times that of a component.
  const double component = 1.0 / std::sqrt(3.0);
  for (const Molecule& molecule : find_molecules(structure)) {
    const Eigen::Vector3d shift = rattle.atoms * component * random.normal_vector();
    if (molecule.size() == 1) {
      put(out, molecule, molecule.positions.colwise() + shift);
      continue;
    }
    const Eigen::Vector3d centre = molecule.centroid();
    const Eigen::Matrix3d turn = random.rotation(rattle.rotation);
    Eigen::Matrix3Xd moved = turn * (molecule.positions.colwise() - centre);
    moved.colwise() += centre + shift;
    if (rattle.internal > 0.0)
      for (Eigen::Index atom = 0; atom < moved.cols(); ++atom)
        moved.col(atom) += rattle.internal * component * random.normal_vector();
    put(out, molecule, moved);
  }
  return out;
}

Structure cut_out(const Structure& structure, const Molecule& molecule, double box) {
  Structure out;
  out.cell = Cell(Eigen::Matrix3d(box * Eigen::Matrix3d::Identity()));
  for (const std::size_t atom : molecule.atoms) out.numbers.push_back(structure.numbers[atom]);
  const Eigen::Vector3d shift = Eigen::Vector3d::Constant(0.5 * box) - molecule.centroid();
  out.positions = molecule.positions.colwise() + shift;
  return out;
}

Molecule stretched(const Molecule& molecule, double fraction, RandomNumbers& random) {
  if (molecule.bonds.empty()) return molecule;
  const auto [a, b] = molecule.bonds[random.below(molecule.bonds.size())];
  std::vector<std::size_t> side = side_of(molecule, a, b);
  if (std::ranges::find(side, a) != side.end()) return scaled(molecule, 1.0 + fraction);
  Eigen::Vector3d shift =
      fraction * (molecule.positions.col(column(b)) - molecule.positions.col(column(a)));
  if (2 * side.size() > molecule.size()) {
    side = side_of(molecule, b, a);
    shift = -shift;
  }
  Molecule out = molecule;
  for (const std::size_t atom : side) out.positions.col(column(atom)) += shift;
  return out;
}

Molecule twisted(const Molecule& molecule, double angle, RandomNumbers& random) {
  std::vector<std::vector<std::size_t>> sides;  // the far atom of the bond first, then the near one
  for (const auto& [a, b] : molecule.bonds) {
    std::vector<std::size_t> far = side_of(molecule, a, b), near = side_of(molecule, b, a);
    if (std::ranges::find(far, a) != far.end() || std::min(far.size(), near.size()) < 2) continue;
    const bool is_smaller = far.size() <= near.size();
    sides.push_back(is_smaller ? std::move(far) : std::move(near));
    sides.back().insert(sides.back().begin() + 1, is_smaller ? a : b);
  }
  if (sides.empty()) return molecule;
  std::vector<std::size_t>& side = sides[random.below(sides.size())];
  const Eigen::Vector3d from = molecule.positions.col(column(side[1]));
  const Eigen::Vector3d axis = (molecule.positions.col(column(side[0])) - from).normalized();
  const Eigen::AngleAxisd turn(angle * std::numbers::pi / 180.0, axis);
  Molecule out = molecule;
  for (std::size_t i = 2; i < side.size(); ++i) {
    const Eigen::Vector3d arm = molecule.positions.col(column(side[i])) - from;
    out.positions.col(column(side[i])) = from + turn * arm;
  }
  return out;
}

Eigen::Vector3d approach(const Eigen::Matrix3Xd& positions, double distance,
                         RandomNumbers& random) {
  const Eigen::Vector3d centre = positions.rowwise().mean();
  const Eigen::Vector3d direction = random.direction();
  // Outside at the far end, and the closest distance grows with the way out there: the last place
  // on the way in where it is the one asked for.
  double outside = distance + (positions.colwise() - centre).colwise().norm().maxCoeff();
  constexpr double step = 0.05;  // Å
  while (outside > step && closest(positions, centre + (outside - step) * direction) > distance)
    outside -= step;
  double inside = outside - step;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (inside + outside);
    (closest(positions, centre + middle * direction) > distance ? outside : inside) = middle;
  }
  return centre + outside * direction;
}

Structure with_atom(Structure structure, int number, const Eigen::Vector3d& position,
                    double charge) {
  structure.numbers.push_back(number);
  structure.positions.conservativeResize(3, structure.positions.cols() + 1);
  structure.positions.rightCols<1>() = position;
  structure.labels.clear();
  structure.charge += charge;
  return structure;
}

Eigen::Vector3d random_hole(const Structure& structure, int trials, RandomNumbers& random) {
  Eigen::Vector3d best = Eigen::Vector3d::Zero();
  double widest = -1.0;
  for (int trial = 0; trial < trials; ++trial) {
    const double a = random.uniform(), b = random.uniform(), c = random.uniform();
    const Eigen::Vector3d point = structure.cell->matrix() * Eigen::Vector3d(a, b, c);
    double distance = std::numeric_limits<double>::max();
    for (const auto& atom : structure.positions.colwise())
      distance = std::min(distance, minimum_image(*structure.cell, atom - point).vector.norm());
    if (distance > widest) {
      widest = distance;
      best = point;
    }
  }
  return best;
}

std::optional<Contact> absurd_contact(const Structure& structure,
                                      const std::vector<Molecule>& molecules,
                                      std::optional<std::size_t> interstitial) {
  std::vector<std::size_t> molecule_of(structure.size(), structure.size());
  for (std::size_t m = 0; m < molecules.size(); ++m)
    for (const std::size_t atom : molecules[m].atoms) molecule_of.at(atom) = m;
  double reach = 0.0;
  for (const int a : structure.numbers)
    for (const int b : structure.numbers) reach = std::max(reach, least_distance(a, b, false));
  std::optional<Contact> worst;
  for (const NeighborPair& pair : neighbor_pairs(structure, reach)) {
    const int a = structure.numbers[pair.first], b = structure.numbers[pair.second];
    // Neighbours inside a whole molecule are as close as its angles make them.
    const bool is_inside =
        molecule_of[pair.first] == molecule_of[pair.second] && pair.translation.isZero();
    const bool is_crowded = pair.first == interstitial || pair.second == interstitial;
    const double least = is_crowded ? metal_share * (covalent_radius(a) + covalent_radius(b))
                                    : least_distance(a, b, is_inside);
    const double excess = least - pair.distance;
    if (excess > 0.0 && (!worst || excess > worst->least - worst->distance))
      worst = Contact{pair.first, pair.second, pair.distance, least};
  }
  return worst;
}

}  // namespace ionpass::workflows
