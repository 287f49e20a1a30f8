// Numbers with units, and suggestions for misspelt words.
#include "study/quantity.hpp"

#include <gtest/gtest.h>

#include <structures/error.hpp>

#include "study/suggest.hpp"

namespace ionpass::workflows {
namespace {

constexpr double round_off = 1e-12;  // of one multiplication, relative

struct QuantityCase {
  const char* text;
  Dimension dimension;
  double value;
};

class Quantity : public testing::TestWithParam<QuantityCase> {};

TEST_P(Quantity, IsConvertedToTheProgramsUnit) {
  const QuantityCase& c = GetParam();
  EXPECT_NEAR(parse_quantity(c.text, c.dimension), c.value, std::abs(c.value) * round_off)
      << c.text;
}

// Conversions by hand from CODATA 2018: 1 Ha = 27.211386245988 eV, 1 bohr = 0.529177210903 Å,
// 1 eV = 1.602176634e-19 J.
INSTANTIATE_TEST_SUITE_P(
    Units, Quantity,
    testing::Values(QuantityCase{"0.05", Dimension::force, 0.05},
                    QuantityCase{"0.05 eV/Å", Dimension::force, 0.05},
                    QuantityCase{"50 meV/A", Dimension::force, 0.05},
                    QuantityCase{"50meV/angstrom", Dimension::force, 0.05},
                    QuantityCase{"0.5 eV/nm", Dimension::force, 0.05},
                    QuantityCase{"1 Ha/bohr", Dimension::force, 27.211386245988 / 0.529177210903},
                    QuantityCase{"1.2 nm", Dimension::length, 12.0},
                    QuantityCase{"1 bohr", Dimension::length, 0.529177210903},
                    QuantityCase{"3 A\u030A", Dimension::length, 3.0},
                    QuantityCase{"3 \u212B", Dimension::length, 3.0},
                    QuantityCase{"2 1/nm", Dimension::inverse_length, 0.2},
                    QuantityCase{"2 nm^-1", Dimension::inverse_length, 0.2},
                    QuantityCase{"2 eV/Å²", Dimension::stiffness, 2.0},
                    QuantityCase{"2 eV/Å^2", Dimension::stiffness, 2.0},
                    QuantityCase{"0.01 Å²/eV", Dimension::inverse_stiffness, 0.01},
                    QuantityCase{"300 K", Dimension::temperature, 300.0},
                    QuantityCase{"20 min", Dimension::time, 1200.0},
                    QuantityCase{"1 THz", Dimension::frequency, 1e12},
                    QuantityCase{"1 1/ps", Dimension::frequency, 1e12},
                    QuantityCase{"1 e", Dimension::charge, 1.0},
                    QuantityCase{"+1", Dimension::charge, 1.0},
                    QuantityCase{"96.48533212331 kJ/mol", Dimension::energy, 0.99999999999995},
                    QuantityCase{"1e-7", Dimension::none, 1e-7}));

struct RefusedCase {
  const char* text;
  Dimension dimension;
  const char* part;
};

class RefusedQuantity : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedQuantity, SaysWhatIsWrong) {
  const RefusedCase& c = GetParam();
  try {
    const double value = parse_quantity(c.text, c.dimension);
    FAIL() << c.text << " was read as " << value;
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find(c.part), std::string::npos) << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, RefusedQuantity,
    testing::Values(RefusedCase{"fast", Dimension::force, "expected a number in eV/Å"},
                    RefusedCase{"", Dimension::force, "expected a number"},
                    RefusedCase{"nan", Dimension::force, "expected a number"},
                    RefusedCase{"inf", Dimension::force, "expected a number"},
                    RefusedCase{"1e999", Dimension::force, "expected a number"},
                    RefusedCase{"0.05 eV", Dimension::force, "wrong kind of unit"},
                    RefusedCase{"300 eV", Dimension::temperature, "write it in K"},
                    RefusedCase{"90 °C", Dimension::temperature, "not known"},
                    RefusedCase{"1 eV/", Dimension::energy, "not known"},
                    RefusedCase{"5 Å", Dimension::none, "without a unit"}));

TEST(Integer, LeadingZerosAreNotOctal) { EXPECT_EQ(parse_integer("012"), 12); }

TEST(Integer, RefusesFractionsAndWords) {
  for (const char* text : {"1.5", "five", "", "5 Å", "1e3", "99999999999999999999"})
    EXPECT_THROW((void)parse_integer(text), InputError) << text;
}

TEST(Suggestion, CountsEdits) {
  EXPECT_EQ(edit_distance("fmax", "fmax"), 0U);
  EXPECT_EQ(edit_distance("famx", "fmax"), 1U);  // neighbours exchanged
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Suggestion, KeepsSilentWhereNothingIsNear) {
  const std::vector<std::string> known{"images", "fmax", "springs"};
  EXPECT_EQ(nearest("imges", known), "images");
  EXPECT_EQ(nearest("FMAX", known), "fmax");
  EXPECT_EQ(nearest("temperature", known), std::nullopt);
}

}  // namespace
}  // namespace ionpass::workflows
