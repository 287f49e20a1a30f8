// How populations answer a change of the potential: what a good mixing of charges has to know.
#pragma once

#include <Eigen/Dense>

#include "tightbinding/scf.hpp"

namespace ionpass::tightbinding {

/// dn/dv of the sites (sites × sites, electrons per Hartree, negative semidefinite) from the states
/// nearest to the Fermi level, at fixed coefficients of the last diagonalisation. Where the gap is
/// small these states make nearly all of the response; the rest is left out.
///
/// First-order perturbation theory with H' = ½ S ∘ (v_i + v_j): Σ_ia 2 (f_i - f_a)/(ε_i - ε_a)
/// m^s_ia m^t_ia, m^s_ia the part of the overlap of states i and a on site s (Mulliken), and the
/// change of the occupations at fixed number of electrons.
[[nodiscard]] Eigen::MatrixXd frontier_response(const ScfProblem& problem, const Filling& filling,
                                                double kt);

}  // namespace ionpass::tightbinding
