// Occupation of states by the Fermi function.
#pragma once

#include <vector>

#include <Eigen/Dense>

namespace ionpass::tightbinding {

/// Occupations of all states at all k-points.
struct Filling {
  std::vector<Eigen::VectorXd> occupations;  ///< 0..2, one vector per k-point
  double fermi_level = 0.0;                  ///< Hartree; of the majority spin
  double entropy_energy = 0.0;               ///< T S, Hartree, not negative
  double gap = 0.0;  ///< Hartree, lowest mostly empty minus highest mostly full state of one spin
                     ///< (the smaller of both); 0 if there is none
  bool has_gap = false;
};

/// How many electrons, and how many more of one spin than of the other. With unpaired = 0 both
/// spins share one Fermi level, also where the number is odd.
struct ElectronCount {
  double electrons = 0.0;
  double unpaired = 0.0;
};

/// Fills the states, which both spins share, at this temperature (kT in Hartree; below 1 K counts
/// as 1 K, which fills degenerate levels equally). The occupations sum to the electrons exactly
/// within rounding.
/// @param eigenvalues per k-point, ascending, Hartree
/// @param weights     of the k-points, summing to 1
[[nodiscard]] Filling fill_states(const std::vector<Eigen::VectorXd>& eigenvalues,
                                  const std::vector<double>& weights, const ElectronCount& count,
                                  double kt);

}  // namespace ionpass::tightbinding
