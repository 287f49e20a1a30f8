// What must hold whatever the parameters: forces and stress are derivatives, and the energy does
// not care for names and frames.
#include <cmath>
#include <filesystem>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <potentials/registry.hpp>
#include <structures/error.hpp>
#include <structures/supercell.hpp>
#include <structures/units.hpp>

namespace ionpass {
namespace {

const std::filesystem::path parameter_data =
    std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data";

// Accuracy of central differences with the step below on energies converged to 1e-11 electrons.
constexpr double force_difference = 2e-6;   // eV/Å
constexpr double stress_difference = 2e-7;  // eV/Å³

std::unique_ptr<Potential> potential(KpointSampling kpoints = KpointMesh{},
                                     double temperature = 300.0) {
  PotentialSettings settings;
  settings.kpoints = std::move(kpoints);
  settings.electronic_temperature = temperature;
  settings.scf.tolerance = 1e-11;
  return make_potential(settings, parameter_data);
}

/// A rattled, strained, charged cell with a methylammonium ion: low symmetry, every pair of H, C,
/// N, I, Pb.
Structure distorted_cell() {
  Structure s;
  s.numbers = {82, 53, 53, 53, 6, 7, 1, 1, 1, 1, 1, 1};
  Eigen::Matrix3d cell;
  cell << 6.30, 0.12, -0.05, 0.02, 6.25, 0.20, -0.10, 0.03, 6.40;
  s.cell.emplace(cell);
  Eigen::Matrix3Xd f(3, 12);
  f << 0.00, 0.52, 0.02, -0.01, 0.61, 0.39, 0.62, 0.69, 0.67, 0.38, 0.30, 0.33,  //
      0.01, 0.02, 0.49, 0.03, 0.51, 0.50, 0.51, 0.36, 0.66, 0.50, 0.37, 0.63,    //
      -0.02, 0.01, 0.00, 0.51, 0.48, 0.53, 0.31, 0.54, 0.53, 0.69, 0.49, 0.47;
  s.positions = cell * f;
  return s;
}

TEST(DftbForces, AreDerivativesOfTheFreeEnergy) {
  Structure s = distorted_cell();
  s.charge = 1.0;
  for (const double temperature : {300.0, 4000.0}) {
    const auto p =
        potential(KpointList{{{{0.25, 0.1, -0.3}, 1.0}, {{0.0, 0.5, 0.0}, 1.0}}}, temperature);
    const Evaluation e = p->evaluate(s);
    constexpr double h = 1e-3;
    for (const Eigen::Index atom : {0, 2, 4, 5, 9}) {
      for (Eigen::Index x = 0; x < 3; ++x) {
        const auto shifted = [&](double amount) {
          Structure t = s;
          t.positions(x, atom) += amount;
          return p->evaluate(t).free_energy;
        };
        // Fourth order: second-order differences are off by 5e-5 on the stiff C-N bond.
        const double slope =
            (8 * (shifted(h) - shifted(-h)) - (shifted(2 * h) - shifted(-2 * h))) / (12 * h);
        EXPECT_NEAR(e.forces(x, atom), -slope, force_difference)
            << "atom " << atom << " axis " << x;
      }
    }
    EXPECT_LT(e.forces.rowwise().sum().norm(), 1e-7);
  }
}

TEST(DftbStress, IsTheStrainDerivativeAlsoForChargedCells) {
  Structure s = distorted_cell();
  s.charge = 1.0;
  const auto p = potential(KpointMesh{{2, 1, 1}, Eigen::Vector3d(0.5, 0.0, 0.0)}, 2000.0);
  const Evaluation e = p->evaluate(s, {.stress = true, .guess = {}});
  ASSERT_TRUE(e.stress);
  EXPECT_LT((*e.stress - e.stress->transpose()).cwiseAbs().maxCoeff(), 1e-9);
  constexpr double h = 1e-4;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j <= i; ++j) {
      const auto strained = [&](double amount) {
        Eigen::Matrix3d deform = Eigen::Matrix3d::Identity();
        deform(i, j) += 0.5 * amount;
        deform(j, i) += 0.5 * amount;
        Structure t = s;
        t.cell.emplace(Eigen::Matrix3d(deform * s.cell->matrix()));
        t.positions = deform * s.positions;
        return p->evaluate(t).free_energy;
      };
      const double slope = (strained(h) - strained(-h)) / (2 * h) / s.cell->volume();
      EXPECT_NEAR((*e.stress)(i, j), slope, stress_difference) << i << j;
    }
  }
}

TEST(DftbEnergy, SupercellAtGammaEqualsUnitCellWithTheMatchingMesh) {
  const Structure unit = distorted_cell();
  const Eigen::Matrix3i matrix = Eigen::Vector3i(2, 1, 2).asDiagonal();
  const Supercell supercell = make_supercell(unit, matrix);
  const Evaluation small = potential(KpointMesh{{2, 1, 2}, Eigen::Vector3d::Zero()})
                               ->evaluate(unit, {.stress = true, .guess = {}});
  const Evaluation large =
      potential()->evaluate(supercell.structure, {.stress = true, .guess = {}});
  EXPECT_NEAR(large.free_energy, 4.0 * small.free_energy, 1e-7);
  EXPECT_LT((*large.stress - *small.stress).cwiseAbs().maxCoeff(), 1e-9);
  for (std::size_t i = 0; i < supercell.unit_atom.size(); ++i) {
    const Eigen::Vector3d difference =
        large.forces.col(static_cast<Eigen::Index>(i)) -
        small.forces.col(static_cast<Eigen::Index>(supercell.unit_atom[i]));
    EXPECT_LT(difference.norm(), 1e-7);
  }
}

