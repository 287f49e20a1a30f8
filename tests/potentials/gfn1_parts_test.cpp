// The parts of GFN1-xTB and of D3, against reference data and against themselves.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <potentials/registry.hpp>
#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/units.hpp>

#include "differences.hpp"
#include "dispersion/coordination.hpp"
#include "dispersion/d3.hpp"
#include "gfn1/hamiltonian.hpp"
#include "gfn1/klopman_ohno.hpp"
#include "gfn1/pair_terms.hpp"
#include "tightbinding/bloch.hpp"

namespace ionpass::gfn1 {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path source_dir = IONPASS_SOURCE_DIR;
const fs::path parameter_data = source_dir / "potentials/data";

json load(const std::string& name) {
  std::ifstream file(source_dir / "tests/potentials/data/gfn1" / (name + ".json"));
  EXPECT_TRUE(file) << name;
  return json::parse(file);
}

Eigen::MatrixXd matrix(const json& rows) {
  Eigen::MatrixXd out(static_cast<Eigen::Index>(rows.size()),
                      static_cast<Eigen::Index>(rows[0].size()));
  for (Eigen::Index i = 0; i < out.rows(); ++i) {
    for (Eigen::Index j = 0; j < out.cols(); ++j)
      out(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)].get<double>();
  }
  return out;
}

Structure structure_of(const json& file) {
  Structure out;
  for (const auto& symbol : file["species"])
    out.numbers.push_back(atomic_number(symbol.get<std::string>()).value());
  out.positions = matrix(file["positions_angstrom"]).transpose();
  if (file.contains("lattice_angstrom"))
    out.cell.emplace(Eigen::Matrix3d(matrix(file["lattice_angstrom"]).transpose()));
  out.charge = file["charge"];
  return out;
}

const Parameters& parameters() {
  static const Parameters loaded(parameter_data / "gfn1");
  return loaded;
}

std::vector<double> radii(const Structure& structure) {
  std::vector<double> out;
  for (const int z : structure.numbers) out.push_back(parameters().element(z).covalent_radius);
  return out;
}

Eigen::MatrixXd from_lower(const Eigen::MatrixXd& m) { return m.selfadjointView<Eigen::Lower>(); }

class Gfn1Matrices : public testing::TestWithParam<std::string> {};

TEST_P(Gfn1Matrices, AgreeWithTheIndependentProgram) {
  constexpr double summed = 1e-10;  // thousands of images, each good to 1e-14 or so
  const Structure s = structure_of(load(GetParam()));
  const json expected = load(GetParam() + ".matrices");
  const std::set<int> distinct(s.numbers.begin(), s.numbers.end());
  const Integrals integrals(parameters(), std::vector<int>(distinct.begin(), distinct.end()));
  const Basis basis = make_basis(s, parameters());
  const auto pairs = tightbinding::atom_pairs(s, 40.0);
  const dispersion::CoordinationNumbers coordination(radii(s), pairs);
  Eigen::VectorXd levels(static_cast<Eigen::Index>(basis.shells.size()));
  Eigen::Index i = 0;
  for (std::size_t atom = 0; atom < s.size(); ++atom) {
    for (const ShellParameters& shell : parameters().element(s.numbers[atom]).shells)
      levels(i++) = shell.level -
                    shell.level_per_bond * coordination.values()(static_cast<Eigen::Index>(atom));
  }
  const Hamiltonian hamiltonian(s, basis, integrals, levels, pairs);
  const auto m =
      tightbinding::bloch_matrices<double>(hamiltonian.blocks(), Eigen::Vector3d::Zero());
  const auto off = [](const Eigen::MatrixXd& a, const json& b) {
    return (from_lower(a) - matrix(b)).cwiseAbs().maxCoeff();
  };
  EXPECT_LT(off(m.overlap, expected["overlap"]), summed);
  EXPECT_LT(off(m.hamiltonian, expected["h0_hartree"]), summed);

  const auto sites = tightbinding::charge_sites(basis, tightbinding::ChargeResolution::shell).sites;
  const auto end = s.is_periodic() ? KlopmanOhno::End::smooth10 : KlopmanOhno::End::none;
  const tightbinding::ShortRangeModel model{
      [end](double a, double b) { return std::make_unique<const KlopmanOhno>(a, b, end); }};
  const tightbinding::CoulombInteraction coulomb(sites, model, s.positions / units::bohr,
                                                 tightbinding::cell_in_bohr(s));
  EXPECT_LT((coulomb.matrix() - matrix(expected["gamma_hartree"])).cwiseAbs().maxCoeff(), summed);
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, Gfn1Matrices,
                         testing::Values("h2o", "pbi2", "cspbi3_5", "nh4_box_q+1"), test_name);

