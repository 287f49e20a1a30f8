// GFN1-xTB against results of independent programs (data/README.md).
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <potentials/registry.hpp>
#include <structures/elements.hpp>
#include <structures/units.hpp>

namespace ionpass {
namespace {

using nlohmann::json;

const std::filesystem::path source_dir = IONPASS_SOURCE_DIR;
const std::filesystem::path parameter_data = source_dir / "potentials/data";

// The references are converged to 1e-8 hartree and 1e-7 hartree/bohr.
constexpr double energy_tolerance = 1e-7;    // hartree
constexpr double gradient_tolerance = 1e-6;  // hartree/bohr
constexpr double charge_tolerance = 1e-5;    // e
constexpr double virial_tolerance = 1e-6;    // hartree

json load(const std::string& name) {
  std::ifstream file(source_dir / "tests/potentials/data/gfn1" / (name + ".json"));
  EXPECT_TRUE(file) << name;
  return json::parse(file);
}

Eigen::Matrix3Xd columns(const json& rows) {
  Eigen::Matrix3Xd out(3, static_cast<Eigen::Index>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t x = 0; x < 3; ++x)
      out(static_cast<Eigen::Index>(x), static_cast<Eigen::Index>(i)) = rows[i][x].get<double>();
  }
  return out;
}

Structure structure_of(const json& file) {
  Structure out;
  for (const auto& symbol : file["species"])
    out.numbers.push_back(atomic_number(symbol.get<std::string>()).value());
  out.positions = columns(file["positions_angstrom"]);
  if (file.contains("lattice_angstrom"))
    out.cell.emplace(Eigen::Matrix3d(columns(file["lattice_angstrom"])));
  out.charge = file["charge"];
  return out;
}

PotentialSettings settings_of(const json& file) {
  PotentialSettings out;
  out.name = "gfn1-xtb";
  out.electronic_temperature = file["elec_temp_K"];
  out.scf.tolerance = 1e-10;
  if (file.contains("kpts") && file["kpts"].is_object()) {
    const auto& m = file["kpts"]["mesh"];
    out.kpoints = KpointMesh{Eigen::Vector3i(m[0], m[1], m[2]), Eigen::Vector3d::Zero()};
  }
  return out;
}

double component(const Evaluation& evaluation, const std::string& name) {
  for (const auto& [known, value] : evaluation.components)
    if (known == name) return value / units::hartree;
  ADD_FAILURE() << "no component " << name;
  return 0.0;
}

/// @param expected energy, components, gradient, virial and charges, as far as they are there
void expect_agreement(const Structure& structure, const PotentialSettings& settings,
                      const json& expected) {
  const auto potential = make_potential(settings, parameter_data);
  const Evaluation e = potential->evaluate(structure, {.stress = true, .guess = {}});
  const json& parts = expected["energy_components_hartree"];
  EXPECT_NEAR(component(e, "repulsion"), parts["repulsion"], energy_tolerance);
  EXPECT_NEAR(component(e, "dispersion"), parts["dispersion_d3"], energy_tolerance);
  EXPECT_NEAR(component(e, "halogen_bond"), parts["halogen_bond"], energy_tolerance);
  EXPECT_NEAR(component(e, "charge_fluctuations"), parts["coulomb_second_order"], 1e-5);
  EXPECT_NEAR(component(e, "third_order"), parts["coulomb_third_order"], 1e-5);
  EXPECT_NEAR(e.free_energy / units::hartree, expected["energy_hartree"], energy_tolerance);
  ASSERT_TRUE(e.charges);
  for (std::size_t i = 0; i < structure.size(); ++i) {
    EXPECT_NEAR((*e.charges)(static_cast<Eigen::Index>(i)),
                expected["mulliken_charges"][i].get<double>(), charge_tolerance)
        << "atom " << i;
  }
  if (expected.contains("gradient_hartree_per_bohr")) {
    EXPECT_LT((e.forces / units::hartree_per_bohr + columns(expected["gradient_hartree_per_bohr"]))
                  .cwiseAbs()
                  .maxCoeff(),
              gradient_tolerance);
  }
  if (expected.contains("virial_hartree")) {
    ASSERT_TRUE(e.stress);
    const Eigen::Matrix3d virial = *e.stress * structure.cell->volume() / units::hartree;
    EXPECT_LT((virial - columns(expected["virial_hartree"])).cwiseAbs().maxCoeff(),
              virial_tolerance);
  }
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name + (info.param.ends_with('-') ? "anion" : "");
}

class Gfn1Reference : public testing::TestWithParam<std::string> {};

TEST_P(Gfn1Reference, AgreesWithIndependentPrograms) {
  const json file = load(GetParam());
  expect_agreement(structure_of(file), settings_of(file), file);
}

class Gfn1WignerSeitz : public testing::TestWithParam<std::string> {};

TEST_P(Gfn1WignerSeitz, AgreesWithIndependentPrograms) {
  const json file = load(GetParam());
  PotentialSettings settings = settings_of(file);
  settings.gfn1.coulomb = Gfn1Settings::Coulomb::wigner_seitz;
  expect_agreement(structure_of(file), settings, file["wigner_seitz"]);
}

INSTANTIATE_TEST_SUITE_P(Molecules, Gfn1Reference,
                         testing::Values("h2", "h2o", "nh3", "ch4", "ch3nh3+", "i2", "pbi2",
                                         "pbi3-", "pbi4_2-", "ch3nh3+_i-", "nh3_i2_xb",
                                         "pyridinium+", "n-propylpyridinium+",
                                         "n-benzylpyridinium+"),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Crystals, Gfn1Reference,
                         testing::Values("cspbi3_5", "mgo_8", "nacl_8_rattled", "mapbi3_12",
                                         "nh3_crystal_16", "nh3_i2_xb_periodic_wrapped",
                                         "nh4_box_q+1", "cspbi3_5_k222", "mgo_8_k222",
                                         "mapbi3_12_k222", "mapbi3_12_k332", "cspbi3_40_cubic",
                                         "cspbi3_40_rattled", "mapbi3_orthorhombic_pbesol",
                                         "bnzpyr_pbi3", "prpyr_pbi3", "mapbi3_96",
                                         "mapbi3_95_vacI_q0", "mapbi3_95_vacI_q+1"),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Crystals, Gfn1WignerSeitz,
                         testing::Values("cspbi3_5", "mgo_8", "nacl_8_rattled", "mapbi3_12",
                                         "nh3_crystal_16", "nh3_i2_xb_periodic_wrapped",
                                         "nh4_box_q+1", "cspbi3_40_cubic", "cspbi3_40_rattled",
                                         "mapbi3_orthorhombic_pbesol", "bnzpyr_pbi3"),
                         test_name);

}  // namespace
}  // namespace ionpass
