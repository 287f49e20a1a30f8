// The evaluator over teams of MPI ranks: numbers of one rank, and failures that end nothing else.
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include <potentials/reducer.hpp>
#include <potentials/registry.hpp>
#include <structures/error.hpp>
#include <structures/supercell.hpp>
#include <structures/units.hpp>
#include <workflows/farm_evaluator.hpp>

#include "polar_perovskite.hpp"

namespace ionpass::workflows {
namespace {

Structure perovskite(double shift) {
  Structure out = test::polar_perovskite();
  out.positions(0, 1) += shift;
  return out;
}

std::vector<neb::WorkItem> items_of(const Potential& potential, int count) {
  std::vector<neb::WorkItem> items;
  for (int i = 0; i < count; ++i) items.push_back({&potential, perovskite(0.01 * i), {}});
  return items;
}

TEST(TeamEvaluator, GivesTheBitsOfOneRank) {
  const hpc::Communicator world = hpc::Communicator::world();
  PotentialSettings settings;
  settings.name = "gfn1-xtb";
  settings.kpoints = KpointMesh{Eigen::Vector3i(3, 2, 1)};
  const auto potential =
      make_potential(settings, std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data");
  FarmEvaluator evaluator(world, {potential.get()});
  if (!world.is_root()) return evaluator.serve();
  for (const int count : {1, 3, 1}) {  // all ranks on one energy, several teams, all again
    const std::vector<neb::WorkItem> items = items_of(*potential, count);
    const std::vector<neb::Answer> answers = evaluator.evaluate(items);
    for (std::size_t i = 0; i < items.size(); ++i) {
      ASSERT_TRUE(answers[i].ok()) << answers[i].error;
      const Evaluation alone = potential->evaluate(items[i].structure);
      EXPECT_EQ(answers[i].evaluation.free_energy, alone.free_energy);
      EXPECT_EQ(answers[i].evaluation.forces, alone.forces);
      EXPECT_EQ(answers[i].evaluation.state, alone.state);
    }
  }
}

/// Four cells of it, with Γ or one complex k-point, so that ranks can only share eigenproblems.
void expect_energy_on_a_grid(const Eigen::Vector3d& shift) {
  const hpc::Communicator world = hpc::Communicator::world();
  PotentialSettings settings;
  settings.name = "gfn1-xtb";
  settings.kpoints = KpointMesh{Eigen::Vector3i::Ones(), shift};
  const auto potential =
      make_potential(settings, std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data");
  FarmEvaluator evaluator(world, {potential.get()}, {.ranks_per_image = world.size()});
  if (!world.is_root()) return evaluator.serve();
  std::vector<neb::WorkItem> items = items_of(*potential, 1);
  items[0].structure =
      make_supercell(items[0].structure, Eigen::Vector3i(2, 2, 1).asDiagonal()).structure;
  items[0].structure.positions(2, 0) += 0.1;
  items[0].stress = true;
  const neb::Answer answer = evaluator.evaluate(items)[0];
  ASSERT_TRUE(answer.ok()) << answer.error;
  const Evaluation alone = potential->evaluate(items[0].structure, {.stress = true, .guess = {}});
  const Evaluation& shared = answer.evaluation;
  EXPECT_NEAR(shared.free_energy, alone.free_energy, 1e-9 * units::hartree);
  EXPECT_LT((shared.forces - alone.forces).cwiseAbs().maxCoeff(), 1e-7);
  EXPECT_LT((*shared.stress - *alone.stress).cwiseAbs().maxCoeff(), 1e-9);
  EXPECT_EQ(shared.scf.iterations, alone.scf.iterations);
}

TEST(TeamEvaluator, SharesARealEigenproblem) { expect_energy_on_a_grid(Eigen::Vector3d::Zero()); }

TEST(TeamEvaluator, SharesAComplexEigenproblem) {
  expect_energy_on_a_grid(Eigen::Vector3d(0.25, 0.0, 0.0));
}

/// Shared by any number of ranks; the last one of several fails where an atom stands off its place.
class Fragile final : public Potential {
 public:
  [[nodiscard]] const PotentialDescription& description() const noexcept override {
    return description_;
  }
  void check(const Structure&) const override {}
  [[nodiscard]] double cost(const Structure&) const override { return 1.0; }
  [[nodiscard]] int most_ranks(const Structure&) const override { return 1000; }

 private:
  [[nodiscard]] Evaluation do_evaluate(const Structure& structure,
                                       const EvaluationRequest& request) const override {
    const int size = request.group != nullptr ? request.group->size() : 1;
    const int rank = request.group != nullptr ? request.group->rank() : 0;
    if (structure.positions(0, 1) > 0.005 && rank == size - 1)
      throw ConvergenceError("the last rank fell over");
    std::vector<double> one{1.0};
    if (request.group != nullptr) request.group->sum(one);
    Evaluation out;
    out.energy = out.free_energy = one[0];
    out.forces = Eigen::Matrix3Xd::Zero(3, structure.positions.cols());
    return out;
  }
  PotentialDescription description_ = [] {
    PotentialDescription out;
    out.name = "test/fragile";
    return out;
  }();
};

TEST(TeamEvaluator, ARankThatFailsHoldsUpNoOther) {
  const hpc::Communicator world = hpc::Communicator::world();
  const Fragile potential;
  FarmEvaluator evaluator(world, {&potential});
  if (!world.is_root()) return evaluator.serve();
  std::vector<neb::WorkItem> item = items_of(potential, 1);
  EXPECT_EQ(evaluator.evaluate(item)[0].evaluation.energy, world.size());
  item[0].structure.positions(0, 1) = 0.1;
  EXPECT_EQ(evaluator.evaluate(item)[0].error, "the last rank fell over");
  item[0].structure.positions(0, 1) = 0.0;
  EXPECT_EQ(evaluator.evaluate(item)[0].evaluation.energy, world.size());
}

TEST(TeamEvaluator, AsksOnlyLeadersWhetherToStop) {
  const hpc::Communicator world = hpc::Communicator::world();
  const Fragile potential;
  FarmEvaluatorOptions options;
  // The others have seen a signal that the leader has not.
  options.stop = [&]() -> std::optional<std::string> {
    if (world.is_root()) return std::nullopt;
    return "SIGTERM";
  };
  FarmEvaluator evaluator(world, {&potential}, options);
  if (!world.is_root()) return evaluator.serve();
  EXPECT_EQ(evaluator.evaluate(items_of(potential, 1))[0].evaluation.energy, world.size());
}

}  // namespace
}  // namespace ionpass::workflows