TEST(Coordination, NumbersAgreeWithTheIndependentProgram) {
  for (const char* name : {"h2o", "n-benzylpyridinium+", "cspbi3_5", "mapbi3_12"}) {
    const json file = load(name);
    const Structure s = structure_of(file);
    const auto pairs = tightbinding::atom_pairs(s, dispersion::CoordinationNumbers::cutoff);
    const dispersion::CoordinationNumbers found(radii(s), pairs);
    for (std::size_t i = 0; i < s.size(); ++i)
      EXPECT_NEAR(found.values()(static_cast<Eigen::Index>(i)),
                  file["coordination_numbers"][i].get<double>(), 1e-10)
          << name;
  }
}

TEST(ClassicalTerms, GradientsAgreeWithTheIndependentProgramOneByOne) {
  const auto reference = std::make_shared<const dispersion::D3Reference>(parameter_data / "d3");
  const dispersion::D3 d3(reference, parameters().d3);
  for (const char* name : {"nh3_i2_xb", "mapbi3_12", "nh3_i2_xb_periodic_wrapped"}) {
    const json file = load(name);
    const Structure s = structure_of(file);
    const auto pairs = tightbinding::atom_pairs(s, pair_terms_cutoff);
    const auto expect = [&](const char* part, auto add) {
      auto out = Derivatives::zero(static_cast<Eigen::Index>(s.size()));
      EXPECT_NEAR(add(out), file["energy_components_hartree"][part].template get<double>(), 1e-11)
          << name << part;
      EXPECT_LT((out.gradient.transpose() - matrix(file["gradient_components"][part]))
                    .cwiseAbs()
                    .maxCoeff(),
                1e-10)
          << name << part;
    };
    expect("repulsion", [&](auto& out) { return add_repulsion(s, parameters(), pairs, out); });
    expect("dispersion_d3", [&](auto& out) { return d3.add_energy(s, out); });
    expect("halogen_bond", [&](auto& out) {
      return add_halogen_bonds(s, parameters(), Gfn1Settings::HalogenBond::nearest, pairs, out);
    });
  }
}

/// NH3 near I2 with an iodine between two leads that are nearly equally far: the smooth halogen
/// bond has several references.
Structure bridged_iodide(double shift) {
  Structure s;
  s.numbers = {53, 82, 82, 7, 1};
  s.positions.resize(3, 5);
  s.positions << 0.1, 0, 0, 3.6, 4.0,  //
      0.2, 0, 0, 0.9, 1.7,             //
      shift, 3.2, -3.2, 0.4, 0.2;
  return s;
}

double halogen_energy(const Structure& s, Gfn1Settings::HalogenBond choice) {
  auto ignored = Derivatives::zero(static_cast<Eigen::Index>(s.size()));
  const auto pairs = tightbinding::atom_pairs(s, pair_terms_cutoff);
  return add_halogen_bonds(s, parameters(), choice, pairs, ignored);
}

TEST(HalogenBond, PublishedFormJumpsWhereTheNearestNeighbourChangesTheSmoothOneDoesNot) {
  using enum Gfn1Settings::HalogenBond;
  const auto jump = [](Gfn1Settings::HalogenBond choice) {
    return std::abs(halogen_energy(bridged_iodide(1e-6), choice) -
                    halogen_energy(bridged_iodide(-1e-6), choice));
  };
  EXPECT_GT(jump(nearest), 1e-5);
  EXPECT_LT(jump(smooth), 1e-8);
  // Far from a change both are the same.
  EXPECT_NEAR(halogen_energy(bridged_iodide(0.6), smooth),
              halogen_energy(bridged_iodide(0.6), nearest), 1e-15);
}