TEST(DftbEnergy, DoesNotDependOnFrameOrderOrCellChoice) {
  const Structure s = distorted_cell();
  // A mesh that the changes of cell below leave as it is.
  const auto p = potential(KpointMesh{{2, 2, 2}, Eigen::Vector3d::Zero()});
  const Evaluation e = p->evaluate(s);

  Structure moved = s;
  moved.positions.colwise() += Eigen::Vector3d(3.1, -7.7, 0.4);
  EXPECT_NEAR(p->evaluate(moved).free_energy, e.free_energy, 1e-8);

  const Eigen::Matrix3d turn =
      Eigen::AngleAxisd(0.7, Eigen::Vector3d(1, 2, -1).normalized()).toRotationMatrix();
  Structure turned = s;
  turned.cell.emplace(Eigen::Matrix3d(turn * s.cell->matrix()));
  turned.positions = turn * s.positions;
  const Evaluation t = p->evaluate(turned);
  EXPECT_NEAR(t.free_energy, e.free_energy, 1e-8);
  EXPECT_LT((t.forces - turn * e.forces).cwiseAbs().maxCoeff(), 1e-7);

  Structure permuted = s;
  std::reverse(permuted.numbers.begin(), permuted.numbers.end());
  permuted.positions = s.positions.rowwise().reverse();
  const Evaluation r = p->evaluate(permuted);
  EXPECT_NEAR(r.free_energy, e.free_energy, 1e-8);
  EXPECT_LT((r.forces - e.forces.rowwise().reverse()).cwiseAbs().maxCoeff(), 1e-7);

  Structure skewed = s;
  Eigen::Matrix3d cell = s.cell->matrix();
  cell.col(1) += 2.0 * cell.col(0);
  skewed.cell.emplace(cell);
  EXPECT_NEAR(p->evaluate(skewed).free_energy, e.free_energy, 1e-7);

  Structure wrapped = s;
  wrapped.positions.col(3) += s.cell->matrix() * Eigen::Vector3d(2, -1, 3);
  EXPECT_NEAR(p->evaluate(wrapped).free_energy, e.free_energy, 1e-8);
}

TEST(DftbScf, WarmStartChangesTheSpeedNotTheAnswer) {
  const auto p = potential(KpointMesh{{2, 1, 1}, Eigen::Vector3d::Zero()});
  const Structure s = distorted_cell();
  const Evaluation cold = p->evaluate(s);
  Structure near = s;
  near.positions.array() += 0.02 * Eigen::ArrayXXd::Random(3, 12);
  const Evaluation cold_near = p->evaluate(near);
  const Evaluation warm_near = p->evaluate(near, {.stress = false, .guess = cold.state});
  EXPECT_LT(warm_near.scf.iterations, cold_near.scf.iterations);
  EXPECT_NEAR(warm_near.free_energy, cold_near.free_energy, 1e-9);
  EXPECT_LT((warm_near.forces - cold_near.forces).cwiseAbs().maxCoeff(), 1e-8);
  // A guess of another system is passed over.
  EXPECT_NEAR(p->evaluate(s, {.stress = false, .guess = {1.0, 2.0}}).free_energy, cold.free_energy,
              1e-9);
}

TEST(DftbScf, ThatDoesNotConvergeIsAnErrorWithADiagnosis) {
  PotentialSettings settings;
  settings.scf.tolerance = 1e-12;
  settings.scf.max_iterations = 3;
  try {
    static_cast<void>(make_potential(settings, parameter_data)->evaluate(distorted_cell()));
    FAIL() << "3 cycles cannot be enough";
  } catch (const ConvergenceError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("did not become self-consistent in 3 cycles"));
  }
}

TEST(DftbEnergy, ComponentsAddUpAndChargesSumToTheTotal) {
  Structure s = distorted_cell();
  s.charge = 1.0;
  const Evaluation e = potential()->evaluate(s);
  double sum = 0.0;
  for (const auto& [name, value] : e.components) sum += value;
  EXPECT_NEAR(sum, e.free_energy, 1e-9);
  EXPECT_NEAR(e.charges->sum(), 1.0, 1e-10);
}

TEST(DftbEnergy, IsTheSameToTheBitOnEveryCall) {
  const auto p = potential(KpointMesh{{2, 1, 1}, Eigen::Vector3d::Zero()});
  const Evaluation a = p->evaluate(distorted_cell()), b = p->evaluate(distorted_cell());
  EXPECT_EQ(a.free_energy, b.free_energy);
  EXPECT_EQ(a.forces, b.forces);
}

}  // namespace
}  // namespace ionpass
