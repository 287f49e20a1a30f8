// ionpass sites and ionpass hops.
#include <fstream>
#include <iterator>

#include "cli_fixture.hpp"

namespace ionpass::test {
namespace {

using testing::HasSubstr;

TEST_F(CommandLine, ListsSites) {
  const Spoken text = ionpass({"sites", library("MAPbI3-orthorhombic.cif")});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("Pnma (62)"));
  const nlohmann::json json =
      json_of(ionpass({"sites", library("MAPbI3-orthorhombic.cif"), "--json"}));
  EXPECT_EQ(json.at("space_group_number"), 62);
  EXPECT_EQ(json.at("atoms"), 48);
  std::size_t members = 0;
  std::vector<std::string> iodine;
  for (const auto& site : json.at("sites")) {
    members += site.at("atoms").size();
    EXPECT_EQ(site.at("multiplicity"), site.at("atoms").size());
    if (site.at("element") == "I")
      iodine.push_back(std::to_string(site.at("multiplicity").get<int>()) +
                       site.at("wyckoff").get<std::string>());
  }
  EXPECT_EQ(members, 48U);
  // Baikie et al., J. Mater. Chem. A 1, 5628 (2013): I1 on 4c, I2 on 8d.
  EXPECT_THAT(iodine, testing::UnorderedElementsAre("4c", "8d"));
}

TEST_F(CommandLine, WritesJsonForFilesWhoseNamesAreNotUtf8) {
  std::ifstream crystal(library("MAPbI3-pseudocubic.cif"));
  const std::string text{std::istreambuf_iterator<char>(crystal), {}};
  const nlohmann::json json =
      json_of(ionpass({"sites", file("kristall-\xfc.cif", text), "--json"}));
  EXPECT_THAT(json.at("file"), testing::EndsWith("kristall-\uFFFD.cif"));
  EXPECT_EQ(json.at("atoms"), 12);
}

TEST_F(CommandLine, ListsHops) {
  const std::vector<std::string> arguments{"hops", library("PrPyrPbI3.cif"), "--max-distance",
                                           "4.5"};
  const Spoken text = ionpass(arguments);
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("within_face"));
  auto with_json = arguments;
  with_json.push_back("--json");
  const nlohmann::json json = json_of(ionpass(with_json));
  ASSERT_FALSE(json.at("hops").empty());
  double last = 0.0;
  for (const auto& hop : json.at("hops")) {
    EXPECT_LE(hop.at("length"), 4.5);
    EXPECT_GE(hop.at("length"), last);
    last = hop.at("length");
    EXPECT_THAT(text.out, HasSubstr(hop.at("label").get<std::string>()));
  }
}

TEST_F(CommandLine, RefusesHopsThatCannotBe) {
  const std::string crystal = library("MAPbI3-pseudocubic.cif");
  expect_refusal(ionpass({"hops", crystal, "--species", "Cl", "-q"}), 2, {"Cl"});
  expect_refusal(ionpass({"hops", crystal, "--species", "Xx", "-q"}), 2, {"'Xx'", "element"});
  expect_refusal(ionpass({"hops", crystal, "--max-distance", "0.5", "-q"}), 2, {"0.5"});
  expect_refusal(ionpass({"hops", file("hi.extxyz", hydrogen_iodide), "-q"}), 2, {"no cell"});
}

TEST_F(CommandLine, FindsShippedStructuresByName) {
  const nlohmann::json shipped =
      json_of(ionpass({"sites", "library/MAPbI3-orthorhombic.cif", "--json"}));
  EXPECT_EQ(shipped.at("space_group_number"), 62);
}

TEST_F(CommandLine, NamesTheFileWhereverAMistakeIsFound) {
  expect_refusal(ionpass({"hops", library("MAPbI3-pseudocubic.cif"), "--species", "Cs", "-q"}), 2,
                 {"MAPbI3-pseudocubic.cif", "no Cs"});
  expect_refusal(ionpass({"hops", library("MAPbI3-pseudocubic.cif"), "--max-distance", "1000"}), 2,
                 {"--max-distance", "at most 20"});
}

TEST_F(CommandLine, RefusesFilesThatAreNoStructures) {
  expect_refusal(ionpass({"sites", file("text.cif", "this is no crystal\n")}), 2, {"text.cif"});
  expect_refusal(ionpass({"sites", file("empty.cif", "")}), 2, {"empty.cif"});
  expect_refusal(ionpass({"sites", folder_.path() / "nowhere.cif"}), 2, {"nowhere.cif"});
  expect_refusal(ionpass({"sites", folder_.path()}), 2, {folder_.path().string()});
}

}  // namespace
}  // namespace ionpass::test
