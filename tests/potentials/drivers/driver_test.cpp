// Drivers that work: energies, units, processes that stay, templates.
#include <array>
#include <csignal>

#include "driver_fixture.hpp"

namespace ionpass::test {
namespace {

using testing::HasSubstr;
using testing::Not;

void expect_fake_numbers(const Evaluation& evaluation, const Structure& structure,
                         double tolerance) {
  EXPECT_NEAR(evaluation.energy, fake_energy(structure), tolerance);
  EXPECT_NEAR(evaluation.free_energy, fake_energy(structure), tolerance);
  EXPECT_LT((evaluation.forces + structure.positions).cwiseAbs().maxCoeff(), tolerance);
}

struct Way {
  std::string driver, kind, exchange, transport;
};

void PrintTo(const Way& way, std::ostream* out) {
  *out << way.kind << " over " << way.exchange << ", " << way.transport;
}

class Ways : public Drivers, public testing::WithParamInterface<Way> {
 protected:
  [[nodiscard]] std::unique_ptr<Potential> potential() const {
    PotentialSettings out = settings(GetParam().driver, GetParam().kind);
    out.driver.exchange = GetParam().exchange;
    out.driver.transport = GetParam().transport;
    if (GetParam().kind == "ipi") out.driver.command.emplace_back("{socket}");
    return make(out);
  }
};

// The cell is skewed: a transposed one would show in the energy.
TEST_P(Ways, GiveTheNumbersOfTheProgram) {
  const auto used = potential();
  Structure crystal = skewed_crystal();
  for (int step = 0; step < 3; ++step) {
    crystal.positions(0, 1) += 0.05;
    expect_fake_numbers(used->evaluate(crystal), crystal, printed_digits);
  }
  EXPECT_EQ(starts(), GetParam().exchange == "socket" ? 1U : 3U);
}

// Another cell or other elements: no process that was started for the old ones is asked.
TEST_P(Ways, StartAnewForAnotherSystem) {
  const auto used = potential();
  const Structure crystal = skewed_crystal();
  Structure strained = crystal;
  strained.cell.emplace(Eigen::Matrix3d(1.01 * crystal.cell->matrix()));
  Structure other = crystal;
  other.numbers = {53, 53, 82};
  for (const Structure& structure : {crystal, strained, other})
    expect_fake_numbers(used->evaluate(structure), structure, printed_digits);
  EXPECT_EQ(starts(), 3U);
}

INSTANTIATE_TEST_SUITE_P(All, Ways,
                         testing::Values(Way{"cp2k-xtb", "cp2k", "socket", "unix"},
                                         Way{"cp2k-xtb", "cp2k", "socket", "inet"},
                                         Way{"cp2k-xtb", "cp2k", "files", "unix"},
                                         Way{"qe-pbe-d3", "pw", "socket", "unix"},
                                         Way{"qe-pbe-d3", "pw", "socket", "inet"},
                                         Way{"qe-pbe-d3", "pw", "files", "unix"},
                                         Way{"ipi", "ipi", "socket", "unix"}),
                         [](const auto& param) {
                           return param.param.kind + "_" + param.param.exchange + "_" +
                                  param.param.transport;
                         });

TEST_F(Drivers, StressIsMinusTheVirialByTheVolume) {
  const auto potential = make(settings("cp2k-xtb", "cp2k"));
  const Structure crystal = skewed_crystal();
  const Evaluation evaluation = potential->evaluate(crystal, {.stress = true, .guess = {}});
  ASSERT_TRUE(evaluation.stress.has_value());
  constexpr double hartree = 27.211386245988;
  EXPECT_NEAR((*evaluation.stress)(1, 0), -0.002 * hartree / crystal.cell->volume(), 1e-12);
  EXPECT_NEAR((*evaluation.stress)(2, 2), -0.004 * hartree / crystal.cell->volume(), 1e-12);
}

TEST_F(Drivers, ACommandAnswersWithJsonOrExtxyz) {
  const Structure crystal = skewed_crystal();
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, {"{input}"}, {"{input}", "{output}"}}) {
    PotentialSettings command = settings("command", "command");
    command.driver.command.insert(command.driver.command.end(), arguments.begin(), arguments.end());
    expect_fake_numbers(make(command)->evaluate(crystal), crystal, printed_digits);
  }
}

