// The parameters of GFN1-xTB as its data folder holds them.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include <potentials/potential.hpp>
#include <potentials/registry.hpp>

#include "shifts.hpp"

namespace ionpass::gfn1 {

/// One shell of an element.
struct ShellParameters {
  int n = 1, l = 0;
  int primitives = 6;            ///< Gaussians in its expansion
  bool valence = true;           ///< false for the second shell of a momentum (2s of H)
  double zeta = 0.0;             ///< Slater exponent, 1/bohr
  double level = 0.0;            ///< of the free atom, Hartree
  double level_per_bond = 0.0;   ///< the level falls by it per unit of coordination number, Hartree
  double distance_factor = 0.0;  ///< of the hopping's dependence on distance
  double hardness = 0.0;         ///< Hartree
  double reference = 0.0;        ///< electrons of the neutral atom
};

struct ElementParameters {
  double electronegativity = 0.0;  ///< Pauling's scale
  double atomic_radius = 0.0;      ///< bohr
  double covalent_radius = 0.0;    ///< bohr
  double repulsion_exponent = 0.0, repulsion_charge = 0.0;
  double third_order = 0.0;       ///< Hartree
  double halogen_strength = 0.0;  ///< Hartree
  std::vector<ShellParameters> shells;
};

/// A Slater function of exponent 1 as a sum of normalised Gaussians.
struct Expansion {
  std::vector<double> exponents, coefficients;
};

class Parameters {
 public:
  /// @param folder with set.yaml, parameters.yaml and sto-ng.yaml
  /// @throws IoError, InputError with file and line
  /// @param shifts added to what the folder says
  explicit Parameters(const std::filesystem::path& folder, const ParameterShifts& shifts = {});

  /// @throws UnsupportedElement
  [[nodiscard]] const ElementParameters& element(int number) const;
  /// @throws InputError for one that is not in the folder
  [[nodiscard]] const Expansion& expansion(const ShellParameters& shell) const;

  /// K in H_ij = K Π(R) ½ (h_i + h_j) S_ij, for two shells on different atoms.
  [[nodiscard]] double hopping_scale(int number_a, const ShellParameters& a, int number_b,
                                     const ShellParameters& b) const;

  double boltzmann = 0.0;  ///< Hartree/K
  D3Damping d3;
  double halogen_radius_scale = 0.0, halogen_damping = 0.0;

 private:
  [[nodiscard]] double pair_scale(int a, int b) const;
  void shift(const std::string& name, double value);

  struct DBlock {
    int first = 0, last = 0;
    double scale = 1.0;
  };
  std::vector<ElementParameters> elements_;  // by Z - 1
  std::array<std::array<double, 3>, 3> shell_scale_{};
  double diffuse_scale_ = 0.0, electronegativity_scale_ = 0.0;
  std::map<std::pair<int, int>, double> pair_scales_;
  std::vector<DBlock> d_blocks_;
  std::map<std::tuple<int, int, int>, Expansion> expansions_;  // by n, l, number of primitives
};

/// What reports say of the method: name, citations, accuracy. @throws IoError, InputError
[[nodiscard]] PotentialDescription read_description(const std::filesystem::path& folder);

}  // namespace ionpass::gfn1