TEST(HalogenBond, SmoothFormHasTheDerivativesOfItsEnergy) {
  const Structure s = bridged_iodide(0.08);
  auto found = Derivatives::zero(5);
  add_halogen_bonds(s, parameters(), Gfn1Settings::HalogenBond::smooth,
                    tightbinding::atom_pairs(s, pair_terms_cutoff), found);
  constexpr double h = 1e-4;  // Å
  for (Eigen::Index atom = 0; atom < 5; ++atom) {
    for (Eigen::Index x = 0; x < 3; ++x) {
      const auto at = [&](double amount) {
        Structure t = s;
        t.positions(x, atom) += amount;
        return halogen_energy(t, Gfn1Settings::HalogenBond::smooth);
      };
      EXPECT_NEAR(found.gradient(x, atom), (at(h) - at(-h)) / (2 * h / units::bohr), 1e-9);
    }
  }
}

TEST(KlopmanOhno, SlopeIsTheDerivativeAlsoInTheStep) {
  constexpr double h = 1e-5;
  for (const auto end : {KlopmanOhno::End::none, KlopmanOhno::End::smooth10}) {
    const KlopmanOhno kernel(0.47, 0.33, end);
    for (const double r : {1.0, 8.0, 9.3, 9.8})
      EXPECT_NEAR(kernel.at(r).slope, (kernel.at(r + h).value - kernel.at(r - h).value) / (2 * h),
                  1e-9);
  }
  EXPECT_EQ(KlopmanOhno(0.4, 0.4, KlopmanOhno::End::smooth10).at(10.0).value, 0.0);
}

TEST(Coulomb, NearestImagesHaveTheDerivativesOfTheirEnergy) {
  // Atoms near the middle between two images, so that the weights matter.
  Eigen::Matrix3d cell;
  cell << 9.0, 0.4, 0.0, 0.0, 8.6, 0.3, 0.2, 0.0, 9.4;
  Eigen::Matrix3Xd positions(3, 2);
  positions << 0.0, 4.51, 0.0, 0.2, 0.0, 0.1;
  const std::vector<tightbinding::ChargeSite> sites{{0, 0.4}, {0, 0.3}, {1, 0.5}};
  const Eigen::Vector3d q(0.7, -0.3, 0.4);
  const tightbinding::ShortRangeModel model{[](double a, double b) {
                                              return std::make_unique<const KlopmanOhno>(
                                                  a, b, KlopmanOhno::End::none);
                                            },
                                            tightbinding::ShortRangeModel::Images::nearest};
  const auto energy = [&](const Eigen::Matrix3d& c, const Eigen::Matrix3Xd& p) -> double {
    return 0.5 * q.dot(tightbinding::CoulombInteraction(sites, model, p, c).matrix() * q);
  };
  const Derivatives d =
      tightbinding::CoulombInteraction(sites, model, positions, cell).derivatives(q);
  test::expect_derivatives(energy, cell, positions, d, 1, 1e-5);
}

TEST(D3, RefusesDampingThatIsNone) {
  const auto reference = std::make_shared<const dispersion::D3Reference>(parameter_data / "d3");
  EXPECT_THROW(dispersion::D3(reference, {1.0, 1.0, 0.0, 0.0}), InputError);
  EXPECT_THROW(dispersion::D3(reference, {1.0, -1.0, 0.4, 4.0}), InputError);
}

TEST(D3, DataOfAllElementsAndPairsAreThere) {
  const dispersion::D3Reference reference(parameter_data / "d3");
  for (int a = 1; a <= max_atomic_number; ++a) {
    EXPECT_GT(reference.element(a).moment_ratio, 0.0);
    for (int b = 1; b <= max_atomic_number; ++b) EXPECT_GT(reference.c6(a, b).minCoeff(), 0.0);
  }
  // H-H of the free atoms: 7.5916 hartree bohr⁶ (Grimme et al. 2010).
  EXPECT_EQ(reference.c6(1, 1)(1, 1), 7.5916);
}

TEST(Parameters, EveryElementToRadonHasShellsWithExpansions) {
  for (int z = 1; z <= max_atomic_number; ++z) {
    for (const GaussianShell& shell : gaussian_shells(parameters(), z))
      EXPECT_NEAR(on_site_overlap(shell, shell), 1.0, 1e-5) << z;
  }
  EXPECT_THROW(static_cast<void>(parameters().element(87)), UnsupportedElement);
}

}  // namespace
}  // namespace ionpass::gfn1
