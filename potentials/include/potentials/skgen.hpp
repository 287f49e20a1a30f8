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
  double quadrature_tolerance = 2e-7;  ///< largest error of an integral beyond 1 bohr, Hartree
  std::filesystem::path repulsion;     ///< folder of A-B.spl files, or empty: none
  std::string text;                    ///< the recipe as written, kept beside the tables
};

/// Refuses an element that makes no sense: electrons that do not fit into a shell or do not add up
/// to a neutral atom, holes below an occupied shell, a valence without a shell or with gaps.
/// @throws InputError that says what is wrong, without a location
void check_element(const ElementRecipe& recipe);
/// Refuses functionals that libxc does not know or that are neither LDA nor GGA. @throws InputError
void check_functionals(const std::vector<std::string>& names);

/// One row of the quality table: what was measured, and what is asked of it.
struct QualityCheck {
  std::string name;
  double value = 0.0;
  double limit = 0.0;
  [[nodiscard]] bool passed() const noexcept { return value <= limit; }  // false for NaN
};

struct ElementReport {
  struct Orbital {
    Shell shell;
    double onsite = 0.0, hubbard = 0.0;  ///< Hartree
  };
  int number = 0;
  std::vector<Orbital> orbitals;
  int iterations = 0;  ///< of the free atom
  std::vector<QualityCheck> checks;
};

struct PairReport {
  int first = 0, second = 0;  ///< atomic numbers, in the order of the recipe
  int rows = 0;
  double range = 0.0;  ///< bohr
  std::vector<QualityCheck> checks;
  bool reused = false;   ///< found finished, by the same recipe
  double seconds = 0.0;  ///< 0 if reused
};

struct GenerationReport {
  std::vector<ElementReport> elements;
  std::vector<PairReport> pairs;
  bool stopped = false;  ///< on request; the same call continues
  [[nodiscard]] bool passed() const noexcept;
};

/// Told how far the work has come; called from several threads, one at a time.
class GenerationObserver {
 public:
  virtual ~GenerationObserver() = default;
  virtual void element_done(const ElementReport& report) = 0;
  virtual void pair_done(const PairReport& report) = 0;
  /// Rows computed so far in all pairs under way, and pairs done of all.
  virtual void progress(std::size_t rows, std::size_t pairs_done, std::size_t pairs) = 0;
  /// Asked between rows.
  [[nodiscard]] virtual bool stop_requested() = 0;
};

struct GenerationSettings {
  std::filesystem::path folder;  ///< made if missing
  int threads = 1;
  std::string program;  ///< name and version for the files
};

/// Makes the set: A-B.skf and B-A.skf for every pair, set.yaml, recipe.yaml. Pairs whose two files
/// are there and were made by the same recipe are kept; every file is written whole or not at all.
/// @throws InputError for a recipe that cannot be carried out: an atom that does not converge, a
///         shell that is not bound; IoError
GenerationReport generate(const Recipe& recipe, const GenerationSettings& settings,
                          GenerationObserver& observer);

}  // namespace ionpass::skgen
