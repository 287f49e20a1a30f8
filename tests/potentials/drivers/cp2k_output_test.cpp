// Charges in what CP2K 2023.1 wrote, of HI in a box and of HI+ with an unpaired electron.
#include "drivers/cp2k_output.hpp"

#include "driver_support.hpp"

namespace ionpass::drivers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* xtb = R"(
 MULLIKEN POPULATION ANALYSIS

  # Atom   Element   Kind        Atomic population                    Net charge
       1     H          1                 0.931863                      0.068137
       2     I          2                 7.068137                     -0.068137
 # Total charge                           8.000000                     -0.000000
)";

constexpr const char* pbe = R"(
                     Mulliken Population Analysis

 #  Atom  Element  Kind  Atomic population                           Net charge
       1     H        1          0.868729                              0.131271
       2     I        2          7.131271                             -0.131271
 # Total charge                              8.000000                  0.000000

 !-----------------------------------------------------------------------------!

 !-----------------------------------------------------------------------------!
                           Hirshfeld Charges

  #Atom  Element  Kind  Ref Charge     Population                    Net charge
      1       H      1       1.000          0.448                         0.552
      2       I      2       7.000          7.552                        -0.552

  Total Charge                                                           -0.000
 !-----------------------------------------------------------------------------!
)";

constexpr const char* with_spin = R"(
                     Mulliken Population Analysis

 #  Atom  Element  Kind  Atomic population (alpha,beta) Net charge  Spin moment
       1     H        1         0.361347     0.394134     0.244518    -0.032787
       2     I        2         3.638653     2.605866     0.755482     1.032787
 # Total charge and spin        4.000000     3.000000     1.000000     1.000000

 !-----------------------------------------------------------------------------!

 !-----------------------------------------------------------------------------!
                           Hirshfeld Charges

  #Atom  Element  Kind  Ref Charge     Population       Spin moment  Net charge
      1       H      1       1.000    0.191   0.205           -0.014      0.604
      2       I      2       7.000    3.809   2.795            1.014      0.396

  Total Charge                                                            1.000
 !-----------------------------------------------------------------------------!
)";

std::vector<double> charges(const std::string& text, ChargeAnalysis analysis,
                            std::size_t atoms = 2) {
  const auto found = read_charges(text, analysis, atoms, {});
  return found ? std::vector<double>(found->begin(), found->end()) : std::vector<double>{};
}

TEST(Cp2kCharges, AreTheNetOnesOfTheAnalysisAskedFor) {
  using enum ChargeAnalysis;
  EXPECT_THAT(charges(xtb, mulliken), ElementsAre(0.068137, -0.068137));
  EXPECT_THAT(charges(xtb, hirshfeld), ElementsAre());
  EXPECT_THAT(charges(pbe, mulliken), ElementsAre(0.131271, -0.131271));
  EXPECT_THAT(charges(pbe, hirshfeld), ElementsAre(0.552, -0.552));
  EXPECT_THAT(charges(with_spin, mulliken), ElementsAre(0.244518, 0.755482));
  EXPECT_THAT(charges(with_spin, hirshfeld), ElementsAre(0.604, 0.396));
}

TEST(Cp2kCharges, OfSeveralTablesAreTheLast) {
  EXPECT_THAT(charges(std::string(pbe) + with_spin, ChargeAnalysis::mulliken),
              ElementsAre(0.244518, 0.755482));
}

TEST(Cp2kCharges, OfATableThatIsCutOffAreRefused) {
  const std::string text = pbe;
  const auto cut = [&](const char* last) { return text.substr(0, text.find(last)); };
  for (const std::string& part : {cut("       2     I"), cut("# Total charge")})
    EXPECT_EQ(test::failure_of([&] { (void)charges(part, ChargeAnalysis::mulliken); }).kind,
              "truncated_output");
  const auto failed = test::failure_of([&] { (void)charges(pbe, ChargeAnalysis::hirshfeld, 3); });
  EXPECT_THAT(failed.message, HasSubstr("Hirshfeld charges has 2 of 3 atoms"));
}

TEST(Cp2kCharges, AreAskedForByTheTemplate) {
  EXPECT_EQ(charges_asked_for("&PRINT\n &Mulliken\n"), ChargeAnalysis::mulliken);
  EXPECT_EQ(charges_asked_for("&MULLIKEN\n &HIRSHFELD ON\n"), ChargeAnalysis::hirshfeld);
  EXPECT_EQ(charges_asked_for("&PRINT\n MULLIKEN\n"), std::nullopt);
}

}  // namespace
}  // namespace ionpass::drivers
