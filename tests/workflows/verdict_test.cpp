// What the report says of the order of materials, the hops it compares and the retention.
#include <string>

#include <structures/error.hpp>

#include "report_fixture.hpp"

namespace ionpass::workflows {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

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

}  // namespace
}  // namespace ionpass::workflows
