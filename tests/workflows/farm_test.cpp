// The evaluator over a farm: what goes over the wire, what is computed, found, refused, skipped.
#include <atomic>
#include <limits>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <lennard_jones.hpp>

#include <structures/error.hpp>
#include <workflows/farm_evaluator.hpp>
#include <workflows/store.hpp>

#include "run_fixture.hpp"

namespace ionpass::workflows {
namespace {

/// Counts how often it is asked for an energy.
class Counting final : public Potential {
 public:
  [[nodiscard]] const PotentialDescription& description() const noexcept override {
    return inner_.description();
  }
  void check(const Structure&) const override {}
  [[nodiscard]] double cost(const Structure&) const override { return 1.0; }
  [[nodiscard]] int calls() const { return calls_; }

 private:
  [[nodiscard]] Evaluation do_evaluate(const Structure& structure,
                                       const EvaluationRequest& request) const override {
    ++calls_;
    return inner_.evaluate(structure, request);
  }
  test::LennardJones inner_{{.refused = 36}};
  mutable std::atomic<int> calls_ = 0;
};

Structure dimer(double distance, int number = 18) {
  Structure structure;
  structure.numbers = {number, number};
  structure.positions.resize(3, 2);
  structure.positions << 0.0, distance, 0.0, 0.0, 0.0, 0.0;
  structure.cell = Cell(Eigen::Matrix3d(Eigen::Vector3d(20.0, 21.0, 22.0).asDiagonal()));
  return structure;
}

TEST(Wire, KeepsEveryBitOfAnItem) {
  Structure structure = dimer(1.0 / 3.0);
  Eigen::Matrix3d columns;
  columns << 5.1, 0.3, 0.0, 0.1, 6.2, 0.7, 0.0, 0.2, 7.3;
  structure.cell = Cell(columns);
  structure.charge = -0.1;
  structure.unpaired = 5;
  structure.labels = {"Ar1", "a longer label"};
  const WireItem item{.potential = 3, .structure = structure, .guess = {1.0 / 7.0, -0.0}};
  const WireItem back = unpack_item(pack_item(item));
  EXPECT_EQ(back.potential, 3U);
  EXPECT_EQ(back.structure.numbers, structure.numbers);
  EXPECT_EQ(back.structure.positions, structure.positions);
  EXPECT_EQ(back.structure.cell->matrix(), columns);
  EXPECT_EQ(back.structure.charge, -0.1);
  EXPECT_EQ(back.structure.unpaired, 5);
  EXPECT_EQ(back.structure.labels, structure.labels);
  EXPECT_EQ(back.guess, item.guess);
  EXPECT_TRUE(std::signbit(back.guess[1]));
}

TEST(Wire, KeepsEveryBitOfAnAnswer) {
  neb::Answer answer;
  Evaluation& evaluation = answer.evaluation;
  evaluation.energy = 0.1;
  evaluation.free_energy = std::nextafter(0.1, 1.0);
  evaluation.forces = Eigen::Matrix3Xd::Random(3, 4);
  evaluation.stress = Eigen::Matrix3d::Random();
  evaluation.charges = Eigen::VectorXd::Random(4);
  evaluation.gap = 1.5;
  evaluation.scf = {.converged = true, .iterations = 12};
  evaluation.components = {{"repulsion", 2.0}, {"band", -3.0}};
  evaluation.state = {std::numeric_limits<double>::denorm_min()};
  evaluation.seconds = 0.25;
  const neb::Answer back = unpack_answer(pack_answer(answer));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back.evaluation.energy, evaluation.energy);
  EXPECT_EQ(back.evaluation.free_energy, evaluation.free_energy);
  EXPECT_EQ(back.evaluation.forces, evaluation.forces);
  EXPECT_EQ(*back.evaluation.stress, *evaluation.stress);
  EXPECT_EQ(*back.evaluation.charges, *evaluation.charges);
  EXPECT_FALSE(back.evaluation.fermi_level.has_value());
  EXPECT_EQ(back.evaluation.gap, 1.5);
  EXPECT_EQ(back.evaluation.scf.iterations, 12);
  EXPECT_EQ(back.evaluation.components, evaluation.components);
  EXPECT_EQ(back.evaluation.state, evaluation.state);
  EXPECT_EQ(back.evaluation.seconds, 0.25);
}

TEST(Wire, RefusesDamagedMessages) {
  hpc::Bytes bytes = pack_item({.potential = 0, .structure = dimer(3.0), .guess = {1.0}});
  bytes.pop_back();
  EXPECT_THROW((void)unpack_item(bytes), BackendError);
  bytes.resize(bytes.size() + 9);
  EXPECT_THROW((void)unpack_item(bytes), BackendError);
}

TEST(FarmEvaluator, AnswersInTheOrderOfTheItems) {
  const test::LennardJones potential;
  FarmEvaluator evaluator(hpc::Communicator::self(), {&potential});
  const std::vector<neb::WorkItem> items = {{&potential, dimer(3.6), {}},
                                            {&potential, dimer(4.0), {}}};
  const std::vector<neb::Answer> answers = evaluator.evaluate(items);
  ASSERT_EQ(answers.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(answers[i].evaluation.energy, potential.evaluate(items[i].structure).energy);
  }
}

TEST(FarmEvaluator, ComputesEqualItemsOnce) {
  const Counting potential;
  FarmEvaluator evaluator(hpc::Communicator::self(), {&potential});
  const std::vector<neb::WorkItem> items = {{&potential, dimer(3.6), {}},
                                            {&potential, dimer(3.6), {0.5}}};
  const std::vector<neb::Answer> answers = evaluator.evaluate(items);
  EXPECT_EQ(potential.calls(), 1);
  EXPECT_EQ(answers[0].evaluation.energy, answers[1].evaluation.energy);
}

TEST(FarmEvaluator, ComputesNothingThatTheStoreHolds) {
  const test::ScratchFolder folder("farm-store");
  const Counting potential;
  const std::vector<neb::WorkItem> items = {{&potential, dimer(3.6), {0.3}},
                                            {&potential, dimer(3.9), {}}};
  double first_energy = 0.0;
  {
    Store store(folder.path());
    FarmEvaluator evaluator(hpc::Communicator::self(), {&potential}, {.store = &store});
    first_energy = evaluator.evaluate(items)[0].evaluation.energy;
    EXPECT_EQ(evaluator.counts().computed, 2U);
  }
  Store store(folder.path());
  FarmEvaluator evaluator(hpc::Communicator::self(), {&potential}, {.store = &store});
  const std::vector<neb::Answer> answers = evaluator.evaluate(items);
  EXPECT_EQ(potential.calls(), 2);
  EXPECT_EQ(evaluator.counts().found, 2U);
  EXPECT_EQ(answers[0].evaluation.energy, first_energy);
}

TEST(FarmEvaluator, TurnsAFailureIntoAnAnswerAndDoesNotStoreIt) {
  const test::ScratchFolder folder("farm-failure");
  const Counting potential;
  Store store(folder.path());
  FarmEvaluator evaluator(hpc::Communicator::self(), {&potential}, {.store = &store});
  const std::vector<neb::WorkItem> items = {{&potential, dimer(3.6, 36), {}},
                                            {&potential, dimer(3.6), {}}};
  const std::vector<neb::Answer> answers = evaluator.evaluate(items);
  EXPECT_EQ(answers[0].error, "the test potential refuses this");
  EXPECT_TRUE(answers[1].ok());
  EXPECT_EQ(evaluator.counts().failed, 1U);
  EXPECT_EQ(store.counters().evaluations, 1U);
}

TEST(FarmEvaluator, RefusesPositionsThatAreNotFinite) {
  const test::LennardJones potential;
  FarmEvaluator evaluator(hpc::Communicator::self(), {&potential});
  const std::vector<neb::WorkItem> items = {
      {&potential, dimer(std::numeric_limits<double>::quiet_NaN()), {}}};
  EXPECT_FALSE(evaluator.evaluate(items)[0].ok());
}

TEST(FarmEvaluator, StopsOnRequestAndKeepsWhatWasComputed) {
  const test::ScratchFolder folder("farm-stop");
  const Counting potential;
  Store store(folder.path());
  FarmEvaluatorOptions options;
  options.store = &store;
  options.stop = [&potential]() -> std::optional<std::string> {
    if (potential.calls() < 2) return std::nullopt;
    return "SIGTERM";
  };
  FarmEvaluator evaluator(hpc::Communicator::self(), {&potential}, options);
  const std::vector<neb::WorkItem> items = {{&potential, dimer(3.6), {}},
                                            {&potential, dimer(3.7), {}},
                                            {&potential, dimer(3.8), {}},
                                            {&potential, dimer(3.9), {}}};
  try {
    (void)evaluator.evaluate(items);
    FAIL() << "was not interrupted";
  } catch (const Interrupted& interrupted) {
    EXPECT_STREQ(interrupted.what(), "SIGTERM");
  }
  EXPECT_EQ(potential.calls(), 2);
  EXPECT_EQ(store.counters().evaluations, 2U);
}

}  // namespace
}  // namespace ionpass::workflows
