#include <map>
#include <set>

#include <structures/hops.hpp>
#include <structures/minimum_image.hpp>
#include <structures/neighbors.hpp>

#include "crystals.hpp"

namespace ionpass::testing {
namespace {

constexpr int iodine = 53;

std::vector<Hop> hops_of(const Structure& unit, double max_distance = 5.1,
                         double tolerance = default_symmetry_tolerance) {
  return distinct_hops(unit, find_symmetry(unit, tolerance), iodine, max_distance);
}

/// What must not depend on how the crystal is written down.
std::vector<std::string> summary(const std::vector<Hop>& hops) {
  std::vector<std::string> lines;
  for (const Hop& hop : hops) {
    lines.push_back(hop.label + " x" + std::to_string(hop.multiplicity) + " " +
                    to_string(hop.kind) + (hop.reversible ? " reversible" : ""));
  }
  return lines;
}

std::size_t pairs_below(const Structure& unit, double radius) {
  const auto pairs = neighbor_pairs(unit, radius);
  return static_cast<std::size_t>(
      std::count_if(pairs.begin(), pairs.end(), [&](const NeighborPair& pair) {
        return unit.numbers[pair.first] == iodine && unit.numbers[pair.second] == iodine;
      }));
}

std::size_t total(const std::vector<Hop>& hops) {
  std::size_t sum = 0;
  for (const Hop& hop : hops) sum += hop.multiplicity;
  return sum;
}

Structure without_labels(Structure structure) {
  structure.labels.clear();
  return structure;
}

TEST(Hops, CubicPerovskiteHasOneHopAlongTheOctahedronEdge) {
  const std::vector<Hop> hops = hops_of(cubic_perovskite());
  ASSERT_EQ(hops.size(), 1U);
  // Each octahedron has 12 edges, each edge belongs to one octahedron.
  EXPECT_EQ(hops[0].multiplicity, 12U);
  EXPECT_NEAR(hops[0].length, 6.289 / std::sqrt(2.0), 1e-9);
  EXPECT_TRUE(hops[0].reversible);
  EXPECT_EQ(hops[0].kind, HopKind::within_octahedron);
  EXPECT_EQ(hops[0].label, "I1-I1_4.45A");
}

TEST(Hops, HopOntoTheNextImageOfTheSameAtomIsCounted) {
  const std::vector<Hop> hops = hops_of(cubic_perovskite(), 6.4);
  // At one lattice constant: along the Pb–I axis through Pb (1 per I) and across (2 per I).
  ASSERT_EQ(hops.size(), 3U);
  EXPECT_EQ(hops[1].multiplicity + hops[2].multiplicity, 9U);
  EXPECT_EQ(total(hops), pairs_below(cubic_perovskite(), 6.4));
}

class HopsOfLibrary : public ::testing::TestWithParam<std::string> {
 protected:
  Structure unit_ = read_frame(library(GetParam())).structure;
};

INSTANTIATE_TEST_SUITE_P(Crystals, HopsOfLibrary, ::testing::ValuesIn(library_names()), test_name);

TEST_P(HopsOfLibrary, MultiplicitiesAddUpToAllPairs) {
  EXPECT_EQ(total(hops_of(unit_, 5.6)), pairs_below(unit_, 5.6));
}

TEST_P(HopsOfLibrary, LabelsAreUnique) {
  std::set<std::string> labels;
  for (const Hop& hop : hops_of(unit_, 6.5))
    EXPECT_TRUE(labels.insert(hop.label).second) << hop.label;
}

TEST_P(HopsOfLibrary, DoNotDependOnOriginOrOrderOfAtoms) {
  for (const Structure& unit : {unit_, without_labels(unit_)}) {
    const auto reference = summary(hops_of(unit, 5.6));
    EXPECT_EQ(summary(hops_of(shifted(unit, {0.217, 0.391, 0.733}), 5.6)), reference);
    EXPECT_EQ(summary(hops_of(permuted(unit, 11), 5.6)), reference);
    EXPECT_EQ(summary(hops_of(permuted(shifted(unit, {0.5, 0.25, 0.1}), 12), 5.6)), reference);
  }
}

TEST_P(HopsOfLibrary, DoNotDependOnTheSymmetryTolerance) {
  const auto reference = summary(hops_of(unit_, 5.6));
  for (const double tolerance : {1e-4, 3e-4, 3e-3, 1e-2}) {
    EXPECT_EQ(summary(hops_of(unit_, 5.6, tolerance)), reference) << tolerance;
  }
}

TEST_P(HopsOfLibrary, LabelsDoNotDependOnTheLongestHopAskedFor) {
  std::map<std::string, double> longer;
  for (const Hop& hop : hops_of(unit_, 6.0)) longer[hop.label] = hop.length;
  for (const double max_distance : {4.415, 4.6, 4.694, 5.0}) {
    for (const Hop& hop : hops_of(unit_, max_distance)) {
      ASSERT_TRUE(longer.contains(hop.label)) << hop.label;
      EXPECT_NEAR(longer[hop.label], hop.length, 1e-9);
    }
  }
}

TEST_P(HopsOfLibrary, SupercellHasTheSameHopsOftener) {
  Eigen::Matrix3i doubled = Eigen::Matrix3i::Identity();
  doubled(1, 1) = 2;
  const Structure super = make_supercell(unit_, doubled).structure;
  std::map<std::string, std::size_t> count;
  for (const Hop& hop : hops_of(unit_)) count[hop.label] = hop.multiplicity;
  for (const Hop& hop : hops_of(super)) {
    EXPECT_EQ(hop.multiplicity, 2 * count[hop.label]) << hop.label;
  }
}

TEST_P(HopsOfLibrary, EndpointsDifferByOneIonThatTakesTheHop) {
  Eigen::Matrix3i matrix = 2 * Eigen::Matrix3i::Identity();
  const Supercell super = make_supercell(unit_, matrix);
  for (const Hop& hop : hops_of(unit_)) {
    const HopEndpoints ends = make_endpoints(super, hop, 1.0);
    ASSERT_EQ(ends.initial.size(), super.structure.size() - 1);
    EXPECT_EQ(ends.initial.numbers, ends.final_.numbers);
    EXPECT_DOUBLE_EQ(ends.initial.charge, 1.0);
    EXPECT_DOUBLE_EQ(ends.final_.charge, 1.0);
    const Eigen::Matrix3Xd moved = ends.final_.positions - ends.initial.positions;
    for (Eigen::Index i = 0; i < moved.cols(); ++i) {
      const bool is_ion = static_cast<std::size_t>(i) == ends.ion;
      EXPECT_NEAR(moved.col(i).norm(), is_ion ? hop.length : 0.0, 0.01);
    }
    EXPECT_EQ(super.unit_atom[ends.host_atom[ends.ion]], hop.from);
    // The ion arrives on a site of the perfect crystal that is empty in the initial state.
    const std::size_t target = find_atom(super, hop.to, hop.translation);
    const Eigen::Vector3d arrival = ends.final_.positions.col(static_cast<Eigen::Index>(ends.ion));
    const Eigen::Vector3d site = super.structure.positions.col(static_cast<Eigen::Index>(target));
    EXPECT_LT(minimum_image(*super.structure.cell, arrival - site).vector.norm(), 1e-9);
    EXPECT_EQ(std::count(ends.host_atom.begin(), ends.host_atom.end(), target), 0);
  }
}

TEST(HopKinds, LayersAreNotConnectedAcrossTheGap) {
  // One PbI2 sheet of edge-sharing octahedra (CdI2 type, Mitchell 1959: a = 4.557, c = 6.979 Å, z =
  // 0.265).
  Eigen::Matrix3Xd x(3, 3);
  x << 0.0, 1.0 / 3.0, 2.0 / 3.0, 0.0, 2.0 / 3.0, 1.0 / 3.0, 0.0, 0.265, 0.735;
  const Structure lead_iodide =
      crystal(Cell::from_parameters({4.557, 4.557, 6.979}, {90, 90, 120}), {82, 53, 53}, x);
  std::set<HopKind> kinds;
  for (const Hop& hop : hops_of(lead_iodide, 4.9)) {
    kinds.insert(hop.kind);
    const double across = (lead_iodide.cell->matrix() * hop.translation.cast<double>() +
                           lead_iodide.positions.col(static_cast<Eigen::Index>(hop.to)) -
                           lead_iodide.positions.col(static_cast<Eigen::Index>(hop.from)))(2);
    // The van der Waals gap is the only way out of a layer, and nothing within a layer is as high.
    constexpr double gap = (0.735 - 0.265) * 6.979;  // Å
    const bool through_gap = std::abs(std::abs(across) - gap) < 0.01;
    EXPECT_EQ(hop.kind == HopKind::between_chains, through_gap) << across;
  }
  EXPECT_TRUE(kinds.contains(HopKind::between_chains));
  EXPECT_FALSE(kinds.contains(HopKind::along_chain));
}

TEST(HopKinds, SeparateChainsInOneCellAreToldApartFromTheirImages) {
  // Straight Pb–I–Pb–I chains along z, 5 Å apart along x: every hop between them leaves its chain.
  Eigen::Matrix3Xd x(3, 2);
  x << 0.0, 0.0, 0.0, 0.0, 0.0, 0.5;
  Eigen::Matrix3d columns = Eigen::Vector3d(5.0, 5.2, 6.4).asDiagonal();
  const Structure chains = crystal(Cell(columns), {82, 53}, x);
  for (const Hop& hop : hops_of(chains, 6.5)) {
    const bool along = hop.translation(0) == 0 && hop.translation(1) == 0;
    EXPECT_EQ(hop.kind, along ? HopKind::along_chain : HopKind::between_chains);
  }
}

TEST(HopKinds, IsolatedOctahedraCarryNothingFurther) {
  // One PbI6 octahedron, 3.2 Å from Pb to I, in a cell of 12 Å.
  constexpr double bond = 3.2 / 12.0;
  Eigen::Matrix3Xd x = Eigen::Matrix3Xd::Zero(3, 7);
  for (int axis = 0; axis < 3; ++axis) {
    x(axis, 1 + 2 * axis) = bond;
    x(axis, 2 + 2 * axis) = -bond;
  }
  const Structure isolated =
      crystal(Cell::from_parameters({12, 12, 12}, {90, 90, 90}), {82, 53, 53, 53, 53, 53, 53}, x);
  for (const Hop& hop : hops_of(isolated, 5.0)) EXPECT_EQ(hop.kind, HopKind::within_cluster);
}

TEST(HopKinds, LargeCationsMakeNoPolyhedra) {
  // Cs is bonded to nothing here: the hop is within the Pb octahedron, not bridging Pb and Cs.
  EXPECT_EQ(hops_of(cubic_perovskite())[0].kind, HopKind::within_octahedron);
}

TEST(Hops, AreRefusedWithAReason) {
  const Structure unit = cubic_perovskite();
  const Symmetry symmetry = find_symmetry(unit);
  EXPECT_THAT(message_of([&] { (void)distinct_hops(unit, symmetry, 17, 5.0); }),
              ::testing::HasSubstr("no Cl in CsI3Pb"));
  EXPECT_THAT(message_of([&] { (void)distinct_hops(unit, symmetry, iodine, 3.0); }),
              ::testing::HasSubstr("the nearest are 4.45 Å apart"));
  EXPECT_THROW((void)distinct_hops(unit, symmetry, iodine, -1.0), InputError);
}

TEST(Endpoints, AreRefusedWhereBothEndsAreOneSite) {
  const Structure unit = cubic_perovskite();
  const Supercell same = make_supercell(unit, Eigen::Matrix3i::Identity());
  const std::vector<Hop> hops = hops_of(unit, 6.4);
  EXPECT_THAT(message_of([&] { (void)make_endpoints(same, hops.back(), 1.0); }),
              ::testing::HasSubstr("both ends are the same site"));
}

TEST(Endpoints, AreRefusedWhereTheIonSeesTheVacancyOnBothSides) {
  const Structure unit = read_frame(library("BnzPyrPbI3")).structure;
  const Supercell single = make_supercell(unit, Eigen::Matrix3i::Identity());
  for (const Hop& hop : hops_of(unit)) {
    const auto attempt = [&] { (void)make_endpoints(single, hop, 1.0); };
    if (hop.kind == HopKind::along_chain) {
      EXPECT_THAT(message_of(attempt), ::testing::HasSubstr("use a larger supercell"));
    }
  }
}

TEST(Endpoints, FollowARelaxedHost) {
  const Structure unit = cubic_perovskite();
  Supercell super = make_supercell(unit, 2 * Eigen::Matrix3i::Identity());
  const Hop hop = hops_of(unit)[0];
  const std::size_t to = find_atom(super, hop.to, hop.translation);
  const Eigen::Vector3d relaxation(0.3, -0.2, 0.1);
  super.structure.positions.col(static_cast<Eigen::Index>(to)) += relaxation;
  const HopEndpoints ends = make_endpoints(super, hop, 0.0);
  const auto ion = static_cast<Eigen::Index>(ends.ion);
  const Eigen::Vector3d arrival = ends.final_.positions.col(ion);
  const Eigen::Vector3d site = super.structure.positions.col(static_cast<Eigen::Index>(to));
  EXPECT_LT(minimum_image(*super.structure.cell, arrival - site).vector.norm(), 1e-9);
  EXPECT_LT((arrival - ends.initial.positions.col(ion)).norm(), hop.length + 0.5);
}

TEST(Endpoints, TakeTheShortWayWhereTheHostWasWrapped) {
  const Structure unit = read_frame(library("MAPbI3-pseudocubic")).structure;
  Supercell super = make_supercell(unit, 2 * Eigen::Matrix3i::Identity());
  super.structure = shifted(super.structure, Eigen::Vector3d::Zero());
  for (const Hop& hop : hops_of(unit)) {
    const HopEndpoints ends = make_endpoints(super, hop, 1.0);
    const auto ion = static_cast<Eigen::Index>(ends.ion);
    EXPECT_NEAR((ends.final_.positions.col(ion) - ends.initial.positions.col(ion)).norm(),
                hop.length, 1e-3);
  }
}

}  // namespace
}  // namespace ionpass::testing