TEST_F(Drivers, ACommandMayTreatMolecules) {
  Structure molecule = skewed_crystal();
  molecule.cell.reset();
  expect_fake_numbers(make(settings("command", "command"))->evaluate(molecule), molecule,
                      printed_digits);
  const auto cp2k = make(settings("cp2k-xtb", "cp2k"));
  EXPECT_THAT(failure_of([&] { cp2k->check(molecule); }).message, HasSubstr("periodic cell"));
}

// The program hangs and ignores SIGTERM; the caller has had enough of it.
TEST_F(Drivers, AnEvaluationEndsWhenTheCallerDoesNotWait) {
  struct Enough {};
  for (const char* exchange : {"files", "socket"}) {
    script("hang ok");
    (void)folder_.write("script.count", "0");
    PotentialSettings patient = settings("cp2k-xtb", "cp2k");
    patient.driver.exchange = exchange;
    patient.driver.timeout = 600.0;
    const auto potential = make(patient);
    const auto give_up_once_it_hangs = [this] {
      if (std::filesystem::exists(script_file().string() + ".pids")) throw Enough();
    };
    EXPECT_THROW(
        (void)potential->evaluate(skewed_crystal(),
                                  {.stress = false, .guess = {}, .on_wait = give_up_once_it_hangs}),
        Enough)
        << exchange;
    std::ifstream pids(script_file().string() + ".pids");
    for (pid_t pid = 0; pids >> pid;) EXPECT_NE(kill(pid, 0), 0) << exchange;
    std::filesystem::remove(script_file().string() + ".pids");
    expect_fake_numbers(potential->evaluate(skewed_crystal()), skewed_crystal(), printed_digits);
  }
}

TEST_F(Drivers, NothingIsLeftBehind) {
  {
    const auto potential = make(settings("cp2k-xtb", "cp2k"));
    (void)potential->evaluate(skewed_crystal());
    EXPECT_FALSE(std::filesystem::is_empty(folder_.path() / "scratch"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "scratch"));
}

// Whether an evaluation ends well or not.
TEST_F(Drivers, NoDescriptorStaysOpen) {
  const auto open = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  const auto before = open();
  for (const char* exchange : {"files", "socket"}) {
    script("crash ok hang protocol truncate ok");
    (void)folder_.write("script.count", "0");
    PotentialSettings hurried = settings("cp2k-xtb", "cp2k");
    hurried.driver.exchange = exchange;
    hurried.driver.timeout = 1.0;
    const auto potential = make(hurried);
    for (int i = 0; i < 6; ++i)
      (void)failure_of([&] { (void)potential->evaluate(skewed_crystal()); });
  }
  EXPECT_EQ(open(), before);
}

// Each atom would have the force of another.
TEST_F(Drivers, AnAnswerInAnotherOrderIsRefused) {
  script("sorted");
  PotentialSettings command = settings("command", "command");
  command.driver.command.insert(command.driver.command.end(), {"{input}", "{output}"});
  const auto potential = make(command);
  const Failed failed = failure_of([&] { (void)potential->evaluate(skewed_crystal()); });
  EXPECT_EQ(failed.kind, "protocol_violation");
  EXPECT_THAT(failed.message, HasSubstr("another order"));
}

TEST_F(Drivers, OutputIsKeptOnRequest) {
  PotentialSettings keeping = settings("cp2k-xtb", "cp2k");
  keeping.driver.exchange = "files";
  keeping.driver.keep_output = true;
  (void)make(keeping)->evaluate(skewed_crystal());
  std::size_t kept = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "scratch"))
    if (text_of_file(entry.path() / "output.txt").find("ENERGY|") != std::string::npos) ++kept;
  EXPECT_EQ(kept, 1U);
}

TEST_F(Drivers, WhatATemplateCannotSayIsRefused) {
  const auto potential = make(settings("cp2k-xtb", "cp2k"));
  Structure crystal = skewed_crystal();
  crystal.charge = 0.5;
  EXPECT_THAT(failure_of([&] { potential->check(crystal); }).message, HasSubstr("whole charges"));
  PotentialSettings meshed = settings("cp2k-xtb", "cp2k");
  meshed.kpoints = KpointMesh{.mesh = {2, 2, 2}};
  meshed.driver.template_file = changed_template("cp2k-xtb/cp2k.inp", "{kpoints}", "");
  EXPECT_THAT(failure_of([&] { make(meshed)->check(skewed_crystal()); }).message,
              testing::AllOf(HasSubstr("template.inp:1:1: k-points (2x2x2)"),
                             HasSubstr("driver: {template: FILE}")));
  crystal.charge = 0.0;
  crystal.unpaired = 1;
  EXPECT_THAT(failure_of([&] { potential->check(crystal); }).message, HasSubstr("1 unpaired"));
  crystal.unpaired.reset();
  PotentialSettings charged = settings("ipi", "ipi");
  charged.driver.command.emplace_back("{socket}");
  crystal.charge = 1.0;
  EXPECT_THAT(failure_of([&] { make(charged)->check(crystal); }).message, HasSubstr("--charge 0"));
}

