#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <potentials/registry.hpp>
#include <structures/error.hpp>

namespace ionpass {
namespace {

namespace fs = std::filesystem;
const fs::path parameter_data = fs::path(IONPASS_SOURCE_DIR) / "potentials/data";

Structure dimer(int a, int b, double distance, double charge = 0.0) {
  Structure s;
  s.numbers = {a, b};
  s.positions = Eigen::Matrix3Xd::Zero(3, 2);
  s.positions(2, 1) = distance;
  s.charge = charge;
  return s;
}

std::string message(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

bool is_driver(const PotentialDescription& description) {
  return description.name.starts_with("driver/");
}

TEST(Registry, EveryShippedPotentialIsDescribed) {
  const auto shipped = shipped_potentials(parameter_data);
  EXPECT_EQ(std::ranges::count_if(shipped, is_driver), 6);
  EXPECT_TRUE(std::ranges::is_sorted(shipped, {}, &PotentialDescription::name));
  for (const auto& description : shipped) {
    EXPECT_FALSE(description.summary.empty()) << description.name;
    EXPECT_FALSE(description.accuracy.empty()) << description.name;
  }
}

// Drivers need programs that may not be there.
TEST(Registry, EveryShippedSetCanBeMade) {
  auto shipped = shipped_potentials(parameter_data);
  std::erase_if(shipped, is_driver);
  ASSERT_EQ(shipped.size(), 4U);
  for (const auto& description : shipped) {
    PotentialSettings settings;
    settings.name = description.name;
    const auto potential = make_potential(settings, parameter_data);
    EXPECT_EQ(potential->description().name, description.name);
    EXPECT_FALSE(potential->description().licence.empty());
    EXPECT_FALSE(potential->description().citations.empty());
    EXPECT_FALSE(potential->description().accuracy.empty());
  }
}

TEST(Registry, UnknownNamesAreAnsweredWithTheKnownOnes) {
  PotentialSettings settings;
  settings.name = "dftb/pilot";
  EXPECT_THAT(message([&] { static_cast<void>(make_potential(settings, parameter_data)); }),
              testing::HasSubstr("dftb/pilot-pbi3"));
  settings.name = "emt";
  EXPECT_THAT(message([&] { static_cast<void>(make_potential(settings, parameter_data)); }),
              testing::HasSubstr("'emt' is not known"));
}

TEST(Registry, BareFolderOfTablesIsASet) {
  // perov-1-0's own files without the description: shells found from the tables, charges per atom.
  PotentialSettings settings;
  settings.name = "dftb/" + (parameter_data / "dftb/perov-1-0/skfiles").string();
  const Evaluation e = make_potential(settings, parameter_data)->evaluate(dimer(82, 53, 2.9, 1.0));
  EXPECT_LT(e.energy, 0.0);
  EXPECT_NEAR(e.charges->sum(), 1.0, 1e-9);
}

TEST(Registry, MissingElementIsNamed) {
  const auto potential = make_potential({}, parameter_data);
  EXPECT_THAT(message([&] { static_cast<void>(potential->evaluate(dimer(53, 35, 2.5))); }),
              testing::HasSubstr("element Br"));
}

TEST(Registry, ChargeThatLeavesNoElectronsIsRefused) {
  const auto potential = make_potential({}, parameter_data);
  EXPECT_THAT(message([&] { static_cast<void>(potential->evaluate(dimer(53, 1, 1.6, 8.0))); }),
              testing::HasSubstr("valence electrons"));
  EXPECT_THAT(message([&] { static_cast<void>(potential->evaluate(dimer(53, 1, 1.6, -9.0))); }),
              testing::HasSubstr("check the charge"));
}

TEST(Registry, OverlappingAtomsAreNamed) {
  const auto potential = make_potential({}, parameter_data);
  EXPECT_THAT(message([&] { static_cast<void>(potential->evaluate(dimer(53, 53, 0.1))); }),
              testing::HasSubstr("overlap"));
}

TEST(Registry, ShortNameOfGfn1IsTheSamePotential) {
  PotentialSettings settings;
  settings.name = "gfn1";
  EXPECT_EQ(make_potential(settings, parameter_data)->description().name, "gfn1-xtb");
}

TEST(Registry, DispersionIsNeverAddedTwice) {
  PotentialSettings settings;
  settings.d3 = D3Damping{1.0, 0.5883, 0.5719, 3.6017};
  for (const char* name : {"dftb/pilot-pbi3", "gfn1-xtb"}) {
    settings.name = name;
    EXPECT_THAT(message([&] { static_cast<void>(make_potential(settings, parameter_data)); }),
                testing::HasSubstr("leave d3 out"));
  }
}

TEST(Registry, DispersionIsAddedToDftbWhereAskedAndSaid) {
  PotentialSettings settings;
  settings.name = "dftb/perov-1-0";
  const Structure s = dimer(53, 53, 3.5);
  const auto plain = make_potential(settings, parameter_data);
  settings.d3 = D3Damping{1.0, 0.5883, 0.5719, 3.6017};
  const auto corrected = make_potential(settings, parameter_data);
  const Evaluation a = plain->evaluate(s), b = corrected->evaluate(s);
  EXPECT_LT(b.energy, a.energy - 1e-3);
  EXPECT_THAT(b.components, testing::Contains(testing::Pair("dispersion", testing::Lt(-1e-3))));
  EXPECT_THAT(corrected->description().settings,
              testing::Contains(testing::Pair("d3", testing::HasSubstr("a1 0.5719"))));
}

TEST(Registry, UnpairedElectronsMustFitTheirNumber) {
  PotentialSettings settings;
  settings.name = "gfn1-xtb";
  settings.unpaired = {Unpaired::Rule::number, 1};
  const auto potential = make_potential(settings, parameter_data);
  EXPECT_THAT(message([&] { static_cast<void>(potential->evaluate(dimer(1, 1, 0.8))); }),
              testing::HasSubstr("1 unpaired electrons are not possible"));
  EXPECT_NO_THROW(static_cast<void>(potential->evaluate(dimer(1, 1, 0.8, 1.0))));
  // A structure's own number goes before that of the settings.
  Structure cation = dimer(1, 1, 0.8, 1.0);
  cation.unpaired = 2;
  EXPECT_THAT(message([&] { potential->check(cation); }),
              testing::HasSubstr("2 unpaired electrons are not possible among 1 valence"));
  Structure own = dimer(1, 1, 0.8);
  own.unpaired = 2;
  const double energy = potential->evaluate(own).energy;
  // Triplet H2 lies above the singlet, far more than smearing could explain.
  settings.unpaired.number = 2;
  const auto triplet = make_potential(settings, parameter_data);
  EXPECT_EQ(triplet->evaluate(dimer(1, 1, 0.8)).energy, energy);
  own.unpaired = 0;
  EXPECT_LT(triplet->evaluate(own).energy, energy - 3.0);
  settings.unpaired = {};
  EXPECT_GT(triplet->evaluate(dimer(1, 1, 0.8)).energy,
            make_potential(settings, parameter_data)->evaluate(dimer(1, 1, 0.8)).energy + 3.0);
}

/// A set that does not know the surroundings in its data, and so warns of none.
PotentialSettings pilot_settings() {
  PotentialSettings out;
  out.name = "dftb/pilot-pbi3";
  return out;
}

TEST(Registry, SmallCellAtGammaIsWarnedOf) {
  PotentialSettings settings = pilot_settings();
  const auto gamma = make_potential(settings, parameter_data);
  Structure s = dimer(55, 53, 3.5);
  s.cell.emplace(Eigen::Matrix3d(7.0 * Eigen::Matrix3d::Identity()));
  EXPECT_THAT(gamma->warnings(s), testing::ElementsAre(testing::HasSubstr(
                                      "with 7.0 Å between periodic images is sampled at Γ only")));
  // The same crystal in a slanted cell, whose faces are only 0.07 Å apart.
  Eigen::Matrix3d slanted = s.cell->matrix();
  slanted.col(1) += 100.0 * slanted.col(0);
  s.cell.emplace(slanted);
  EXPECT_THAT(gamma->warnings(s), testing::ElementsAre(testing::HasSubstr("with 7.0 Å between")));
  settings.kpoints = KpointMesh{{2, 2, 2}, Eigen::Vector3d::Zero()};
  EXPECT_THAT(make_potential(settings, parameter_data)->warnings(s), testing::IsEmpty());
}

TEST(Registry, ContactsWithoutRepulsionAreWarnedOf) {
  const auto pilot = make_potential(pilot_settings(), parameter_data);
  EXPECT_THAT(pilot->warnings(dimer(55, 6, 3.5)),
              testing::Contains(testing::HasSubstr("no repulsion for C-Cs")));
  EXPECT_THAT(pilot->warnings(dimer(55, 6, 6.0)),
              testing::Not(testing::Contains(testing::HasSubstr("no repulsion"))));
  EXPECT_THAT(pilot->warnings(dimer(55, 53, 3.5)), testing::IsEmpty());
  PotentialSettings electronic;
  electronic.name = "dftb/perov-1-0";
  EXPECT_THAT(make_potential(electronic, parameter_data)->warnings(dimer(82, 53, 3.2)),
              testing::Contains(testing::HasSubstr("no repulsion for I-Pb")));
}

TEST(Registry, MalformedTablesAreRefusedWithTheirLine) {
  const fs::path folder =
      fs::temp_directory_path() / ("ionpass_registry_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const auto attempt = [&](const std::string& text) {
    std::ofstream(folder / "H-H.skf") << text;
    PotentialSettings settings;
    settings.name = "dftb/" + folder.string();
    return message([&] {
      static_cast<void>(make_potential(settings, parameter_data)->evaluate(dimer(1, 1, 0.8)));
    });
  };
  EXPECT_THAT(attempt("hello\n"), testing::HasSubstr("H-H.skf:1: 'hello' is not a number"));
  EXPECT_THAT(attempt("0.02 20\n1 2 3\n"),
              testing::HasSubstr("H-H.skf:2: the line of atomic parameters has 3 numbers"));
  EXPECT_THAT(attempt("0.02 20\n10*0.0\n20*0.0\n20*1.0\n"),
              testing::HasSubstr("H-H.skf:5: the file ends where row 2"));
  EXPECT_THAT(attempt("0.02 20\n10*0.0\n20*0.0\n20*0.1 1.0\n"),
              testing::HasSubstr("H-H.skf:4: row 1 has 21 integrals, it needs 20"));
  for (const char* spacing : {"1e-300", "1e+300"}) {
    EXPECT_THAT(attempt(std::string(spacing) + " 20\n10*0.0\n20*0.0\n"),
                testing::HasSubstr("H-H.skf:1: the grid spacing is " + std::string(spacing)));
  }
  EXPECT_THAT(attempt(""), testing::HasSubstr("cut short"));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace ionpass
