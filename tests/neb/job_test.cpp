// Running jobs side by side, and the guesses they start from.
#include <cmath>
#include <stdexcept>

#include <gtest/gtest.h>

#include <neb/band.hpp>
#include <neb/job.hpp>
#include <neb/relaxation.hpp>
#include <structures/error.hpp>

#include "extrapolation.hpp"
#include "test_potentials.hpp"

namespace ionpass::neb {
namespace {

using test::atom_at;
using test::FunctionPotential;

/// An anisotropic bowl whose state is linear in the position; remembers the guesses it was given.
struct Bowl {
  std::vector<double>
      guess_errors;  ///< distance of the guess from the state; -1 where there was none
  std::vector<std::vector<double>> guesses;
  FunctionPotential potential{[this](const Structure& structure, const EvaluationRequest& request) {
    const Eigen::Vector3d r = structure.positions.col(0);
    const Eigen::Vector3d k(4.0, 1.0, 9.0);
    Evaluation out;
    out.energy = out.free_energy = 0.5 * r.dot(k.cwiseProduct(r));
    out.forces = -k.cwiseProduct(r);
    out.state = {2.0 * r.x() - r.y() + 3.0, r.z()};
    double error = -1.0;
    if (request.guess.size() == 2) {
      error = std::hypot(request.guess[0] - out.state[0], request.guess[1] - out.state[1]);
    }
    guess_errors.push_back(error);
    guesses.push_back(request.guess);
    return out;
  }};
};

Relaxation relaxation_from(double x, double y, double z) {
  RelaxationSettings settings;
  settings.fmax = 1e-4;
  return Relaxation(atom_at(x, y, z), settings);
}

TEST(Run, StartsFromExtrapolatedStates) {
  Bowl bowl;
  Relaxation relaxation = relaxation_from(1.0, 0.8, -0.6);
  test::solve(relaxation, bowl.potential);
  ASSERT_GT(bowl.guess_errors.size(), 5U);
  EXPECT_EQ(bowl.guess_errors[0], -1.0) << "nothing to start from";
  EXPECT_GT(bowl.guess_errors[1], 0.01) << "the only state there is";
  EXPECT_LT(bowl.guess_errors.back(), 0.2 * bowl.guess_errors[1]);
}

TEST(Run, BandsStartFromABlendOfTheirEnds) {
  Bowl bowl;
  const Path path = linear_path(atom_at(-1, 0, 0), atom_at(1, 0, 0), 3);
  const Evaluation initial = bowl.potential.evaluate(path.front());
  const Evaluation final_ = bowl.potential.evaluate(path.back());
  bowl.guess_errors.clear();
  BandSettings settings;
  settings.max_iterations = 0;
  Band band(path, initial, final_, settings);
  test::solve(band, bowl.potential);
  ASSERT_EQ(bowl.guess_errors.size(), 3U);
  for (const double error : bowl.guess_errors) EXPECT_NEAR(error, 0.0, 1e-12);
}

TEST(Run, KeepsTheHistoriesOfJobsApart) {
  Bowl bowl;
  Relaxation first = relaxation_from(1.0, 0.0, 0.0);
  Relaxation second = relaxation_from(0.0, 5.0, 0.0);
  const std::vector<RunningJob> jobs = {{&first, &bowl.potential, "a"},
                                        {&second, &bowl.potential, "b"}};
  SerialEvaluator evaluator;
  ASSERT_TRUE(run(jobs, evaluator));
  EXPECT_TRUE(first.converged());
  EXPECT_TRUE(second.converged());
  // Second round: each is given its own first state.
  EXPECT_DOUBLE_EQ(bowl.guesses[2][0], 5.0);
  EXPECT_DOUBLE_EQ(bowl.guesses[3][0], -2.0);
}

TEST(Run, CollectsTheQueriesOfAllJobsInOneRound) {
  Bowl bowl;
  Relaxation first = relaxation_from(1.0, 0.0, 0.0);
  Relaxation second = relaxation_from(0.0, 1e-7, 0.0);
  const std::vector<RunningJob> jobs = {{&first, &bowl.potential, "a"},
                                        {&second, &bowl.potential, "b"}};
  test::RecordingEvaluator recorder;
  ASSERT_TRUE(run(jobs, recorder));
  EXPECT_EQ(recorder.asked[0].size(), 2U);
  EXPECT_EQ(recorder.asked[1].size(), 1U) << "the second has finished";
  EXPECT_EQ(second.evaluations(), 1U);
}

class StopAfter final : public RunObserver {
 public:
  explicit StopAfter(int rounds) : rounds_(rounds) {}
  bool on_round(std::span<const RunningJob> jobs) override {
    EXPECT_EQ(jobs.size(), 1U);
    return --rounds_ > 0;
  }

