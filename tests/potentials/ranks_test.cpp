// One evaluation on several ranks: not a bit differs, whatever their number.
#include <algorithm>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <potentials/registry.hpp>
#include <structures/error.hpp>

#include "polar_perovskite.hpp"
#include "rank_threads.hpp"
#include "tightbinding/kpoint_shares.hpp"

namespace ionpass {
namespace {

const std::filesystem::path parameter_data =
    std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data";

using test::polar_perovskite;

/// The evaluation of every rank.
std::vector<Evaluation> on_ranks(int ranks, const Potential& potential,
                                 const Structure& structure) {
  std::vector<Evaluation> out(static_cast<std::size_t>(ranks));
  test::on_threads(ranks, [&](const Reducer& group) {
    out[static_cast<std::size_t>(group.rank())] =
        potential.evaluate(structure, {.stress = true, .guess = {}, .group = &group});
  });
  return out;
}

void expect_same_bits(const Evaluation& a, const Evaluation& b) {
  EXPECT_EQ(a.energy, b.energy);
  EXPECT_EQ(a.free_energy, b.free_energy);
  EXPECT_EQ(a.forces, b.forces);
  EXPECT_EQ(*a.stress, *b.stress);
  EXPECT_EQ(*a.charges, *b.charges);
  EXPECT_EQ(a.fermi_level, b.fermi_level);
  EXPECT_EQ(a.gap, b.gap);
  EXPECT_EQ(a.scf.iterations, b.scf.iterations);
  EXPECT_EQ(a.components, b.components);
  EXPECT_EQ(a.state, b.state);
}

struct Sampling {
  const char* potential;
  KpointMesh mesh;
  bool symmetry;
};

class Ranks : public testing::TestWithParam<Sampling> {};

TEST_P(Ranks, ChangeNoBit) {
  PotentialSettings settings;
  settings.name = GetParam().potential;
  settings.kpoints = GetParam().mesh;
  settings.kpoint_symmetry = GetParam().symmetry;
  const auto potential = make_potential(settings, parameter_data);
  Structure structure = polar_perovskite();
  structure.positions.col(3) += Eigen::Vector3d(0.0, 0.0, 0.05);
  const Evaluation alone = potential->evaluate(structure, {.stress = true, .guess = {}});
  for (const int ranks : {2, 3, 5}) {
    for (const Evaluation& shared : on_ranks(ranks, *potential, structure))
      expect_same_bits(shared, alone);
  }
}

// Real and complex k-points, fewer of them than ranks, and points that symmetry leaves out.
INSTANTIATE_TEST_SUITE_P(
    TightBinding, Ranks,
    testing::Values(Sampling{"dftb/pilot-pbi3", {Eigen::Vector3i(3, 2, 2)}, false},
                    Sampling{"gfn1-xtb", {Eigen::Vector3i(2, 2, 1)}, false},
                    Sampling{"gfn1-xtb", {Eigen::Vector3i(3, 3, 1)}, true},
                    Sampling{"gfn1-xtb", {Eigen::Vector3i(3, 1, 1)}, false}),
    [](const auto& row) { return "case" + std::to_string(row.index); });

TEST(RanksThatFail, GiveOneDiagnosis) {
  PotentialSettings settings;
  settings.name = "gfn1-xtb";
  settings.kpoints = KpointMesh{Eigen::Vector3i(3, 1, 1)};
  settings.scf.max_iterations = 2;
  const auto potential = make_potential(settings, parameter_data);
  std::vector<std::string> said(3);
  test::on_threads(3, [&](const Reducer& group) {
    try {
      (void)potential->evaluate(polar_perovskite(), {.guess = {}, .group = &group});
    } catch (const ConvergenceError& error) {
      said[static_cast<std::size_t>(group.rank())] = error.what();
    }
  });
  EXPECT_NE(said[0], "");
  EXPECT_EQ(said[1], said[0]);
  EXPECT_EQ(said[2], said[0]);
}

TEST(KpointShares, DealOutTheComplexPointsFirst) {
  const std::vector<Kpoint> points = {{Eigen::Vector3d::Zero(), 0.2},
                                      {Eigen::Vector3d(0.3, 0.0, 0.0), 0.3},
                                      {Eigen::Vector3d(0.5, 0.0, 0.0), 0.2},
                                      {Eigen::Vector3d(0.1, 0.0, 0.0), 0.3}};
  EXPECT_EQ(tightbinding::KpointShares(points, nullptr).own(),
            (std::vector<std::size_t>{1, 3, 0, 2}));
  test::on_threads(2, [&](const Reducer& group) {
    const std::vector<std::size_t> own = tightbinding::KpointShares(points, &group).own();
    EXPECT_EQ(own, group.rank() == 0 ? (std::vector<std::size_t>{1, 0})
                                     : (std::vector<std::size_t>{3, 2}));
  });
}

TEST(MostRanks, AreThoseWithKpoints) {
  PotentialSettings settings;
  settings.kpoints = KpointMesh{Eigen::Vector3i(3, 1, 1)};
  EXPECT_EQ(make_potential(settings, parameter_data)->most_ranks(polar_perovskite()), 2);
}

}  // namespace
}  // namespace ionpass
