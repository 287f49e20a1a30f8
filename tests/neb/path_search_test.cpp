// The search moves its ends to deeper minima on the way, and only then climbs.
#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <neb/path_search.hpp>
#include <neb/relaxation.hpp>

#include "test_potentials.hpp"

namespace ionpass::neb {
namespace {

using std::numbers::pi;
using test::atom_at;

/// A washboard in a bowl: minima near every integer x, deepest at 0.
double washboard(double x) { return 0.25 * (1.0 - std::cos(2.0 * pi * x)) + 0.05 * x * x; }
double washboard_slope(double x) { return 0.5 * pi * std::sin(2.0 * pi * x) + 0.1 * x; }

test::FunctionPotential washboard_potential() {
  return test::one_atom([](const Eigen::Vector3d& r) {
    const double across = 2.0 * (r.y() * r.y() + r.z() * r.z());
    return std::pair{washboard(r.x()) + across,
                     Eigen::Vector3d(-washboard_slope(r.x()), -4.0 * r.y(), -4.0 * r.z())};
  });
}

/// Root of the slope by bisection.
double stationary(double low, double high) {
  const bool rising = washboard_slope(low) < 0.0;
  for (int i = 0; i < 100; ++i) {
    const double middle = 0.5 * (low + high);
    ((washboard_slope(middle) < 0.0) == rising ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

PathSearch search(double from, double to, int images, const Potential& potential, bool move_ends) {
  PathSearchSettings settings;
  settings.band.fmax = 0.002;
  settings.relax.fmax = 1e-4;
  settings.move_ends = move_ends;
  const Path path = linear_path(atom_at(from, 0.0), atom_at(to, 0.0), images);
  return PathSearch(path, potential.evaluate(path.front()), potential.evaluate(path.back()),
                    settings);
}

TEST(PathSearch, MovesAnEndToTheDeeperMinimumBeforeTheSaddle) {
  const auto potential = washboard_potential();
  const double start = stationary(-1.1, -0.8), goal = stationary(1.8, 2.1);
  PathSearch job = search(start, goal, 11, potential, true);
  test::solve(job, potential);
  ASSERT_EQ(job.status(), BandStatus::converged) << job.diagnosis();
  const double saddle = washboard(stationary(1.4, 1.6));
  EXPECT_NEAR(job.path().front().positions(0, 0), 0.0, 1e-3);
  EXPECT_NEAR(job.barrier()->forward, saddle - washboard(0.0), 1e-4);
  EXPECT_NEAR(job.initial_shift(), washboard(0.0) - washboard(start), 1e-4);
  EXPECT_EQ(job.final_shift(), 0.0);
  EXPECT_THAT(job.diagnosis(), testing::HasSubstr("the initial end moved to a deeper minimum"));
}

TEST(PathSearch, LeavesGoodEndsAlone) {
  const auto potential = washboard_potential();
  PathSearch job = search(0.0, stationary(0.9, 1.1), 5, potential, true);
  test::solve(job, potential);
  ASSERT_EQ(job.status(), BandStatus::converged);
  EXPECT_NEAR(job.barrier()->forward, washboard(stationary(0.4, 0.6)), 1e-4);
  EXPECT_EQ(job.initial_shift(), 0.0);
  EXPECT_TRUE(job.diagnosis().empty()) << job.diagnosis();
}

TEST(PathSearch, KeepsTheEndsWhereToldTo) {
  const auto potential = washboard_potential();
  const double start = stationary(-1.1, -0.8);
  PathSearch job = search(start, stationary(1.8, 2.1), 11, potential, false);
  test::solve(job, potential);
  EXPECT_DOUBLE_EQ(job.path().front().positions(0, 0), start);
  EXPECT_EQ(job.initial_shift(), 0.0);
}

/// A hop over one crest, with a climbing band that is given no time to rest.
PathSearchSettings restless() {
  PathSearchSettings settings;
  settings.band.fmax = 0.002;
  settings.climb_iterations = 0;
  return settings;
}

PathSearch hop_with(const PathSearchSettings& settings, const Potential& potential) {
  const Path path = linear_path(atom_at(0.0, 0.0), atom_at(stationary(0.9, 1.1), 0.0), 4);
  return PathSearch(path, potential.evaluate(path.front()), potential.evaluate(path.back()),
                    settings);
}

TEST(PathSearch, ClimbsInADenserBandWhereTheFirstDoesNotRest) {
  const auto potential = washboard_potential();
  PathSearch job = hop_with(restless(), potential);
  test::solve(job, potential);
  ASSERT_EQ(job.status(), BandStatus::converged) << job.diagnosis();
  EXPECT_THAT(job.diagnosis(), testing::HasSubstr("a denser band around the highest image"));
  EXPECT_NEAR(job.barrier()->forward, washboard(stationary(0.4, 0.6)), 1e-4);
  const std::vector<BandImage> images = job.images();
  ASSERT_EQ(images.size(), job.path().size());
  ASSERT_EQ(images.size(), job.image_evaluations().size());
  EXPECT_EQ(images.size(), 6U);  // as many as the first guess
  for (std::size_t i = 1; i < images.size(); ++i) EXPECT_GT(images[i].s, images[i - 1].s);
  EXPECT_GE(images.back().s, stationary(0.9, 1.1) - 1e-6);  // no shorter than the straight line
}

/// Two crests; the higher one is so narrow that three images at equal distances show it lower.
struct Crest {
  double height, place, width;
  [[nodiscard]] double energy(double x) const {
    return height * std::exp(-std::pow((x - place) / width, 2));
  }
  [[nodiscard]] double slope(double x) const {
    return -2.0 * (x - place) / (width * width) * energy(x);
  }
};
constexpr Crest lower{0.5, 3.0, 1.0}, higher{0.6, 5.55, 0.75};

test::FunctionPotential crests(const std::vector<Crest>& all) {
  return test::one_atom([all](const Eigen::Vector3d& r) {
    double energy = 2.0 * (r.y() * r.y() + r.z() * r.z()), slope = 0.0;
    for (const Crest& crest : all) {
      energy += crest.energy(r.x());
      slope += crest.slope(r.x());
    }
    return std::pair{energy, Eigen::Vector3d(-slope, -4.0 * r.y(), -4.0 * r.z())};
  });
}

PathSearch search_over_two_crests(const PathSearchSettings& settings, const Potential& potential) {
  const Path path = linear_path(atom_at(0.0, 0.0), atom_at(10.0, 0.0), 3);
  return PathSearch(path, potential.evaluate(path.front()), potential.evaluate(path.back()),
                    settings);
}

TEST(PathSearch, GoesOnToAHigherCrest) {
  const auto potential = crests({lower, higher});
  PathSearch job = search_over_two_crests(restless(), potential);
  test::solve(job, potential);
  ASSERT_EQ(job.status(), BandStatus::converged) << job.diagnosis();
  EXPECT_NEAR(job.barrier()->forward, higher.height, 2e-3);
  EXPECT_THAT(job.diagnosis(), testing::HasSubstr("another crest of the path is higher"));
  EXPECT_EQ(job.path().size(), 5U);
}

TEST(PathSearch, KeepsTheSaddleWhereAHigherImageIsOnNoCrest) {
  // The images that come to rest around the saddle have one on a spike, which others miss.
  constexpr Crest crest{0.5, 2.9, 1.0}, spike{0.6, 6.45, 0.05};
  const auto potential = crests({crest, spike});
  const Path path = linear_path(atom_at(0.0, 0.0), atom_at(10.0, 0.0), 4);
  PathSearch job(path, potential.evaluate(path.front()), potential.evaluate(path.back()),
                 restless());
  test::solve(job, potential);
  ASSERT_EQ(job.status(), BandStatus::converged) << job.diagnosis();
  EXPECT_NEAR(job.barrier()->forward, crest.height, 1e-3);
  EXPECT_THAT(job.diagnosis(), testing::HasSubstr("a denser band around it has no higher one"));
  EXPECT_EQ(job.images().size(), job.path().size());
}

TEST(PathSearch, CallsNoSaddleTheHighestWhereAnotherImageIsHigher) {
  const auto potential = crests({lower, higher});
  PathSearchSettings settings = restless();
  settings.max_crests = 0;
  PathSearch job = search_over_two_crests(settings, potential);
  test::solve(job, potential);
  EXPECT_EQ(job.status(), BandStatus::not_converged);
  EXPECT_THAT(job.diagnosis(), testing::HasSubstr("another image lay higher"));
}

TEST(PathSearch, NeverTakesAnImageThatDidNotClimbForASaddle) {
  const auto potential = washboard_potential();
  PathSearchSettings settings = restless();
  settings.band.max_iterations = 1;
  settings.saddle.max_iterations = 0;
  PathSearch job = hop_with(settings, potential);
  test::solve(job, potential);
  EXPECT_TRUE(job.finished());
  EXPECT_EQ(job.status(), BandStatus::not_converged);
  EXPECT_FALSE(job.diagnosis().empty());
}

TEST(PathSearch, NeverUsesAnEndThatMovedAndDidNotRelax) {
  const auto potential = washboard_potential();
  PathSearchSettings settings;
  settings.band.fmax = 0.002;
  settings.relax.fmax = 1e-4;
  settings.relax.max_iterations = 0;
  const Path path =
      linear_path(atom_at(stationary(-1.1, -0.8), 0.0), atom_at(stationary(1.8, 2.1), 0.0), 11);
  PathSearch job(path, potential.evaluate(path.front()), potential.evaluate(path.back()), settings);
  test::solve(job, potential);
  EXPECT_EQ(job.status(), BandStatus::not_converged);
  EXPECT_THAT(job.diagnosis(), testing::HasSubstr("the initial end, moved to a deeper minimum"));
}

TEST(PathSearch, EndsWhereTheNextBandCannotBeMade) {
  const auto potential = washboard_potential();
  // So many images that those of a denser band are one structure.
  const Path path = linear_path(atom_at(0.0, 0.0), atom_at(stationary(0.9, 1.1), 0.0), 60);
  PathSearch job(path, potential.evaluate(path.front()), potential.evaluate(path.back()),
                 restless());
  test::solve(job, potential);
  EXPECT_EQ(job.status(), BandStatus::not_converged);
  EXPECT_THAT(job.diagnosis(), testing::HasSubstr("are the same structure"));
  EXPECT_EQ(job.images().size(), path.size());
}

TEST(PathSearch, AsksOnlyForItsOwnSlots) {
  const auto potential = washboard_potential();
  for (const int images : {4, 11}) {
    PathSearchSettings settings = restless();
    settings.relax.fmax = 1e-4;
    settings.band.max_iterations = images == 4 ? 1 : 300;  // as far as the mode; moving ends
    const double from = images == 4 ? 0.0 : stationary(-1.1, -0.8);
    const Path path = linear_path(atom_at(from, 0.0), atom_at(stationary(0.9, 1.1), 0.0), images);
    PathSearch job(path, potential.evaluate(path.front()), potential.evaluate(path.back()),
                   settings);
    while (!job.finished()) {
      std::vector<Answer> answers;
      for (const Query& query : job.ask()) {
        EXPECT_LT(query.slot, path.size() + PathSearch::slots_beyond_images);
        answers.push_back({potential.evaluate(query.structure), {}});
      }
      job.tell(answers);
    }
  }
}

TEST(PathSearch, CountsEveryAnswer) {
  const auto potential = washboard_potential();
  PathSearch job = search(stationary(-1.1, -0.8), stationary(1.8, 2.1), 11, potential, true);
  test::RecordingEvaluator evaluator;
  const std::vector<RunningJob> jobs{{&job, &potential, "search"}};
  ASSERT_TRUE(run(jobs, evaluator));
  std::size_t answers = 0;
  for (const auto& round : evaluator.answered) answers += round.size();
  EXPECT_EQ(job.evaluations(), answers);
}

TEST(PathSearch, ReportsABandThatFails) {
  const auto potential = washboard_potential();
  PathSearch job = search(0.0, stationary(0.9, 1.1), 5, potential, true);
  test::FailingEvaluator evaluator({0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  const std::vector<RunningJob> jobs{{&job, &potential, "search"}};
  ASSERT_TRUE(run(jobs, evaluator));
  EXPECT_TRUE(job.finished());
  EXPECT_EQ(job.status(), BandStatus::failed);
}

TEST(Respaced, KeepsTheNumberOfImagesAndTheirOrder) {
  const Path path = linear_path(atom_at(0, 0), atom_at(6, 0), 5);
  const Path out = respaced(path, 2, 6, atom_at(2, 1), path[6]);
  ASSERT_EQ(out.size(), path.size());
  EXPECT_NEAR(out[0].positions(1, 0), 1.0, 1e-12);
  double length = 0.0;
  for (std::size_t i = 1; i < out.size(); ++i) {
    const double step = (out[i].positions - out[i - 1].positions).norm();
    if (i > 1) {
      EXPECT_NEAR(step, length, 0.05);
    }
    length = step;
  }
}

}  // namespace
}  // namespace ionpass::neb
