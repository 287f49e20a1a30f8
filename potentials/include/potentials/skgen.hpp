// Slater–Koster tables from atomic density-functional calculations: what to make, and what came of
// it. Hartree and bohr throughout, as in the recipes and files of the field.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ionpass::skgen {

/// Highest angular momentum of an orbital in a table (f).
inline constexpr int highest_table_l = 3;

/// A shell and its electrons.
struct Shell {
  int n = 1, l = 0;
  double electrons = 0.0;  ///< 0 … 2(2l+1)

  [[nodiscard]] std::string name() const;  ///< "6p"
};

/// The wall V(r) = (r / radius)^power, Hartree.
struct Confinement {
  double radius = 1.0;  ///< bohr
  double power = 2.0;
  friend bool operator==(const Confinement&, const Confinement&) = default;
};

enum class Relativity {
  none,
  zora,  ///< scalar, scaled: van Lenthe, Baerends, Snijders, J. Chem. Phys. 101, 9783 (1994)
};

/// Slater functions of one angular momentum: r^(l+p) e^(-αr), p = 0 … powers-1.
struct SlaterShell {
  std::vector<double> exponents;  ///< 1/bohr
  int powers = 3;
};

/// How the parameters of one element are made.
struct ElementRecipe {
  int number = 0;                    ///< atomic number
  double mass = 0.0;                 ///< u
  std::vector<Shell> shells;         ///< all occupied shells, and the empty ones of the valence
  std::vector<std::size_t> valence;  ///< which of them get orbitals; at most one per l
  Relativity relativity = Relativity::none;
  Confinement density;              ///< of the atom whose density and potential are superposed
  std::map<int, Confinement> wave;  ///< of the atom whose orbital is taken, per l of the valence
  std::vector<SlaterShell> slater;  ///< per l; empty: the complete basis
  bool shell_resolved = true;     ///< Hubbard U per shell, or that of the highest occupied for all
  std::map<int, double> onsite;   ///< per l: instead of the free atom's energy
  std::map<int, double> hubbard;  ///< per l: instead of the derivative
};

enum class Superposition {
  density,    ///< exchange and correlation of the summed densities
  potential,  ///< the sum of the atoms' potentials
};

/// Distances of a table: step, 2 step, …; rows before `start` are zero.
struct TableGrid {
  double start = 0.4;          ///< bohr
  double step = 0.02;          ///< bohr
  double threshold = 5e-5;     ///< a table ends before the first bohr in which all is below this
  double max_distance = 40.0;  ///< bohr, where it ends at the latest
};

/// A whole set.
struct Recipe {
  std::string name, version, summary, licence;
  std::vector<std::string> citations;    ///< of the recipe
  std::vector<std::string> functionals;  ///< libxc names
  Superposition superposition = Superposition::density;
  std::vector<ElementRecipe> elements;
  TableGrid grid;
  std::map<std::pair<int, int>, double> ends;  ///< fixed last distance, bohr, by atomic numbers
                                               ///< (lower first)
  double quadrature_tolerance = 2e-7;  ///< largest error of an integral, Hartree (overlap: a tenth)
  std::filesystem::path repulsion;     ///< folder of A-B.spl files, or empty: none
  std::string text;                    ///< the recipe as written, kept beside the tables
};

}  // namespace ionpass::skgen
