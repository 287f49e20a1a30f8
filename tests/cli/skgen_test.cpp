// ionpass skgen from the command line.
#include <filesystem>

#include "cli_fixture.hpp"

namespace ionpass::test {
namespace {

using testing::HasSubstr;

constexpr const char* hydrogen =
    "set: hydrogen\nrelativity: none\nends: {H-H: 3.0}\ntolerance: 1e-6\nelements:\n"
    "  H:\n    configuration: 1s1\n    valence: [1s]\n    density: {radius: 2.5}\n"
    "    wave: {radius: 3.0}\n    slater: {exponents: [0.5, 1.0, 2.0]}\n";

TEST_F(CommandLine, SkgenMakesASetThatEvaluates) {
  const std::string recipe = file("h.yaml", hydrogen);
  const std::string folder = (folder_.path() / "set").string();
  const Spoken made = ionpass({"skgen", recipe, "-o", folder, "--threads", "1"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("-0.23860040"));  // H 1s of perov-1-0
  EXPECT_THAT(made.out, HasSubstr("all checks passed"));
  EXPECT_THAT(made.err, HasSubstr("H-H: 150 rows"));
  const Spoken again = ionpass({"skgen", recipe, "-o", folder});
  EXPECT_THAT(again.err, HasSubstr("H-H: done before"));
  EXPECT_EQ(again.out, made.out);
  const std::string molecule =
      file("h2.xyz", "2\nProperties=species:S:1:pos:R:3 pbc=\"F F F\"\nH 0 0 0\nH 0 0 0.75\n");
  EXPECT_EQ(json_of(ionpass({"evaluate", molecule, "-p", "dftb/" + folder, "--json"})).size(), 1U);
  const std::string page = (folder_.path() / "page.html").string();
  const Spoken compared =
      ionpass({"skgen", "--check", folder, "--against", "perov-1-0", "-o", page});
  EXPECT_EQ(compared.exit_code, 0) << compared.err;
  EXPECT_THAT(compared.out, HasSubstr("1 pair compared"));
  EXPECT_THAT(file_text(page), HasSubstr("<svg"));
}

TEST_F(CommandLine, SkgenChecksPublishedSets) {
  const Spoken check = ionpass({"skgen", "--check", "perov-1-0"});
  EXPECT_EQ(check.exit_code, 0) << check.out;
  EXPECT_THAT(check.out, HasSubstr("Pb-I"));
  const Spoken same = ionpass({"skgen", "--check", "perov-1-0", "--against", "dftb/perov-1-0"});
  EXPECT_THAT(same.out, HasSubstr("all integrals are the same"));
}

TEST_F(CommandLine, SkgenRefusesBadRecipes) {
  const std::string folder = (folder_.path() / "set").string();
  const auto refused = [&](const std::string& text, const std::vector<std::string>& parts) {
    expect_refusal(ionpass({"skgen", file("bad.yaml", text), "-o", folder}), 2, parts);
  };
  refused("set: bad\nelements:\n  H: {configuration: 1s2, valence: [1s]}\n",
          {"bad.yaml:3:3: ", "2 electrons"});
  refused(
      "set: bad\nfunctional: mgga_x_scan\nelements:\n  H: {configuration: 1s1, valence: [1s]}\n",
      {"bad.yaml:2:13: ", "meta-GGA"});
  refused("set: bad\nelements:\n  H: {configuration: 1s1, valence: [1s], wave: {radius: 0.3}}\n",
          {"element H", "no bound 1s"});
  expect_refusal(ionpass({"skgen", file("h.yaml", hydrogen)}), 2, {"-o FOLDER"});
  expect_refusal(ionpass({"skgen", "-o", folder}), 2, {"no recipe"});
  expect_refusal(ionpass({"skgen", "--check", "nowhere"}), 2, {"'dftb/nowhere'", "perov-1-0"});
  expect_refusal(ionpass({"skgen", file("h.yaml", hydrogen), "-o",
                          std::string(IONPASS_SOURCE_DIR) + "/potentials/data/dftb/pilot-pbi3"}),
                 2, {"not made here"});
}

}  // namespace
}  // namespace ionpass::test
