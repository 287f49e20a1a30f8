// What programs print: numbers of all sorts, and last words that go into messages.
#include "drivers/program_output.hpp"

#include <cmath>

#include "driver_support.hpp"
#include "drivers/program_number.hpp"

namespace ionpass::drivers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

TEST(ProgramNumbers, AreReadAsFortranWritesThem) {
  for (const auto& [text, value] : {std::pair{"1.5", 1.5},
                                    {"+1.5", 1.5},
                                    {"-0.25E+02", -25.0},
                                    {"1.5D-3", 0.0015},
                                    {"-.5d0", -0.5},
                                    {"0.15-100", 0.15e-100},
                                    {"0.15+100", 0.15e100},
                                    {"12.", 12.0},
                                    {"-1e-400", 0.0}})
    EXPECT_THAT(program_number(text), Optional(value)) << text;
  for (const char* text : {"NaN", "nan", "Infinity", "-inf", "********", "1e400"}) {
    const auto number = program_number(text);
    EXPECT_TRUE(number && !std::isfinite(*number)) << text;
  }
  for (const char* text : {"", "x", "1,5", "1.5x", "0x10", "1.2.3", "1.5 2", "-", "+"})
    EXPECT_EQ(program_number(text), std::nullopt) << text;
}

TEST(ProgramNumbers, OfATextAreAllOrNone) {
  EXPECT_THAT(program_numbers(" 1 \n2.0D0\t-3\r\n"), Optional(ElementsAre(1.0, 2.0, -3.0)));
  EXPECT_THAT(program_numbers("  "), Optional(ElementsAre()));
  EXPECT_EQ(program_numbers("1 two 3"), std::nullopt);
}

// Whatever bytes a program writes, messages go into reports, which are UTF-8.
TEST(LastWords, AreWholeCharacters) {
  const test::TemporaryFolder folder;
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "ä";
  const ProgramOutput output{folder.write("out", umlauts + "z\n"),
                             folder.write("err", "\xff\xfe caf\xc3\xa9 \xc3\n\x1b[31mred\x7f\n"),
                             0};
  EXPECT_EQ(output.tail(), "; it said: \"?? café ? / [31mred / " + umlauts.substr(0, 160) + "…\"");
}

TEST(LastWords, ABoundIsSetToThem) {
  const test::TemporaryFolder folder;
  ProgramOutput output{folder.write("out", "x"), folder.write("err", ""), 0};
  std::filesystem::resize_file(output.output, 300U << 20U);
  EXPECT_EQ(test::failure_of([&] { (void)output.fresh(); }).kind, "protocol_violation");
  // What belongs to earlier evaluations does not count.
  output.read = 299U << 20U;
  EXPECT_EQ(output.fresh().size(), 1U << 20U);
  std::filesystem::resize_file(output.errors, 300U << 20U);
  EXPECT_THAT(test::failure_of([&] { output.require_bounded(); }).message,
              HasSubstr("300 MiB to err in one evaluation"));
}

}  // namespace
}  // namespace ionpass::drivers
