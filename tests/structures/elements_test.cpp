#include <structures/elements.hpp>

#include "crystals.hpp"

namespace ionpass::testing {
namespace {

TEST(Elements, SymbolsAndNumbersAreInverse) {
  for (int number = 1; number <= max_atomic_number; ++number) {
    EXPECT_EQ(atomic_number(element_symbol(number)), number);
  }
}

TEST(Elements, HydrogenIsotopesAreHydrogen) {
  EXPECT_EQ(atomic_number("D"), 1);
  EXPECT_EQ(atomic_number("T"), 1);
}

TEST(Elements, KnowsNoOthers) {
  EXPECT_EQ(atomic_number("Xq"), std::nullopt);
  EXPECT_EQ(atomic_number("pb"), std::nullopt);
  EXPECT_EQ(atomic_number(""), std::nullopt);
  EXPECT_THROW((void)element_symbol(0), InputError);
  EXPECT_THROW((void)atomic_mass(max_atomic_number + 1), InputError);
}

TEST(Elements, MassesAndRadiiAreThoseOfTheTables) {
  EXPECT_NEAR(atomic_mass(82), 207.2, 1.1);  // IUPAC 2021: 207.2 ± 1.1
  EXPECT_NEAR(atomic_mass(53), 126.90447, 0.005);
  EXPECT_DOUBLE_EQ(covalent_radius(82), 1.46);  // Cordero et al. 2008, table 2
  EXPECT_DOUBLE_EQ(covalent_radius(53), 1.39);
  EXPECT_DOUBLE_EQ(covalent_radius(1), 0.31);
}

TEST(Elements, MassesGrowButForTheKnownInversions) {
  // Ar/K, Co/Ni, Te/I have their masses the other way round in nature; a typing mistake would add
  // another pair.
  std::vector<int> inversions;
  for (int number = 2; number <= max_atomic_number; ++number) {
    if (atomic_mass(number) < atomic_mass(number - 1)) inversions.push_back(number);
  }
  EXPECT_THAT(inversions, ::testing::ElementsAre(19, 28, 53));
}

TEST(Formula, IsInHillOrder) {
  Structure salt;
  salt.numbers = {53, 1, 82, 6, 7, 53};
  EXPECT_EQ(formula(salt), "CHI2NPb");
  salt.numbers = {53, 53, 82, 55};
  EXPECT_EQ(formula(salt), "CsI2Pb");
}

}  // namespace
}  // namespace ionpass::testing
