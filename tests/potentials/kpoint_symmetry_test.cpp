// k-points that a space group leaves: their number, and that nothing changes but the work.
#include "tightbinding/kpoint_symmetry.hpp"

#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>

#include <potentials/registry.hpp>
#include <structures/symmetry.hpp>

#include "polar_perovskite.hpp"

namespace ionpass {
namespace {

const std::filesystem::path parameter_data =
    std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data";

using test::polar_perovskite;

Structure cubic_perovskite() {
  Structure out = polar_perovskite();
  const Eigen::Matrix3d cell = 6.2 * Eigen::Matrix3d::Identity();
  Eigen::Matrix3Xd f = out.cell->inverse() * out.positions;
  f(2, 1) = f(2, 2) = 0.0;
  out.cell.emplace(cell);
  out.positions = cell * f;
  return out;
}

tightbinding::ReducedKpoints reduced(const Structure& structure, const KpointMesh& mesh) {
  return tightbinding::reduced(kpoints(mesh, *structure.cell),
                               Symmetrizer(structure, find_symmetry(structure)));
}

double sum_of_weights(const std::vector<Kpoint>& points) {
  double sum = 0.0;
  for (const Kpoint& point : points) sum += point.weight;
  return sum;
}

// Counts of the simple cubic lattice: n (n + 1) (n + 2) / 6 points for n different coordinates.
TEST(KpointSymmetry, LeavesOnePointPerStar) {
  const Structure cubic = cubic_perovskite();
  for (const auto& [mesh, count] : {std::pair{2, 4U}, {4, 10U}, {6, 20U}}) {
    const auto left = reduced(cubic, {Eigen::Vector3i::Constant(mesh), Eigen::Vector3d::Zero()});
    EXPECT_EQ(left.points.size(), count);
    EXPECT_NEAR(sum_of_weights(left.points), 1.0, 1e-12);
  }
  const auto shifted =
      reduced(cubic, {Eigen::Vector3i::Constant(4), Eigen::Vector3d::Constant(0.5)});
  EXPECT_EQ(shifted.points.size(), 4U);  // 1/8 and 3/8
}

TEST(KpointSymmetry, UsesNoOperationThatTheMeshBreaks) {
  const auto left = reduced(cubic_perovskite(), {{2, 2, 4}, Eigen::Vector3d::Zero()});
  // As for a tetragonal crystal: (0, 0), (½, 0), (½, ½) times 0, ¼, ½.
  EXPECT_EQ(left.points.size(), 9U);
  ASSERT_TRUE(left.symmetrizer.has_value());
  EXPECT_EQ(left.symmetrizer->size(), 16U);
}

/// Lead and iodine on the threefold axes of a hexagonal cell, in buckled layers: P3m1.
Structure hexagonal_layers() {
  Structure out;
  out.numbers = {82, 53, 53};
  Eigen::Matrix3d cell;
  cell << 4.6, -2.3, 0.0, 0.0, 2.3 * std::sqrt(3.0), 0.0, 0.0, 0.0, 7.0;
  out.cell.emplace(cell);
  Eigen::Matrix3Xd f(3, 3);
  f << 0.0, 1.0 / 3.0, 2.0 / 3.0, 0.0, 2.0 / 3.0, 1.0 / 3.0, 0.0, 0.25, -0.27;
  out.positions = cell * f;
  return out;
}

/// Atoms in general places that only a diagonal mirror joins.
Structure mirrored_pairs() {
  Structure out;
  out.numbers = {82, 82, 53, 53};
  out.cell.emplace(Eigen::Matrix3d(Eigen::Vector3d(6.0, 6.0, 7.0).asDiagonal()));
  Eigen::Matrix3Xd f(3, 4);
  // Rows of atoms along x and along y, joined by the diagonal mirror.
  f << 0.20, 0.50, 0.70, 0.53, 0.50, 0.20, 0.53, 0.70, 0.10, 0.10, 0.20, 0.20;
  out.positions = out.cell->matrix() * f;
  return out;
}

class KpointSymmetryEnergies : public testing::TestWithParam<const char*> {};

TEST_P(KpointSymmetryEnergies, AreThoseOfTheWholeMesh) {
  PotentialSettings settings;
  settings.name = GetParam();
  settings.scf.tolerance = 1e-11;
  const KpointMesh mesh{{3, 3, 2}, Eigen::Vector3d::Zero()};
  settings.kpoints = mesh;
  for (const Structure& structure : {polar_perovskite(), hexagonal_layers(), mirrored_pairs()}) {
    ASSERT_LT(reduced(structure, mesh).points.size(), kpoints(mesh, *structure.cell).size());
    Evaluation results[2];
    for (const bool symmetry : {false, true}) {
      settings.kpoint_symmetry = symmetry;
      results[symmetry ? 1 : 0] = make_potential(settings, parameter_data)
                                      ->evaluate(structure, {.stress = true, .guess = {}});
    }
    const auto& [whole, part] = results;
    EXPECT_NEAR(whole.free_energy, part.free_energy, 1e-8);
    EXPECT_GT(whole.forces.cwiseAbs().maxCoeff(), 0.01);
    EXPECT_LT((whole.forces - part.forces).cwiseAbs().maxCoeff(), 1e-7);
    EXPECT_LT((*whole.stress - *part.stress).cwiseAbs().maxCoeff(), 1e-9);
    EXPECT_LT((*whole.charges - *part.charges).cwiseAbs().maxCoeff(), 1e-8);
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, KpointSymmetryEnergies,
                         testing::Values("dftb/perov-1-0", "gfn1-xtb"),
                         [](const auto& method) { return method.index == 0 ? "Dftb" : "Gfn1"; });

}  // namespace
}  // namespace ionpass
