// The page of the report: sound, safe, and complete without the network.
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include <structures/error.hpp>

#include "report_fixture.hpp"

namespace ionpass::workflows {
namespace {

using testing::HasSubstr;
using testing::Not;

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
