#include <structures/minimum_image.hpp>
#include <structures/neighbors.hpp>
#include <structures/supercell.hpp>
#include <structures/symmetry.hpp>

#include "crystals.hpp"

namespace ionpass::testing {
namespace {

Eigen::Matrix3i matrix(std::initializer_list<int> rows) {
  Eigen::Matrix3i m;
  std::copy(rows.begin(), rows.end(), m.transpose().reshaped().begin());
  return m;
}

/// Sorted distances of all pairs per cell: equal for equal crystals.
std::vector<double> distances(const Structure& s, double radius) {
  std::vector<double> result;
  for (const NeighborPair& pair : neighbor_pairs(s, radius)) result.push_back(pair.distance);
  std::sort(result.begin(), result.end());
  return result;
}

TEST(Supercell, HoldsDeterminantTimesTheAtomsAndTheCharge) {
  Structure unit = cubic_perovskite();
  unit.charge = 0.5;
  const Supercell super = make_supercell(unit, matrix({1, 1, 0, -1, 1, 0, 0, 0, 2}));
  EXPECT_EQ(super.structure.size(), 20U);
  EXPECT_DOUBLE_EQ(super.structure.charge, 2.0);
  EXPECT_NEAR(super.structure.cell->volume(), 4.0 * unit.cell->volume(), 1e-9);
}

TEST(Supercell, AtomsSitWhereTheirTranslationsSay) {
  const Structure unit = read_frame(library("BnzPyrPbI3")).structure;
  const Supercell super = make_supercell(unit, matrix({2, 1, 0, 0, 1, 1, 1, 0, 3}));
  for (std::size_t i = 0; i < super.structure.size(); ++i) {
    const Eigen::Vector3d expected =
        unit.positions.col(static_cast<Eigen::Index>(super.unit_atom[i])) +
        unit.cell->matrix() * super.translation[i].cast<double>();
    EXPECT_TRUE(
        super.structure.positions.col(static_cast<Eigen::Index>(i)).isApprox(expected, 1e-12));
    EXPECT_EQ(super.structure.labels[i], unit.labels[super.unit_atom[i]]);
  }
}

TEST(Supercell, OfASupercellIsTheSupercellOfTheProduct) {
  const Structure unit = cubic_perovskite();
  const Eigen::Matrix3i first = matrix({1, 1, 0, -1, 1, 0, 0, 0, 1}),
                        second = matrix({1, 0, 1, 0, 2, 0, 0, 0, 1});
  const Structure twice = make_supercell(make_supercell(unit, first).structure, second).structure;
  const Structure once = make_supercell(unit, first * second).structure;
  EXPECT_TRUE(twice.cell->matrix().isApprox(once.cell->matrix(), 1e-12));
  const auto a = distances(twice, 7.0), b = distances(once, 7.0);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-9);
}

TEST(Supercell, FindsTheAtomAtAnyTranslation) {
  const Structure unit = cubic_perovskite();
  const Supercell super = make_supercell(unit, matrix({2, -1, 0, 1, 2, 1, 0, 0, 3}));
  std::mt19937 random(2);
  std::uniform_int_distribution<int> steps(-20, 20);
  for (int n = 0; n < 200; ++n) {
    const Eigen::Vector3i t(steps(random), steps(random), steps(random));
    const std::size_t atom = static_cast<std::size_t>(n) % unit.size();
    const std::size_t found = find_atom(super, atom, t);
    EXPECT_EQ(super.unit_atom[found], atom);
    const Eigen::Vector3d expected = unit.positions.col(static_cast<Eigen::Index>(atom)) +
                                     unit.cell->matrix() * t.cast<double>();
    const Eigen::Vector3d apart =
        expected - super.structure.positions.col(static_cast<Eigen::Index>(found));
    EXPECT_LT(minimum_image(*super.structure.cell, apart).vector.norm(), 1e-9);
  }
}

TEST(Supercell, MinimumLengthTakesTheFewestRepeats) {
  const Structure chain = read_frame(library("PrPyrPbI3")).structure;  // 15.5 × 7.95 × 11.8 Å
  const Eigen::Matrix3i twelve = supercell_matrix(chain, MinimumLength{12.0});
  EXPECT_EQ(twelve, matrix({1, 0, 0, 0, 2, 0, 0, 0, 2}));
  const Eigen::Matrix3i eleven = supercell_matrix(chain, MinimumLength{11.0});
  EXPECT_EQ(eleven, matrix({1, 0, 0, 0, 2, 0, 0, 0, 1}));
}

TEST(Supercell, MinimumLengthHoldsForEveryImageOfASkewedCell) {
  const Cell cell = Cell::from_parameters({6.0, 6.0, 6.0}, {60.0, 60.0, 60.0});
  const Structure unit = crystal(cell, {14}, Eigen::Matrix3Xd::Zero(3, 1));
  const Eigen::Matrix3i chosen = supercell_matrix(unit, MinimumLength{11.0});
  EXPECT_GE(Cell(cell.matrix() * chosen.cast<double>()).shortest_vector(), 11.0);
}

TEST(Supercell, ExactLengthNeedsNoExtraRepeat) {
  const Structure unit = cubic_perovskite();
  EXPECT_EQ(supercell_matrix(unit, MinimumLength{2.0 * 6.289}),
            matrix({2, 0, 0, 0, 2, 0, 0, 0, 2}));
}

TEST(Supercell, KeepsTheSpaceGroup) {
  const Structure doubled =
      make_supercell(cubic_perovskite(), matrix({2, 0, 0, 0, 2, 0, 0, 0, 2})).structure;
  EXPECT_EQ(find_symmetry(doubled).number, 221);
}

TEST(Supercell, RefusesWhatMakesNoSense) {
  const Structure unit = cubic_perovskite();
  EXPECT_THROW((void)supercell_matrix(unit, SupercellMatrix{Eigen::Matrix3i::Zero()}), InputError);
  EXPECT_THROW((void)supercell_matrix(unit, SupercellMatrix{matrix({0, 1, 0, 1, 0, 0, 0, 0, 1})}),
               InputError);
  EXPECT_THROW((void)supercell_matrix(unit, MinimumLength{100.0}), InputError);
  EXPECT_THROW((void)supercell_matrix(unit, MinimumLength{-1.0}), InputError);
  EXPECT_THROW((void)make_supercell(unit, 1000 * Eigen::Matrix3i::Identity()), InputError);
}

}  // namespace
}  // namespace ionpass::testing
