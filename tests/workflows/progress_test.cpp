// What a run shows of itself.
#include <cstdio>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <workflows/progress.hpp>

namespace ionpass::workflows {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

RunSnapshot example() {
  RunSnapshot snapshot;
  snapshot.active = {{.material = "MAPbI3",
                      .name = "I1-I2_4.26A_a",
                      .stage = "neb",
                      .iteration = 12,
                      .max_force = 0.1234,
                      .barrier = 0.4567}};
  snapshot.hops_done = 2;
  snapshot.hops_total = 5;
  snapshot.evaluations_computed = 321;
  snapshot.seconds = 100.0;
  snapshot.seconds_left = 7200.0;
  return snapshot;
}

/// What a display writes to a stream.
std::string shown(const DisplayOptions& options) {
  std::FILE* file = std::tmpfile();
  {
    const auto display = make_display(file, options);
    display->show(example());
    display->show(example());
    display->note("a line to keep");
    display->note("warning: mind this");
    display->finish();
  }
  std::string text(static_cast<std::size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(Duration, ReadsAtAGlance) {
  EXPECT_EQ(duration_text(2.6), "3 s");
  EXPECT_EQ(duration_text(725.0), "12 min");
  EXPECT_EQ(duration_text(4 * 3600 + 5 * 60), "4 h 05 min");
  EXPECT_EQ(duration_text(51 * 3600), "2 d 03 h");
  EXPECT_EQ(duration_text(-1.0), "0 s");
}

TEST(Snapshot, NamesJobForceBarrierAndTimeLeft) {
  const std::vector<std::string> lines = snapshot_lines(example(), false);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], "  MAPbI3 I1-I2_4.26A_a  neb  12  force 0.123 eV/Å  barrier 0.457 eV");
  EXPECT_THAT(lines[1], HasSubstr("2 of 5 hops done"));
  EXPECT_THAT(lines[1], HasSubstr("about 2 h 00 min left"));
}

TEST(Snapshot, DoesNotFloodTheScreen) {
  RunSnapshot snapshot = example();
  snapshot.active.resize(40, snapshot.active.front());
  const std::vector<std::string> lines = snapshot_lines(snapshot, false);
  EXPECT_LT(lines.size(), 20U);
  EXPECT_THAT(lines[lines.size() - 2], HasSubstr("and 24 more"));
}

TEST(Display, IsOneLineAMinuteInABatchJob) {
  const std::string text = shown({});
  EXPECT_EQ(count(text, "hops done"), 1U);
  EXPECT_THAT(text, HasSubstr("a line to keep\n"));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
}

TEST(Display, RedrawsInPlaceAndLeavesOnlyNotesOnATerminal) {
  const std::string text = shown({.terminal = true});
  // Two drawn lines, taken away before the first note, again before the second, and at the end.
  EXPECT_EQ(count(text, "\033[1A\033[2K"), 6U);
  EXPECT_THAT(text, Not(HasSubstr("\033[1m")));
  EXPECT_THAT(shown({.terminal = true, .color = true}), HasSubstr("\033[1mMAPbI3"));
}

TEST(Display, KeepsQuietButForWarnings) {
  EXPECT_EQ(shown({.verbosity = -1}), "warning: mind this\n");
}

}  // namespace
}  // namespace ionpass::workflows