 private:
  int rounds_;
};

TEST(Run, StopsWhenTheObserverSaysSo) {
  Bowl bowl;
  Relaxation relaxation = relaxation_from(1.0, 0.8, -0.6);
  const std::vector<RunningJob> jobs = {{&relaxation, &bowl.potential, "a"}};
  SerialEvaluator evaluator;
  StopAfter observer(2);
  EXPECT_FALSE(run(jobs, evaluator, &observer));
  EXPECT_FALSE(relaxation.finished());
  EXPECT_EQ(relaxation.evaluations(), 2U);
}

class Mute final : public Evaluator {
 public:
  std::vector<Answer> evaluate(std::span<const WorkItem>) override { return {}; }
};

TEST(Run, RefusesAnEvaluatorThatLosesItems) {
  Bowl bowl;
  Relaxation relaxation = relaxation_from(1.0, 0.0, 0.0);
  const std::vector<RunningJob> jobs = {{&relaxation, &bowl.potential, "a"}};
  Mute mute;
  EXPECT_THROW(run(jobs, mute), std::logic_error);
}

TEST(SerialEvaluator, TurnsErrorsIntoAnswers) {
  const FunctionPotential moody([](const Structure& structure, const EvaluationRequest&) {
    if (structure.positions(0, 0) > 0.5) throw ConvergenceError("no convergence in 200 cycles");
    Evaluation out;
    out.forces = Eigen::Matrix3Xd::Zero(3, 1);
    return out;
  });
  const std::vector<WorkItem> items = {{&moody, atom_at(0, 0), {}}, {&moody, atom_at(1, 0), {}}};
  const std::vector<Answer> answers = SerialEvaluator().evaluate(items);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_TRUE(answers[0].ok());
  EXPECT_EQ(answers[1].error, "no convergence in 200 cycles");
}

TEST(StateHistory, IsExactForWhatIsLinearInThePositions) {
  StateHistory history;
  const auto state = [](const Eigen::Vector3d& r) {
    return std::vector<double>{1.0 + r.x() - 2.0 * r.y(), r.z()};
  };
  const Eigen::Vector3d a(0, 0, 0), b(1, 0, 0), c(1, 1, 0.5);
  for (const Eigen::Vector3d& r : {a, b, c}) history.add(r, state(r));
  const Eigen::Vector3d next = c + 0.5 * (c - b) - 0.25 * (b - a);
  const std::vector<double> guess = history.guess(next);
  EXPECT_NEAR(guess[0], state(next)[0], 1e-4);
  EXPECT_NEAR(guess[1], state(next)[1], 1e-4);
}

TEST(StateHistory, DoesNotExplodeForNearlyEqualGeometries) {
  StateHistory history;
  history.add(Eigen::Vector3d(0, 0, 0), {1.0});
  history.add(Eigen::Vector3d(1e-6, 0, 0), {1.1});
  const std::vector<double> guess = history.guess(Eigen::Vector3d(1, 0, 0));
  EXPECT_EQ(guess, std::vector<double>{1.1});
}

TEST(StateHistory, FallsBackToTheLastStateWhenSizesDiffer) {
  StateHistory history;
  history.add(Eigen::Vector3d(0, 0, 0), {1.0, 2.0});
  history.add(Eigen::Vector3d(1, 0, 0), {3.0});
  EXPECT_EQ(history.guess(Eigen::Vector3d(2, 0, 0)), std::vector<double>{3.0});
}

}  // namespace
}  // namespace ionpass::neb
