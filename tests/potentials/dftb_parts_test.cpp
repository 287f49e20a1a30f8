// Tables, rotation and repulsion of the DFTB model, against the reference data and against
// themselves.
#include <cmath>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <potentials/registry.hpp>
#include <structures/elements.hpp>
#include <structures/units.hpp>

#include "dftb/hamiltonian.hpp"
#include "dftb/parameter_set.hpp"
#include "tightbinding/bloch.hpp"

namespace ionpass::dftb {
namespace {

using tightbinding::BondFrame;

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path source_dir = IONPASS_SOURCE_DIR;
const fs::path sets = source_dir / "potentials/data/dftb";
const fs::path reference = source_dir / "tests/potentials/data";
constexpr double reference_bohr = 0.529177249;  // Å, of the program that made the data
constexpr double printed = 1e-10;               // hartree, what its text output resolves

json load(const fs::path& path) {
  std::ifstream file(path);
  return json::parse(file);
}

struct Matrices {
  Eigen::MatrixXd hamiltonian, overlap;  // lower triangles
};

Matrices matrices(const Structure& structure) {
  const ParameterSet set(read_set_description(sets / "perov-1-0"), structure.numbers);
  const auto basis = make_basis(structure, set);
  const auto pairs = pairs_in_reach(structure, set);
  const auto blocks = two_center_blocks(structure, set, basis, pairs).blocks;
  auto m = tightbinding::bloch_matrices<double>(blocks, Eigen::Vector3d::Zero());
  return {std::move(m.hamiltonian), std::move(m.overlap)};
}

Structure molecule(const json& symbols, const Eigen::Matrix3Xd& positions) {
  Structure s;
  for (const auto& symbol : symbols)
    s.numbers.push_back(atomic_number(symbol.get<std::string>()).value());
  s.positions = positions;
  return s;
}

TEST(SlaterKoster, DimerBlocksAtEveryDistanceOfTheReference) {
  const json file = load(reference / "dftb/sk-interpolation.json");
  ASSERT_GT(file["pairs"].size(), 50U);
  for (const auto& pair : file["pairs"]) {
    Eigen::Matrix3Xd positions = Eigen::Matrix3Xd::Zero(3, 2);
    positions(2, 1) = pair["r_bohr"].get<double>() * units::bohr;
    const Matrices m = matrices(molecule(pair["pair"], positions));
    const auto& h = pair["H0_offdiagonal_block"];
    const auto& s = pair["S_offdiagonal_block"];
    const auto rows = static_cast<Eigen::Index>(h.size());
    for (Eigen::Index i = 0; i < rows; ++i) {
      for (Eigen::Index j = 0; j < static_cast<Eigen::Index>(h[0].size()); ++j) {
        const auto a = static_cast<std::size_t>(i), b = static_cast<std::size_t>(j);
        EXPECT_NEAR(m.hamiltonian(rows + j, i), h[a][b].get<double>(), printed)
            << pair["pair"] << pair["r_bohr"];
        EXPECT_NEAR(m.overlap(rows + j, i), s[a][b].get<double>(), printed)
            << pair["pair"] << pair["r_bohr"];
      }
    }
  }
}

TEST(SlaterKoster, GeneralOrientationOfThreeAtoms) {
  const json file = load(reference / "dftb/sk-interpolation.json")["general_orientation"];
  Eigen::Matrix3Xd positions(3, 3);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t x = 0; x < 3; ++x) {
      positions(static_cast<Eigen::Index>(x), static_cast<Eigen::Index>(i)) =
          file["positions_angstrom"][i][x].get<double>() * units::bohr / reference_bohr;
    }
  }
  const Matrices m = matrices(molecule(file["symbols"], positions));
  for (Eigen::Index i = 0; i < 12; ++i) {
    for (Eigen::Index j = 0; j <= i; ++j) {
      EXPECT_NEAR(
          m.hamiltonian(i, j),
          file["H0"][static_cast<std::size_t>(i)][static_cast<std::size_t>(j)].get<double>(),
          printed);
      EXPECT_NEAR(m.overlap(i, j),
                  file["S"][static_cast<std::size_t>(i)][static_cast<std::size_t>(j)].get<double>(),
                  printed);
    }
  }
}

