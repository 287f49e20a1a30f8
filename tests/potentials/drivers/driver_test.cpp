// Drivers that work: energies, units, processes that stay, templates.
#include <array>

#include "driver_fixture.hpp"
#include "drivers/gth.hpp"
#include "drivers/input_template.hpp"
#include "drivers/program_version.hpp"

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

TEST_F(Drivers, NothingIsLeftBehind) {
  {
    const auto potential = make(settings("cp2k-xtb", "cp2k"));
    (void)potential->evaluate(skewed_crystal());
    EXPECT_FALSE(std::filesystem::is_empty(folder_.path() / "scratch"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "scratch"));
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
  EXPECT_THAT(failure_of([&] { make(meshed)->check(skewed_crystal()); }).message,
              HasSubstr("cp2k.inp:1:1: k-points (2x2x2)"));
  crystal.charge = 0.0;
  crystal.unpaired = 1;
  EXPECT_THAT(failure_of([&] { potential->check(crystal); }).message, HasSubstr("1 unpaired"));
  crystal.unpaired.reset();
  PotentialSettings charged = settings("ipi", "ipi");
  charged.driver.command.emplace_back("{socket}");
  crystal.charge = 1.0;
  EXPECT_THAT(failure_of([&] { make(charged)->check(crystal); }).message, HasSubstr("--charge 0"));
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

TEST(InputTemplate, FillsInValuesAndChoices) {
  using drivers::InputTemplate;
  const auto parsed =
      InputTemplate::parse("a {x} {if warm: 1 | 2} {{b}} {if warm: W}", "t", {"x"}, {"warm"});
  EXPECT_EQ(parsed.render({{"x", "7"}}, {}), "a 7 2 {b} ");
  EXPECT_EQ(parsed.render({{"x", "7"}}, {"warm"}), "a 7 1 {b} W");
}

TEST(InputTemplate, MistakesAreRefusedWithTheirPlace) {
  using drivers::InputTemplate;
  const auto message = [](const std::string& text) {
    return failure_of([&] { (void)InputTemplate::parse(text, "t.inp", {"cell"}, {"warm"}); })
        .message;
  };
  EXPECT_THAT(message("x\n y {cel}"), HasSubstr("t.inp:2:4: '{cel}'"));
  EXPECT_THAT(message("{cell"), HasSubstr("t.inp:1:1: '{' is not closed"));
  EXPECT_THAT(message("cell}"), HasSubstr("t.inp:1:5: '}'"));
  EXPECT_THAT(message("{if cold: 1 | 2}"), HasSubstr("t.inp:1:1: "));
}

TEST(ProgramVersion, PartsAreComparedAsNumbers) {
  EXPECT_TRUE(drivers::is_older("9.1", "2023.1"));
  EXPECT_TRUE(drivers::is_older("6.7MaX", "6.10"));
  EXPECT_FALSE(drivers::is_older("2023.1", "9.1"));
  EXPECT_FALSE(drivers::is_older("6.7MaX", "6.7"));
}

// The entry for lead of CP2K's data (Krack, Theor. Chem. Acc. 114, 145 (2005)) and what pw.x 6.7
// accepted for it.
TEST(Gth, IsRewrittenForPw) {
  const TemporaryFolder folder;
  const auto file =
      folder.write("GTH",
                   "#\nPb GTH-PBE-q4 GTH-PBE\n    2    2\n"
                   "     0.61750000    1     4.67238428\n    3\n"
                   "     0.62235881    3     0.87991768     2.08114784    -1.43125710\n"
                   "                                       -5.01469016     3.69548994\n"
                   "                                                      -2.93320421\n"
                   "     0.81200202    2     0.15345679     0.47889785\n"
                   "                                       -0.56663958\n"
                   "     1.02501525    1     0.30170206\n#\n"
                   "H GTH-PBE-q1 GTH-PBE\n    1\n"
                   "     0.20000000    2    -4.17890044     0.72446331\n    0\n");
  const auto numbers = [](const std::string& text) {
    std::vector<double> out;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
      char* end = nullptr;
      const double value = std::strtod(word.c_str(), &end);
      if (*end == '\0') out.push_back(value);
    }
    return out;
  };
  EXPECT_EQ(numbers(drivers::gth_for_pw(file, 82, "GTH-PBE-q4")),
            numbers("82 4 20240101 10 11 2 0 2001 0  0.6175 1 4.67238428  3 "
                    "0.62235881 3 0.87991768 2.08114784 -1.43125710 -5.01469016 3.69548994 "
                    "-2.93320421  0.81200202 2 0.15345679 0.47889785 -0.56663958 0 0 0 "
                    "1.02501525 1 0.30170206 0"));
  EXPECT_EQ(numbers(drivers::gth_for_pw(file, 1, "GTH-PBE-q1")),
            numbers("1 1 20240101 10 11 0 0 2001 0  0.2 2 -4.17890044 0.72446331  1  0.2 1 0"));
  EXPECT_EQ(failure_of([&] { (void)drivers::gth_for_pw(file, 53, "GTH-PBE-q7"); }).kind,
            "not_found");
}

TEST(Recipes, MistakesAreRefusedWithTheirPlace) {
  const TemporaryFolder folder;
  const auto message = [&](const std::string& text) {
    (void)folder.write("driver.yaml", text);
    PotentialSettings settings;
    settings.name = "driver/" + folder.path().string();
    return failure_of([&] { (void)make_potential(settings, "/nonexistent"); }).message;
  };
  EXPECT_THAT(message("program: cp2k\n"), HasSubstr("driver.yaml:1:1: 'template' is missing"));
  EXPECT_THAT(message("program: vasp\n"), HasSubstr("driver.yaml:1:10: program: 'vasp'"));
  EXPECT_THAT(message("program: command\ncomand: [x]\n"),
              HasSubstr("driver.yaml:2:1: unknown key 'comand'"));
  EXPECT_THAT(message("program: command\nexchange: files\n"), HasSubstr("no program given"));
  EXPECT_THAT(message("a: [\n"), HasSubstr("not valid YAML"));
}

}  // namespace
}  // namespace ionpass::test
