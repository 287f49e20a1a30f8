// One element's share of a set: on-site energies, Hubbard parameters, and the functions that the
// two-centre integrals are made of.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include <potentials/skgen.hpp>

#include "skgen/atom.hpp"

namespace ionpass::skgen {

/// A valence orbital of the wave-confined atom.
struct TableOrbital {
  Shell shell;
  double onsite = 0.0;   ///< Hartree, of the free atom or as the recipe says
  double hubbard = 0.0;  ///< Hartree
  std::shared_ptr<const RadialBasis> basis;
  Eigen::VectorXd coefficients;

  [[nodiscard]] RadialFunction evaluate(const Eigen::ArrayXd& r) const {
    return basis->evaluate(shell.l, coefficients, r);
  }
};

/// Density and potential of the density-confined atom at some distances.
struct AtomField {
  Eigen::ArrayXd density;  ///< electrons/bohr³
  Eigen::ArrayXd density_slope;
  Eigen::ArrayXd potential;  ///< nucleus and V_H, with the atom's own v_xc for potential
                             ///< superposition, Hartree
};

class Element {
 public:
  /// Solves the free atom (energies, Hubbard), and the confined ones (density, orbitals).
  /// @throws ConvergenceError; InputError for a shell that is not bound
  Element(const ElementRecipe& recipe, const ExchangeCorrelation& functional,
          Superposition superposition);

  [[nodiscard]] const ElementRecipe& recipe() const noexcept { return recipe_; }
  [[nodiscard]] const std::vector<TableOrbital>& orbitals() const noexcept { return orbitals_; }
  [[nodiscard]] const AtomSolution& free_atom() const noexcept { return free_; }
  /// At r > 0.
  [[nodiscard]] AtomField field(const Eigen::ArrayXd& r) const;
  /// Largest |1 - <R|R>| of the orbitals, from the radial quadrature.
  [[nodiscard]] double norm_error() const;

 private:
  [[nodiscard]] double hubbard(const AtomSolver& solver, std::size_t shell) const;
  [[nodiscard]] double free_energy(std::size_t shell) const;
  void add_orbital(const AtomSolver& solver, std::size_t shell, double hubbard);

  ElementRecipe recipe_;
  std::shared_ptr<const RadialBasis> basis_;
  AtomSolution free_;
  // The density-confined atom.
  std::vector<AtomOrbital> density_orbitals_;
  Eigen::ArrayXd screening_;  // r V_H (+ r v_xc) on the grid
  std::vector<TableOrbital> orbitals_;
};

}  // namespace ionpass::skgen
