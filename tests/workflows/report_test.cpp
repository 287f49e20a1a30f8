// The report: what it says of good, bad and missing results.
#include <string>

#include <workflows/results_json.hpp>

#include "report_fixture.hpp"

namespace ionpass::workflows {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

TEST(Report, PrintsNoNumberForAHopThatDidNotConverge) {
  StudyResult s = study(0.42, 0.25);
  s.materials[1].hops[1] = hop("I1-I2_4.7A_a", "along_chain", 0.7654, 0.7321);
  s.materials[1].hops[1].status = HopStatus::not_converged;
  s.materials[1].hops[1].diagnosis = "the band stopped after 300 iterations";
  const std::string markdown = report_markdown(s, literature());
  const std::string html = report_html(s, literature(), without_gnuplot());
  for (const std::string& text : {markdown, html}) {
    EXPECT_THAT(text, Not(HasSubstr("0.765")));
    EXPECT_THAT(text, Not(HasSubstr("0.732")));
    EXPECT_THAT(text, HasSubstr("the band stopped after 300 iterations"));
  }
  const json j = report(s).at("materials")[1].at("hops")[1];
  EXPECT_TRUE(j.at("barrier_forward").is_null());
  EXPECT_TRUE(j.at("kinetics").is_null());
}

TEST(Report, ListsTheCaveatsThatApply) {
  StudyResult s = study(0.42, 0.25);
  s.materials[0].kpoints = "Γ";
  s.materials[0].relaxations[0].converged = false;
  s.materials[1].provenance.clear();
  s.materials[1].warnings = {"a warning of its own"};
  const std::string text = report(s).at("caveats").dump();
  for (const char* part :
       {"Model structure, MAPbI3", "(PrPyr)PbI3 does not say where it comes from",
        "assumed, not computed", "12.3 Å between the vacancy", "the Γ point alone is wrong",
        "Accuracy of dftb/pilot-pbi3: force rms", "the relaxation of host did not converge",
        "a warning of its own", "not a retention time"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  s.potentials[0].accuracy.clear();
  EXPECT_THAT(report(s).at("caveats").dump(), HasSubstr("its error is unknown, not zero"));
}

TEST(Report, TellsWhatAConvergedHopIsRemarkedFor) {
  StudyResult s = study(0.42, 0.25);
  s.materials[0].hops[0].diagnosis = "several saddles lie on the path";
  for (const std::string& text :
       {report_markdown(s, literature()), report_html(s, literature(), without_gnuplot())})
    EXPECT_THAT(text, HasSubstr("several saddles lie on the path."));
}

TEST(Report, GivesChargesAsTheyAre) {
  StudyResult s = study(0.42, 0.25);
  s.materials[0].charge = 0.37;
  EXPECT_THAT(report_markdown(s, literature()), HasSubstr("cell charge 0.37 e"));
  EXPECT_THAT(report_markdown(s, literature()), HasSubstr("of another charge: +1, Azpiroz"));
}

TEST(Report, SaysHowTheBandWasMade) {
  const std::string text = report_markdown(study(0.42, 0.25), literature());
  for (const char* part : {"0123abcd", "seed 7, starts 3", "fmax 0.05"})
    EXPECT_THAT(text, HasSubstr(part));
  const json settings = report(study(0.42, 0.25)).at("materials")[0].at("settings");
  EXPECT_EQ(settings.at(3), (json{{"name", "neb.fmax"}, {"value", "0.05"}}));
  // Of an older run, which recorded none of it.
  json old = json::parse(to_document(study(0.42, 0.25)));
  for (json& m : old["materials"]) {
    m.erase("settings");
    m.erase("structure_sha256");
  }
  EXPECT_TRUE(from_document(old.dump()).materials[0].settings.empty());
}

TEST(Report, NamesNoForceWhereThereWasNoEnergy) {
  StudyResult s = study(0.42, 0.25);
  s.materials[0].relaxations = {{.name = "host"}};
  EXPECT_THAT(report(s).at("caveats").dump(), HasSubstr("the relaxation of host has no energy"));
  EXPECT_TRUE(report(s).at("materials")[0].at("relaxations")[0].at("energy").is_null());
}

TEST(Report, NoticesAnImageThatIsNotAtTheTop) {
  StudyResult s = study(0.42, 0.25);
  EXPECT_THAT(report(s).at("caveats").dump(), Not(HasSubstr("the curve through the images rises")));
  // Slopes up before the gap and down behind it: a cubic through 0.42 and 0.2175 with these slopes
  // tops at more.
  s.materials[1].hops[1].images[2].force_along = -0.8;
  EXPECT_THAT(report(s).at("caveats").dump(), HasSubstr("the curve through the images rises"));
}

TEST(Report, ShowsLiteratureWithMarks) {
  const std::string markdown = report_markdown(study(0.42, 0.25), literature());
  EXPECT_THAT(markdown, HasSubstr("0.29 ± 0.06 eV, experiment"));
  EXPECT_THAT(markdown, HasSubstr("0.08 eV†, NEB, DFT, charge +1, Azpiroz et al. 2015"));
  EXPECT_THAT(markdown, HasSubstr("10.1039/C9MH00445A (not checked)"));
  StudyResult s = study(0.42, 0.25);
  s.literature = false;
  EXPECT_THAT(report_markdown(s, literature()), Not(HasSubstr("Azpiroz")));
}

TEST(Report, SameStudySameBytesButForSeconds) {
  StudyResult a = study(0.42, 0.25);
  StudyResult b = a;
  b.materials[0].hops[0].seconds = 99.0;
  json ja = report(a);
  json jb = report(b);
  EXPECT_NE(ja, jb);
  jb["materials"][0]["hops"][0]["seconds"] = 12.5;
  EXPECT_EQ(ja.dump(), jb.dump());
  EXPECT_EQ(report_markdown(a, literature()), report_markdown(b, literature()));
  EXPECT_EQ(report_html(a, literature()), report_html(b, literature()));
}

TEST(Report, WorksWithNothingInIt) {
  StudyResult s;
  s.study = "empty";
  for (const Literature& known : {Literature{}, literature()}) {
    EXPECT_EQ(unbalanced_tag(report_html(s, known)), "");
    EXPECT_THAT(report_markdown(s, known), HasSubstr("No material of this study has a barrier"));
    EXPECT_EQ(json::parse(report_json(s, known)).at("materials").size(), 0u);
  }
  s.materials = {material("bare", "", {})};
  EXPECT_EQ(unbalanced_tag(report_html(s, literature())), "");
  EXPECT_THAT(report_markdown(s, literature()), HasSubstr("no hop was studied"));
  HopResult odd = hop("odd", "within_octahedron", 0.3, 0.3);
  odd.images = {{0.0, std::nan(""), 0.0, 0.0}, {0.0, 0.1, 0.0, 0.0}};
  s.materials[0].hops = {odd, HopResult{}};
  EXPECT_EQ(unbalanced_tag(report_html(s, literature())), "");
}

}  // namespace
}  // namespace ionpass::workflows
