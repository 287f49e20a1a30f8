// A whole study in one process: its barriers, what fails and what it refuses.
#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lennard_jones.hpp>

#include <neb/relaxation.hpp>
#include <structures/error.hpp>
#include <structures/hops.hpp>
#include <structures/io.hpp>
#include <structures/neighbors.hpp>
#include <workflows/runner.hpp>
#include <workflows/store.hpp>

#include "runner_fixture.hpp"

namespace ionpass::workflows {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Structure relaxed(const Structure& start) {
  const test::LennardJones potential;
  neb::Relaxation job(start, {.fmax = 0.001});
  neb::SerialEvaluator evaluator;
  const std::vector<neb::RunningJob> jobs = {{&job, &potential, "relaxation"}};
  EXPECT_TRUE(neb::run(jobs, evaluator));
  EXPECT_TRUE(job.converged());
  return job.structure();
}

/// The barrier of the cubic crystal without any band: the saddle lies half way by symmetry, and
/// relaxing keeps it there.
double barrier_by_symmetry(const std::filesystem::path& cif) {
  const Structure unit = read_frame(cif).structure;
  const Hop hop = distinct_hops(unit, find_symmetry(unit), 18, 4.2).front();
  const Supercell supercell = make_supercell(unit, 2 * Eigen::Matrix3i::Identity());
  const HopEndpoints ends = make_endpoints(supercell, hop, 0.0);
  Structure saddle = ends.initial;
  const auto ion = static_cast<Eigen::Index>(ends.ion);
  saddle.positions.col(ion) = 0.5 * (ends.initial.positions + ends.final_.positions).col(ion);
  const test::LennardJones potential;
  return potential.evaluate(relaxed(saddle)).energy -
         potential.evaluate(relaxed(ends.initial)).energy;
}

TEST(Runner, FindsTheBarrierThatSymmetryGives) {
  const test::ScratchFolder folder("run-barrier");
  const RunOutcome outcome =
      run(test::write_study(folder.path()), options_for(folder.path() / "run"));
  EXPECT_EQ(outcome.exit_code, exit_done);
  ASSERT_EQ(outcome.result.materials.size(), 2U);
  const MaterialResult& cubic = outcome.result.materials[0];
  ASSERT_EQ(cubic.hops.size(), 1U);
  const HopResult& hop = cubic.hops[0];
  ASSERT_EQ(hop.status, HopStatus::converged) << hop.diagnosis;
  // Second order in the forces left over: 0.002 eV/Å over stiffnesses of 0.1 eV/Å² and more.
  constexpr double left_over = 5e-4;  // eV
  EXPECT_NEAR(*hop.barrier_forward, barrier_by_symmetry(folder.path() / "cubic.cif"), left_over);
  EXPECT_NEAR(*hop.barrier_backward, *hop.barrier_forward, left_over);
  EXPECT_EQ(hop.multiplicity, 24U);  // 12 neighbours of 4 atoms, each pair once
  EXPECT_EQ(cubic.space_group_number, 225);
  EXPECT_EQ(cubic.atoms, 32U);
}

/// Lennard-Jones atoms whose parameters were "fitted" to distances from `nearest` Å up.
class Bounded final : public Potential {
 public:
  explicit Bounded(double nearest) : nearest_(nearest) {}
  [[nodiscard]] const PotentialDescription& description() const noexcept override {
    return atoms_.description();
  }
  void check(const Structure&) const override {}
  [[nodiscard]] double cost(const Structure& structure) const override {
    return atoms_.cost(structure);
  }
  [[nodiscard]] std::vector<Extrapolation> extrapolations(
      const Structure& structure) const override {
    double shortest = nearest_;
    for (const NeighborPair& pair : neighbor_pairs(structure, nearest_))
      shortest = std::min(shortest, pair.distance);
    if (shortest == nearest_) return {};
    return {{.kind = "distance", .text = "too near", .extent = nearest_ / shortest}};
  }

 private:
  [[nodiscard]] Evaluation do_evaluate(const Structure& structure,
                                       const EvaluationRequest& request) const override {
    return atoms_.evaluate(structure, request);
  }
  test::LennardJones atoms_;
  double nearest_;
};

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t out = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++out;
  return out;
}

