// Pair potentials fitted to what a base potential leaves of labelled data: checks of the data, the
// fit, its cross-validation, and its result as the splines of a DFTB set. Å and eV throughout.
//
// The energy is E = E_base + Σ_pairs V_ab(r) (+ E3), V_ab = prior + Σ_k c_k B_k(r) with cubic
// B-splines that vanish with two derivatives at the cut-off, and E3 of three_body.hpp: linear in
// the coefficients, for energies, forces and stress. Least squares with a penalty on the curvature,
// as P. Eilers, B. Marx, Stat. Sci. 11, 89 (1996), and a small ridge; what is left free (cut-offs,
// strength of the penalty) is chosen by cross-validation over whole structures.
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

#include <potentials/environments.hpp>
#include <potentials/evaluation.hpp>
#include <potentials/kpoints.hpp>
#include <potentials/registry.hpp>
#include <potentials/three_body.hpp>
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

/// Whether two structures are one up to rounding: equal charge, composition and volume, and all
/// distances up to 5 Å (every distance of a molecule) within 1e-4 Å. Neither the order of the atoms
/// nor a shift, turn or reflection hides that.
[[nodiscard]] bool is_same_structure(const Structure& a, const Structure& b);

/// Refuses what must not be fitted: no forces, numbers that are not finite, atoms on top of each
/// other or in no contact, labels that by their size are in other units, energies that are not the
/// work of the forces, two sources in one energy group, the same structure twice, and a held-out
/// structure among the training structures.
/// @throws InputError with file and line of the structure that is wrong
void check_data(std::span<const LabelledStructure> data);

/// Refuses what is no labelled path: fewer than two images, images without an energy, images that
/// differ in atoms, charge, k-points or energy group, and what check_data refuses of one structure.
/// @param path images in their order
/// @throws InputError with file and line of the image that is wrong
void check_path(std::span<const LabelledStructure> path);

/// How strongly each kind of datum counts. A force component of 1 eV/Å off counts 1.
struct FitWeights {
  double energy = 15.0;      ///< 1/Å; times the energy error over the root of the number of atoms
  double stress = 1.0;       ///< 1/Å; times volume × stress error over the same root
  double force_scale = 1.5;  ///< eV/Å, F0: rows of an atom count 1/sqrt(1 + (F/F0)²)
  /// Rows of a structure count n^(-balance/2), n the number of training structures of its type:
  /// 0, each structure alike; 1, each type alike.
  double balance = 0.0;
  std::map<std::string, double> types;  ///< further factors per config_type
  std::map<int, double> elements;       ///< further factors on the forces of an element
};

/// A group of three-body potentials that the fit may add. Lists are candidates.
struct ThreeBodySettings {
  std::vector<ElementTriple> triples;     ///< empty: all of `elements`
  std::vector<int> elements = {1, 6, 7};  ///< atomic numbers; of centres and neighbours
  std::vector<double> cutoffs = {2.8};    ///< Å, of both distances from the centre
  std::vector<int> radial = {4};          ///< functions of distance
  std::vector<int> angular = {3};         ///< highest degree of the Legendre polynomials
  std::vector<double> strengths = {0.001, 0.01,
                                   0.1};  ///< λ of the penalty λ Σ c² (1 + (l(l+1)/4)²)
  /// Whether triples of these elements belong to the group.
  [[nodiscard]] bool contains(const ElementTriple& triple) const;
  /// All elements that occur, ascending.
  [[nodiscard]] std::vector<int> all_elements() const;
};

/// What the fit may choose from. Lists with one value leave no choice.
struct FitSettings {
  /// Candidate cut-offs of all pairs, Å, that are not in `pair_cutoffs`.
  std::vector<double> cutoffs = {4.5, 5.5, 6.5};
  std::map<ElementPair, std::vector<double>> pair_cutoffs;
  std::vector<ElementPair> skip;  ///< pairs that keep their prior
  double knots = 0.3;             ///< Å between knots
  /// Strength λ of the penalty λ ∫ (r/2 Å)^growth V''(r)² dr, V without its prior.
  std::vector<double> smoothness = {1e-3, 3e-3, 1e-2, 3e-2};
  std::vector<double> growth = {4.0, 6.0, 8.0};
  /// Candidate shares of the universal screened nuclear repulsion (see `screened_repulsion`) that
  /// pairs without a prior start from.
  std::vector<double> walls = {0.5, 1.0, 1.5, 2.0};
  /// Factors on λ that single pairs may get.
  std::vector<double> pair_factors = {0.03, 0.3, 1.0, 3.0, 30.0};
  /// Groups that are tried one after the other on top of the pair potentials.
  std::vector<ThreeBodySettings> three_body;
  double ridge = 1e-7;  ///< λ_0 Σ c², c in eV
  FitWeights weights;
  int folds = 10;  ///< of the cross-validation; 0: one per family
  std::uint64_t seed = 1;
  /// Least improvement of the cross-validation's score for which a pair leaves the common choice,
  /// three-body potentials are added, or parameters of the base move, as a fraction. Less than a
  /// hundredth is chance: a hundred structures, of which a few carry the error, say no more.
  double gain = 0.01;
  double spline_step = 0.04;  ///< bohr, of the written splines; 0.02 to 0.05
};

