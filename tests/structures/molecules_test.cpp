// Molecules in crystals: found through the cell's faces, and made whole.
#include <cmath>
#include <numbers>

#include <structures/elements.hpp>
#include <structures/molecules.hpp>
#include <structures/supercell.hpp>

#include "crystals.hpp"

namespace ionpass {
namespace {

using testing::crystal;
using testing::library;
using testing::shifted;

/// Sizes of the molecules, ascending.
std::vector<std::size_t> sizes(const std::vector<Molecule>& molecules) {
  std::vector<std::size_t> out;
  for (const Molecule& molecule : molecules) out.push_back(molecule.size());
  std::ranges::sort(out);
  return out;
}

const Molecule& largest(const std::vector<Molecule>& molecules) {
  return *std::ranges::max_element(molecules, {}, [](const Molecule& one) { return one.size(); });
}

double longest_bond(const Molecule& molecule) {
  double longest = 0.0;
  for (const auto& [a, b] : molecule.bonds)
    longest = std::max(longest, (molecule.positions.col(static_cast<Eigen::Index>(a)) -
                                 molecule.positions.col(static_cast<Eigen::Index>(b)))
                                    .norm());
  return longest;
}

double diameter(const Molecule& molecule) {
  double largest = 0.0;
  for (const auto& a : molecule.positions.colwise())
    for (const auto& b : molecule.positions.colwise()) largest = std::max(largest, (a - b).norm());
  return largest;
}

TEST(Molecules, MethylammoniumIsOneCationAndTheSaltStandsAlone) {
  const auto found = find_molecules(read_frame(library("MAPbI3-pseudocubic-pbesol")).structure);
  EXPECT_EQ(sizes(found), (std::vector<std::size_t>{1, 1, 1, 1, 8}));
  EXPECT_EQ(largest(found).bonds.size(), 7U);  // a tree: C-N, three C-H, three N-H
}

TEST(Molecules, AreMadeWholeWhereverTheCellCutsThem) {
  const Structure unit = read_frame(library("MAPbI3-pseudocubic-pbesol")).structure;
  const double whole = diameter(largest(find_molecules(unit)));
  EXPECT_LT(whole, 3.2);
  for (int step = 0; step < 20; ++step) {
    const Structure cut = shifted(unit, Eigen::Vector3d(0.05, 0.13, 0.07) * step);
    const auto found = find_molecules(cut);
    ASSERT_EQ(sizes(found), (std::vector<std::size_t>{1, 1, 1, 1, 8})) << step;
    EXPECT_NEAR(diameter(largest(found)), whole, 1e-10) << step;
    EXPECT_LT(longest_bond(largest(found)), 1.6) << step;
  }
}

TEST(Molecules, RingsOfTheChainCompoundsAreWhole) {
  const Structure pr = read_frame(library("PrPyrPbI3")).structure;
  const auto found = find_molecules(pr);
  const auto cations =
      std::ranges::count_if(found, [](const Molecule& molecule) { return molecule.size() == 21; });
  EXPECT_EQ(cations, 4);                        // C8H12N, four in the cell of 100 atoms
  EXPECT_EQ(largest(found).bonds.size(), 21U);  // one ring: as many bonds as atoms
  std::vector<bool> seen(pr.size(), false);
  for (const Molecule& molecule : found)
    for (const std::size_t atom : molecule.atoms) {
      EXPECT_FALSE(seen[atom]) << atom;
      seen[atom] = true;
    }
  EXPECT_EQ(std::ranges::count(seen, true), static_cast<std::ptrdiff_t>(pr.size()));
}

TEST(Molecules, ANetworkIsNoMolecule) {
  Eigen::Matrix3Xd x(3, 2);
  x << 0.0, 0.25, 0.0, 0.25, 0.0, 0.25;
  Eigen::Matrix3d fcc;
  fcc << 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0;
  const Structure silicon = crystal(Cell(Eigen::Matrix3d(2.715 * fcc)), {14, 14}, x);
  EXPECT_EQ(sizes(find_molecules(silicon)), (std::vector<std::size_t>{1, 1}));
}

TEST(Molecules, AreCountedPerCellOfASupercell) {
  const Structure unit = read_frame(library("MAPbI3-pseudocubic-pbesol")).structure;
  const Structure large =
      make_supercell(unit, Eigen::Vector3i(2, 1, 3).asDiagonal().toDenseMatrix()).structure;
  const auto found = find_molecules(large);
  EXPECT_EQ(std::ranges::count_if(found, [](const Molecule& m) { return m.size() == 8; }), 6);
}

TEST(Molecules, IodideIsNotBoundToLeadButIodineIsToIodine) {
  Structure pair;
  pair.numbers = {82, 53};
  pair.positions = Eigen::Matrix3Xd::Zero(3, 2);
  pair.positions(0, 1) = 2.7;
  EXPECT_EQ(find_molecules(pair).size(), 2U);
  pair.numbers = {53, 53};
  EXPECT_EQ(find_molecules(pair).size(), 1U);
}

}  // namespace
}  // namespace ionpass