/// What a study says of geometries beyond the data where these begin at `nearest` Å.
struct Said {
  std::string notes, report;
  std::vector<MaterialResult> materials;
};
Said said_beyond(double nearest) {
  const test::ScratchFolder folder("run-beyond");
  RunOptions options = options_for(folder.path() / "run");
  Recorder recorder;
  options.progress = &recorder;
  options.potential = [nearest](const PotentialSettings&) {
    return std::make_unique<Bounded>(nearest);
  };
  const RunOutcome outcome = run(test::write_study(folder.path()), options);
  EXPECT_EQ(outcome.exit_code, exit_done) << recorder.notes;
  return {recorder.notes, read_text_file(options.run_dir / "report.md"), outcome.result.materials};
}

TEST(Runner, SaysOncePerHopWhereGeometriesLeaveTheDataOfThePotential) {
  // The first guess of a path comes nearer than 3.4 Å, the saddles do not; they come below 3.6 Å.
  for (const auto& [nearest, of_path] :
       {std::pair(3.4, "the search went through geometries beyond the data of the potential"),
        std::pair(3.6, "too near")}) {
    const Said said = said_beyond(nearest);
    std::size_t hops = 0;
    for (const MaterialResult& material : said.materials)
      for (const HopResult& hop : material.hops) {
        ++hops;
        const std::string live = fmt::format("warning: {}: {}: too near", material.name, hop.label);
        EXPECT_EQ(occurrences(said.notes, live), 1U) << said.notes;
        EXPECT_THAT(material.warnings,
                    ::testing::Contains(AllOf(HasSubstr(hop.label), HasSubstr(of_path))));
      }
    EXPECT_EQ(hops, 3U);
    EXPECT_THAT(said.report, HasSubstr(of_path));
  }
  // Within the data nothing is said.
  const Said quiet = said_beyond(2.0);
  EXPECT_THAT(quiet.notes, ::testing::Not(HasSubstr("too near")));
  EXPECT_THAT(quiet.report, ::testing::Not(HasSubstr("beyond the data")));
}

TEST(Runner, ComputesSharedEndPointsOnce) {
  const test::ScratchFolder folder("run-shared");
  const RunOutcome outcome =
      run(test::write_study(folder.path()), options_for(folder.path() / "run"));
  const MaterialResult& stretched = outcome.result.materials[1];
  ASSERT_EQ(stretched.hops.size(), 2U);
  // Host and end points; four end points would be two for each hop.
  EXPECT_LT(stretched.relaxations.size(), 1U + 4U);
  std::size_t counted = 0;
  for (const HopResult& hop : stretched.hops) {
    EXPECT_EQ(hop.status, HopStatus::converged) << hop.diagnosis;
    counted += hop.evaluations_relax + hop.evaluations_neb;
  }
  EXPECT_GT(counted, 0U);
  EXPECT_NE(*stretched.hops[0].barrier_forward, *stretched.hops[1].barrier_forward);
}

/// Remembers how many unpaired electrons came with how many atoms.
class ElectronWatch final : public Potential {
 public:
  using Seen = std::set<std::pair<std::size_t, std::optional<int>>>;
  explicit ElectronWatch(Seen& seen) : seen_(seen) {}
  [[nodiscard]] const PotentialDescription& description() const noexcept override {
    return inner_.description();
  }
  void check(const Structure& structure) const override { note(structure); }
  [[nodiscard]] double cost(const Structure& structure) const override {
    return inner_.cost(structure);
  }

 private:
  void note(const Structure& structure) const {
    seen_.emplace(structure.size(), structure.unpaired);
  }
  [[nodiscard]] Evaluation do_evaluate(const Structure& structure,
                                       const EvaluationRequest& request) const override {
    return inner_.evaluate(structure, request);
  }
  test::LennardJones inner_;
  Seen& seen_;
};