// Off Γ, CP2K needs other algorithms than at Γ.
TEST_F(Drivers, TemplatesOfCp2kTakeKpoints) {
  for (const char* driver : {"cp2k-xtb", "cp2k-pbe-d3"}) {
    PotentialSettings sampled = settings(driver, "cp2k");
    (void)make(sampled)->evaluate(skewed_crystal());
    const std::filesystem::path input = script_file().string() + ".input";
    EXPECT_THAT(text_of_file(input),
                testing::AllOf(Not(HasSubstr("KPOINT")), Not(HasSubstr("USE_GUESS"))))
        << driver;
    sampled.kpoints = KpointMesh{.mesh = {2, 1, 1}};
    (void)make(sampled)->evaluate(skewed_crystal());
    EXPECT_THAT(text_of_file(input),
                testing::AllOf(HasSubstr("KPOINT 0.000000000000 0.000000000000 0.000000000000 0.5"),
                               HasSubstr("KPOINT 0.500000000000 0.000000000000 0.000000000000 0.5"),
                               HasSubstr("METHOD BROYDEN_MIXING"), HasSubstr("USE_GUESS"),
                               Not(HasSubstr("OT ON"))))
        << driver;
  }
}

TEST_F(Drivers, SmallCellsAtGammaAreWarnedOf) {
  const Structure crystal = skewed_crystal();
  EXPECT_THAT(make(settings("cp2k-xtb", "cp2k"))->warnings(crystal),
              testing::ElementsAre(HasSubstr("Γ only")));
  PotentialSettings meshed = settings("qe-pbe-d3", "pw");
  meshed.kpoints = KpointMesh{.mesh = {2, 2, 2}};
  EXPECT_THAT(make(meshed)->warnings(crystal), testing::IsEmpty());
}

TEST_F(Drivers, MissingDataAreNamed) {
  Structure bromide = skewed_crystal();
  bromide.numbers[1] = 35;
  const auto cp2k = make(settings("cp2k-pbe-d3", "cp2k"));
  const auto pw = make(settings("qe-pbe-d3", "pw"));
  for (const Potential* potential : {cp2k.get(), pw.get()}) {
    const Failed failed = failure_of([&] { potential->check(bromide); });
    EXPECT_THAT(failed.message, HasSubstr("Br"));
    EXPECT_THAT(failed.message, HasSubstr("driver.yaml"));
  }
}

TEST_F(Drivers, SettingsThatHideFailuresAreRefusedWithTheirPlace) {
  const std::filesystem::path data = std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data";
  std::string text = text_of_file(data / "drivers/qe-pbe-d3/pw.in");
  text.insert(text.find("  conv_thr"), "  scf_must_converge = .FALSE.\n");
  PotentialSettings reckless = settings("qe-pbe-d3", "pw");
  reckless.driver.template_file = folder_.write("pw.in", text);
  EXPECT_THAT(failure_of([&] { (void)make(reckless); }).message,
              HasSubstr("pw.in:24:3: scf_must_converge"));
}

TEST_F(Drivers, AnythingThatChangesNumbersIsInTheSettings) {
  const auto text = [](const Potential& potential) {
    std::string out = potential.description().version;
    for (const auto& [name, value] : potential.description().settings) out += name + value;
    return out;
  };
  const std::string before = text(*make(settings("cp2k-xtb", "cp2k")));
  PotentialSettings other = settings("cp2k-xtb", "cp2k");
  other.driver.timeout = 7.0;
  EXPECT_EQ(text(*make(other)), before);
  other.driver.template_file =
      folder_.write("cp2k.inp", text_of_file(std::filesystem::path(IONPASS_SOURCE_DIR) /
                                             "potentials/data/drivers/cp2k-xtb/cp2k.inp") +
                                    "! changed\n");
  EXPECT_NE(text(*make(other)), before);
}

}  // namespace
}  // namespace ionpass::test
