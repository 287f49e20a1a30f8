// Pair potentials fitted to what a base potential leaves of labelled data: checks of the data, the
// fit, its cross-validation, and its result as the splines of a DFTB set. Å and eV throughout.
//
// The energy is E = E_base + Σ_pairs V_ab(r), V_ab = prior + Σ_k c_k B_k(r) with cubic B-splines
// that vanish with two derivatives at the cut-off: linear in the coefficients, for energies, forces
// and stress. Least squares with a penalty on the curvature, as P. Eilers, B. Marx, Stat. Sci. 11,
// 89 (1996), and a small ridge; what is left free (cut-offs, strength of the penalty) is chosen by
// cross-validation over whole structures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include <potentials/evaluation.hpp>
#include <potentials/kpoints.hpp>
#include <structures/error.hpp>
#include <structures/structure.hpp>

namespace ionpass::calibrate {

/// Atomic numbers, the lower first.
using ElementPair = std::pair<int, int>;
[[nodiscard]] ElementPair element_pair(int a, int b);
[[nodiscard]] std::string pair_name(ElementPair pair);  ///< "C-H": symbols in alphabetical order

/// A structure with what a reference method says of it.
struct LabelledStructure {
  Structure structure;
  std::optional<double> energy;           ///< eV per cell
  Eigen::Matrix3Xd forces;                ///< eV/Å, one column per atom
  std::optional<Eigen::Matrix3d> stress;  ///< eV/Å³, tension positive
  std::vector<Kpoint> kpoints;            ///< the reference's sampling; empty: Γ
  std::string name;
  std::string config_type;   ///< kind of structure, for weights and tables
  std::string source;        ///< reference method: program, basis, functional
  std::string energy_group;  ///< energies are compared within one group only
  std::string family;        ///< structures that are not independent share one
  bool held_out = false;     ///< not seen by the test fit
  SourceLocation where;      ///< of its comment line
};

/// Content of a structure up to rounding (1e-4 Å) and the order of its atoms, as hexadecimal text:
/// equal for the same structure written twice.
[[nodiscard]] std::string structure_digest(const Structure& structure);

/// Refuses what must not be fitted: no forces, numbers that are not finite, atoms on top of each
/// other, forces or energies that by their size are in other units, two sources in one energy
/// group, the same structure twice, and a held-out structure among the training structures.
/// @throws InputError with file and line of the structure that is wrong
void check_data(std::span<const LabelledStructure> data);

/// How strongly each kind of datum counts. A force component of 1 eV/Å off counts 1.
struct FitWeights {
  double energy = 5.0;       ///< 1/Å; times the energy error over the root of the number of atoms
  double stress = 1.0;       ///< 1/Å; times volume × stress error over the same root
  double force_scale = 1.5;  ///< eV/Å, F0: rows of an atom count 1/sqrt(1 + (F/F0)²)
  /// Rows of a structure count n^(-balance/2), n the number of training structures of its type:
  /// 0, each structure alike; 1, each type alike.
  double balance = 0.0;
  std::map<std::string, double> types;  ///< further factors per config_type
  std::map<int, double> elements;       ///< further factors on the forces of an element
};

/// What the fit may choose from. Lists with one value leave no choice.
struct FitSettings {
  /// Candidate cut-offs of all pairs, Å, that are not in `pair_cutoffs`.
  std::vector<double> cutoffs = {4.5, 5.5, 6.5};
  std::map<ElementPair, std::vector<double>> pair_cutoffs;
  std::vector<ElementPair> skip;  ///< pairs that keep their prior
  double knots = 0.3;             ///< Å between knots
  /// Strength λ of the penalty λ ∫ (r/2 Å)^growth V''(r)² dr, V without its prior.
  std::vector<double> smoothness = {3e-4, 1e-3, 3e-3, 1e-2, 3e-2};
  std::vector<double> growth = {4.0};
  /// Factors on λ that single pairs may get.
  std::vector<double> pair_factors = {0.1, 1.0, 10.0};
  double ridge = 1e-7;  ///< λ_0 Σ c², c in eV
  FitWeights weights;
  int folds = 10;  ///< of the cross-validation; 0: one per family
  std::uint64_t seed = 1;
  /// Least improvement of the cross-validation's score for which a pair leaves the common choice,
  /// as a fraction.
  double gain = 0.003;
  double spline_step = 0.04;  ///< bohr, of the written splines; 0.02 to 0.05
};

}  // namespace ionpass::calibrate
