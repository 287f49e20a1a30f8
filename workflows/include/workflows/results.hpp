// What a study finds: plain values, as stored in the run folder and shown in reports.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ionpass::workflows {

/// How a hop's calculation ended; only `converged` carries a barrier.
enum class HopStatus {
  converged,
  no_saddle,      ///< the energy has no maximum between the ends
  not_converged,  ///< the band or an end point did not reach its tolerance
  failed,         ///< an energy could not be computed
  unfinished,     ///< stopped before the end
};

/// One image of a path.
struct ImageResult {
  double s = 0.0;            ///< path length from the first image, Å
  double energy = 0.0;       ///< eV, relative to the first image
  double force_along = 0.0;  ///< eV/Å, true force along the path: minus the slope of the profile
  double max_force = 0.0;    ///< eV/Å, perpendicular (climbing image: full)
};

struct HopResult {
  std::string label;
  std::string kind;      ///< word of HopKind
  std::string from, to;  ///< site labels
  double length = 0.0;   ///< Å, distance between the sites
  std::size_t multiplicity = 0;
  HopStatus status = HopStatus::unfinished;
  std::string diagnosis;                   ///< in words, when it did not converge; else empty
  std::optional<double> barrier_forward;   ///< eV, from the lowest image before the saddle
  std::optional<double> barrier_backward;  ///< eV, from the lowest image behind it
  std::optional<double> reaction_energy;   ///< eV, last minus first image
  double max_force = 0.0;                  ///< eV/Å, largest of the band at the end
  int iterations = 0;
  std::size_t evaluations_relax = 0;
  std::size_t evaluations_neb = 0;
  std::optional<std::size_t> saddle_image;
  std::vector<ImageResult> images;
  double seconds = 0.0;
};

/// A relaxation of a host or an end point.
struct RelaxationResult {
  std::string name;  ///< "host", "<hop>/initial"
  bool converged = false;
  int iterations = 0;
  // Not a number where not even the first energy could be computed.
  double max_force = std::numeric_limits<double>::quiet_NaN();  ///< eV/Å
  double energy = std::numeric_limits<double>::quiet_NaN();     ///< eV
  double max_displacement =
      std::numeric_limits<double>::quiet_NaN();  ///< Å, largest shift of an atom
};

/// One material of the study, with its settings as applied.
struct MaterialResult {
  std::string name;
  std::string structure_file;
  std::string structure_sha256;  ///< of the file as it was read
  std::string provenance;        ///< what is experiment and what is model, in the file's own words
  std::string formula;           ///< of the unit cell
  std::string space_group;
  int space_group_number = 1;
  std::size_t atoms = 0;        ///< of the supercell without the vacancy
  std::vector<int> supercell;   ///< nine numbers, row by row
  double image_distance = 0.0;  ///< Å between the defect and its nearest periodic image
  std::string species;          ///< of the vacancy
  double charge = 0.0;          ///< of the defective cell, e
  std::optional<int> unpaired;  ///< electrons of the defective cell, where the study gives them
  std::string potential;
  std::string kpoints;
  /// Keys of the study file with their values, defaults included: "neb.fmax", "0.05".
  std::vector<std::pair<std::string, std::string>> settings;
  std::vector<RelaxationResult> relaxations;
  std::vector<HopResult> hops;
  std::vector<std::string> warnings;
};

/// What is known of the potential(s) used, for the report.
struct PotentialNote {
  std::string name, version, summary, licence;
  std::vector<std::string> citations;
  std::vector<std::string> accuracy;
  std::vector<std::pair<std::string, std::string>> settings;
};

/// Assumptions of the kinetics, from the study.
struct KineticsAssumptions {
  double attempt_frequency = 1e12;                           ///< 1/s, assumed, not computed
  std::vector<double> temperatures = {300.0, 363.0, 400.0};  ///< K
  double barrier_uncertainty =
      0.05;  ///< eV, stated for every barrier: what intervals are drawn from
};

/// A measured retention time at a temperature.
struct RetentionPoint {
  double temperature = 0.0;  ///< K
  double time = 0.0;         ///< s
};

struct RetentionAssumptions {
  std::optional<RetentionPoint> reference;  ///< point the relative retention is scaled to
  std::string reference_material;           ///< material it was measured on; empty: the first
  std::vector<RetentionPoint> measured;     ///< all measured points, for the consistency check
  std::optional<double> claimed_energy;     ///< eV, activation energy the source derives from them
  std::string source;                       ///< citation of the measurement
};

/// Everything a report is made from.
struct StudyResult {
  std::string study;
  std::string version;  ///< of ionpass
  std::vector<MaterialResult> materials;
  std::vector<PotentialNote> potentials;
  KineticsAssumptions kinetics;
  std::optional<RetentionAssumptions> retention;
  bool literature = true;
};

}  // namespace ionpass::workflows
