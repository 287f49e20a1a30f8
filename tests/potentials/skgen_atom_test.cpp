// Spherical atoms against published and independent energies (data/dftb/atoms.yaml says which).
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <structures/error.hpp>

#include "skgen/polynomial.hpp"
#include "skgen_perov.hpp"

namespace ionpass::skgen {
namespace {

using testing::HasSubstr;

YAML::Node reference(const std::string& symbol) {
  static const YAML::Node file =
      YAML::LoadFile(std::string(IONPASS_SOURCE_DIR) + "/tests/potentials/data/dftb/atoms.yaml");
  return file["elements"][symbol];
}

AtomProblem problem(const std::string& symbol, Relativity relativity) {
  const ElementRecipe recipe = perov(symbol);
  return {recipe.number, recipe.shells, relativity, {}};
}

/// Spectral elements as fine as those of complete sets.
SpectralBasis complete_basis(const AtomProblem& p) {
  const double z = p.atomic_number;
  int highest_l = 0;
  for (const Shell& shell : p.shells) highest_l = std::max(highest_l, shell.l);
  const GeometricEdges edges{.first = (p.relativity == Relativity::zora ? 1e-6 : 1e-2) / z,
                             .parts = {{0.1 / z, 3.0}, {0.5, 2.0}, {50.0, 1.5}}};
  return {edges.make(), 14, highest_l};
}

double worst_eigenvalue(const AtomSolution& solution, const YAML::Node& expected) {
  double worst = 0.0;
  for (const AtomOrbital& orbital : solution.orbitals)
    worst = std::max(worst, std::abs(orbital.energy - expected[orbital.shell.name()].as<double>()));
  return worst;
}

class Atom : public testing::TestWithParam<const char*> {};

TEST_P(Atom, CompleteBasisGivesThePublishedLdaEnergies) {
  const YAML::Node expected = reference(GetParam())["lda_nonrel"];
  const AtomProblem p = problem(GetParam(), Relativity::none);
  const SpectralBasis basis = complete_basis(p);
  const ExchangeCorrelation xc(lda);
  const AtomSolution solution = AtomSolver(basis, xc).solve(p);
  constexpr double published_digits = 1e-8;  // the converged values carry 10 decimals
  EXPECT_NEAR(solution.total_energy, expected["total"].as<double>(), published_digits);
  EXPECT_LT(worst_eigenvalue(solution, expected["eigenvalues"]), published_digits);
}

TEST_P(Atom, SlaterBasisReproducesThePublishedHeader) {
  const ExchangeCorrelation xc(pbe);
  const Element element(perov(GetParam()), xc, Superposition::density);
  const auto header = published(GetParam(), GetParam()).atom.value();
  for (const TableOrbital& orbital : element.orbitals()) {
    const auto l = static_cast<std::size_t>(orbital.shell.l);
    const bool set_by_hand = std::string(GetParam()) == "N" && l == 0;
    if (!set_by_hand) {
      EXPECT_NEAR(orbital.onsite, header.onsite[l], 1e-6) << orbital.shell.name();
    }
    EXPECT_NEAR(orbital.hubbard, header.hubbard[l], 1e-5) << orbital.shell.name();
    EXPECT_EQ(orbital.shell.electrons, header.occupation[l]);
  }
  EXPECT_LT(element.norm_error(), 1e-12);
}

TEST_P(Atom, WallsShiftTheLevelsAsInTheIndependentProgram) {
  const ElementRecipe recipe = perov(GetParam());
  const SlaterBasis basis(recipe.slater);
  const ExchangeCorrelation xc(pbe);
  const AtomSolver solver(basis, xc);
  const AtomProblem p{recipe.number, recipe.shells, recipe.relativity, recipe.wave.at(0)};
  constexpr double digits = 2e-6;  // radii in six digits against eight
  EXPECT_LT(
      worst_eigenvalue(solver.solve(p), reference(GetParam())["perov_wave_atom"]["eigenvalues"]),
      digits);
}

INSTANTIATE_TEST_SUITE_P(Perov, Atom, testing::Values("H", "C", "N", "I", "Cs", "Pb"),
                         [](const auto& test) { return std::string(test.param); });

TEST(AtomZora, ScaledEnergiesInTheCompleteBasis) {
  for (const auto& [functional, key] :
       {std::pair{lda, "lda_zora_scaled"}, std::pair{pbe, "pbe_complete_zora_scaled"}}) {
    const AtomProblem p = problem("I", Relativity::zora);
    const SpectralBasis basis = complete_basis(p);
    const ExchangeCorrelation xc(functional);
    constexpr double reference_convergence = 2e-7;
    EXPECT_LT(worst_eigenvalue(AtomSolver(basis, xc).solve(p), reference("I")[key]["eigenvalues"]),
              reference_convergence);
  }
}

TEST(AtomBasis, SlaterFunctionsLieAboveTheLimitByWhatTheirIncompletenessCosts) {
  // Excess of the LDA total energy in the bases of perov-1-0: H 1e-8, C 2e-5, Cs 0.085 Ha.
  for (const auto& [symbol, least, most] :
       {std::tuple{"H", 0.0, 1e-7}, {"C", 1e-5, 4e-5}, {"Cs", 0.0765, 0.0935}}) {
    const AtomProblem p = problem(symbol, Relativity::none);
    const SlaterBasis basis(perov(symbol).slater);
    const ExchangeCorrelation xc(lda);
    const double excess = AtomSolver(basis, xc).solve(p).total_energy -
                          reference(symbol)["lda_nonrel"]["total"].as<double>();
    EXPECT_GT(excess, least) << symbol;
    EXPECT_LT(excess, most) << symbol;
  }
}

TEST(AtomRefusals, SayWhatIsWrong) {
  const auto refusal = [](const auto& change) {
    ElementRecipe recipe = perov("C");
    change(recipe);
    try {
      check_element(recipe);
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_EQ(refusal([](ElementRecipe&) {}), "accepted");
  EXPECT_THAT(refusal([](ElementRecipe& r) { r.shells[2].electrons = 7; }), HasSubstr("0 to 6"));
  EXPECT_THAT(refusal([](ElementRecipe& r) { r.shells[2].electrons = 3; }),
              HasSubstr("7 electrons, a neutral C has 6"));
  EXPECT_THAT(refusal([](ElementRecipe& r) {
                r.shells[0].electrons = 1;
                r.shells[2].electrons = 3;
              }),
              HasSubstr("1s has a hole"));
  EXPECT_THAT(refusal([](ElementRecipe& r) { r.shells[2].n = 3; }), HasSubstr("without 2p"));
  EXPECT_THAT(refusal([](ElementRecipe& r) { r.shells[1].n = 1; }), HasSubstr("twice"));
  EXPECT_THAT(refusal([](ElementRecipe& r) { r.valence = {2}; }), HasSubstr("no s shell"));
  EXPECT_THAT(refusal([](ElementRecipe& r) { r.valence = {}; }), HasSubstr("no shell"));
  EXPECT_THAT(refusal([](ElementRecipe& r) { r.slater.resize(1); }), HasSubstr("exponents"));
}

TEST(AtomRefusals, UnboundShells) {
  const ExchangeCorrelation xc(pbe);
  // H- in a neutral atom's place: an empty 2p is not bound, and has no on-site energy of its own.
  ElementRecipe hydrogen = perov("H");
  hydrogen.slater.assign(2, hydrogen.slater[0]);
  hydrogen.shells.push_back({2, 1, 0.0});
  hydrogen.valence.push_back(1);
  hydrogen.wave[1] = hydrogen.wave[0];
  try {
    static_cast<void>(Element(hydrogen, xc, Superposition::density));
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("2p of the free atom is not bound"));
    EXPECT_THAT(error.what(), HasSubstr("onsite"));
  }
  hydrogen.onsite[1] = 0.1;
  EXPECT_EQ(Element(hydrogen, xc, Superposition::density).orbitals()[1].onsite, 0.1);
  // A wall so tight that it alone holds the electron.
  hydrogen.wave[0].radius = 0.4;
  try {
    static_cast<void>(Element(hydrogen, xc, Superposition::density));
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("leaves no bound 1s"));
  }
}

TEST(Functionals, OnlyLdaAndGgaByTheirLibxcNames) {
  const auto refusal = [](const std::string& name) {
    try {
      check_functionals({name});
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_EQ(refusal("gga_x_b88"), "accepted");
  EXPECT_EQ(refusal("lda_xc_teter93"), "accepted");
  EXPECT_THAT(refusal("hyb_gga_xc_b3lyp"), HasSubstr("hybrid"));
  EXPECT_THAT(refusal("mgga_x_scan"), HasSubstr("meta-GGA"));
  EXPECT_THAT(refusal("lda_k_tf"), HasSubstr("kinetic"));
  EXPECT_THAT(refusal("pbe"), HasSubstr("not known to libxc"));
  EXPECT_THAT(ExchangeCorrelation(pbe).citations().front(), HasSubstr("Perdew"));
}

TEST(Functionals, PotentialIsTheSlopeOfTheEnergy) {
  const ExchangeCorrelation xc(pbe);
  const auto at = [&](double density, double sigma) {
    ExchangeCorrelation::Values v;
    xc.evaluate(Eigen::ArrayXd::Constant(1, density), Eigen::ArrayXd::Constant(1, sigma), v);
    return std::array{density * v.energy[0], v.vrho[0], v.vsigma[0]};
  };
  constexpr double h = 1e-5;
  const auto centre = at(0.3, 0.2);
  EXPECT_NEAR((at(0.3 + h, 0.2)[0] - at(0.3 - h, 0.2)[0]) / (2 * h), centre[1], 1e-9);
  EXPECT_NEAR((at(0.3, 0.2 + h)[0] - at(0.3, 0.2 - h)[0]) / (2 * h), centre[2], 1e-9);
}

TEST(Polynomials, IntegrateDifferentiateAndInterpolateExactly) {
  const Rule rule = gauss_legendre(6);
  EXPECT_NEAR((rule.weights.array() * rule.nodes.array().pow(10)).sum(), 2.0 / 11.0, 1e-15);
  EXPECT_GT(std::abs((rule.weights.array() * rule.nodes.array().pow(12)).sum() - 2.0 / 13.0), 1e-6);
  const Eigen::VectorXd f = rule.nodes.array().pow(5).matrix();
  EXPECT_TRUE((differentiation_matrix(rule.nodes) * f)
                  .isApprox((5.0 * rule.nodes.array().pow(4)).matrix(), 1e-12));
  EXPECT_TRUE((integration_matrix(rule.nodes) * f)
                  .isApprox(((rule.nodes.array().pow(6) - 1.0) / 6.0).matrix(), 1e-12));
  const Eigen::VectorXd x = Eigen::VectorXd::Constant(1, 0.321);
  EXPECT_NEAR((lagrange_values(rule.nodes, x) * f)[0], std::pow(0.321, 5), 1e-15);
  const Eigen::VectorXd lobatto = gauss_lobatto_nodes(5);  // 0, ±sqrt(3/7), ±1
  EXPECT_NEAR(lobatto[3], std::sqrt(3.0 / 7.0), 1e-15);
}

}  // namespace
}  // namespace ionpass::skgen
