// Self-consistent band energies of cubic CsPbI3 at Γ, X, M and R with two sets of tables, and their
// largest difference. Usage: skgen_bands SET SET (folders); exit code 1 above 2 meV.
#include <array>
#include <cstdio>
#include <span>

#include <fmt/format.h>

#include <structures/units.hpp>

#include "dftb/hamiltonian.hpp"
#include "dftb/parameter_set.hpp"
#include "tightbinding/bloch.hpp"
#include "tightbinding/coulomb.hpp"
#include "tightbinding/scf.hpp"

namespace {

using namespace ionpass;

constexpr double tolerance = 2.0;          // meV
constexpr double lattice_constant = 6.29;  // Å, of the cubic phase

Structure cubic_cspbi3() {
  Structure s;
  s.cell = Cell(lattice_constant * Eigen::Matrix3d::Identity());
  s.numbers = {55, 82, 53, 53, 53};
  Eigen::Matrix<double, 3, 5> fractional;
  fractional.transpose() << 0.5, 0.5, 0.5, 0, 0, 0, 0.5, 0, 0, 0, 0.5, 0, 0, 0, 0.5;
  s.positions = lattice_constant * fractional;
  return s;
}

/// All band energies, Hartree, one column per point of the Γ-centred 2x2x2 mesh: Γ, X, M, R.
Eigen::MatrixXd bands(const std::filesystem::path& folder) {
  const Structure structure = cubic_cspbi3();
  const dftb::ParameterSet set(dftb::read_set_description(folder), structure.numbers);
  const auto basis = dftb::make_basis(structure, set);
  const auto pairs = dftb::bonded_pairs(structure, set);
  const auto blocks = dftb::two_center_blocks(structure, set, basis, pairs).blocks;
  tightbinding::ScfProblem problem;
  for (int i = 0; i < 8; ++i) {
    const Eigen::Vector3d k(0.5 * (i & 1), 0.25 * (i & 2), 0.125 * (i & 4));
    auto m = tightbinding::bloch_matrices<double>(blocks, k);
    problem.kpoints.emplace_back(
        tightbinding::Eigenproblem<double>(std::move(m.hamiltonian), std::move(m.overlap)));
    problem.weights.push_back(0.125);
  }
  std::vector<tightbinding::ChargeSite> sites;
  problem.reference.resize(static_cast<Eigen::Index>(basis.shells.size()));
  for (const auto& shell : basis.shells) {
    const auto site = static_cast<Eigen::Index>(sites.size());
    problem.reference[site] = shell.reference;
    problem.site_of_orbital.insert(problem.site_of_orbital.end(),
                                   static_cast<std::size_t>(shell.size()), site);
    sites.push_back({shell.atom, shell.hubbard});
  }
  problem.gamma = tightbinding::CoulombInteraction(sites, structure.positions / units::bohr,
                                                   structure.cell->matrix() / units::bohr)
                      .matrix();
  problem.electrons = problem.reference.sum();
  problem.kt = 300.0 * units::boltzmann_hartree;
  static_cast<void>(tightbinding::solve_scf(problem, {.tolerance = 1e-9}, {}));
  Eigen::MatrixXd out(basis.orbitals(), 8);
  for (Eigen::Index k = 0; k < 8; ++k)
    std::visit([&](const auto& p) { out.col(k) = p.eigenvalues(); },
               problem.kpoints[static_cast<std::size_t>(k)]);
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: skgen_bands SET SET\n");
    return 2;
  }
  const Eigen::MatrixXd one = bands(argv[1]), two = bands(argv[2]);
  constexpr std::array<std::pair<const char*, int>, 4> points{
      {{"Γ", 0}, {"X", 1}, {"M", 3}, {"R", 7}}};
  for (const auto& [name, k] : points)
    fmt::print("{}: largest difference of a band {:.4f} meV\n", name,
               1e3 * units::hartree * (one.col(k) - two.col(k)).cwiseAbs().maxCoeff());
  const double worst = 1e3 * units::hartree * (one - two).cwiseAbs().maxCoeff();
  fmt::print("all: {:.4f} meV (limit {} meV)\n", worst, tolerance);
  return worst <= tolerance ? 0 : 1;
}
