// Results as JSON: nothing is lost, and others can rely on the members.
#include <cmath>
#include <limits>
#include <string>

#include <structures/error.hpp>
#include <workflows/results_json.hpp>

#include "report_fixture.hpp"

namespace ionpass::workflows {
namespace {

using nlohmann::json;
using testing::HasSubstr;

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

}  // namespace
}  // namespace ionpass::workflows