TEST(Runner, PrescribesUnpairedElectronsToTheVacancyAlone) {
  const test::ScratchFolder folder("run-unpaired");
  Study study = read_study(test::write_study(folder.path()));
  study.materials.resize(1);
  study.materials[0].defect.unpaired = 3;
  ElectronWatch::Seen seen;
  RunOptions options = options_for(folder.path() / "run");
  options.potential = [&seen](const PotentialSettings&) {
    return std::make_unique<ElectronWatch>(seen);
  };
  const RunOutcome outcome = run_study(study, options, hpc::Communicator::self());
  EXPECT_EQ(seen, (ElectronWatch::Seen{{32, std::nullopt}, {31, 3}}));
  EXPECT_EQ(outcome.result.materials[0].unpaired, 3);
  const std::string hop = outcome.result.materials[0].hops[0].label;
  for (const Frame& frame : read_frames(options.run_dir / "cubic" / hop / "path.extxyz"))
    EXPECT_EQ(frame.structure.unpaired, 3);
  EXPECT_THAT(read_text_file(options.run_dir / "report.md"), HasSubstr("3 unpaired electrons"));
}

TEST(Runner, GoesOnFromTheLowestOfSeveralHosts) {
  const test::ScratchFolder folder("run-starts");
  Study study = read_study(test::write_study(folder.path()));
  study.materials.pop_back();
  study.materials[0].host = {.fmax = 0.05, .rattle = 0.3, .seed = 5, .starts = 3};
  const RunOptions options = options_for(folder.path() / "run");
  const MaterialResult material =
      run_study(study, options, hpc::Communicator::self()).result.materials.at(0);
  std::vector<const RelaxationResult*> hosts;
  for (const RelaxationResult& relaxation : material.relaxations) {
    if (relaxation.name.starts_with("host, seed ")) hosts.push_back(&relaxation);
  }
  ASSERT_EQ(hosts.size(), 3U);
  const auto by_energy = [](const auto* a, const auto* b) { return a->energy < b->energy; };
  const auto [lowest, highest] = std::minmax_element(hosts.begin(), hosts.end(), by_energy);
  ASSERT_LT((*lowest)->energy, (*highest)->energy);
  const Frame used = read_frame(options.run_dir / "cubic" / "host.extxyz");
  EXPECT_NEAR(*used.data.energy, (*lowest)->energy, 1e-8);
  EXPECT_THAT(material.warnings,
              testing::Contains(HasSubstr((*lowest)->name + ", the lowest of 3 starts")));
  EXPECT_EQ(material.hops.at(0).status, HopStatus::converged);
}

TEST(Runner, RefusesASupercellThatHoldsNoHop) {
  const test::ScratchFolder folder("run-small");
  Study study = read_study(test::write_study(folder.path()));
  study.materials[0].supercell = SupercellMatrix{Eigen::Matrix3i::Identity()};
  try {
    (void)run_study(study, options_for(folder.path() / "run"), hpc::Communicator::self());
    FAIL() << "was not refused";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("material cubic"), HasSubstr("none of the 1 chosen"),
                                    HasSubstr("larger supercell")));
  }
}

TEST(Runner, KeepsTheOtherMaterialsWhenOneFails) {
  const test::ScratchFolder folder("run-failing");
  const RunOutcome outcome = run(test::write_study(folder.path(), true),
                                 options_for(folder.path() / "run", {.refused = 36}));
  EXPECT_EQ(outcome.exit_code, exit_backend_failed);
  EXPECT_EQ(outcome.result.materials[0].hops[0].status, HopStatus::converged);
  const HopResult& failed = outcome.result.materials[2].hops[0];
  EXPECT_EQ(failed.status, HopStatus::failed);
  EXPECT_FALSE(failed.barrier_forward.has_value());
  EXPECT_THAT(failed.diagnosis, HasSubstr("the test potential refuses this"));
  // No number stands where there was no energy.
  const nlohmann::json report =
      nlohmann::json::parse(read_text_file(folder.path() / "run" / "report.json"));
  const nlohmann::json& host = report.at("materials").at(2).at("relaxations").at(0);
  for (const char* name : {"energy", "max_force", "max_displacement"})
    EXPECT_TRUE(host.at(name).is_null()) << name;
  EXPECT_EQ(report.dump().find("eV/Å were left"), std::string::npos);
}

