// The shipped crystals against what was computed for them with ASE, gemmi and spglib 2.0.2 (Python,
// symprec 1e-3) when they were collected: sites, I–I distances, and whether two I share a Pb.
#include <structures/elements.hpp>
#include <structures/hops.hpp>
#include <structures/minimum_image.hpp>
#include <structures/neighbors.hpp>

#include "crystals.hpp"

namespace ionpass::testing {
namespace {

constexpr int iodine = 53;
constexpr int lead = 82;

struct Expected {
  std::string file;
  std::string formula;
  int space_group = 1;
  std::vector<std::string> iodine_sites;         // label, multiplicity, Wyckoff letter
  std::vector<std::string> same_octahedron;      // I–I below 5.1 Å that share a Pb
  std::vector<std::string> different_octahedra;  // the shortest that do not
};

const std::vector<Expected>& expected() {
  static const std::vector<Expected> table{
      {"MAPbI3-pseudocubic",
       "CH6I3NPb",
       6,
       {"I1 1", "I2 1", "I3 1"},
       {"I1-I3_4.13A", "I1-I2_4.26A", "I1-I3_4.35A", "I2-I3_4.37A", "I1-I3_4.61A", "I2-I3_4.66A",
        "I1-I2_4.69A", "I1-I3_4.81A"},
       {}},
      {"MAPbI3-orthorhombic",
       "C4H24I12N4Pb4",
       62,
       {"I1 4c", "I2 8d"},
       {"I1-I2_4.32A", "I1-I2_4.42A", "I2-I2_4.43A", "I2-I2_4.55A", "I1-I2_4.56A", "I1-I2_4.66A"},
       {"I2-I2_4.65A"}},
      {"PrPyrPbI3",
       "C32H48I12N4Pb4",
       62,
       {"I1 4c", "I2 4c", "I3 4c"},
       {"I2-I3_4.26A", "I1-I2_4.26A", "I1-I3_4.27A", "I1-I2_4.67A", "I1-I3_4.68A", "I2-I3_4.68A"},
       {"I1-I3_4.90A"}},
      {"BnzPyrPbI3",
       "C24H24I6N2Pb2",
       11,
       {"I1 2e", "I2 2e", "I3 2e"},
       {"I1-I3_4.16A", "I2-I3_4.28A", "I1-I2_4.40A", "I1-I2_4.54A", "I2-I3_4.71A", "I1-I3_4.82A"},
       {}},
      {"MAPbI3-pseudocubic-pbesol",
       "CH6I3NPb",
       6,
       {"I1 1", "I2 1", "I3 1"},
       {"I1-I3_4.09A", "I1-I2_4.24A", "I2-I3_4.34A", "I1-I3_4.40A", "I2-I3_4.61A", "I1-I2_4.68A",
        "I1-I3_4.68A", "I1-I3_4.77A"},
       {}},
      {"MAPbI3-orthorhombic-pbesol",
       "C4H24I12N4Pb4",
       62,
       {"I1 4c", "I2 8d"},
       {"I1-I2_4.25A", "I2-I2_4.30A", "I1-I2_4.47A", "I1-I2_4.53A", "I2-I2_4.69A_b", "I1-I2_4.74A"},
       {"I2-I2_4.69A_a"}},
      {"BnzPyrPbI3-packing",
       "C24H24I6N2Pb2",
       11,
       {"I1 2e", "I2 2e", "I3 2e"},
       {"I1-I2_4.41A", "I1-I3_4.41A", "I2-I3_4.41A", "I1-I2_4.72A", "I1-I3_4.72A", "I2-I3_4.72A"},
       {"I2-I3_4.79A"}},
  };
  return table;
}

bool shares_octahedron(HopKind kind) {
  return kind == HopKind::within_face || kind == HopKind::within_octahedron ||
         kind == HopKind::along_chain;
}

class Library : public ::testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Crystals, Library, ::testing::ValuesIn(library_names()), test_name);

TEST_P(Library, IsReadWithProvenanceAndWithoutAssumptions) {
  const Frame frame = read_frame(library(GetParam()));
  EXPECT_THAT(frame.provenance, ::testing::HasSubstr("PROVENANCE"));
  EXPECT_THAT(frame.provenance, ::testing::Not(::testing::HasSubstr("#")));
  EXPECT_THAT(frame.warnings, ::testing::IsEmpty());
}

TEST_P(Library, EveryLeadHasSixIodineNeighbours) {
  const Structure crystal = read_frame(library(GetParam())).structure;
  std::vector<int> neighbours(crystal.size(), 0);
  for (const NeighborPair& pair : neighbor_pairs(crystal, 3.7)) {
    if (crystal.numbers[pair.first] + crystal.numbers[pair.second] != lead + iodine) continue;
    ++neighbours[crystal.numbers[pair.first] == lead ? pair.first : pair.second];
  }
  for (std::size_t i = 0; i < crystal.size(); ++i) {
    if (crystal.numbers[i] == lead) {
      EXPECT_EQ(neighbours[i], 6);
    }
  }
}

TEST(LibraryOracle, SitesAndSpaceGroups) {
  for (const Expected& crystal : expected()) {
    SCOPED_TRACE(crystal.file);
    const Structure structure = read_frame(library(crystal.file)).structure;
    EXPECT_EQ(formula(structure), crystal.formula);
    const Symmetry symmetry = find_symmetry(structure);
    EXPECT_EQ(symmetry.number, crystal.space_group);
    std::vector<std::string> sites;
    for (const Site& site : inequivalent_sites(structure, symmetry)) {
      if (site.number != iodine) continue;
      std::string text = site.label + " " + std::to_string(site.members.size());
      // In Pm the letters a and b change places with the choice of origin.
      if (crystal.space_group != 6) text += site.wyckoff;
      sites.push_back(text);
    }
    EXPECT_EQ(sites, crystal.iodine_sites);
  }
}

TEST(LibraryOracle, HopsAndWhetherTheyShareAnOctahedron) {
  for (const Expected& crystal : expected()) {
    SCOPED_TRACE(crystal.file);
    const Structure structure = read_frame(library(crystal.file)).structure;
    std::vector<std::string> same, different;
    for (const Hop& hop : distinct_hops(structure, find_symmetry(structure), iodine, 5.1)) {
      (shares_octahedron(hop.kind) ? same : different).push_back(hop.label);
    }
    EXPECT_THAT(same, ::testing::UnorderedElementsAreArray(crystal.same_octahedron));
    EXPECT_EQ(different, crystal.different_octahedra);
  }
}

TEST(LibraryOracle, OrderedTetragonalCellsHave48HopsWithinOctahedra) {
  const std::vector<std::tuple<std::string, double, std::string>> cells{
      {"MAPbI3-tetragonal", 4.29, "I3-I4_4.72A"},
      {"MAPbI3-tetragonal-pbesol", 4.30, "I3-I4_4.65A"}};
  for (const auto& [file, shortest, other] : cells) {
    SCOPED_TRACE(file);
    const Structure structure = read_frame(library(file)).structure;
    const auto hops = distinct_hops(structure, find_symmetry(structure), iodine, 5.1);
    const auto within = std::count_if(hops.begin(), hops.end(), [](const Hop& hop) {
      return hop.kind == HopKind::within_octahedron;
    });
    EXPECT_EQ(within, 48);
    EXPECT_NEAR(hops.front().length, shortest, 0.005);
    const auto first_other = std::find_if(
        hops.begin(), hops.end(), [](const Hop& hop) { return hop.kind == HopKind::other; });
    ASSERT_NE(first_other, hops.end());
    EXPECT_EQ(first_other->label, other);
  }
}

TEST(LibraryOracle, FaceSharingChainsHaveTwoKindsOfHop) {
  // Three I round one Pb–Pb link (4.2 to 4.4 Å), and from one link to the next (4.5 to 4.8 Å).
  for (const std::string file : {"PrPyrPbI3", "BnzPyrPbI3", "BnzPyrPbI3-packing"}) {
    SCOPED_TRACE(file);
    const Structure structure = read_frame(library(file)).structure;
    const double b = structure.cell->lengths()(1);
    for (const Hop& hop : distinct_hops(structure, find_symmetry(structure), iodine, 5.1)) {
      const double along_b =
          std::abs((structure.positions.col(static_cast<Eigen::Index>(hop.to)) -
                    structure.positions.col(static_cast<Eigen::Index>(hop.from)) +
                    structure.cell->matrix() * hop.translation.cast<double>())(1));
      if (hop.kind == HopKind::within_face) {
        EXPECT_NEAR(along_b, 0.0, 0.01);
      }
      if (hop.kind == HopKind::along_chain) {
        EXPECT_NEAR(along_b, b / 2.0, 0.01);
      }
      EXPECT_EQ(hop.kind == HopKind::within_face || hop.kind == HopKind::along_chain,
                hop.kind != HopKind::between_chains);
    }
  }
}

}  // namespace
}  // namespace ionpass::testing
