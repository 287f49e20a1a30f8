// The spherical Kohn–Sham atom: self-consistent, spin-averaged, fractional occupations.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include <potentials/skgen.hpp>

#include "skgen/exchange_correlation.hpp"
#include "skgen/radial_basis.hpp"
#include "skgen/radial_eigenproblem.hpp"

namespace ionpass::skgen {

/// Speed of light, atomic units: the value that published ZORA tables were made with.
inline constexpr double speed_of_light = 137.0359997;

/// What is solved.
struct AtomProblem {
  int atomic_number = 1;
  std::vector<Shell> shells;  ///< occupied or not; the lower shells of each l must be among them
  Relativity relativity = Relativity::none;
  std::optional<Confinement> confinement;
};

/// The effective potential as a Galerkin code needs it: <a|V|b> = ∫ r² [local R_a R_b + 2 field
/// (R_a R_b)'] dr.
struct AtomPotential {
  Eigen::ArrayXd local;  ///< V_H + ∂e/∂ρ, Hartree
  Eigen::ArrayXd field;  ///< ∂e/∂σ dρ/dr, zero for LDA
};

/// One solved shell.
struct AtomOrbital {
  Shell shell;
  double energy = 0.0;              ///< Hartree; scaled ZORA where relativistic
  double confinement_energy = 0.0;  ///< <V_conf>, Hartree
  Eigen::VectorXd coefficients;     ///< in the basis; positive where |r R| is largest
};

struct AtomSolution {
  std::vector<AtomOrbital> orbitals;   ///< in the order of the problem's shells
  AtomPotential potential;             ///< self-consistent
  std::map<int, RadialStates> states;  ///< all solved states, per l
  Eigen::ArrayXd density;              ///< electrons/bohr³, on the grid
  Eigen::ArrayXd density_slope;
  Eigen::ArrayXd hartree;     ///< V_H, Hartree
  double total_energy = 0.0;  ///< Hartree; for a non-relativistic atom only, else NaN
  int iterations = 0;
};

/// Solves atoms in one basis with one functional.
class AtomSolver {
 public:
  /// Both outlive the solver.
  AtomSolver(const RadialBasis& basis, const ExchangeCorrelation& functional)
      : basis_(basis), functional_(functional) {}

  /// @param start a similar atom in the same basis, or nothing: Thomas–Fermi
  /// @throws ConvergenceError with the shell energies' last change
  [[nodiscard]] AtomSolution solve(const AtomProblem& problem,
                                   const AtomSolution* start = nullptr) const;

 private:
  [[nodiscard]] AtomPotential thomas_fermi(int atomic_number) const;
  [[nodiscard]] Eigen::ArrayXd zora_factor(const AtomProblem& problem,
                                           const AtomPotential& potential) const;
  void solve_shells(const AtomProblem& problem, const AtomPotential& potential,
                    AtomSolution& out) const;
  /// On the grid: f of the kinetic energy, and the wall.
  struct Kernels {
    Eigen::ArrayXd zora, wall;
  };
  [[nodiscard]] AtomOrbital make_orbital(const AtomProblem& problem, const Shell& shell,
                                         const RadialStates& states, const Kernels& kernels) const;
  void fill_density(AtomSolution& out) const;
  [[nodiscard]] AtomPotential output_potential(AtomSolution& out, Eigen::ArrayXd& energy) const;
  [[nodiscard]] double total_energy(const AtomProblem& problem, const AtomSolution& solution,
                                    const Eigen::ArrayXd& xc_energy) const;

  const RadialBasis& basis_;
  const ExchangeCorrelation& functional_;
};

/// V_conf on the points, zero without a wall.
[[nodiscard]] Eigen::ArrayXd wall(const std::optional<Confinement>& confinement,
                                  const Eigen::ArrayXd& r);

}  // namespace ionpass::skgen
