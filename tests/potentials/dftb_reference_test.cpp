// The tight binding against results of an independent program (data/README.md).
#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <potentials/bands.hpp>
#include <potentials/registry.hpp>
#include <structures/elements.hpp>
#include <structures/units.hpp>

namespace ionpass {
namespace {

using nlohmann::json;

const std::filesystem::path source_dir = IONPASS_SOURCE_DIR;
const std::filesystem::path parameter_data = source_dir / "potentials/data";
const std::filesystem::path reference_data = source_dir / "tests/potentials/data";

// Constants of the reference program: our numbers are converted with ours, so that only the physics
// is compared.
constexpr double reference_bohr = 0.529177249;               // Å
constexpr double reference_boltzmann = 3.16681534524639e-6;  // hartree/K

struct Tolerance {
  double energy, charge, force, stress, eigenvalue;
};
constexpr Tolerance molecule{1e-9, 1e-8, 1e-6, 1e-8, 1e-9};
constexpr Tolerance crystal{1e-7, 1e-6, 1e-6, 1e-8, 1e-7};

json load(const std::filesystem::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  return json::parse(file);
}

Eigen::Matrix3Xd columns(const json& rows, double scale) {
  Eigen::Matrix3Xd out(3, static_cast<Eigen::Index>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t x = 0; x < 3; ++x)
      out(static_cast<Eigen::Index>(x), static_cast<Eigen::Index>(i)) =
          scale * rows[i][x].get<double>();
  }
  return out;
}

double kelvin(double reference_kelvin) {
  return reference_kelvin * reference_boltzmann / units::boltzmann_hartree;
}

/// A case of the files: geometry in our units, settings, and what the program found.
struct Case {
  Structure structure;
  PotentialSettings settings;
  double energy = 0.0;  // hartree
  std::vector<double> charges;
  Eigen::Matrix3Xd forces;                       // hartree/bohr
  std::optional<Eigen::Matrix3d> stress;         // hartree/bohr³, (1/V) dE/dε
  std::vector<Eigen::Vector3d> points;           // of a crystal whose eigenvalues are known
  std::vector<std::vector<double>> eigenvalues;  // hartree, at these points
};

Structure structure_of(const json& symbols, const json& positions, const json* cell, double scale,
                       double charge) {
  Structure out;
  for (const auto& symbol : symbols)
    out.numbers.push_back(atomic_number(symbol.get<std::string>()).value());
  out.positions = columns(positions, scale);
  if (cell) out.cell.emplace(Eigen::Matrix3d(columns(*cell, scale)));
  out.charge = charge;
  return out;
}

Case read_case(const json& file) {
  Case out;
  const json& s = file["structure"];
  const bool periodic = s.contains("cell_bohr");
  out.structure = structure_of(s["symbols"], s["positions_bohr"],
                               periodic ? &s["cell_bohr"] : nullptr, units::bohr, s["charge"]);
  out.settings.name = "dftb/" + file["method"]["parameters"].get<std::string>();
  out.settings.electronic_temperature = kelvin(file["method"]["electronic_temperature_kelvin"]);
  out.settings.scf.tolerance = 1e-11;
  if (file.contains("kpoints_fractional_and_weights")) {
    KpointList list;
    for (const auto& k : file["kpoints_fractional_and_weights"])
      list.points.push_back({Eigen::Vector3d(k[0], k[1], k[2]), k[3]});
    if (file.contains("eigenvalues_hartree_per_k")) {
      for (const Kpoint& k : list.points) out.points.push_back(k.fractional);
      out.eigenvalues = file["eigenvalues_hartree_per_k"].get<std::vector<std::vector<double>>>();
    }
    out.settings.kpoints = list;
  }
  out.energy = file["energy_hartree"]["total"];
  out.charges = file["net_atomic_charges"].get<std::vector<double>>();
  out.forces = columns(file["forces_hartree_per_bohr"], 1.0);
  for (const char* key :
       {"stress_hartree_per_bohr3", "stress_from_energy_differences_hartree_per_bohr3"}) {
    if (file.contains(key)) out.stress = -columns(file[key], 1.0);
  }
  return out;
}

Case read_cell_case(const json& file) {
  Case out;
  const bool periodic = file.contains("lattice_angstrom");
  const double scale = units::bohr / reference_bohr;
  out.structure =
      structure_of(file["species"], file["positions_angstrom"],
                   periodic ? &file["lattice_angstrom"] : nullptr, scale, file["charge"]);
  out.settings.name = "dftb/perov-1-0";
  out.settings.electronic_temperature = kelvin(file["elec_temp_K"]);
  out.settings.scf.tolerance = 1e-10;
  if (file.contains("kpts")) {
    const auto& m = file["kpts"]["mesh"];
    out.settings.kpoints = KpointMesh{Eigen::Vector3i(m[0], m[1], m[2]), Eigen::Vector3d::Zero()};
  }
  out.energy = file["energy_mermin_hartree"];
  out.charges = file["gross_atomic_charges"].get<std::vector<double>>();
  out.forces = columns(file["forces_hartree_per_bohr"], 1.0);
  if (file.contains("stress_hartree_per_bohr3") && file["charge"] == 0)
    out.stress = -columns(file["stress_hartree_per_bohr3"], 1.0);
  return out;
}

void expect_agreement(const Case& c, const Tolerance& tolerance) {
  const auto potential = make_potential(c.settings, parameter_data);
  const Evaluation e = potential->evaluate(c.structure, {.stress = true, .guess = {}});
  EXPECT_NEAR(e.free_energy / units::hartree, c.energy, tolerance.energy);
  ASSERT_TRUE(e.charges);
  for (std::size_t i = 0; i < c.charges.size(); ++i) {
    EXPECT_NEAR((*e.charges)(static_cast<Eigen::Index>(i)), c.charges[i], tolerance.charge)
        << "atom " << i;
  }
  EXPECT_LT((e.forces / units::hartree_per_bohr - c.forces).cwiseAbs().maxCoeff(), tolerance.force);
  if (c.stress) {
    ASSERT_TRUE(e.stress);
    EXPECT_LT((*e.stress / units::hartree_per_bohr3 - *c.stress).cwiseAbs().maxCoeff(),
              tolerance.stress);
  }
}

void expect_eigenvalues(const Case& c, double tolerance) {
  const auto potential = make_potential(c.settings, parameter_data);
  const BandStructure bands =
      dynamic_cast<const BandSource&>(*potential).bands(c.structure, c.points);
  ASSERT_EQ(bands.energies.size(), c.eigenvalues.size());
  for (std::size_t k = 0; k < c.points.size(); ++k) {
    ASSERT_EQ(static_cast<std::size_t>(bands.energies[k].size()), c.eigenvalues[k].size());
    for (std::size_t i = 0; i < c.eigenvalues[k].size(); ++i) {
      EXPECT_NEAR(bands.energies[k](static_cast<Eigen::Index>(i)) / units::hartree,
                  c.eigenvalues[k][i], tolerance)
          << "state " << i << " at point " << k;
    }
  }
}

class DftbReference : public testing::TestWithParam<std::string> {};

TEST_P(DftbReference, AgreesWithTheIndependentProgram) {
  const json file = load(reference_data / (GetParam() + ".json"));
  if (file.contains("format")) {
    expect_agreement(read_cell_case(file), file.contains("lattice_angstrom") ? crystal : molecule);
  } else {
    const Case c = read_case(file);
    expect_agreement(c, c.structure.cell ? crystal : molecule);
    if (!c.eigenvalues.empty()) expect_eigenvalues(c, crystal.eigenvalue);
  }
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Electronic, DftbReference,
                         testing::Values("dftb/ch4", "dftb/nh3", "dftb/hi", "dftb/ma_cation",
                                         "dftb/pbi2", "dftb/cspbi3_cubic_gamma",
                                         "dftb/cspbi3_cubic_k2", "dftb/cspbi3_cubic_k4",
                                         "dftb/cspbi3_rattled_k2_T", "dftb/mapbi3_gamma",
                                         "dftb/mapbi3_k2", "dftb/pbi3_anion_cell"),
                         test_name);
INSTANTIATE_TEST_SUITE_P(WithRepulsion, DftbReference,
                         testing::Values("pilot-pbi3/ma_cation", "pilot-pbi3/cspbi3_k2",
                                         "pilot-pbi3/mapbi3_k2", "pilot-pbi3/mapbi3_rattled_k2",
                                         "pilot-pbi3/bnzpyr_k121", "pilot-pbi3/prpyr_gamma",
                                         "pilot-pbi3/vi_plus_47"),
                         test_name);
INSTANTIATE_TEST_SUITE_P(WholeCells, DftbReference,
                         testing::Values("dftb-skf/ch3nh3+", "dftb-skf/i2", "dftb-skf/pbi2",
                                         "dftb-skf/cspbi3_5_k222", "dftb-skf/cspbi3_5_k444",
                                         "dftb-skf/cspbi3_40_rattled", "dftb-skf/mapbi3_12",
                                         "dftb-skf/mapbi3_12_k222", "dftb-skf/mapbi3_95_vacI_q+1",
                                         "dftb-skf/mapbi3_96"),
                         test_name);

}  // namespace
}  // namespace ionpass