TEST(Runner, NamesTheMaterialWhosePotentialCannotBe) {
  const test::ScratchFolder folder("run-potential");
  RunOptions options = options_for(folder.path() / "run");
  options.potential = [](const PotentialSettings&) -> std::unique_ptr<Potential> {
    throw InputError("d3: has no meaning");
  };
  expect_refusal(test::write_study(folder.path()), options, {"material cubic: d3"});
}

TEST(Runner, TellsTheMeshThatASpacingStandsFor) {
  const test::ScratchFolder folder("run-spacing");
  Study study = read_study(test::write_study(folder.path()));
  study.materials.resize(1);
  RunOptions options = options_for(folder.path() / "run");
  options.time_limit = std::chrono::seconds(0);
  // The supercell has 10.52 Å: 2π/10.52 is 0.597 1/Å.
  for (const auto& [spacing, text] :
       {std::pair{0.3, "2x2x2 (spacing 0.3 1/Å)"}, {0.6, "Γ (spacing 0.6 1/Å)"}}) {
    study.materials[0].potential.kpoints = KpointSpacing{spacing};
    EXPECT_EQ(run_study(study, options, hpc::Communicator::self()).result.materials[0].kpoints,
              text);
  }
}

TEST(Runner, RecordsTheSettingsAndTheFileOfAMaterial) {
  const test::ScratchFolder folder("run-settings");
  Study study = read_study(test::write_study(folder.path()));
  study.materials.resize(1);
  study.materials[0].neb.fmax = 0.0625;
  RunOptions options = options_for(folder.path() / "run");
  options.time_limit = std::chrono::seconds(0);
  const RunOutcome outcome = run_study(study, options, hpc::Communicator::self());
  const MaterialResult& material = outcome.result.materials[0];
  EXPECT_EQ(material.structure_sha256, sha256_hex(read_text_file(study.materials[0].structure)));
  EXPECT_THAT(material.settings, testing::Contains(testing::Pair("neb.fmax", "0.0625")));
}

TEST(Runner, GivesNoBarrierIfAnEndPointDoesNotRelax) {
  const test::ScratchFolder folder("run-unrelaxed");
  Study study = read_study(test::write_study(folder.path()));
  study.materials.pop_back();
  study.materials[0].relax.max_iterations = 1;
  study.materials[0].relax.fmax = 1e-6;
  study.materials[0].host.relax = false;
  const RunOutcome outcome =
      run_study(study, options_for(folder.path() / "run"), hpc::Communicator::self());
  EXPECT_EQ(outcome.exit_code, exit_not_converged);
  const HopResult& hop = outcome.result.materials[0].hops[0];
  EXPECT_EQ(hop.status, HopStatus::not_converged);
  EXPECT_FALSE(hop.barrier_forward.has_value());
  EXPECT_THAT(hop.diagnosis, HasSubstr("did not relax"));
}

TEST(Runner, NamesTheMaterialWhoseInputIsWrong) {
  const test::ScratchFolder folder("run-wrong");
  Study study = read_study(test::write_study(folder.path()));
  study.materials[1].defect.vacancy = "Br";
  try {
    (void)run_study(study, options_for(folder.path() / "run"), hpc::Communicator::self());
    FAIL() << "was not refused";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("material stretched"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "run"));
}

TEST(Runner, StopsAtItsTimeLimit) {
  const test::ScratchFolder folder("run-limit");
  RunOptions options = options_for(folder.path() / "run", {.delay = std::chrono::milliseconds(1)});
  options.time_limit = std::chrono::seconds(0);
  const RunOutcome outcome = run(test::write_study(folder.path()), options);
  EXPECT_EQ(outcome.exit_code, exit_interrupted);
  EXPECT_EQ(outcome.stopped_by, "time limit");
  EXPECT_EQ(outcome.result.materials[0].hops[0].status, HopStatus::unfinished);
  EXPECT_FALSE(std::filesystem::exists(options.run_dir / "report.json"));
}

}  // namespace
}  // namespace ionpass::workflows
