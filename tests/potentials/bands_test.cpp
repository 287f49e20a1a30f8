// Band energies: folding, time reversal, the mesh they rest on; edges and densities of states.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <potentials/bands.hpp>
#include <potentials/kpath.hpp>
#include <potentials/registry.hpp>
#include <structures/error.hpp>
#include <structures/supercell.hpp>

#include "sheared_perovskite.hpp"

namespace ionpass {
namespace {

const std::filesystem::path parameter_data =
    std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data";
// What is left of the self-consistency, eV.
constexpr double same_energy = 1e-6;

std::unique_ptr<Potential> potential(const std::string& name, const Eigen::Vector3i& mesh) {
  PotentialSettings settings;
  settings.name = name;
  settings.kpoints = KpointMesh{mesh, Eigen::Vector3d::Zero()};
  settings.scf.tolerance = 1e-10;
  return make_potential(settings, parameter_data);
}

BandStructure bands_of(const Potential& potential, const Structure& structure,
                       const std::vector<Eigen::Vector3d>& points) {
  return dynamic_cast<const BandSource&>(potential).bands(structure, points);
}

class Bands : public testing::TestWithParam<const char*> {};

TEST_P(Bands, OfADoubledCellAreTheFoldedOnes) {
  const Structure unit = test::sheared_perovskite();
  const Structure doubled =
      make_supercell(unit, Eigen::Vector3i(2, 1, 1).asDiagonal().toDenseMatrix()).structure;
  const Eigen::Vector3d k(0.1, 0.2, -0.3), folded(0.5 * k(0), k(1), k(2));
  const BandStructure small = bands_of(*potential(GetParam(), {4, 2, 2}), unit,
                                       {folded, folded + Eigen::Vector3d(0.5, 0, 0)});
  const BandStructure large = bands_of(*potential(GetParam(), {2, 2, 2}), doubled, {k});
  std::vector<double> both(small.energies[0].begin(), small.energies[0].end());
  both.insert(both.end(), small.energies[1].begin(), small.energies[1].end());
  std::sort(both.begin(), both.end());
  ASSERT_EQ(both.size(), static_cast<std::size_t>(large.energies[0].size()));
  for (std::size_t i = 0; i < both.size(); ++i)
    EXPECT_NEAR(both[i], large.energies[0](static_cast<Eigen::Index>(i)), same_energy);
  EXPECT_NEAR(small.fermi_level, large.fermi_level, 1e-4);
  EXPECT_DOUBLE_EQ(2.0 * small.electrons, large.electrons);
}

TEST_P(Bands, ContinueTheMeshAndKnowTimeReversal) {
  const auto p = potential(GetParam(), {2, 2, 1});
  const BandStructure bands = bands_of(
      *p, test::sheared_perovskite(), {{0.5, 0.5, 0.0}, {0.13, -0.21, 0.34}, {-0.13, 0.21, -0.34}});
  const auto at = std::ranges::find_if(bands.mesh, [](const Kpoint& k) {
    return (k.fractional - Eigen::Vector3d(0.5, 0.5, 0.0)).norm() < 1e-12;
  });
  ASSERT_NE(at, bands.mesh.end());
  const auto same = static_cast<std::size_t>(at - bands.mesh.begin());
  EXPECT_LT((bands.mesh_energies[same] - bands.energies[0]).cwiseAbs().maxCoeff(), same_energy);
  EXPECT_LT((bands.energies[1] - bands.energies[2]).cwiseAbs().maxCoeff(), 1e-9);
  EXPECT_GT((bands.energies[1] - bands.energies[0]).cwiseAbs().maxCoeff(), 0.1);
}

INSTANTIATE_TEST_SUITE_P(Methods, Bands, testing::Values("dftb/perov-1-0", "gfn1-xtb"),
                         [](const auto& method) { return method.index == 0 ? "Dftb" : "Gfn1"; });

TEST(BandSource, RefusesAMolecule) {
  Structure molecule = test::sheared_perovskite();
  molecule.cell.reset();
  EXPECT_THROW((void)bands_of(*potential("dftb/perov-1-0", {1, 1, 1}), molecule, {}), InputError);
}

/// Two bands at two points of a mesh and one of a path.
BandStructure two_bands(double electrons) {
  BandStructure out;
  out.electrons = electrons;
  out.mesh = {{Eigen::Vector3d::Zero(), 0.5}, {Eigen::Vector3d(0.5, 0, 0), 0.5}};
  out.mesh_energies = {Eigen::Vector2d(-1.0, 2.0), Eigen::Vector2d(-0.5, 1.5)};
  out.points = {Eigen::Vector3d(0.25, 0, 0)};
  out.energies = {Eigen::Vector2d(-0.7, 1.2)};
  return out;
}

TEST(BandEdges, AreFoundOverMeshAndPath) {
  const auto edges = band_edges(two_bands(2.0));
  ASSERT_TRUE(edges.has_value());
  EXPECT_DOUBLE_EQ(edges->valence_top, -0.5);
  EXPECT_DOUBLE_EQ(edges->conduction_bottom, 1.2);
  EXPECT_DOUBLE_EQ(edges->conduction_point(0), 0.25);
  EXPECT_FALSE(edges->is_direct());
  EXPECT_EQ(band_range(two_bands(2.0), 1), std::pair(1.2, 2.0));
}

TEST(BandEdges, AreNoneWithoutAGap) {
  EXPECT_FALSE(band_edges(two_bands(1.0)).has_value());
  EXPECT_FALSE(band_edges(two_bands(4.0)).has_value());
  BandStructure overlapping = two_bands(2.0);
  overlapping.energies[0](1) = -0.6;
  EXPECT_FALSE(band_edges(overlapping).has_value());
  EXPECT_EQ(filled_bands(two_bands(3.0)), 2U);
}

TEST(DensityOfStates, HoldsTwoStatesPerBand) {
  const BandStructure bands = two_bands(2.0);
  std::vector<double> at;
  for (double e = -3.0; e < 4.0; e += 0.01) at.push_back(e);
  const std::vector<double> weights{0.25, 0.75};
  const std::vector<double> dos = density_of_states(bands.mesh_energies, weights, at, 0.1);
  double all = 0.0, below = 0.0;
  for (std::size_t i = 0; i < at.size(); ++i) {
    all += 0.01 * dos[i];
    if (at[i] < -0.75) below += 0.01 * dos[i];
  }
  EXPECT_NEAR(all, 4.0, 1e-6);
  EXPECT_NEAR(below, 2.0 * 0.25, 0.02);  // the level at -1, of a quarter of the zone
}

TEST(KpointPath, GoesAlongItsCorners) {
  const Cell cell(Eigen::Vector3d(2.0, 4.0, 8.0).asDiagonal().toDenseMatrix());
  const std::vector<PathCorner> corners{path_corner("G"), path_corner("X"),
                                        path_corner("M=0.5,0.5,0")};
  const KpointPath path = interpolated(corners, cell, 30);
  ASSERT_EQ(path.ticks.size(), 3U);
  EXPECT_EQ(path.ticks[2].label, "M");
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(path.points[path.ticks[i].point], corners[i].fractional);
  EXPECT_NEAR(path.distance[path.ticks[1].point], M_PI / 2.0, 1e-12);
  EXPECT_NEAR(path.distance.back(), M_PI / 2.0 + M_PI / 4.0, 1e-12);
  EXPECT_EQ(path.ticks[1].point, 20U);  // twice the length, twice the points
}

TEST(KpointPath, RefusesWhatIsNoPath) {
  const Cell cell(Eigen::Matrix3d(Eigen::Matrix3d::Identity()));
  for (const char* word : {"Q", "0.5,0", "0.5,0,0,", "0.5,0,zero", "M=", "nan,0,0", ""})
    EXPECT_THROW((void)path_corner(word), InputError) << word;
  EXPECT_THROW((void)interpolated(std::vector{path_corner("G")}, cell, 5), InputError);
  EXPECT_THROW((void)interpolated(std::vector{path_corner("G"), path_corner("0,0,0")}, cell, 5),
               InputError);
}

}  // namespace
}  // namespace ionpass
