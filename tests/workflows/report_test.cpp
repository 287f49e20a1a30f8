// The report: what it says of good, bad and missing results, and that its files are sound.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <structures/error.hpp>
#include <workflows/report.hpp>
#include <workflows/results_json.hpp>

namespace ionpass::workflows {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

/// A converged hop with a symmetric bump of this height; the backward barrier differs by the
/// reaction energy.
HopResult hop(const std::string& label, const std::string& kind, double forward, double backward) {
  HopResult h;
  h.label = label;
  h.kind = kind;
  h.from = "I1";
  h.to = "I2";
  h.length = 4.321;
  h.multiplicity = 4;
  h.status = HopStatus::converged;
  h.barrier_forward = forward;
  h.barrier_backward = backward;
  h.reaction_energy = forward - backward;
  h.max_force = 0.04;
  h.iterations = 50;
  h.evaluations_relax = 60;
  h.evaluations_neb = 250;
  h.saddle_image = 2;
  h.seconds = 12.5;
  const double energies[] = {0.0, 0.5 * forward, forward, forward - 0.5 * backward,
                             forward - backward};
  for (int i = 0; i < 5; ++i) h.images.push_back({1.1 * i, energies[i], 0.0, 0.03});
  return h;
}

MaterialResult material(const std::string& name, const std::string& formula,
                        std::vector<HopResult> hops) {
  MaterialResult m;
  m.name = name;
  m.structure_file = name + ".cif";
  m.provenance = "PROVENANCE: MODEL. Built from published facts.";
  m.formula = formula;
  m.space_group = "Pnma";
  m.space_group_number = 62;
  m.atoms = 96;
  m.supercell = {2, 0, 0, 0, 1, 0, 0, 0, 1};
  m.image_distance = 12.34;
  m.species = "I";
  m.charge = 1.0;
  m.potential = "dftb/pilot-pbi3";
  m.kpoints = "2x2x2";
  m.structure_sha256 = "0123abcd";
  m.settings = {{"symmetry_tolerance", "0.01"},
                {"host.seed", "7"},
                {"host.starts", "3"},
                {"neb.fmax", "0.05"}};
  m.relaxations = {{"host", true, 30, 0.02, -5000.123456789, 0.3}};
  m.hops = std::move(hops);
  return m;
}

StudyResult study(double chain, double network) {
  StudyResult s;
  s.study = "a study";
  s.version = "1.2.3";
  s.materials = {material("MAPbI3", "C4H24I12N4Pb4",
                          {hop("I1-I2_4.4A_a", "within_octahedron", network - 0.02, network)}),
                 material("(PrPyr)PbI3", "C32H48I12N4Pb4",
                          {hop("I1-I1_4.2A_a", "within_face", 0.111, 0.111),
                           hop("I1-I2_4.7A_a", "along_chain", chain, chain - 0.03)})};
  PotentialNote note;
  note.name = "dftb/pilot-pbi3";
  note.version = "1";
  note.licence = "CC-BY-SA 4.0";
  note.citations = {"A. Author, J. Test 1, 1 (2020)"};
  note.accuracy = {"force rms 0.10 eV/Å on held-out frames"};
  note.settings = {{"temperature", "300 K"}, {"temperature", "again"}};
  s.potentials = {note};
  RetentionAssumptions retention;
  retention.reference = RetentionPoint{363.0, 1200.0};
  retention.reference_material = "(PrPyr)PbI3";
  retention.measured = {{363.0, 1200.0}, {400.0, 60.0}};
  retention.claimed_energy = 0.18;
  retention.source = "Mater. Horiz. 2024, 11, 2643";
  s.retention = retention;
  return s;
}

const Literature& literature() {
  static const Literature shipped =
      read_literature(IONPASS_SOURCE_DIR "/workflows/data/barriers-literature.yaml");
  return shipped;
}

ReportOptions without_gnuplot() {
  ReportOptions options;
  options.gnuplot = "no-such-program-as-this";
  return options;
}

/// Name of the first tag that is opened and not closed, or closed and not open; empty if all is
/// well.
std::string unbalanced_tag(const std::string& html) {
  const std::set<std::string> single = {"meta", "br", "hr", "img", "link", "input", "!DOCTYPE"};
  std::vector<std::string> open;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const std::size_t end = html.find('>', at);
    if (end == std::string::npos) return "unfinished tag";
    const std::string tag = html.substr(at + 1, end - at - 1);
    if (std::count(tag.begin(), tag.end(), '"') % 2 != 0) return "quotes in " + tag;
    const bool closing = tag.starts_with('/');
    const std::string name =
        tag.substr(closing ? 1 : 0, tag.find_first_of(" \n\t/", 1) - (closing ? 1 : 0));
    if (single.contains(name) || tag.ends_with('/')) continue;
    if (!closing) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return name;
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

json report(const StudyResult& s) { return json::parse(report_json(s, literature())); }

/// Folder of its own with an executable script, removed at the end.
class Script {
 public:
  explicit Script(const std::string& body) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "ionpass-report-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    std::ofstream(path()) << "#!/bin/sh\n" << body;
    ::chmod(path().c_str(), 0700);
  }
  ~Script() { std::filesystem::remove_all(folder_); }
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;
  [[nodiscard]] std::string path() const { return (folder_ / "gnuplot").string(); }

 private:
  std::filesystem::path folder_;
};

TEST(ResultsJson, RoundTripGivesBackEveryBit) {
  StudyResult s = study(0.1 + 0.2, 1.0 / 3.0);
  s.materials[0].hops[0].diagnosis = "line\nbreak \"quoted\" ↔";
  s.materials[0].hops[0].images[1].energy = std::nextafter(0.1, 1.0);
  s.materials[1].hops[0].status = HopStatus::no_saddle;
  s.materials[1].hops[0].saddle_image.reset();
  s.materials[1].hops[0].barrier_forward.reset();
  const std::string document = to_document(s);
  const StudyResult back = from_document(document);
  EXPECT_EQ(to_document(back), document);
  EXPECT_EQ(back.materials[0].hops[0].images[1].energy, std::nextafter(0.1, 1.0));
  EXPECT_EQ(back.materials[1].hops[1].barrier_forward.value(), 0.1 + 0.2);
  EXPECT_EQ(back.materials[1].hops[0].status, HopStatus::no_saddle);
  EXPECT_FALSE(back.materials[1].hops[0].barrier_forward.has_value());
  EXPECT_EQ(back.materials[0].hops[0].diagnosis, "line\nbreak \"quoted\" ↔");
  EXPECT_EQ(back.potentials[0].settings, s.potentials[0].settings);
  EXPECT_EQ(back.retention->measured.size(), 2u);
  EXPECT_EQ(back.retention->claimed_energy, 0.18);
}

TEST(ResultsJson, HoldsNumbersThatAreNotFiniteAsNull) {
  StudyResult s = study(0.4, 0.3);
  s.materials[0].hops[0].max_force = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(std::isnan(from_document(to_document(s)).materials[0].hops[0].max_force));
}

TEST(ResultsJson, NamesWhatIsWrongWithADocument) {
  EXPECT_THROW((void)from_document("{"), InputError);
  EXPECT_THROW((void)from_document("[]"), InputError);
  json j = json::parse(to_document(study(0.4, 0.3)));
  j["materials"][0].erase("hops");
  try {
    (void)from_document(j.dump());
    FAIL();
  } catch (const InputError& e) {
    EXPECT_THAT(e.what(), HasSubstr("\"hops\" is missing"));
  }
  j = json::parse(to_document(study(0.4, 0.3)));
  j["materials"][0]["atoms"] = "many";
  EXPECT_THROW((void)from_document(j.dump()), InputError);
  EXPECT_THROW((void)hop_status("perhaps"), InputError);
}

TEST(HopReport, HasTheMembersOthersRelyOn) {
  const json j = hop_report(hop("a", "along_chain", 0.41, 0.38));
  // docs/design.md, "JSON of ionpass neb --json".
  EXPECT_DOUBLE_EQ(j.at("barrier_forward"), 0.41);
  EXPECT_DOUBLE_EQ(j.at("barrier_backward"), 0.38);
  EXPECT_NEAR(j.at("reaction_energy").get<double>(), 0.03, 1e-12);
  EXPECT_EQ(j.at("converged"), true);
  EXPECT_TRUE(j.at("max_force").is_number());
  EXPECT_EQ(j.at("evaluations").at("total"), 310);
  EXPECT_EQ(j.at("images").size(), 5u);
  for (const char* key : {"s", "energy", "force_along"})
    EXPECT_TRUE(j.at("images")[1].at(key).is_number());
  EXPECT_EQ(j.at("saddle").at("image"), 2);
  EXPECT_TRUE(j.at("saddle").at("verified").is_null());
  EXPECT_TRUE(j.at("saddle").at("imaginary_modes").is_null());
  EXPECT_TRUE(j.at("seconds").is_number());
}

TEST(HopReport, GivesNoBarrierUnlessConverged) {
  for (const auto status :
       {HopStatus::no_saddle, HopStatus::not_converged, HopStatus::failed, HopStatus::unfinished}) {
    HopResult h = hop("a", "along_chain", 0.41, 0.38);
    h.status = status;
    const json j = hop_report(h);
    EXPECT_EQ(j.at("converged"), false);
    EXPECT_TRUE(j.at("barrier_forward").is_null());
    EXPECT_TRUE(j.at("barrier_backward").is_null());
    EXPECT_TRUE(j.at("reaction_energy").is_null());
    EXPECT_TRUE(j.at("saddle").at("image").is_null());
  }
}

TEST(Order, IsConfirmedBeyondTheUncertainty) {
  const json order = report(study(0.42, 0.25)).at("order");
  EXPECT_EQ(order.at("verdict"), "confirmed");
  EXPECT_NEAR(order.at("pairs")[0].at("difference").get<double>(), 0.17, 1e-12);
  EXPECT_NEAR(order.at("difference_uncertainty").get<double>(), 0.0707, 1e-4);
  EXPECT_THAT(order.dump(), HasSubstr("0.39 eV for (PrPyr)PbI3 against 0.29 and 0.16 eV"));
  EXPECT_THAT(order.dump(), HasSubstr("force rms 0.10 eV/Å"));
}

TEST(Order, IsNotConfirmedWithinTheUncertainty) {
  EXPECT_EQ(report(study(0.33, 0.30)).at("order").at("verdict"), "same_order");
  EXPECT_EQ(report(study(0.28, 0.30)).at("order").at("verdict"), "opposite_order");
  EXPECT_EQ(report(study(0.16, 0.30)).at("order").at("verdict"), "contradicted");
  StudyResult s = study(0.33, 0.30);
  s.kinetics.barrier_uncertainty = 0.01;
  EXPECT_EQ(report(s).at("order").at("verdict"), "confirmed");
}

TEST(Order, CannotBeSaidWhenOneSideIsMissing) {
  StudyResult s = study(0.42, 0.25);
  s.materials[1].hops[1].status = HopStatus::not_converged;
  s.materials[1].hops[1].diagnosis = "0.2 eV/Å left";
  const json order = report(s).at("order");
  EXPECT_EQ(order.at("verdict"), "undecided");
  EXPECT_THAT(order.at("statement").get<std::string>(), HasSubstr("cannot be said"));
  EXPECT_THAT(order.dump(), HasSubstr("none of its 1 long-range hop converged"));
}

// The paper speaks of iodide vacancies in two compounds; of others there is nothing to confirm.
TEST(Order, IsNoVerdictForWhatThePaperDoesNotSpeakOf) {
  StudyResult bromide = study(0.42, 0.25), caesium = bromide, alone = bromide, silent = bromide;
  for (MaterialResult& m : bromide.materials) m.species = "Br";
  caesium.materials[0].formula = "Cs4I12Pb4";
  alone.materials.pop_back();
  silent.literature = false;
  for (const StudyResult& s : {bromide, caesium, alone, silent}) {
    const json order = report(s).at("order");
    EXPECT_EQ(order.at("verdict"), "no_claim");
    EXPECT_TRUE(order.at("pairs").empty());
    EXPECT_THAT(order.dump(), Not(HasSubstr("paper")));
    EXPECT_THAT(order.at("statement").get<std::string>(),
                HasSubstr("the lowest first: 0.250 eV for MAPbI3"));
  }
}

TEST(Order, SaysWhenItRestsOnPartOfTheHops) {
  StudyResult s = study(0.42, 0.25);
  EXPECT_THAT(report(s).at("order").at("statement").get<std::string>(),
              Not(HasSubstr("judged from")));
  s.materials[1].hops.push_back(hop("I2-I2_4.9A_b", "between_chains", 0.2, 0.2));
  s.materials[1].hops.back().status = HopStatus::failed;
  EXPECT_THAT(report(s).at("order").at("statement").get<std::string>(),
              HasSubstr("judged from the hops that converged"));
}

TEST(Order, MixedMaterialsGiveNoCommonAnswer) {
  StudyResult s = study(0.42, 0.25);
  s.materials.push_back(
      material("(BnzPyr)PbI3", "C24H24I6N2Pb2", {hop("I1-I2_4.6A_a", "along_chain", 0.10, 0.10)}));
  EXPECT_EQ(report(s).at("order").at("verdict"), "confirmed");  // the claim is of (PrPyr)PbI3
  s.materials.back().formula = "C8H12NPbI3";
  EXPECT_EQ(report(s).at("order").at("verdict"), "mixed");
}

TEST(ComparedHop, IsTheEasiestThatCarriesIodineOn) {
  StudyResult s = study(0.42, 0.25);
  s.materials[1].hops.push_back(hop("I2-I2_4.9A_b", "between_chains", 0.37, 0.39));
  const json compared = report(s).at("comparison")[1];
  // Not the 0.111 eV within a face; of the rest the one whose larger barrier is smallest.
  EXPECT_EQ(compared.at("hop"), "I2-I2_4.9A_b");
  EXPECT_DOUBLE_EQ(compared.at("barrier").at("energy"), 0.39);
  EXPECT_EQ(compared.at("dimension"), "1D");
}

TEST(ComparedHop, IsAnyWhereTheKindIsNotKnown) {
  StudyResult s = study(0.42, 0.25);
  s.materials[0].hops[0].kind = "other";
  EXPECT_DOUBLE_EQ(report(s).at("comparison")[0].at("barrier").at("energy"), 0.25);
  EXPECT_EQ(report(s).at("comparison")[0].at("dimension"), "unknown");
}

TEST(ComparedHop, IsNoneThatGoesRoundACluster) {
  StudyResult s = study(0.42, 0.25);
  s.materials.resize(1);
  s.materials[0].hops[0].kind = "within_cluster";
  s.materials[0].species = "Br";
  const json compared = report(s).at("comparison")[0];
  EXPECT_TRUE(compared.at("barrier").is_null());
  EXPECT_EQ(compared.at("dimension"), "0D");
  EXPECT_THAT(compared.at("reason").get<std::string>(), HasSubstr("carries Br further"));
  EXPECT_THAT(report_markdown(s, literature()), Not(HasSubstr("has a barrier, so")));
}

TEST(ComparedHop, LayersAreNoChains) {
  StudyResult s = study(0.42, 0.25);
  s.materials[0].hops.push_back(hop("I3-I4_4.9A_b", "between_chains", 0.6, 0.6));
  EXPECT_EQ(report(s).at("comparison")[0].at("dimension"), "layered");
  EXPECT_EQ(report(s).at("order").at("verdict"), "undecided");
}

TEST(Retention, StatesTheContradictionInWords) {
  for (const std::string& text :
       {report_markdown(study(0.42, 0.25), literature()),
        report_json(study(0.42, 0.25), literature()),
        report_html(study(0.42, 0.25), literature(), without_gnuplot())}) {
    EXPECT_THAT(text, HasSubstr("contradicts its own points: 0.18 eV claimed against 1.01 eV"));
  }
}

TEST(Retention, StatesNoContradictionWhereThereIsNone) {
  StudyResult s = study(0.42, 0.25);
  s.retention->claimed_energy = 1.02;
  EXPECT_THAT(report_markdown(s, literature()), Not(HasSubstr("contradicts its own points")));
  EXPECT_THAT(report_markdown(s, literature()), HasSubstr("agrees with its own points"));
  s.retention->claimed_energy.reset();
  EXPECT_THAT(report_markdown(s, literature()), Not(HasSubstr("own points")));
}

TEST(Retention, ScalesFromTheReferenceMaterial) {
  const json comparison = report(study(0.42, 0.32)).at("comparison");
  // At 363 K: 1200 s for the reference itself, exp(0.10 eV / kT) = 24.45 times less for the other.
  EXPECT_NEAR(comparison[1].at("retention")[1].at("time").at("value").get<double>(), 1200.0, 1e-6);
  EXPECT_NEAR(comparison[0].at("retention")[1].at("time").at("value").get<double>(), 1200.0 / 24.45,
              0.05);
}

TEST(Retention, SaysWhyItCannotBeScaled) {
  StudyResult s = study(0.42, 0.25);
  s.retention->reference_material = "something else";
  EXPECT_THAT(report_markdown(s, literature()),
              HasSubstr("something else, which is not in this study"));
  s.retention->reference_material = "(PrPyr)PbI3";
  s.materials[1].hops[1].status = HopStatus::unfinished;
  EXPECT_THAT(report_markdown(s, literature()), HasSubstr("has no barrier"));
  s.retention.reset();
  EXPECT_THAT(report_markdown(s, literature()), Not(HasSubstr("## Retention")));
}

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

TEST(Html, EscapesWhatTheUserWrote) {
  StudyResult s = study(0.42, 0.25);
  const std::string evil = "<script>alert('1')</script>\"&";
  s.study = evil;
  s.materials[0].name = evil;
  s.materials[0].hops[0].label = evil;
  s.materials[0].warnings = {evil};
  s.materials[0].provenance = evil + "\x01\xff";
  s.potentials[0].summary = evil;
  const std::string html = report_html(s, literature());
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;"));
  EXPECT_THAT(html, Not(HasSubstr("\xff")));
  EXPECT_EQ(unbalanced_tag(html), "");
  EXPECT_THAT(report_markdown(s, literature()), Not(HasSubstr("<script")));
}

TEST(Html, IsOneFileThatLoadsNothing) {
  const std::string html = report_html(study(0.42, 0.25), literature());
  EXPECT_THAT(html, HasSubstr("Content-Security-Policy\" content=\"default-src 'none'"));
  EXPECT_THAT(html, Not(HasSubstr("src=")));
  EXPECT_THAT(html, Not(HasSubstr("<link")));
  EXPECT_THAT(html, Not(HasSubstr("@import")));
  EXPECT_THAT(html, Not(HasSubstr("href=\"http")));
  EXPECT_EQ(unbalanced_tag(html), "");
}

TEST(Html, HoldsPlotsWithIdsOfTheirOwn) {
  const std::string html = report_html(study(0.42, 0.25), literature());
  ASSERT_EQ(html.find("Plots are missing"), std::string::npos) << "gnuplot is not installed";
  EXPECT_THAT(html, HasSubstr(">saddle<"));
  EXPECT_THAT(html, HasSubstr("aria-label=\"Hop rates over inverse temperature\""));
  EXPECT_THAT(html, Not(HasSubstr("<?xml")));
  std::set<std::string> ids;
  for (const std::string mark : {" id=\"", " id='"}) {
    for (std::size_t at = html.find(mark); at != std::string::npos; at = html.find(mark, at + 1)) {
      const std::size_t start = at + mark.size();
      const std::string id = html.substr(start, html.find(mark.back(), start) - start);
      EXPECT_TRUE(ids.insert(id).second) << id << " occurs twice";
    }
  }
  for (std::size_t at = html.find("href='#"); at != std::string::npos;
       at = html.find("href='#", at + 1)) {
    EXPECT_TRUE(ids.contains(html.substr(at + 7, html.find('\'', at + 7) - at - 7)));
  }
}

TEST(Html, ShowsTablesWithoutGnuplot) {
  const std::string html = report_html(study(0.42, 0.25), literature(), without_gnuplot());
  EXPECT_THAT(html, HasSubstr("Plots are missing"));
  EXPECT_THAT(html, HasSubstr("no-such-program-as-this could not be started"));
  EXPECT_THAT(html, HasSubstr("<details open>"));
  EXPECT_THAT(html, HasSubstr("2 (saddle)"));
  EXPECT_EQ(unbalanced_tag(html), "");
}

TEST(Html, StopsAGnuplotThatHangs) {
  const Script hanging("sleep 1000\n");
  ReportOptions options;
  options.gnuplot = hanging.path();
  options.plot_timeout = std::chrono::milliseconds(100);
  const std::string html = report_html(study(0.42, 0.25), literature(), options);
  EXPECT_THAT(html, HasSubstr("gave no answer within 0.1 s and was stopped"));
}

TEST(Html, RefusesWhatIsNoPlot) {
  for (const char* body :
       {"echo nonsense\n", "echo '<svg><script>x</script></svg>'\n", "echo broken >&2; exit 3\n"}) {
    const Script wrong(body);
    ReportOptions options;
    options.gnuplot = wrong.path();
    const std::string html = report_html(study(0.42, 0.25), literature(), options);
    EXPECT_THAT(html, HasSubstr("Plots are missing")) << body;
    EXPECT_THAT(html, Not(HasSubstr("<script"))) << body;
  }
}

}  // namespace
}  // namespace ionpass::workflows