/// Value and slope of a pair potential.
struct PairPoint {
  double energy = 0.0;  ///< eV
  double slope = 0.0;   ///< eV/Å
};

/// A pair potential: zero from the cut-off on.
struct PairFunction {
  double cutoff = 0.0;                  ///< Å
  std::function<PairPoint(double)> at;  ///< of a distance in Å
};
using PairFunctions = std::map<ElementPair, PairFunction>;

/// The repulsion of a set of DFTB parameters; pairs without one are left out.
/// @throws InputError, IoError for files that cannot be read, UnsupportedElement
[[nodiscard]] PairFunctions set_repulsion(const std::filesystem::path& folder,
                                          std::span<const int> elements);
/// Its three-body potentials; empty if it has none. @throws InputError, IoError
[[nodiscard]] std::vector<ThreeBodyGroup> set_three_body(const std::filesystem::path& folder);

/// Energy (eV), forces (eV/Å) and stress (eV/Å³; zero for a molecule).
struct PairSum {
  double energy = 0.0;
  Eigen::Matrix3Xd forces;
  Eigen::Matrix3d stress = Eigen::Matrix3d::Zero();
  PairSum& operator+=(const PairSum& other);
  PairSum& operator-=(const PairSum& other);
};
[[nodiscard]] PairSum pair_sum(const Structure& structure, const PairFunctions& functions);

/// A labelled structure and what the base says of it.
struct Sample {
  LabelledStructure label;
  PairSum base;  ///< without the pair potentials of this fit
};

/// What cross-validation decided.
struct Choice {
  double smoothness = 0.0, growth = 0.0, wall = 0.0;
  struct Pair {
    double cutoff = 0.0;  ///< Å
    double factor = 1.0;  ///< on the smoothness
  };
  std::map<ElementPair, Pair> pairs;
  double score = 0.0;    ///< weighted error of left-out structures over that of no fit
  std::size_t fits = 0;  ///< that were tried
  /// A group of the settings with the shape it got.
  struct ThreeBody {
    std::size_t group = 0;  ///< place in FitSettings::three_body
    ThreeBodyShape shape = {};
    double strength = 0.0;  ///< λ of its penalty
  };
  std::vector<ThreeBody> three_body = {};
  /// The score with pair potentials alone; none: nothing else was tried.
  std::optional<double> pairs_score = {};
};

/// A pair potential as it is written: cubic pieces that join with two derivatives, an exponential
/// below them, zero beyond.
class SplineCurve {
 public:
  struct Piece {
    double start = 0.0, end = 0.0;  ///< Å
    double c[4] = {};               ///< eV; powers of (r - start)
  };
  SplineCurve() = default;
  /// @param pieces joined without gaps, at least one; the first one falls and curves upwards at its
  /// start
  explicit SplineCurve(std::vector<Piece> pieces);

  [[nodiscard]] PairPoint at(double r) const;
  [[nodiscard]] double curvature(double r) const;  ///< eV/Å²
  [[nodiscard]] double cutoff() const noexcept { return pieces_.back().end; }
  [[nodiscard]] const std::vector<Piece>& pieces() const noexcept { return pieces_; }
  /// The block of the .skf format, in bohr and Hartree, beginning with the line "Spline".
  [[nodiscard]] std::string text() const;

 private:
  std::vector<Piece> pieces_;
  double decay_ = 0.0, amplitude_ = 0.0,
         offset_ = 0.0;  // amplitude e^(-decay (r - start)) + offset
};

/// One pair potential of a fit.
struct FittedPair {
  double shortest = 0.0;         ///< Å, least distance in the data
  std::size_t distances = 0;     ///< below the cut-off, in the data
  Eigen::VectorXd coefficients;  ///< eV, of the B-splines, the outermost first; empty: prior alone
  SplineCurve curve;
};

/// Energies are compared up to a constant: group, composition, and for charged cells the volume,
/// since the mean potential of a charged cell depends on it.
[[nodiscard]] std::string energy_key(const LabelledStructure& label);

