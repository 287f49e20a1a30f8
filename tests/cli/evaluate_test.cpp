// ionpass evaluate and relax.
#include "cli_fixture.hpp"
#ifdef IONPASS_MPIEXEC
#include "ranks.hpp"
#endif

namespace ionpass::test {
namespace {

using testing::HasSubstr;

/// What DFTB+ 25.1 gives for the same molecule and tables at 0 K
/// (tests/potentials/data/dftb/hi.json), here in eV, and the agreement of two programs whose
/// constants differ in the eighth digit.
constexpr double hydrogen_iodide_energy = -2.96812005424553 * 27.211386245988;
constexpr double hydrogen_iodide_charge = 0.1414474817;
constexpr double two_programs = 1e-5;

std::vector<std::string> evaluate(const std::string& file, std::vector<std::string> more = {}) {
  std::vector<std::string> out{
      "evaluate", file,     "--potential", "dftb/perov-1-0", "--electronic-temperature",
      "0",        "--json", "-q"};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

TEST_F(CommandLine, EvaluatesAMolecule) {
  const nlohmann::json json = json_of(ionpass(evaluate(file("hi.extxyz", hydrogen_iodide))));
  ASSERT_TRUE(json.is_array());
  ASSERT_EQ(json.size(), 1U);
  const nlohmann::json& entry = json[0];
  EXPECT_NEAR(entry.at("energy"), hydrogen_iodide_energy, two_programs);
  EXPECT_NEAR(entry.at("free_energy"), hydrogen_iodide_energy, two_programs);
  EXPECT_NEAR(entry.at("charges").at(0), hydrogen_iodide_charge, two_programs);
  EXPECT_EQ(entry.at("forces").size(), 2U);
  EXPECT_EQ(entry.at("forces")[1].size(), 3U);
  EXPECT_TRUE(entry.at("stress").is_null());
  EXPECT_TRUE(entry.at("scf").at("converged").get<bool>());
  EXPECT_GT(entry.at("scf").at("iterations"), 0);
  EXPECT_TRUE(entry.at("fermi_level").is_number());
  EXPECT_GT(entry.at("gap"), 0.0);
  EXPECT_GE(entry.at("seconds"), 0.0);
  EXPECT_EQ(entry.at("potential").at("name"), "dftb/perov-1-0");
  EXPECT_TRUE(entry.at("potential").at("version").is_string());
  EXPECT_FALSE(entry.at("potential").at("settings").empty());
  // Point charges of ±q at 0 and r: the dipole is -q r.
  EXPECT_NEAR(entry.at("dipole")[2], -1.42 * entry.at("charges").at(0).get<double>(), 1e-12);
  double sum = 0.0;
  for (const auto& [name, value] : entry.at("components").items()) sum += value.get<double>();
  EXPECT_NEAR(sum, entry.at("free_energy"), 1e-9);
}

TEST_F(CommandLine, EvaluatesSeveralStructuresFromStandardInput) {
  const std::string two = std::string(hydrogen_iodide) + hydrogen_iodide;
  const nlohmann::json json = json_of(ionpass(evaluate("-"), two));
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0].at("energy"), json[1].at("energy"));
}

TEST_F(CommandLine, EvaluatesACrystalWithStress) {
  const std::string lead_iodide =
      "8\nLattice=\"20 0 0 0 20 0 0 0 20\" Properties=species:S:1:pos:R:3\n"
      "Pb 0 0 0\nI 3 0 0\nI 0 3 0\nI -2 -2 1\nPb 10 10 10\nI 13 10 10\nI 10 13 10\nI 8 8 11\n";
  const nlohmann::json json =
      json_of(ionpass(evaluate(file("pbi3.extxyz", lead_iodide),
                               {"--charge", "-2", "--stress", "--kpoints", "1", "1", "2"})));
  const nlohmann::json& stress = json[0].at("stress");
  ASSERT_EQ(stress.size(), 3U);
  EXPECT_NEAR(stress[0][1], stress[1][0], 1e-10);
  double charge = 0.0;
  for (const auto& q : json[0].at("charges")) charge += q.get<double>();
  EXPECT_NEAR(charge, -2.0, 1e-6);
  EXPECT_TRUE(json[0].at("dipole").is_null());
}

#ifdef IONPASS_MPIEXEC
TEST_F(CommandLine, SeveralRanksShareTheKpointsOfOneEnergy) {
  const std::vector<std::string> words = {IONPASS_PROGRAM,
                                          "evaluate",
                                          library("MAPbI3-pseudocubic.cif"),
                                          "-p",
                                          "dftb/pilot-pbi3",
                                          "--kpoints",
                                          "3",
                                          "2",
                                          "1",
                                          "--json",
                                          "-q"};
  nlohmann::json one = json_of(run_program(words));
  nlohmann::json three = json_of(run_program(on_ranks(3, folder_.path(), words)));
  one.at(0).erase("seconds");
  three.at(0).erase("seconds");
  EXPECT_EQ(three, one);
}
#endif

TEST_F(CommandLine, SpeaksToPeopleWithoutJson) {
  const Spoken spoken =
      ionpass({"evaluate", file("hi.extxyz", hydrogen_iodide), "-p", "dftb/perov-1-0", "-q"});
  EXPECT_EQ(spoken.exit_code, 0);
  EXPECT_THAT(spoken.out, HasSubstr("eV/Å"));
  EXPECT_EQ(spoken.err, "");
}

TEST_F(CommandLine, RefusesWhatHasNoEnergy) {
  const std::string molecule = file("hi.extxyz", hydrogen_iodide);
  expect_refusal(ionpass(evaluate(molecule, {"--charge", "99"})), 2, {"99", "electron"});
  expect_refusal(ionpass(evaluate(file("xe.extxyz", "1\n\nXe 0 0 0\n"))), 2, {"Xe"});
  expect_refusal(ionpass(evaluate(file("near.extxyz", "2\n\nH 0 0 0\nI 0 0 0.01\n"))), 2,
                 {"near.extxyz"});
  expect_refusal(ionpass(evaluate(molecule, {"--kpoints", "0", "1", "1"})), 2, {"--kpoints"});
  expect_refusal(ionpass({"evaluate", molecule, "-p", "dftb/pilot-pbi4"}), 2, {"pilot-pbi4"});
  expect_refusal(ionpass({"evaluate", molecule, "-p", "magic"}), 2, {"magic"});
  expect_refusal(ionpass({"evaluate", molecule, "-p", "none.yaml"}), 2, {"none.yaml"});
}

// The cycle cannot converge in one step: a backend that failed, told apart from bad input.
TEST_F(CommandLine, ABackendThatFailsHasACodeOfItsOwn) {
  const std::string settings =
      file("hasty.yaml", "name: dftb/perov-1-0\nscf: {max_iterations: 1, tolerance: 1e-10}\n");
  expect_refusal(ionpass({"evaluate", file("hi.extxyz", hydrogen_iodide), "-p", settings, "-q"}), 3,
                 {"self-consistent"});
}

TEST_F(CommandLine, StructuresWithoutAnEnergyAreNamedAndLoseNoOther) {
  // Two cycles are enough for hydrogen, whose atoms are equal, and for nothing else.
  const std::string settings =
      file("hasty.yaml", "name: dftb/perov-1-0\nscf: {max_iterations: 2, tolerance: 1e-10}\n");
  const std::string three =
      "2\n\nH 0 0 0\nH 0 0 0.75\n" + std::string(hydrogen_iodide) + "2\n\nH 0 0 0\nH 0 0 0.8\n";
  const Spoken spoken =
      ionpass({"evaluate", file("three.extxyz", three), "-p", settings, "-q", "--json"});
  EXPECT_EQ(spoken.exit_code, 3);
  EXPECT_THAT(spoken.err,
              AllOf(HasSubstr("three.extxyz, structure 2: "), HasSubstr("self-consistent")));
  const auto json = nlohmann::json::parse(spoken.out);
  ASSERT_EQ(json.size(), 3U);
  EXPECT_TRUE(json[0].at("energy").is_number());
  EXPECT_TRUE(json[1].at("energy").is_null());
  EXPECT_THAT(json[1].at("error"), HasSubstr("self-consistent"));
  EXPECT_TRUE(json[2].at("energy").is_number());
  EXPECT_NE(json[0].at("energy"), json[2].at("energy"));
}

TEST_F(CommandLine, Relaxes) {
  const std::string output = folder_.path() / "relaxed.extxyz";
  const nlohmann::json json =
      json_of(ionpass({"relax", file("hi.extxyz", hydrogen_iodide), "-p", "dftb/pilot-pbi3",
                       "--fmax", "0.01", "-o", output, "--json", "-q"}));
  EXPECT_TRUE(json.at("converged").get<bool>());
  EXPECT_LE(json.at("max_force"), 0.01);
  // What was written has the energy that was said.
  const nlohmann::json again =
      json_of(ionpass({"evaluate", output, "-p", "dftb/pilot-pbi3", "--json", "-q"}));
  EXPECT_NEAR(again[0].at("energy"), json.at("energy"), 1e-6);
}

const std::string strained_perovskite =
    "5\nLattice=\"6.3 0 0 0 6.1 0 0 0.1 6.2\" Properties=species:S:1:pos:R:3\n"
    "Cs 3.15 3.1 3.1\nPb 0 0 0\nI 3.15 0 0\nI 0 3.05 0\nI 0 0.05 3.1\n";

TEST_F(CommandLine, RelaxesACell) {
  const std::string output = folder_.path() / "relaxed.extxyz";
  const nlohmann::json json =
      json_of(ionpass({"relax", file("start.extxyz", strained_perovskite), "-p", "dftb/pilot-pbi3",
                       "--kpoints", "2", "2", "2", "--cell", "--keep", "a", "--keep", "symmetry",
                       "-o", output, "--json", "-q"}));
  EXPECT_TRUE(json.at("converged").get<bool>());
  EXPECT_LE(json.at("largest_stress"), 1e-4);
  EXPECT_NEAR(json.at("cell")[0][0], 6.3, 1e-9);
  // What was written has no stress but that which holds a.
  const nlohmann::json again =
      json_of(ionpass({"evaluate", output, "-p", "dftb/pilot-pbi3", "--kpoints", "2", "2", "2",
                       "--stress", "--json", "-q"}));
  EXPECT_NEAR(again[0].at("energy"), json.at("energy"), 1e-6);
  EXPECT_LE(std::abs(again[0].at("stress")[1][1].get<double>()), 1e-4);
  EXPECT_LE(std::abs(again[0].at("stress")[2][1].get<double>()), 1e-4);
}

TEST_F(CommandLine, RefusesToKeepWhatLeavesNothing) {
  const std::string output = folder_.path() / "relaxed.extxyz";
  const auto relax = [&](std::vector<std::string> more) {
    std::vector<std::string> words{
        "relax", file("start.extxyz", strained_perovskite), "-p", "dftb/pilot-pbi3", "-q", "-o",
        output};
    words.insert(words.end(), more.begin(), more.end());
    return ionpass(words);
  };
  expect_refusal(relax({"--keep", "shape"}), 2, {"--cell"});
  expect_refusal(relax({"--cell", "--keep", "shape", "--keep", "volume"}), 2,
                 {"nothing to change"});
  expect_refusal(relax({"--cell", "--keep", "angles", "--keep", "a", "--keep", "b", "--keep", "c"}),
                 2, {"nothing to change"});
  expect_refusal(relax({"--cell", "--keep", "peace"}), 2, {"peace"});
  expect_refusal(ionpass({"relax", file("hi.extxyz", hydrogen_iodide), "-p", "dftb/pilot-pbi3",
                          "--keep", "symmetry", "-q", "-o", output}),
                 2, {"no space group to keep"});
  const std::string spacing =
      file("spacing.yaml", "potential: dftb/pilot-pbi3\nkpoints: {spacing: 0.5}\n");
  expect_refusal(ionpass({"relax", file("start.extxyz", strained_perovskite), "-p", spacing, "-q",
                          "--cell", "-o", output}),
                 2, {"spacing.yaml", "--kpoints"});
}

TEST_F(CommandLine, ARelaxationThatStopsEarlySaysSo) {
  const std::string output = folder_.path() / "relaxed.extxyz";
  const Spoken spoken =
      ionpass({"relax", file("hi.extxyz", hydrogen_iodide), "-p", "dftb/pilot-pbi3", "--fmax",
               "1e-6", "--max-iterations", "1", "-o", output});
  EXPECT_EQ(spoken.exit_code, 1);
  EXPECT_THAT(spoken.out, HasSubstr("not converged"));
  EXPECT_TRUE(std::filesystem::exists(output));
}

TEST_F(CommandLine, RefusesAnOutputItCannotWrite) {
  expect_refusal(ionpass({"relax", file("hi.extxyz", hydrogen_iodide), "-p", "dftb/pilot-pbi3",
                          "-q", "-o", folder_.path() / "out.pdf"}),
                 2, {"out.pdf"});
  // Before the work: this potential has no energy to give, which would be another exit code.
  const std::string settings =
      file("hasty.yaml", "name: dftb/perov-1-0\nscf: {max_iterations: 1, tolerance: 1e-10}\n");
  const std::string a = file("a.extxyz", hydrogen_iodide);
  const std::string b =
      file("b.extxyz", "2\nProperties=species:S:1:pos:R:3 pbc=\"F F F\"\nH 0 0 0\nI 0 0 1.6\n");
  for (const std::string output : {"none/out.extxyz", "out.pdf", "."}) {
    const std::string path = folder_.path() / output;
    expect_refusal(ionpass({"relax", a, "-p", settings, "-q", "-o", path}), 2, {output});
    expect_refusal(ionpass({"neb", a, b, "-p", settings, "-q", "-o", path}), 2, {output});
  }
  for (const std::string output : {"molecule.cif", "POSCAR"}) {
    expect_refusal(ionpass({"relax", a, "-p", settings, "-q", "-o", folder_.path() / output}), 2,
                   {output, "needs a cell"});
  }
  expect_refusal(ionpass({"neb", a, b, "-p", settings, "-q", "-o", folder_.path() / "path.cif"}), 2,
                 {"path.cif", "one structure", ".extxyz"});
}

}  // namespace
}  // namespace ionpass::test
