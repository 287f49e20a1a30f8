// A setting reaches the program, or is refused; none is ignored.
#include <functional>

#include "driver_fixture.hpp"

namespace ionpass::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

/// A setting of which a driver may know nothing.
struct Asked {
  std::string label;
  std::function<void(PotentialSettings&)> ask;
  std::string message;
  std::vector<std::string> heard_by = {};  ///< kinds of driver that hand it on
};

std::vector<Asked> asked_settings() {
  return {
      {"temperature", [](PotentialSettings& s) { s.electronic_temperature = 300.0; },
       "--electronic-temperature"},
      {"mesh",
       [](PotentialSettings& s) {
         s.kpoints = KpointMesh{.mesh = {2, 1, 1}};
       },
       "--kpoints",
       {"cp2k", "pw"}},
      {"shift",
       [](PotentialSettings& s) {
         s.kpoints = KpointMesh{.shift = {0.5, 0.5, 0.5}};
       },
       "--kshift",
       {"cp2k", "pw"}},
      {"spacing",
       [](PotentialSettings& s) { s.kpoints = KpointSpacing{}; },
       "kpoints",
       {"cp2k", "pw"}},
      {"symmetry", [](PotentialSettings& s) { s.kpoint_symmetry = true; }, "--ksymmetry"},
      {"unpaired",
       [](PotentialSettings& s) {
         s.unpaired = {Unpaired::Rule::number, 0};
       },
       "--unpaired"},
      {"scf", [](PotentialSettings& s) { s.scf.max_iterations = 299; }, "potential.scf"},
      {"d3", [](PotentialSettings& s) { s.d3 = D3Damping{}; }, "potential.d3"},
      {"gfn1",
       [](PotentialSettings& s) { s.gfn1.halogen_bond = Gfn1Settings::HalogenBond::smooth; },
       "potential.gfn1"},
      {"template",
       [](PotentialSettings& s) { s.driver.template_file = "/dev/null"; },
       "driver.template",
       {"cp2k", "pw"}},
      {"pseudopotentials",
       [](PotentialSettings& s) { s.driver.pseudopotentials = "/tmp"; },
       "driver.pseudopotentials",
       {"pw"}},
      {"parameters",
       [](PotentialSettings& s) { s.driver.parameters = "x"; },
       "driver.parameters",
       {"plugin"}},
      {"ranks",
       [](PotentialSettings& s) { s.driver.ranks = 2; },
       "driver.ranks",
       {"cp2k", "pw", "ipi", "command"}},
  };
}

class Honoured : public Drivers, public testing::WithParamInterface<std::string> {
 protected:
  [[nodiscard]] PotentialSettings plain() const {
    if (GetParam() == "plugin") {
      PotentialSettings out;
      out.name = "driver/plugin";
      out.driver.library = IONPASS_PLUGIN_C;
      return out;
    }
    const std::map<std::string, std::string> drivers = {
        {"cp2k", "cp2k-xtb"}, {"pw", "qe-pbe-d3"}, {"ipi", "ipi"}, {"command", "command"}};
    PotentialSettings out = settings(drivers.at(GetParam()), GetParam());
    if (GetParam() == "ipi") out.driver.command.emplace_back("{socket}");
    return out;
  }
};

TEST_P(Honoured, EverySettingIsHandedOnOrRefusedByName) {
  for (const Asked& asked : asked_settings()) {
    PotentialSettings settings = plain();
    asked.ask(settings);
    const Failed failed = failure_of([&] { (void)make(settings); });
    if (std::ranges::find(asked.heard_by, GetParam()) != asked.heard_by.end()) {
      EXPECT_THAT(failed.message, testing::Not(HasSubstr("no effect"))) << asked.label;
      continue;
    }
    EXPECT_EQ(failed.kind, "input") << asked.label;
    EXPECT_THAT(failed.message, AllOf(HasSubstr("driver/"), HasSubstr(asked.message),
                                      HasSubstr("has no effect here; leave it out")))
        << asked.label;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Honoured, testing::Values("cp2k", "pw", "ipi", "command", "plugin"),
                         [](const auto& param) { return param.param; });

// The temperature arrives where the template has a place for it, in the unit of the program; where
// none is given, it is the default.
TEST_F(Drivers, ATemplateTakesTheElectronicTemperature) {
  PotentialSettings cp2k = settings("cp2k-xtb", "cp2k");
  cp2k.driver.exchange = "files";
  cp2k.driver.template_file =
      changed_template("cp2k-xtb/cp2k.inp", "EPS_SCF 1.0E-8", "T [K] {electronic_temperature}");
  EXPECT_THAT(make(cp2k)->description().settings,
              Contains(Pair("electronic_temperature", "300 K")));
  cp2k.electronic_temperature = 450.0;
  const auto potential = make(cp2k);
  EXPECT_THAT(potential->description().settings, Contains(Pair("electronic_temperature", "450 K")));
  (void)potential->evaluate(skewed_crystal());
  EXPECT_THAT(text_of_file(script_file().string() + ".input"), HasSubstr("T [K] 450"));

  PotentialSettings pw = settings("qe-pbe-d3", "pw");
  pw.driver.exchange = "files";
  pw.driver.keep_output = true;
  pw.driver.template_file = changed_template("qe-pbe-d3/pw.in", "nosym = .true.",
                                             "nosym = .true.\n  degauss = {degauss}");
  pw.electronic_temperature = 1000.0;
  (void)make(pw)->evaluate(skewed_crystal());
  EXPECT_THAT(kept("pw.in"), HasSubstr("degauss = 0.00633"));  // 1000 K in Ry
}

TEST_F(Drivers, AChargeWithoutAPlaceInTheTemplateIsRefused) {
  PotentialSettings blind = settings("cp2k-xtb", "cp2k");
  blind.driver.template_file = changed_template("cp2k-xtb/cp2k.inp", "    CHARGE {charge}\n", "");
  Structure crystal = skewed_crystal();
  crystal.charge = -1.0;
  EXPECT_THAT(failure_of([&] { make(blind)->check(crystal); }).message,
              AllOf(HasSubstr("template.inp:1:1: "), HasSubstr("charge of -1 e"),
                    HasSubstr("driver: {template: FILE}")));
}

// What a store knows a tight binding by does not depend on whether the default was written down.
TEST(ElectronicTemperature, OfATightBindingIs300KelvinUnlessGiven) {
  const std::filesystem::path data = std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data";
  const auto known_by = [&](std::optional<double> temperature) {
    PotentialSettings settings;
    settings.electronic_temperature = temperature;
    return make_potential(settings, data)->description().settings;
  };
  EXPECT_EQ(known_by(std::nullopt), known_by(300.0));
  EXPECT_THAT(known_by(std::nullopt), Contains(Pair("electronic_temperature", "300 K")));
  EXPECT_THAT(known_by(500.0), Contains(Pair("electronic_temperature", "500 K")));
}

}  // namespace
}  // namespace ionpass::test
