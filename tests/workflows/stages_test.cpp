// The steps of a migration calculation between the energies.
#include "run/stages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <structures/error.hpp>
#include <structures/io.hpp>

#include "run_fixture.hpp"

namespace ionpass::workflows {
namespace {

using ::testing::HasSubstr;

Structure stretched_unit() {
  return parse_frames(test::fcc_cif("Ar", 5.22, 5.36), "stretched.cif").front().structure;
}

/// A supercell with a hop, and the relaxed vacancy structures of its ends: every atom shifted by
/// its own amount.
struct Example {
  Supercell supercell;
  HopEndpoints ends;
  VacancySites sites;

  explicit Example(std::size_t which) {
    const Structure unit = stretched_unit();
    const std::vector<Hop> hops = distinct_hops(unit, find_symmetry(unit), 18, 4.2);
    supercell = make_supercell(unit, 2 * Eigen::Matrix3i::Identity());
    ends = make_endpoints(supercell, hops.at(which), 0.0);
    sites = vacancy_sites(ends, supercell.structure.size());
  }
};

double rms(const Eigen::Matrix3Xd& shifts) {
  return std::sqrt(shifts.colwise().squaredNorm().mean());
}

TEST(Rattled, ShiftsByTheAmplitudeWithoutMovingTheWhole) {
  const Structure unit = stretched_unit();
  const Structure shaken = rattled(unit, 0.02, 7);
  const Eigen::Matrix3Xd shifts = shaken.positions - unit.positions;
  EXPECT_NEAR(rms(shifts), 0.02, 1e-12);
  EXPECT_NEAR(shifts.rowwise().mean().norm(), 0.0, 1e-14);
  EXPECT_EQ(shaken.positions, rattled(unit, 0.02, 7).positions);
  EXPECT_NE(shaken.positions, rattled(unit, 0.02, 8).positions);
  EXPECT_EQ(rattled(unit, 0.0, 7).positions, unit.positions);
}

TEST(VacancySites, AreTheEndsOfTheHop) {
  for (const std::size_t which : {0U, 1U}) {
    const Example example(which);
    const Structure& host = example.supercell.structure;
    const Structure initial = without_atom(host, example.sites.initial, 0.0);
    const Structure final_ = without_atom(host, example.sites.final_, 0.0);
    const EndView first{.ends = &example.ends, .sites = example.sites, .final_ = false};
    const EndView last{.ends = &example.ends, .sites = example.sites, .final_ = true};
    EXPECT_TRUE(arranged(initial, first).positions.isApprox(example.ends.initial.positions, 1e-12));
    EXPECT_TRUE(arranged(final_, last).positions.isApprox(example.ends.final_.positions, 1e-12));
  }
}

TEST(Arranged, CarriesForcesWithTheirAtoms) {
  const Example example(1);
  const Structure final_ = without_atom(example.supercell.structure, example.sites.final_, 0.0);
  Evaluation evaluation;
  evaluation.forces = final_.positions;  // each atom's force is its own position
  evaluation.charges = final_.positions.row(0).transpose();
  evaluation.state = {1.0};
  const EndView last{.ends = &example.ends, .sites = example.sites, .final_ = true};
  const Evaluation moved = arranged(evaluation, last);
  const Structure end = arranged(final_, last);
  const LargestShift shift = largest_shift({.numbers = end.numbers,
                                            .positions = moved.forces,
                                            .cell = end.cell,
                                            .charge = 0.0,
                                            .unpaired = {},
                                            .labels = {}},
                                           end);
  EXPECT_NEAR(shift.length, 0.0, 1e-9);
  EXPECT_EQ(*moved.charges, Eigen::VectorXd(moved.forces.row(0).transpose()));
}

TEST(LargestShift, LooksThroughTheCellAndAtOneSpecies) {
  Structure before;
  before.numbers = {18, 36};
  before.positions.resize(3, 2);
  before.positions << 0.0, 3.0, 0.0, 0.0, 0.0, 0.0;
  before.cell = Cell(Eigen::Matrix3d(10.0 * Eigen::Matrix3d::Identity()));
  Structure after = before;
  after.positions(0, 1) += 10.0 + 1.0;
  EXPECT_NEAR(largest_shift(before, after).length, 0.5, 1e-12);  // the mean of 0 and 1 is taken out
  EXPECT_EQ(largest_shift(before, after, 36).atom, 1U);
  EXPECT_TRUE(are_same(before, before));
  EXPECT_FALSE(are_same(before, after));
}

TEST(EndPointFault, NamesTheIonThatLeft) {
  const Structure host =
      make_supercell(stretched_unit(), 2 * Eigen::Matrix3i::Identity()).structure;
  Structure after = host;
  after.positions(1, 5) += 1.4;
  EXPECT_EQ(end_point_fault(host, after, 18), "");
  after.positions(1, 5) += 0.6;
  EXPECT_THAT(end_point_fault(host, after, 18), HasSubstr("atom 5"));
  EXPECT_EQ(end_point_fault(host, after, 36), "") << "other species do not count";
}

TEST(FirstPath, RefusesAtomsThatCollide) {
  const Example example(0);
  neb::Path ends = {example.ends.initial, example.ends.final_};
  EXPECT_EQ(first_path(ends, example.ends.ion, {.images = 3, .method = "idpp"}).size(), 5U);
  // An atom put in the way of a straight line.
  const auto ion = static_cast<Eigen::Index>(example.ends.ion);
  const Eigen::Index obstacle = ion == 0 ? 1 : 0;
  const Eigen::Vector3d middle =
      0.5 * (ends.front().positions.col(ion) + ends.back().positions.col(ion));
  for (Structure& end : ends) end.positions.col(obstacle) = middle;
  EXPECT_THROW((void)first_path(ends, example.ends.ion, {.images = 3, .method = "linear"}),
               InputError);
}

TEST(ChooseHops, FollowsTheSettings) {
  const Structure unit = stretched_unit();
  const std::vector<Hop> hops = distinct_hops(unit, find_symmetry(unit), 18, 4.2);
  ASSERT_EQ(hops.size(), 2U);
  EXPECT_EQ(choose_hops(hops, {}), (std::vector<std::size_t>{0, 1}));
  HopSettings shortest;
  shortest.limit = 1;
  EXPECT_EQ(choose_hops(hops, shortest), (std::vector<std::size_t>{0}));
  HopSettings named;
  named.only = {hops[1].label};
  EXPECT_EQ(choose_hops(hops, named), (std::vector<std::size_t>{1}));
  named.only = {"I1-I2_4.26A_a"};
  EXPECT_THROW((void)choose_hops(hops, named), InputError);
  HopSettings none;
  none.max_distance = 1.0;
  EXPECT_THROW((void)choose_hops(hops, none), InputError);
}

}  // namespace
}  // namespace ionpass::workflows
