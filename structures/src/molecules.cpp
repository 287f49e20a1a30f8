#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include <structures/elements.hpp>
#include <structures/molecules.hpp>
#include <structures/neighbors.hpp>

namespace ionpass {

namespace {

constexpr std::array nonmetals{1,  2,  5,  6,  7,  8,  9,  10, 14, 15, 16,
                               17, 18, 33, 34, 35, 36, 52, 53, 54, 85, 86};

/// A bond seen from one of its ends.
struct HalfBond {
  std::size_t other = 0;
  Eigen::Vector3i translation;  // of the other, seen from here
};
using BondGraph = std::vector<std::vector<HalfBond>>;

BondGraph bond_graph(const Structure& structure, double factor) {
  double radius = 0.0;
  for (const int number : structure.numbers)
    if (is_nonmetal(number)) radius = std::max(radius, covalent_radius(number));
  BondGraph graph(structure.size());
  if (radius == 0.0) return graph;
  for (const NeighborPair& pair : neighbor_pairs(structure, 2.0 * factor * radius)) {
    const int a = structure.numbers[pair.first], b = structure.numbers[pair.second];
    if (!is_nonmetal(a) || !is_nonmetal(b)) continue;
    if (pair.distance >= factor * (covalent_radius(a) + covalent_radius(b))) continue;
    graph[pair.first].push_back({pair.second, pair.translation});
    graph[pair.second].push_back({pair.first, -pair.translation});
  }
  return graph;
}

/// The atoms that bonds reach from one, with the lattice translation of each; nothing for a
/// network, where an atom is reached in two images.
struct Reached {
  std::vector<std::size_t> atoms;
  bool is_network = false;
};

Reached reach(const BondGraph& graph, std::size_t start,
              std::vector<std::optional<Eigen::Vector3i>>& image) {
  Reached out{{start}, false};
  image[start] = Eigen::Vector3i::Zero();
  for (std::size_t next = 0; next < out.atoms.size(); ++next) {
    const std::size_t atom = out.atoms[next];
    for (const HalfBond& bond : graph[atom]) {
      const Eigen::Vector3i translation = *image[atom] + bond.translation;
      if (!image[bond.other]) {
        image[bond.other] = translation;
        out.atoms.push_back(bond.other);
      } else if (*image[bond.other] != translation) {
        out.is_network = true;
      }
    }
  }
  std::ranges::sort(out.atoms);
  return out;
}

Molecule single_atom(const Structure& structure, std::size_t atom) {
  return {{atom}, structure.positions.col(static_cast<Eigen::Index>(atom)), {}};
}

Molecule whole_molecule(const Structure& structure, const BondGraph& graph,
                        std::vector<std::size_t> atoms,
                        const std::vector<std::optional<Eigen::Vector3i>>& image) {
  Molecule molecule{std::move(atoms), {}, {}};
  molecule.positions.resize(3, static_cast<Eigen::Index>(molecule.size()));
  const Eigen::Vector3i home = *image[molecule.atoms.front()];
  for (std::size_t column = 0; column < molecule.size(); ++column) {
    const std::size_t atom = molecule.atoms[column];
    Eigen::Vector3d r = structure.positions.col(static_cast<Eigen::Index>(atom));
    if (structure.cell) r += structure.cell->matrix() * (*image[atom] - home).cast<double>();
    molecule.positions.col(static_cast<Eigen::Index>(column)) = r;
    for (const HalfBond& bond : graph[atom]) {
      const auto other = std::ranges::lower_bound(molecule.atoms, bond.other);
      const auto to = static_cast<std::size_t>(other - molecule.atoms.begin());
      if (column < to) molecule.bonds.emplace_back(column, to);
    }
  }
  std::ranges::sort(molecule.bonds);
  return molecule;
}

}  // namespace

bool is_nonmetal(int atomic_number) { return std::ranges::binary_search(nonmetals, atomic_number); }

std::vector<Molecule> find_molecules(const Structure& structure, double bond_factor) {
  const BondGraph graph = bond_graph(structure, bond_factor);
  std::vector<std::optional<Eigen::Vector3i>> image(structure.size());
  std::vector<Molecule> molecules;
  for (std::size_t atom = 0; atom < structure.size(); ++atom) {
    if (image[atom]) continue;
    Reached reached = reach(graph, atom, image);
    if (reached.is_network) {
      for (const std::size_t one : reached.atoms) molecules.push_back(single_atom(structure, one));
    } else {
      molecules.push_back(whole_molecule(structure, graph, std::move(reached.atoms), image));
    }
  }
  std::ranges::sort(molecules, {}, [](const Molecule& one) { return one.atoms.front(); });
  return molecules;
}

}  // namespace ionpass
