// Bands around a saddle that is known: it stays, and the other images come to rest beside it.
#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <neb/band.hpp>
#include <neb/path_search.hpp>
#include <structures/error.hpp>

#include "test_potentials.hpp"

namespace ionpass::neb {
namespace {

using test::atom_at;
using test::FunctionPotential;

/// Minima at x = -1 and 1 on the circle-like valley y = 1 - x², saddle at (0, 1), 1 eV high.
FunctionPotential bent_valley() {
  return test::one_atom([](const Eigen::Vector3d& r) {
    const double x = r.x(), off = r.y() - (1.0 - x * x), well = x * x - 1.0;
    const double energy = well * well + 2.0 * off * off + r.z() * r.z();
    return std::pair{energy,
                     Eigen::Vector3d(-4.0 * well * x - 8.0 * off * x, -4.0 * off, -2.0 * r.z())};
  });
}

Path bent_path(double saddle_x, double saddle_y) {
  Path path = linear_path(atom_at(-1.0, 0.0), atom_at(1.0, 0.0), 5);
  path[3] = atom_at(saddle_x, saddle_y);
  return path;
}

Band band_around(const Path& path, const Potential& potential) {
  BandSettings settings;
  settings.fmax = 0.01;
  return {path, potential.evaluate(path.front()), potential.evaluate(path.back()), settings,
          KnownSaddle{3, potential.evaluate(path[3])}};
}

TEST(KnownSaddle, StaysWhereItIsAndIsNeverAskedFor) {
  const FunctionPotential potential = bent_valley();
  Band band = band_around(bent_path(0.0, 1.0), potential);
  test::RecordingEvaluator evaluator;
  const std::vector<RunningJob> jobs{{&band, &potential, "band"}};
  ASSERT_TRUE(run(jobs, evaluator));
  ASSERT_EQ(band.status(), BandStatus::converged) << band.diagnosis();
  EXPECT_EQ(band.path()[3].positions, atom_at(0.0, 1.0).positions);
  EXPECT_DOUBLE_EQ(band.barrier()->forward, 1.0);
  EXPECT_EQ(band.barrier()->saddle, 3U);
  ASSERT_GT(evaluator.asked.size(), 1U);
  for (const auto& round : evaluator.asked) {
    ASSERT_EQ(round.size(), 4U);
    for (const WorkItem& item : round)
      EXPECT_NE(item.structure.positions, band.path()[3].positions);
  }
  const std::vector<BandImage> images = band.images();
  for (const BandImage& image : images) EXPECT_LE(image.max_force, 0.01);
  EXPECT_GT(images[2].s, images[1].s + 0.1);
}

TEST(KnownSaddle, ThatIsNotTheHighestIsNoResult) {
  // The lower of the two saddles of Müller & Brown stands for the whole path.
  const FunctionPotential potential = test::mueller_brown();
  Path path = linear_path(atom_at(-0.558, 1.442), atom_at(0.623, 0.028), 5);
  path[3] = atom_at(0.212, 0.293);
  BandSettings settings;
  settings.fmax = 0.02;
  Band band(path, potential.evaluate(path.front()), potential.evaluate(path.back()), settings,
            KnownSaddle{3, potential.evaluate(path[3])});
  test::solve(band, potential);
  EXPECT_EQ(band.status(), BandStatus::not_converged);
  EXPECT_THAT(band.diagnosis(), testing::HasSubstr("lies above the known saddle"));
}

TEST(KnownSaddle, WithAForceIsNoResult) {
  const FunctionPotential potential = bent_valley();
  Band band = band_around(bent_path(0.2, 0.96), potential);
  test::solve(band, potential);
  EXPECT_EQ(band.status(), BandStatus::not_converged);
}

TEST(KnownSaddle, AtAnEndIsRefused) {
  const FunctionPotential potential = bent_valley();
  const Path path = bent_path(0.0, 1.0);
  const Evaluation end = potential.evaluate(path.front());
  EXPECT_THROW(Band(path, end, end, {}, KnownSaddle{0, end}), InputError);
  EXPECT_THROW(Band(path, end, end, {}, KnownSaddle{6, end}), InputError);
}

PathSearch restless_search(const Potential& potential) {
  PathSearchSettings settings;
  settings.band.fmax = 0.002;
  settings.climb_iterations = 0;
  const Path path = linear_path(atom_at(-1.0, 0.0), atom_at(1.0, 0.0), 4);
  return {path, potential.evaluate(path.front()), potential.evaluate(path.back()), settings};
}

TEST(KnownSaddle, EndsASearchWithTheWantedNumberOfImages) {
  const FunctionPotential potential = bent_valley();
  PathSearch job = restless_search(potential);
  test::solve(job, potential);
  ASSERT_EQ(job.status(), BandStatus::converged) << job.diagnosis();
  EXPECT_EQ(job.path().size(), 6U);
  EXPECT_NEAR(job.barrier()->forward, 1.0, 1e-4);
}

TEST(KnownSaddle, ResultOfTheDenserBandOutlivesAFailureAroundIt) {
  const FunctionPotential potential = bent_valley();
  test::RecordingEvaluator evaluator;
  PathSearch whole = restless_search(potential);
  std::vector<RunningJob> jobs{{&whole, &potential, "search"}};
  ASSERT_TRUE(run(jobs, evaluator));
  // The last stage asks for one image less than the others, since the saddle stays.
  std::size_t before = 0, calls = 0;
  for (const auto& round : evaluator.answered) {
    calls += round.size();
    if (round.size() != 3) before = calls;
  }
  std::set<std::size_t> bad;
  for (std::size_t call = before; call < before + 100; ++call) bad.insert(call);
  test::FailingEvaluator failing(bad);
  PathSearch job = restless_search(potential);
  jobs = {{&job, &potential, "search"}};
  ASSERT_TRUE(run(jobs, failing));
  ASSERT_EQ(job.status(), BandStatus::converged) << job.diagnosis();
  EXPECT_EQ(job.path().size(), 6U + 3U);
  EXPECT_NEAR(job.barrier()->forward, 1.0, 1e-4);
  EXPECT_THAT(job.diagnosis(), testing::HasSubstr("4 images around it did not come to rest"));
}

}  // namespace
}  // namespace ionpass::neb
