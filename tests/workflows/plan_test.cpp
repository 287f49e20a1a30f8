// What `ionpass plan` counts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lennard_jones.hpp>
#include <nlohmann/json.hpp>

#include <structures/error.hpp>
#include <workflows/plan.hpp>

#include "run_fixture.hpp"

namespace ionpass::workflows {
namespace {

using ::testing::HasSubstr;

PlanOptions options(int refused = 0) {
  PlanOptions plan;
  plan.potential = [refused](const PotentialSettings&) {
    return std::make_unique<test::LennardJones>(test::LennardJonesSettings{.refused = refused});
  };
  return plan;
}

TEST(Plan, CountsWhatWillBeDone) {
  const test::ScratchFolder folder("plan");
  const StudyPlan plan = plan_study(read_study(test::write_study(folder.path())), options());
  ASSERT_EQ(plan.materials.size(), 2U);
  const MaterialPlan& cubic = plan.materials[0];
  EXPECT_EQ(cubic.unit_atoms, 4U);
  EXPECT_EQ(cubic.atoms, 32U);
  EXPECT_EQ(cubic.sites.size(), 1U);
  EXPECT_EQ(cubic.hops.size(), 1U);
  EXPECT_EQ(cubic.end_points, 2U);
  EXPECT_NEAR(cubic.image_distance, 2.0 * 5.26, 1e-6);
  const ExpectedEvaluations expected;
  // A hop that is its own reverse needs two of its three images.
  EXPECT_EQ(cubic.evaluations,
            expected.host + 2 * expected.end_point + 2 * expected.band_iterations);
  EXPECT_TRUE(plan.seconds.has_value());
  EXPECT_GT(*plan.seconds, 0.0);
}

TEST(Plan, HalvesTheTimeOnTwoRanksAndLeavesItOutOnRequest) {
  const test::ScratchFolder folder("plan-time");
  const Study study = read_study(test::write_study(folder.path()));
  PlanOptions two = options();
  two.ranks = 2;
  const StudyPlan plan = plan_study(study, two);
  double one_rank = 0.0;
  for (const MaterialPlan& material : plan.materials) {
    one_rank += *material.seconds * static_cast<double>(material.evaluations);
  }
  EXPECT_NEAR(*plan.seconds, one_rank / 2.0, 1e-12 * one_rank);
  two.timing = false;
  EXPECT_FALSE(plan_study(study, two).seconds.has_value());
}

TEST(Plan, SaysHowRanksShareTheEnergies) {
  const test::ScratchFolder folder("plan-teams");
  Study study = read_study(test::write_study(folder.path()));
  PlanOptions four = options();
  four.ranks = 4;
  four.timing = false;
  // Two hosts, and energies that nothing can share.
  EXPECT_THAT(plan_text(plan_study(study, four)), HasSubstr("ranks: 4 teams of 1 for 2 hosts, "));
  study.parallel.ranks_per_image = 2;
  EXPECT_THAT(plan_text(plan_study(study, four)), HasSubstr("ranks: 2 teams of 2 for 2 hosts, "));
  four.ranks = 1;
  EXPECT_THAT(plan_text(plan_study(study, four)), testing::Not(HasSubstr("ranks:")));
}

TEST(Plan, SurvivesAnEnergyThatFails) {
  const test::ScratchFolder folder("plan-failing");
  const StudyPlan plan = plan_study(read_study(test::write_study(folder.path())), options(18));
  EXPECT_FALSE(plan.seconds.has_value());
  EXPECT_THAT(plan_text(plan), HasSubstr("no time estimate"));
}

TEST(Plan, SaysTheSameAsTextAndJson) {
  const test::ScratchFolder folder("plan-text");
  const StudyPlan plan = plan_study(read_study(test::write_study(folder.path())), options());
  const std::string text = plan_text(plan);
  const nlohmann::json json = nlohmann::json::parse(plan_json(plan));
  for (const auto& material : json.at("materials")) {
    EXPECT_THAT(text, HasSubstr(material.at("name").get<std::string>()));
    for (const auto& hop : material.at("hops")) {
      EXPECT_THAT(text, HasSubstr(hop.at("label").get<std::string>()));
    }
  }
  EXPECT_EQ(json.at("evaluations").get<std::size_t>(), plan.evaluations);
}

}  // namespace
}  // namespace ionpass::workflows
