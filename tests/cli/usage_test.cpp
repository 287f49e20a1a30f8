// Help, version, and what happens to arguments and study files that are wrong.
#include <filesystem>

#include "cli_fixture.hpp"

namespace ionpass::test {
namespace {

using testing::HasSubstr;

constexpr const char* commands[] = {"run",      "plan",   "validate",   "sites",  "hops",
                                    "evaluate", "bands",  "relax",      "neb",    "label",
                                    "serve",    "report", "potentials", "schema", "skgen"};

TEST_F(CommandLine, EveryCommandHasHelpWithAnExample) {
  const Spoken all = ionpass({"--help"});
  EXPECT_EQ(all.exit_code, 0);
  for (const char* command : commands) {
    EXPECT_THAT(all.out, HasSubstr(command));
    const Spoken help = ionpass({command, "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.out, HasSubstr(std::string("ionpass ") + command)) << "no example";
    EXPECT_EQ(help.err, "");
  }
}

TEST_F(CommandLine, TellsItsVersion) {
  const Spoken spoken = ionpass({"--version"});
  EXPECT_EQ(spoken.exit_code, 0);
  EXPECT_THAT(spoken.out, testing::StartsWith("ionpass "));
}

TEST_F(CommandLine, RefusesUnknownWords) {
  expect_refusal(ionpass({"neb", "a", "b", "-p", "x", "-o", "c", "--imges", "3"}), 2,
                 {"unknown option '--imges'", "'--images'"});
  expect_refusal(ionpass({"evaluate", "a", "--potentail", "x"}), 2,
                 {"unknown option '--potentail'", "'--potential'"});
  expect_refusal(ionpass({"evalute", "a"}), 2, {"unknown command 'evalute'", "'evaluate'"});
  expect_refusal(ionpass({"--verbos", "schema"}), 2, {"'--verbose'"});
  expect_refusal(ionpass({"sites", "a", "b"}), 2, {"unexpected argument 'b'"});
  expect_refusal(ionpass({"evaluate", "a"}), 2, {"--potential", "evaluate --help"});
  expect_refusal(ionpass({"neb", "a", "b", "-p", "x", "-o", "c", "--images", "0"}), 2,
                 {"--images"});
  for (const char* number : {"0", "-1", "nan", "soon"})
    expect_refusal(
        ionpass({"hops", "a", "--max-distance", number}), 2,
        {"--max-distance: '" + std::string(number) + "' given, expected a number above 0"});
  EXPECT_EQ(ionpass({}).exit_code, 2);
}

TEST_F(CommandLine, ValidatesAStudy) {
  const Spoken spoken = ionpass({"validate", study("neb: {images: 3}\n")});
  EXPECT_EQ(spoken.exit_code, 0) << spoken.err;
  EXPECT_THAT(spoken.out, HasSubstr("valid, 1 material"));
  const Spoken shown = ionpass({"validate", study("neb: {images: 3}\n"), "--show"});
  EXPECT_THAT(shown.out, HasSubstr("images: 3"));
  EXPECT_EQ(ionpass({"validate", file("again.yaml", shown.out), "--show"}).out, shown.out);
}

TEST_F(CommandLine, NamesThePlaceOfAMistakeInAStudy) {
  const std::string name = folder_.path() / "study.yaml";
  expect_refusal(ionpass({"validate", study("neb: {imges: 3}\n")}), 2,
                 {name + ":5:7: ", "'neb.imges'", "'images'"});
  expect_refusal(ionpass({"run", study("neb: {images: three}\n")}), 2,
                 {name + ":5:15: ", "neb.images", "whole number"});
  expect_refusal(
      ionpass({"plan",
               file("study.yaml", "study: t\nmaterials:\n  - {name: A, structure: none.cif}\n")}),
      2, {name + ":3:26: ", "none.cif"});
  expect_refusal(ionpass({"validate", folder_.path() / "nowhere.yaml"}), 2, {"nowhere.yaml"});
}

TEST_F(CommandLine, RefusesAStudyThatCannotWork) {
  expect_refusal(ionpass({"plan", "--no-timing", study("supercell: {min_length: 900}\n")}), 2,
                 {"MAPbI3"});
  expect_refusal(ionpass({"plan", "--no-timing", study("defect: {vacancy: Cl}\n")}), 2,
                 {"MAPbI3", "Cl"});
  expect_refusal(ionpass({"plan", "--no-timing", study("potential: dftb/pilot-pbi4\n")}), 2,
                 {"pilot-pbi4", "pilot-pbi3"});
  expect_refusal(ionpass({"plan", "--no-timing",
                          study("defect: {charge: 99}\nsupercell: {repeats: [1, 1, 1]}\n")}),
                 2, {"MAPbI3"});
}

TEST_F(CommandLine, FindsWhatCannotWorkBeforeAnythingIsComputed) {
  const std::string bromide = file("CsPbBr3.vasp",
                                   "CsPbBr3\n1.0\n5.87 0 0\n0 5.87 0\n0 0 5.87\nCs Pb Br\n1 1 3\n"
                                   "Direct\n0 0 0\n.5 .5 .5\n.5 .5 0\n.5 0 .5\n0 .5 .5\n");
  const std::string no_parameters = file(
      "bromide.yaml",
      "study: t\ndefect: {vacancy: Br}\nmaterials:\n  - {name: bromide, structure: " + bromide +
          "}\n");
  const std::string run_dir = folder_.path() / "run";
  for (const std::vector<std::string>& command : {std::vector<std::string>{"validate"},
                                                  {"plan", "--no-timing"},
                                                  {"run", "--run-dir", run_dir}}) {
    const auto refused = [&](const std::string& study, const std::vector<std::string>& parts) {
      std::vector<std::string> arguments = command;
      arguments.push_back(study);
      expect_refusal(ionpass(arguments), 2, parts);
    };
    refused(no_parameters, {"bromide", "Br"});
    refused(study("defect: {charge: 99}\nsupercell: {repeats: [1, 1, 2]}\n"), {"MAPbI3", "charge"});
    refused(study("defect: {vacancy: Cl}\n"), {"MAPbI3", "Cl"});
    refused(study("supercell: {min_length: 900}\n"), {"MAPbI3"});
    refused(study("hops: {only: [I1-I9_4.20A]}\n"), {"MAPbI3", "hops.only"});
    refused(study("potential: dftb/pilot-pbi4\n"), {"pilot-pbi4", "pilot-pbi3"});
    refused(study("kpoints: {mesh: [100, 100, 100]}\n"), {"MAPbI3", "100 100 100", "coarser"});
    refused(file("endless.yaml", "study: &a [*a]\n"), {"endless.yaml:1:", "alias"});
  }
  EXPECT_FALSE(std::filesystem::exists(run_dir));
}

TEST_F(CommandLine, SaysWhatBelongsInAnEmptyFile) {
  const std::string empty = file("empty.yaml", "");
  expect_refusal(ionpass({"validate", empty}), 2, {"'ionpass schema'"});
  expect_refusal(ionpass({"skgen", empty, "-o", folder_.path() / "set"}), 2,
                 {"'ionpass skgen --schema'"});
  expect_refusal(ionpass({"calibrate", empty}), 2, {"'ionpass calibrate --schema'"});
}

TEST_F(CommandLine, PlansAStudy) {
  const std::string text =
      study("supercell: {repeats: [2, 2, 2]}\nhops: {max_distance: 4.5, limit: 2}\n");
  const Spoken spoken = ionpass({"plan", text, "--no-timing", "-q"});
  EXPECT_EQ(spoken.exit_code, 0) << spoken.err;
  EXPECT_THAT(spoken.out, HasSubstr("MAPbI3"));
  EXPECT_THAT(spoken.out, HasSubstr("96"));  // atoms: 8 cells of 12
  EXPECT_FALSE(json_of(ionpass({"plan", text, "--no-timing", "--json", "-q"})).is_discarded());
}

TEST_F(CommandLine, ShowsTheSchemaAndThePotentials) {
  EXPECT_THAT(ionpass({"schema"}).out, HasSubstr("neb.images"));
  const nlohmann::json potentials = json_of(ionpass({"potentials", "--json"}));
  const auto named = [](const nlohmann::json& p) { return p.at("name") == "dftb/pilot-pbi3"; };
  EXPECT_TRUE(std::ranges::any_of(potentials, named));
}

TEST_F(CommandLine, FindsItsDataWhereTheEnvironmentSays) {
  const Spoken wrong = run_program(
      {"/usr/bin/env", "IONPASS_DATA=" + folder_.path().string(), IONPASS_PROGRAM, "potentials"});
  expect_refusal(wrong, 2, {"IONPASS_DATA"});
  // Laid out as an installation.
  for (const char* name : {"potentials", "workflows"})
    std::filesystem::create_directories(folder_.path() / name);
  const Spoken empty = run_program(
      {"/usr/bin/env", "IONPASS_DATA=" + folder_.path().string(), IONPASS_PROGRAM, "potentials"});
  EXPECT_EQ(empty.exit_code, 0) << empty.err;
  EXPECT_EQ(empty.out, "");
}

}  // namespace
}  // namespace ionpass::test
