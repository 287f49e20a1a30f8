// Self-consistent band energies of cubic CsPbI3 at Γ, X, M and R with two sets of tables, and their
// largest difference. Usage: skgen_bands SET SET (folders); exit code 1 above 2 meV.
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <potentials/bands.hpp>
#include <potentials/registry.hpp>

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

/// Band energies, eV: one column per point, for the charges of a Γ-centred 2x2x2 mesh.
Eigen::MatrixXd bands(const char* folder, const std::vector<Eigen::Vector3d>& points) {
  PotentialSettings settings;
  settings.name = std::string("dftb/") + folder;
  settings.kpoints = KpointMesh{.mesh = {2, 2, 2}};
  settings.scf.tolerance = 1e-9;
  const auto potential = make_potential(settings, {});
  const auto& source = dynamic_cast<const BandSource&>(*potential);
  const BandStructure found = source.bands(cubic_cspbi3(), points);
  Eigen::MatrixXd out(found.energies.front().size(), static_cast<Eigen::Index>(points.size()));
  for (std::size_t k = 0; k < points.size(); ++k)
    out.col(static_cast<Eigen::Index>(k)) = found.energies[k];
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: skgen_bands SET SET\n");
    return 2;
  }
  const std::vector<Eigen::Vector3d> points{
      {0.0, 0.0, 0.0}, {0.5, 0.0, 0.0}, {0.5, 0.5, 0.0}, {0.5, 0.5, 0.5}};
  const Eigen::MatrixXd difference =
      1e3 * (bands(argv[1], points) - bands(argv[2], points)).cwiseAbs();
  constexpr std::array names{"Γ", "X", "M", "R"};
  for (std::size_t k = 0; k < names.size(); ++k)
    fmt::print("{}: largest difference of a band {:.4f} meV\n", names[k],
               difference.col(static_cast<Eigen::Index>(k)).maxCoeff());
  const double worst = difference.maxCoeff();
  fmt::print("all: {:.4f} meV (limit {} meV)\n", worst, tolerance);
  return worst <= tolerance ? 0 : 1;
}
