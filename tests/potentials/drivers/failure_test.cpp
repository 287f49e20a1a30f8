// Every way in which an external program can fail, over sockets and over files.
#include "driver_fixture.hpp"

namespace ionpass::test {
namespace {

using testing::HasSubstr;

/// A program, how it is reached, what it does, and what that must be called.
struct Case {
  std::string driver, kind, exchange, behaviour, expected;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.kind << " over " << c.exchange << ": " << c.behaviour;
}

std::vector<Case> failure_cases() {
  std::vector<Case> out;
  const auto add = [&](const std::string& driver, const std::string& kind,
                       const std::string& exchange,
                       const std::vector<std::pair<std::string, std::string>>& behaviours) {
    for (const auto& [behaviour, expected] : behaviours)
      out.push_back({driver, kind, exchange, behaviour, expected});
  };
  add("cp2k-xtb", "cp2k", "socket",
      {{"crash", "crashed"},
       {"exit", "crashed"},
       {"hang", "hung"},
       {"full", "disk_full"},
       {"scf", "scf_not_converged"},
       {"scf_outer", "scf_not_converged"},
       {"scf_warning", "scf_not_converged"},
       {"silent", "scf_not_converged"},
       {"nan", "absurd_numbers"},
       {"huge", "absurd_numbers"},
       {"atoms", "wrong_atom_count"},
       {"many", "wrong_atom_count"},  // and then nothing more
       {"truncate", "truncated_output"},
       {"protocol", "protocol_violation"},
       {"negative", "protocol_violation"},
       {"extra", "protocol_violation"},
       {"flood", "protocol_violation"},
       {"quota", "disk_full"},
       {"scf_abort", "scf_not_converged"}});
  add("cp2k-xtb", "cp2k", "files",
      {{"crash", "crashed"},
       {"exit", "crashed"},
       {"hang", "hung"},
       {"full", "disk_full"},
       {"scf", "scf_not_converged"},
       {"scf_outer", "scf_not_converged"},
       {"scf_warning", "scf_not_converged"},
       {"silent", "scf_not_converged"},
       {"scf_abort", "scf_not_converged"},
       {"nan", "absurd_numbers"},
       {"stars", "absurd_numbers"},
       {"huge", "absurd_numbers"},
       {"atoms", "wrong_atom_count"},
       {"truncate", "truncated_output"},
       {"flood", "protocol_violation"},
       {"quota", "disk_full"}});
  add("qe-pbe-d3", "pw", "socket",
      {{"crash", "crashed"}, {"scf", "scf_not_converged"}, {"scf_text", "scf_not_converged"}});
  add("qe-pbe-d3", "pw", "files",
      {{"crash", "crashed"},
       {"scf", "scf_not_converged"},
       {"scf_text", "scf_not_converged"},
       {"scf_xml", "scf_not_converged"},
       {"nan", "absurd_numbers"},
       {"stars", "absurd_numbers"},
       {"garbled", "truncated_output"},
       {"huge", "absurd_numbers"},
       {"atoms", "wrong_atom_count"},
       {"truncate", "truncated_output"}});
  add("command", "command", "files",
      {{"exit", "crashed"},
       {"hang", "hung"},
       {"scf", "scf_not_converged"},
       {"nan", "truncated_output"},  // JSON has no word for it
       {"word", "truncated_output"},
       {"charge", "truncated_output"},
       {"charges", "wrong_atom_count"},
       {"huge", "absurd_numbers"},
       {"atoms", "wrong_atom_count"},
       {"truncate", "truncated_output"}});
  return out;
}

class Failures : public Drivers, public testing::WithParamInterface<Case> {
 protected:
  [[nodiscard]] PotentialSettings case_settings() const {
    PotentialSettings out = settings(GetParam().driver, GetParam().kind);
    out.driver.exchange = GetParam().exchange;
    out.driver.timeout = GetParam().behaviour == "hang" ? 0.3 : 20.0;
    return out;
  }
};

TEST_P(Failures, AreCalledByTheirName) {
  script(GetParam().behaviour);
  const auto potential = make(case_settings());
  const Failed failed = failure_of([&] { (void)potential->evaluate(skewed_crystal()); });
  EXPECT_EQ(failed.kind, GetParam().expected) << failed.message;
  EXPECT_THAT(failed.message, HasSubstr("driver/" + GetParam().driver)) << failed.message;
  EXPECT_THAT(failed.message, HasSubstr("files are kept in ")) << failed.message;
}

// The next evaluation is a good one, by a fresh process.
TEST_P(Failures, AreOvercomeWhereAFreshStartHelps) {
  script(GetParam().behaviour);
  PotentialSettings settings = case_settings();
  settings.driver.retries = 1;
  settings.driver.timeout = GetParam().behaviour == "hang" ? 1.0 : 20.0;
  const auto potential = make(settings);
  const Structure crystal = skewed_crystal();
  Evaluation evaluation;
  const Failed failed = failure_of([&] { evaluation = potential->evaluate(crystal); });
  const bool is_final =
      GetParam().expected == "wrong_atom_count" || GetParam().expected == "disk_full";
  EXPECT_EQ(failed.kind, is_final ? GetParam().expected : "none") << failed.message;
  if (is_final) return;
  EXPECT_NEAR(evaluation.energy, fake_energy(crystal), printed_digits);
  ASSERT_EQ(evaluation.incidents.size(), 1U);
  EXPECT_THAT(evaluation.incidents[0], testing::StartsWith(GetParam().expected));
  EXPECT_EQ(starts(), 2U);
}

INSTANTIATE_TEST_SUITE_P(All, Failures, testing::ValuesIn(failure_cases()), [](const auto& param) {
  const Case& c = param.param;
  return c.kind + "_" + c.exchange + "_" + c.behaviour;
});

TEST_F(Drivers, AFailureQuotesTheProgramAndKeepsItsFiles) {
  script("exit");
  const auto potential = make(settings("cp2k-xtb", "cp2k"));
  const Failed failed = failure_of([&] { (void)potential->evaluate(skewed_crystal()); });
  EXPECT_THAT(failed.message, HasSubstr("giving up"));
  EXPECT_THAT(failed.message, HasSubstr("exit status 3"));
  const std::string mark = "kept in ";
  const std::filesystem::path kept = failed.message.substr(failed.message.find(mark) + mark.size());
  EXPECT_THAT(text_of_file(kept / "errors.txt"), HasSubstr("giving up"));
  EXPECT_THAT(text_of_file(kept / "cp2k.inp"), HasSubstr("RUN_TYPE DRIVER"));
}

TEST_F(Drivers, ASecondAttemptUsesTheSaferSettings) {
  script("scf");
  PotentialSettings with_retry = settings("cp2k-xtb", "cp2k");
  with_retry.driver.retries = 1;
  (void)make(with_retry)->evaluate(skewed_crystal());
  EXPECT_THAT(text_of_file(script_file().string() + ".input"), HasSubstr("ALPHA 0.05"));
}

TEST_F(Drivers, RetriesEndAndSaySo) {
  script("scf exit scf ok");
  PotentialSettings with_retries = settings("cp2k-xtb", "cp2k");
  with_retries.driver.retries = 2;
  const auto potential = make(with_retries);
  const Failed failed = failure_of([&] { (void)potential->evaluate(skewed_crystal()); });
  EXPECT_EQ(failed.kind, "scf_not_converged");
  EXPECT_THAT(failed.message, HasSubstr("3 attempts"));
  // The potential itself is still good.
  EXPECT_NO_THROW((void)potential->evaluate(skewed_crystal()));
}

TEST_F(Drivers, AProgramThatIsNotThereIsNamed) {
  PotentialSettings absent = settings("cp2k-xtb", "cp2k");
  absent.driver.command = {"cp2k-that-is-not-there"};
  const Failed failed = failure_of([&] { (void)make(absent); });
  EXPECT_EQ(failed.kind, "not_found");
  EXPECT_THAT(failed.message, HasSubstr("cp2k-that-is-not-there"));
}

TEST_F(Drivers, AnOldProgramIsRefused) {
  script("old");
  const Failed failed = failure_of([&] { (void)make(settings("cp2k-xtb", "cp2k")); });
  EXPECT_EQ(failed.kind, "wrong_version");
  EXPECT_THAT(failed.message, HasSubstr("7.1"));
}

TEST_F(Drivers, AnotherProgramIsRefused) {
  const Failed failed = failure_of([&] { (void)make(settings("qe-pbe-d3", "cp2k")); });
  EXPECT_EQ(failed.kind, "wrong_version");
}

TEST_F(Drivers, AProgramThatNeverConnectsIsGivenUp) {
  PotentialSettings deaf = settings("ipi", "tree");
  deaf.driver.start_timeout = 0.3;
  const auto potential = make(deaf);
  EXPECT_EQ(failure_of([&] { (void)potential->evaluate(skewed_crystal()); }).kind, "hung");
}

}  // namespace
}  // namespace ionpass::test