struct Fit {
  std::map<ElementPair, FittedPair> pairs;
  struct Constant {
    double energy = 0.0;         ///< eV, label minus fit
    std::size_t structures = 0;  ///< that it was fitted to
  };
  std::map<std::string, Constant> constants;  ///< by energy_key
  std::vector<ThreeBodyGroup> three_body;

  [[nodiscard]] PairFunctions functions() const;
  /// Pair and three-body potentials of a structure.
  [[nodiscard]] PairSum correction(const Structure& structure) const;
};

/// The universal repulsion of screened nuclei, J. F. Ziegler, J. P. Biersack, U. Littmark, The
/// Stopping and Range of Ions in Solids (Pergamon, 1985), taken smoothly to zero from 1.5 to 4.5 Å.
[[nodiscard]] PairFunction screened_repulsion(ElementPair pair, double share);

/// Told how far the choice has come.
using ChoiceObserver = std::function<void(const std::string& what, double score)>;

/// Chooses cut-offs and smoothness by cross-validation over families.
/// @throws InputError if no pair has data, or there are fewer than two families
[[nodiscard]] Choice choose(std::span<const Sample> samples, const PairFunctions& prior,
                            const FitSettings& settings, const ChoiceObserver& observer = {});

/// Fits with given choices. Pairs of the choice without data keep their prior.
[[nodiscard]] Fit fit(std::span<const Sample> samples, const PairFunctions& prior,
                      const FitSettings& settings, const Choice& choice);

/// Fold of each sample: families in the order of a hash of their name and the seed.
[[nodiscard]] std::vector<std::size_t> folds(std::span<const Sample> samples, int count,
                                             std::uint64_t seed);

/// What a fit says of one sample, minus the label.
struct Misfit {
  Eigen::Matrix3Xd forces;                ///< eV/Å
  std::optional<double> energy;           ///< eV; only where the fit has a constant for it
  std::optional<Eigen::Matrix3d> stress;  ///< eV/Å³
};
enum class Seen { by_fit, never };
/// @param seen whether the fit was made with the sample: the energy of the only structure of its
/// kind is then no test of anything
[[nodiscard]] Misfit misfit(const Sample& sample, const Fit& fit, Seen seen);

/// Misfits of all samples, each from a fit without its fold.
[[nodiscard]] std::vector<Misfit> cross_validate(std::span<const Sample> samples,
                                                 const PairFunctions& prior,
                                                 const FitSettings& settings, const Choice& choice);

/// Errors of structures of one kind.
struct ErrorRow {
  std::string config_type;
  std::size_t structures = 0;
  double force_rms = 0.0;            ///< eV/Å, per component
  double reference_rms = 0.0;        ///< eV/Å, of the labels
  std::map<int, double> elements;    ///< eV/Å by atomic number
  std::optional<double> energy_rms;  ///< eV per cell
  std::optional<double> stress_max;  ///< GPa
};
/// One row per config_type in alphabetical order, and a last one, "all".
[[nodiscard]] std::vector<ErrorRow> error_table(std::span<const Sample> samples,
                                                std::span<const Misfit> misfits);

/// What a set says of itself.
struct SetText {
  std::string name, version, summary, licence;
  std::vector<std::string> citations, accuracy;
  bool absorbs_dispersion = true;
  std::optional<D3Damping> d3;          ///< dispersion that belongs to the set
  std::string origin;                   ///< one line: program and plan
  KnownEnvironments environments = {};  ///< of the data; may be empty
};

/// What the pair potentials are added to.
struct SetBase {
  std::string name;              ///< of the potential
  std::filesystem::path tables;  ///< folder of the set of DFTB parameters; empty: it is none
  std::map<std::string, double> shifts = {};  ///< of its parameters (calibrate_base.hpp)
};

/// Writes set.yaml, repulsion/A-B.spl and, where there are any, three-body.txt and
/// environments.txt. On DFTB the folder
/// is a set of parameters, "dftb/FOLDER": a base beside the folder is named in it, another one's
/// tables of these elements are copied. On anything else it is a set of pair potentials,
/// "pairs/FOLDER".
/// @throws InputError, IoError
void write_set(const std::filesystem::path& folder, const SetBase& base, const Fit& fit,
               std::span<const int> elements, const SetText& text);

/// Writes environments.txt of a set that is there already, and names it in its set.yaml; no other
/// file is touched, no number changes.
/// @throws IoError, InputError if the folder holds no set
void write_environments(const std::filesystem::path& folder, const KnownEnvironments& known);

}  // namespace ionpass::calibrate
