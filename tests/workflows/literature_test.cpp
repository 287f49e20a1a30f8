// The collection of published barriers: what ships is sound, and mistakes are found where they are.
#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <structures/error.hpp>
#include <workflows/literature.hpp>

namespace ionpass::workflows {
namespace {

using testing::HasSubstr;

Literature shipped() {
  return read_literature(IONPASS_SOURCE_DIR "/workflows/data/barriers-literature.yaml");
}

MaterialResult material(const std::string& name, const std::string& formula) {
  MaterialResult m;
  m.name = name;
  m.formula = formula;
  m.species = "I";
  return m;
}

std::string message(const std::string& text) {
  try {
    (void)parse_literature(text, "file.yaml");
  } catch (const InputError& e) {
    return e.what();
  }
  return "no error";
}

const std::string sound =
    "version: 1\n"
    "materials:\n"
    "  - {name: A, formula: CsPbI3}\n"
    "entries:\n"
    "  - id: one\n"
    "    materials: [A]\n"
    "    species: I\n"
    "    subject: vacancy\n"
    "    value: 0.3\n"
    "    method: NEB\n"
    "    citation: Somebody 2020\n"
    "    verification: source\n";

std::string changed(const std::string& from, const std::string& to) {
  std::string text = sound;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(ShippedLiterature, HoldsTheSpreadOfMethylammonium) {
  const auto entries = entries_for(shipped(), material("MAPbI3", "C4H24I12N4Pb4"));
  ASSERT_GE(entries.size(), 5u);
  double low = 10.0;
  double high = 0.0;
  for (const LiteratureEntry& entry : entries) {
    low = std::min(low, entry.value->low);
    high = std::max(high, entry.value->high);
    EXPECT_FALSE(entry.method.empty()) << entry.id;
    EXPECT_FALSE(entry.citation.empty()) << entry.id;
  }
  // Azpiroz 2015 and Eames 2015.
  EXPECT_DOUBLE_EQ(low, 0.08);
  EXPECT_DOUBLE_EQ(high, 0.58);
}

TEST(ShippedLiterature, KeepsTheMeasuredValueWithItsError) {
  for (const LiteratureEntry& entry : shipped().entries) {
    if (entry.id != "futscher2019") continue;
    // Abstract of arXiv 1801.08519: 0.29 ± 0.06 eV.
    EXPECT_DOUBLE_EQ(entry.value->low, 0.29);
    EXPECT_DOUBLE_EQ(entry.uncertainty.value(), 0.06);
    EXPECT_EQ(entry.verification, Verification::source);
    EXPECT_FALSE(entry.doi_checked);
    return;
  }
  FAIL() << "futscher2019 is missing";
}

TEST(ShippedLiterature, HoldsTheOrderOfThePaper) {
  const Literature literature = shipped();
  ASSERT_TRUE(literature.order);
  EXPECT_DOUBLE_EQ(literature.order->higher, 0.39);
  EXPECT_EQ(literature.order->lower, (std::vector<double>{0.29, 0.16}));
  EXPECT_EQ(literature.order->verification, Verification::secondary);
}

TEST(ShippedLiterature, IsOfOneSpeciesAndCharge) {
  MaterialResult lead = material("MAPbI3", "C4H24I12N4Pb4");
  lead.charge = 1.0;
  for (const LiteratureEntry& entry : entries_for(shipped(), lead)) {
    EXPECT_EQ(entry.species, "I");
    EXPECT_FALSE(has_other_charge(entry, lead)) << entry.id;
  }
  lead.charge = 0.0;
  const auto entries = entries_for(shipped(), lead);
  // Azpiroz 2015 alone says that its vacancy is charged.
  EXPECT_EQ(std::ranges::count_if(
                entries, [&](const LiteratureEntry& e) { return has_other_charge(e, lead); }),
            1);
  lead.species = "Pb";
  EXPECT_TRUE(entries_for(shipped(), lead).empty());
}

TEST(LiteratureName, GoesByCompositionNotByName) {
  const Literature literature = shipped();
  EXPECT_EQ(literature_name(literature, material("cell 3", "C32H48I12N4Pb4")), "(PrPyr)PbI3");
  EXPECT_EQ(literature_name(literature, material("x", "C24H24I6N2Pb2")), "(BnzPyr)PbI3");
  EXPECT_EQ(literature_name(literature, material("gamma", "Cs4I12Pb4")), "CsPbI3");
  EXPECT_EQ(literature_name(literature, material("MAPbI3", "Cs4Br12Pb4")), "CsPbBr3");
  EXPECT_EQ(literature_name(literature, material("MAPbI3", "C4H24Br12N4Pb4")), std::nullopt);
}

TEST(LiteratureName, FallsBackOnTheName) {
  const Literature literature = shipped();
  EXPECT_EQ(literature_name(literature, material("MAPbI3-tetragonal", "")), "MAPbI3");
  EXPECT_EQ(literature_name(literature, material("prpyr-pbi3", "")), "(PrPyr)PbI3");
  EXPECT_EQ(literature_name(literature, material("something", "")), std::nullopt);
}

TEST(ParseLiterature, ReadsASoundFile) {
  const Literature literature = parse_literature(sound, "file.yaml");
  ASSERT_EQ(literature.entries.size(), 1u);
  EXPECT_DOUBLE_EQ(literature.entries[0].value->high, 0.3);
}

TEST(ParseLiterature, PointsAtTheMistake) {
  EXPECT_THAT(
      message(changed("value: 0.3", "valeu: 0.3")),
      testing::AllOf(HasSubstr("file.yaml:9:5"), HasSubstr("\"valeu\""), HasSubstr("known are")));
  EXPECT_THAT(message(changed("value: 0.3", "value: 300")), HasSubstr("between 0 and 10 eV"));
  EXPECT_THAT(message(changed("value: 0.3", "value: [0.5, 0.2]")), HasSubstr("lower end first"));
  EXPECT_THAT(message(changed("value: 0.3", "value: n/s")), HasSubstr("\"n/s\" given"));
  EXPECT_THAT(message(changed("[A]", "[B]")), HasSubstr("\"B\" is not in the list"));
  EXPECT_THAT(message(changed("verification: source", "verification: surely")),
              HasSubstr("none of source, quoted, secondary"));
  EXPECT_THAT(message(changed("verification: source", "verification: quoted")),
              HasSubstr("\"read_in\" is missing"));
  EXPECT_THAT(message(changed("    method: NEB\n", "")), HasSubstr("\"method\" is missing"));
  EXPECT_THAT(message(changed("    species: I\n", "")), HasSubstr("\"species\" is missing"));
  EXPECT_THAT(message(changed("version: 1", "version: 2")), HasSubstr("file.yaml:1:10"));
  EXPECT_THAT(message("entries: [\n"), HasSubstr("not readable as yaml"));
  EXPECT_THAT(message("[]"), HasSubstr("a mapping"));
  EXPECT_THAT(message(sound + sound.substr(sound.find("  - id"))), HasSubstr("occurs twice"));
}

TEST(ReadLiterature, SaysThatTheFileIsMissing) {
  EXPECT_THROW((void)read_literature("/nonexistent/barriers.yaml"), IoError);
}

}  // namespace
}  // namespace ionpass::workflows