// Slater & Koster, Phys. Rev. 94, 1498 (1954), table I.
TEST(SlaterKoster, BlocksWithDShellsFollowThePublishedTable) {
  const Eigen::Vector3d c = Eigen::Vector3d(0.3, -0.5, 0.7).normalized();
  const double l = c(0), m = c(1), n = c(2), s3 = std::sqrt(3.0);
  BondIntegrals v;
  v.value[0] = 0.7, v.value[1] = -0.4, v.value[2] = 0.15;
  const auto sd = BondFrame(c, 1.0).block(0, 2, v);
  EXPECT_NEAR(sd(0, 0), s3 * l * m * 0.7, 1e-14);
  EXPECT_NEAR(sd(0, 4), s3 / 2 * (l * l - m * m) * 0.7, 1e-14);
  EXPECT_NEAR(sd(0, 2), (n * n - (l * l + m * m) / 2) * 0.7, 1e-14);
  const auto pd = BondFrame(c, 1.0).block(1, 2, v);  // rows y z x, columns xy yz z² zx x²-y²
  EXPECT_NEAR(pd(2, 0), s3 * l * l * m * 0.7 + m * (1 - 2 * l * l) * -0.4, 1e-14);
  EXPECT_NEAR(pd(2, 1), l * m * n * (s3 * 0.7 + 2 * 0.4), 1e-14);
  EXPECT_NEAR(pd(1, 2), n * (n * n - (l * l + m * m) / 2) * 0.7 + s3 * n * (l * l + m * m) * -0.4,
              1e-14);
  const auto dd = BondFrame(c, 1.0).block(2, 2, v);
  EXPECT_NEAR(dd(0, 0),
              3 * l * l * m * m * 0.7 + (l * l + m * m - 4 * l * l * m * m) * -0.4 +
                  (n * n + l * l * m * m) * 0.15,
              1e-14);
  EXPECT_NEAR(dd(0, 2),
              s3 * l * m * (n * n - (l * l + m * m) / 2) * 0.7 + 2 * s3 * l * m * n * n * 0.4 +
                  s3 / 2 * l * m * (1 + n * n) * 0.15,
              1e-14);
  EXPECT_NEAR(dd(1, 4),
              1.5 * m * n * (l * l - m * m) * 0.7 + m * n * (1 + 2 * (l * l - m * m)) * 0.4 +
                  m * n * (1 + (l * l - m * m) / 2) * 0.15,
              1e-14);
}

TEST(SlaterKoster, GradientIsTheDerivativeForAllShellPairs) {
  const Eigen::Vector3d bond(1.1, -2.0, 1.7);
  const auto integrals = [](double r) {
    BondIntegrals v;
    for (int m = 0; m < 3; ++m) {
      const double decay = 0.4 + 0.1 * m;
      v.value[m] = std::exp(-decay * r) * (1.0 - 0.3 * m);
      v.slope[m] = -decay * v.value[m];
    }
    return v;
  };
  constexpr double h = 1e-5;
  for (int la = 0; la <= 2; ++la) {
    for (int lb = 0; lb <= 2; ++lb) {
      Eigen::MatrixXd weight(2 * la + 1, 2 * lb + 1);
      for (Eigen::Index i = 0; i < weight.size(); ++i)
        weight(i) = std::sin(1.0 + static_cast<double>(i) * 1.3);
      const auto contract = [&](const Eigen::Vector3d& r) -> double {
        return BondFrame(r.normalized(), r.norm())
            .block(la, lb, integrals(r.norm()))
            .cwiseProduct(weight)
            .sum();
      };
      const Eigen::Vector3d g = BondFrame(bond.normalized(), bond.norm())
                                    .gradient(la, lb, integrals(bond.norm()), weight);
      for (int x = 0; x < 3; ++x) {
        const Eigen::Vector3d step = h * Eigen::Vector3d::Unit(x);
        EXPECT_NEAR(g(x), (contract(bond + step) - contract(bond - step)) / (2 * h), 1e-9)
            << la << lb << x;
      }
    }
  }
}

