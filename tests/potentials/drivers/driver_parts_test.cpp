// What drivers are made of: templates, versions, pseudopotentials, recipes.
#include "driver_support.hpp"
#include "drivers/gth.hpp"
#include "drivers/input_template.hpp"
#include "drivers/program_version.hpp"

namespace ionpass::test {
namespace {

using testing::HasSubstr;

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
  // Such a file would be written outside of the worker's folder.
  EXPECT_THAT(message("program: pw.x\ntemplate: pw.in\nelements: {H: {upf: ../H.upf}}\n"),
              HasSubstr("driver.yaml:3:21: '../H.upf' is no name of a pseudopotential file"));
}

}  // namespace
}  // namespace ionpass::test
