// ionpass report: made again from what a run folder holds.
#include <workflows/results_json.hpp>
#include <workflows/store.hpp>

#include "cli_fixture.hpp"

namespace ionpass::test {
namespace {

using testing::HasSubstr;

workflows::StudyResult one_barrier() {
  workflows::HopResult hop;
  hop.label = "I1-I2_4.26A_a";
  hop.kind = "within_octahedron";
  hop.length = 4.26;
  hop.status = workflows::HopStatus::converged;
  hop.barrier_forward = 0.2871;
  hop.barrier_backward = 0.3119;
  hop.reaction_energy = -0.0248;
  workflows::MaterialResult material;
  material.name = "MAPbI3";
  material.hops = {hop};
  workflows::StudyResult result;
  result.study = "a stored study";
  result.materials = {material};
  return result;
}

class StoredRun : public CommandLine {
 protected:
  StoredRun() {
    workflows::Store store(run_dir());
    store.put_document("result", workflows::to_document(one_barrier()));
  }
  [[nodiscard]] std::string run_dir() const { return folder_.path() / "run"; }
};

TEST_F(StoredRun, IsReportedAsMarkdownJsonAndHtml) {
  const Spoken text = ionpass({"report", run_dir()});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("a stored study"));
  EXPECT_THAT(json_of(ionpass({"report", run_dir(), "--format", "json"})).dump(),
              HasSubstr("0.2871"));
  const std::string page = folder_.path() / "report.html";
  const Spoken html = ionpass({"report", run_dir(), "-o", page});
  EXPECT_EQ(html.exit_code, 0) << html.err;
  EXPECT_EQ(html.out, "");
  EXPECT_THAT(file_text(page), HasSubstr("<!DOCTYPE html>"));
}

TEST_F(StoredRun, CanBeReportedWhileItRuns) {
  const workflows::Store store(run_dir());
  EXPECT_EQ(ionpass({"report", run_dir()}).exit_code, 0);
}

TEST_F(StoredRun, RefusesAFormatThereIsNot) {
  expect_refusal(ionpass({"report", run_dir(), "--format", "pdf"}), 2, {"pdf"});
  expect_refusal(ionpass({"report", run_dir(), "-o", folder_.path() / "report.pdf"}), 2,
                 {"report.pdf", "--format"});
}

TEST_F(CommandLine, ReportsNeedAResult) {
  expect_refusal(ionpass({"report", folder_.path()}), 2, {"ionpass.db"});
  { const workflows::Store store(folder_.path()); }
  expect_refusal(ionpass({"report", folder_.path()}), 2, {"no results yet"});
}

}  // namespace
}  // namespace ionpass::test
