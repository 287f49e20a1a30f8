// Labels of generated structures, and the sections of a plan that ask for them.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <hpc/communicator.hpp>
#include <structures/error.hpp>
#include <workflows/data_paths.hpp>

#include "calibrate/base.hpp"
#include "calibrate/data_stages.hpp"
#include "calibrate/plan_generate.hpp"
#include "calibrate/read_labels.hpp"

namespace ionpass::workflows {
namespace {

namespace fs = std::filesystem;

PotentialSettings pilot() {
  PotentialSettings settings;
  settings.name = "dftb/pilot-pbi3";
  return settings;
}

/// A folder of its own for each test, gone afterwards.
class Labels : public ::testing::Test {
 protected:
  Labels()
      : folder_(fs::temp_directory_path() /
                (std::string("ionpass-labels-") +
                 ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(folder_);
  }
  ~Labels() override { fs::remove_all(folder_); }

  [[nodiscard]] Labelled label(const std::vector<Frame>& frames) const {
    return label_frames(frames, settings_, folder_, hpc::Communicator::self(), {});
  }

  fs::path folder_;
  LabelSettings settings_{.potential = pilot(), .source = "test", .group = "group"};
};

Frame cubic(const std::string& kpts) {
  Frame frame;
  frame.structure.cell = Cell(Eigen::Matrix3d(6.3 * Eigen::Matrix3d::Identity()));
  frame.structure.numbers = {55, 82, 53, 53, 53};
  frame.structure.positions.resize(3, 5);
  frame.structure.positions << 3.1, 0.0, 3.15, 0.1, 0.0,  //
      3.15, 0.0, 0.0, 3.15, 0.0,                          //
      3.15, 0.0, 0.0, 0.0, 3.15;
  frame.data.info["name"] = "cubic";
  if (!kpts.empty()) frame.data.info["kpts"] = kpts;
  return frame;
}

double direct_energy(const Structure& structure, const KpointSampling& sampling) {
  PotentialSettings settings = pilot();
  settings.kpoints = sampling;
  return make_potential(settings, data_paths().potentials)->evaluate(structure).free_energy;
}

TEST_F(Labels, EveryStructureHasItsOwnKpointsAndCharge) {
  const KpointMesh mesh{.mesh = {2, 1, 1}, .shift = {0.5, 0.0, 0.0}};
  Frame shifted = cubic(kpoints_text(kpoints(mesh, *cubic("").structure.cell)));
  Frame gamma = cubic("");
  Frame charged = cubic("0,0,0,1");
  charged.structure.charge = 1.0;
  const Labelled out = label({shifted, gamma, charged});
  ASSERT_EQ(out.frames.size(), 3U);
  EXPECT_TRUE(out.failures.empty());
  constexpr double same = 1e-7;  // eV, of two self-consistent cycles
  EXPECT_NEAR(*out.frames[0].data.energy, direct_energy(shifted.structure, mesh), same);
  EXPECT_NEAR(*out.frames[1].data.energy, direct_energy(gamma.structure, KpointMesh{}), same);
  EXPECT_NEAR(*out.frames[2].data.energy, direct_energy(charged.structure, KpointMesh{}), same);
  EXPECT_GT(std::abs(*out.frames[0].data.energy - *out.frames[1].data.energy), 0.01);
  EXPECT_TRUE(out.frames[0].data.stress.has_value());
  EXPECT_FALSE(out.frames[2].data.stress.has_value());
  EXPECT_EQ(out.frames[0].data.info.at("energy_group"), "groupCsI3Pb+0_1");
  EXPECT_EQ(out.frames[2].data.info.at("energy_group"), "groupCsI3Pb+1_1_V250.05");
  EXPECT_EQ(out.frames[0].data.info.at("source"), "test");
}

// A plan's base may have k-points of its own; structures without any were computed at Γ.
TEST_F(Labels, TheBaseIsAtGammaForAStructureWithoutKpoints) {
  const KpointMesh mesh{.mesh = {2, 1, 1}, .shift = {0.5, 0.0, 0.0}};
  CalibrationPlan plan;
  plan.base = pilot();
  plan.base.kpoints = KpointMesh{.mesh = {2, 2, 2}};
  calibrate::LabelledStructure gamma, sampled;
  gamma.structure = sampled.structure = cubic("").structure;
  sampled.kpoints = kpoints(mesh, *sampled.structure.cell);
  const LabelEvaluations base = evaluate_labels(plan, {}, {gamma, sampled}, Unsupported::refuse,
                                                {.world = hpc::Communicator::self()});
  ASSERT_EQ(base.answers.size(), 2U);
  const double at_gamma = base.answers[0].value().energy;
  constexpr double same = 1e-7;  // eV, of two self-consistent cycles
  EXPECT_NEAR(at_gamma, direct_energy(gamma.structure, KpointMesh{}), same);
  EXPECT_NEAR(base.answers[1].value().energy, direct_energy(gamma.structure, mesh), same);
  EXPECT_GT(std::abs(at_gamma - direct_energy(gamma.structure, plan.base.kpoints)), 0.01);
}

TEST_F(Labels, NothingIsComputedTwice) {
  EXPECT_EQ(label({cubic("")}).computed, 1U);
  const Labelled again = label({cubic(""), cubic("0.25,0,0,1")});
  EXPECT_EQ(again.computed, 1U);
  EXPECT_EQ(again.found, 1U);
}

TEST_F(Labels, AStructureThatCannotBeTreatedIsNamed) {
  Frame strange = cubic("");
  strange.structure.numbers[0] = 79;
  try {
    (void)label({strange});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("cubic: "));
  }
}

TEST_F(Labels, StagesPassStructuresOnAsFiles) {
  const fs::path file =
      fs::path(IONPASS_SOURCE_DIR) / "potentials/data/calibration/pbi3-1/CsPbI3-cubic.cif";
  StructureSet set;
  set.name = "cubic";
  set.structure = file;
  set.count = set.volumes = 2;
  EXPECT_THROW((void)label_stage(settings_, folder_, hpc::Communicator::self(), {}), InputError);
  const Generated made = generate_stage({.seed = 1, .sets = {set}}, folder_);
  EXPECT_EQ(made.structures, 2U);
  EXPECT_EQ(made.hash, generate_stage({.seed = 1, .sets = {set}}, folder_).hash);
  const Labelled out = label_stage(settings_, folder_, hpc::Communicator::self(), {});
  const auto written = read_frames(labelled_file(folder_));
  ASSERT_EQ(written.size(), 2U);
  EXPECT_EQ(written[1].data.energy, out.frames[1].data.energy);
  EXPECT_EQ(written[1].data.info.at("config_type"), "cubic");
}

/// The error of a `generate` section, without the name of the file.
std::string error_of(const std::string& text) {
  try {
    (void)read_generate(YamlNode::parse(text, "plan.yaml"), "plan.yaml");
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

std::string with_set(const std::string& keys) {
  const std::string file =
      fs::path(IONPASS_SOURCE_DIR) / "potentials/data/calibration/pbi3-1/CsPbI3-cubic.cif";
  return "sets:\n  - {name: a, structure: " + file + ", " + keys + "}\n";
}

TEST(GenerateSection, IsReadWithUnitsAndWords) {
  const auto settings = read_generate(
      YamlNode::parse("seed: 7\n" + with_set("kind: vacancy, count: 4, rattle: [0.01 nm, 0.2], "
                                             "strain: 0.05, supercell: {repeats: [2, 1, 1]}, "
                                             "kpoints: {mesh: [1, 2, 2]}, ion: Cs"),
                      "plan.yaml"),
      "plan.yaml");
  ASSERT_EQ(settings.sets.size(), 1U);
  const StructureSet& set = settings.sets.front();
  EXPECT_EQ(settings.seed, 7U);
  EXPECT_EQ(set.kind, SetKind::vacancy);
  EXPECT_EQ(set.count, 4U);
  EXPECT_DOUBLE_EQ(set.rattle.low, 0.1);
  EXPECT_DOUBLE_EQ(set.rattle.high, 0.2);
  EXPECT_EQ(set.ion, 55);
  EXPECT_EQ(std::get<SupercellMatrix>(set.supercell).matrix.diagonal(), Eigen::Vector3i(2, 1, 1));
  EXPECT_EQ(std::get<KpointMesh>(set.kpoints).mesh, Eigen::Vector3i(1, 2, 2));
}

TEST(GenerateSection, MistakesAreShownWhereTheyAre) {
  using ::testing::AllOf;
  using ::testing::HasSubstr;
  EXPECT_THAT(error_of("seed: 1\n"), HasSubstr("'sets' is missing"));
  EXPECT_THAT(error_of("sets: []\n"), HasSubstr("no set given"));
  EXPECT_THAT(error_of("sets:\n  - {name: a, structure: nowhere.cif}\n"),
              AllOf(HasSubstr("plan.yaml:2:"), HasSubstr("'nowhere.cif' is not there")));
  EXPECT_THAT(error_of(with_set("ratle: 0.1")),
              AllOf(HasSubstr("plan.yaml:2:"), HasSubstr("did you mean 'rattle'")));
  EXPECT_THAT(error_of(with_set("rattle: [0.2, 0.1]")), HasSubstr("the lower must come first"));
  EXPECT_THAT(error_of(with_set("rattle: [0.1, 0.2, 0.3]")), HasSubstr("expected [low, high]"));
  EXPECT_THAT(error_of(with_set("rattle: [0.1, 20]")), HasSubstr("0 to 0.6"));
  EXPECT_THAT(error_of(with_set("kind: crystl")), HasSubstr("crystal"));
  EXPECT_THAT(error_of(with_set("ion: Xx")), HasSubstr("'Xx' is no element"));
  EXPECT_THAT(error_of(with_set("count: 2, volumes: 3")),
              AllOf(HasSubstr("plan.yaml:2:"), HasSubstr("only 2 structures")));
  EXPECT_THAT(error_of(with_set("kind: vacancy, volumes: 3")), HasSubstr("'crystal'"));
  EXPECT_THAT(error_of(with_set("count: 2")),
              AllOf(HasSubstr("plan.yaml:2:"), HasSubstr("has no k-points")));
  const std::string at_gamma = "kpoints: {mesh: [1, 1, 1]}";
  EXPECT_THAT(error_of(with_set(at_gamma) + with_set(at_gamma).substr(6)),
              HasSubstr("the name 'a' is given twice"));
}

TEST(LabelSection, NeedsAMethod) {
  try {
    (void)read_label(YamlNode::parse("stress: false\n", "plan.yaml"), "plan.yaml");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("'potential' is missing"));
  }
  const LabelSettings settings =
      read_label(YamlNode::parse("{potential: gfn1-xtb, stress: false, group: mine}", "plan.yaml"),
                 "plan.yaml");
  EXPECT_FALSE(settings.stress);
  EXPECT_EQ(settings.group, "mine");
}

}  // namespace
}  // namespace ionpass::workflows