TEST(RadialTable, JoinsItsTailWithoutAStepInValueOrSlope) {
  const Eigen::Index n = 60;
  Eigen::MatrixXd values(1, n);
  for (Eigen::Index i = 0; i < n; ++i)
    values(0, i) = std::exp(-0.7 * 0.1 * static_cast<double>(i + 1));
  const RadialTable table(0.1, values);
  double before, after, slope_before, slope_after;
  table.evaluate(6.0 - 1e-9, &before, &slope_before);
  table.evaluate(6.0 + 1e-9, &after, &slope_after);
  EXPECT_NEAR(before, after, 1e-9);
  EXPECT_NEAR(slope_before, slope_after, 1e-8);
  table.evaluate(7.0 - 1e-6, &after, &slope_after);
  EXPECT_NEAR(after, 0.0, 1e-15);
  table.evaluate(3.14159, &before, &slope_before);
  EXPECT_NEAR(before, std::exp(-0.7 * 3.14159), 1e-12);
  EXPECT_NEAR(slope_before, -0.7 * std::exp(-0.7 * 3.14159), 1e-11);
}

TEST(Repulsion, SplinesOfThePilotSetAgreeWithAnIndependentCode) {
  const json file = load(reference / "pilot-pbi3/spline-values.json");
  const auto description = read_set_description(sets / "pilot-pbi3");
  int checked = 0;
  for (const auto& [name, rows] : file["pairs"].items()) {
    const std::size_t dash = name.find('-');
    const int a = atomic_number(name.substr(0, dash)).value(),
              b = atomic_number(name.substr(dash + 1)).value();
    const ParameterSet set(description, std::vector<int>{a, b});
    for (const auto& row : rows) {
      const PairValue v = set.repulsion(a, b).evaluate(row[0]);
      EXPECT_NEAR(v.energy, row[1].get<double>(), 1e-11) << name << row[0];
      EXPECT_NEAR(v.slope, row[2].get<double>(), 1e-10) << name << row[0];
      ++checked;
    }
  }
  EXPECT_GT(checked, 100);
}

TEST(Repulsion, PolynomialIsZeroAtItsEndAndHasItsOwnSlope) {
  const auto v = PairRepulsion::from_polynomial({0.2, -0.1, 0.05, 0, 0, 0, 0, 0.01}, 4.0);
  EXPECT_EQ(v.evaluate(4.0).energy, 0.0);
  const double x = 1.5;
  EXPECT_NEAR(v.evaluate(2.5).energy,
              0.2 * x * x - 0.1 * x * x * x + 0.05 * std::pow(x, 4) + 0.01 * std::pow(x, 9), 1e-14);
  constexpr double h = 1e-6;
  EXPECT_NEAR(v.evaluate(2.5).slope,
              (v.evaluate(2.5 + h).energy - v.evaluate(2.5 - h).energy) / (2 * h), 1e-8);
}

TEST(Charges, MoleculeWithoutSelfConsistencyAndWithOneHubbardPerAtom) {
  for (const auto& [name, charges] :
       {std::pair{"pbi2_nonscc", "none"}, std::pair{"pbi2_atomresolved", "atom"}}) {
    const json file = load(reference / "dftb" / (std::string(name) + ".json"));
    const fs::path folder = fs::temp_directory_path() / (std::string("ionpass_") + name);
    fs::create_directories(folder);
    std::ofstream(folder / "set.yaml")
        << "name: " << name << "\ntables: " << (sets / "perov-1-0/skfiles").string()
        << "\ncharges: " << charges << "\n";
    PotentialSettings settings;
    settings.name = "dftb/" + folder.string();
    settings.scf.tolerance = 1e-11;
    Eigen::Matrix3Xd positions(3, 3);
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t x = 0; x < 3; ++x) {
        positions(static_cast<Eigen::Index>(x), static_cast<Eigen::Index>(i)) =
            file["structure"]["positions_bohr"][i][x].get<double>() * units::bohr;
      }
    }
    const Evaluation e = make_potential(settings, sets.parent_path())
                             ->evaluate(molecule(file["structure"]["symbols"], positions));
    EXPECT_NEAR(e.free_energy / units::hartree, file["energy_hartree"]["total"].get<double>(), 1e-9)
        << name;
    EXPECT_NEAR((*e.charges)(0), file["net_atomic_charges"][0].get<double>(), 1e-8) << name;
    for (std::size_t x = 0; x < 3; ++x) {
      EXPECT_NEAR(e.forces(static_cast<Eigen::Index>(x), 1) / units::hartree_per_bohr,
                  file["forces_hartree_per_bohr"][1][x].get<double>(), 1e-6)
          << name;
    }
    fs::remove_all(folder);
  }
}

}  // namespace
}  // namespace ionpass::dftb
