// What a calibration found.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <neb/force_constants.hpp>
#include <potentials/calibrate.hpp>
#include <potentials/environments.hpp>

#include "calibrate/compare.hpp"
#include "calibrate/plan.hpp"

namespace ionpass::workflows {

/// One point of the learning curve.
struct LearningPoint {
  double fraction = 0.0;
  std::size_t structures = 0;
  double training_rms = 0.0;  ///< eV/Å
  double tested_rms = 0.0;    ///< eV/Å, held-out structures; without any, the rest of the data
};

/// Energy over volume of one crystal, atoms relaxed at each volume.
struct VolumeCurve {
  CrystalCheck check;
  std::vector<double> strains, energies;  ///< linear; eV per cell
  std::optional<double> strain, modulus;  ///< at the minimum; GPa. Empty: no minimum inside
  double start_volume = 0.0;              ///< Å³, of the file
  int unrelaxed = 0;                      ///< points whose atoms had not come to rest
  std::string failure;                    ///< why there is no curve

  /// Å³ at the minimum.
  [[nodiscard]] std::optional<double> volume() const;
};

/// Bonds of one crystal after a relaxation with fixed cell.
struct RelaxedBonds {
  RelaxationCheck check;
  int steps = 0;
  bool converged = false;
  double largest_force = 0.0;  ///< eV/Å
  double largest_shift = 0.0;  ///< Å
  struct Bond {
    calibrate::ElementPair pair;
    double before = 0.0, after = 0.0;  ///< Å, the shortest distance
  };
  std::vector<Bond> bonds;
  std::string failure;
};

/// Vibrations of one crystal, as the set and others have them.
struct CrystalVibrations {
  PhononCheck check;
  struct Own {
    std::string set;
    bool at_rest = false;        ///< the relaxation before came to its end
    double largest_force = 0.0;  ///< eV/Å, where the atoms were moved from
    neb::NormalModes modes;
    std::string failure;  ///< why there are none
  };
  std::vector<Own> sets;  ///< the written set, then those to compare with
  /// The same from the displaced structures of the reference.
  struct Reference {
    std::size_t geometries = 0;
    double force_change_rms = 0.0;        ///< eV/Å per component, of the labels
    double difference_rms = 0.0;          ///< eV/Å per component, of set and labels
    Eigen::VectorXd frequencies, of_set;  ///< THz; empty: the displacements are too few
    std::string failure;
  };
  std::optional<Reference> reference;
};

/// Molecular dynamics of one crystal.
struct DynamicsRun {
  DynamicsCheck check;
  bool at_rest = false;           ///< the relaxation before came to its end
  int steps = 0;                  ///< done
  double drift = 0.0;             ///< meV per atom and ps, slope of the total energy
  double fluctuation = 0.0;       ///< meV per atom, rms of the total energy about that line
  double mean_temperature = 0.0;  ///< K
  double highest_temperature = 0.0;
  struct Distance {
    calibrate::ElementPair pair;
    double shortest = 0.0;         ///< Å, that was met
    std::optional<double> fitted;  ///< Å, the shortest of the data
  };
  std::vector<Distance> distances;
  std::vector<std::string> broken;  ///< bonds of molecules that came apart
  std::string early_end;            ///< why it did not go on; empty: it did
  std::string failure;              ///< why it did not begin

  [[nodiscard]] bool is_stable() const {
    return failure.empty() && early_end.empty() && broken.empty();
  }
};

/// How well the distance of surroundings from the data tells large errors of forces.
struct NoveltyTest {
  struct Group {
    std::string name;            ///< "held-out structures"
    std::size_t structures = 0;  ///< flagged: beyond the limit with any atom
    std::size_t flagged = 0;
    std::optional<double> flagged_rms, other_rms;   ///< eV/Å per component
    std::optional<double> of_structures, of_atoms;  ///< rank correlation (Spearman) with errors
  };
  std::vector<Group> groups;
  struct Kept {
    int number = 0;  ///< element
    std::size_t environments = 0;
    double limit = 0.0;
  };
  std::vector<Kept> kept;
};

/// Parameters of the base that were tried, and whether they were moved.
struct MovedBase {
  std::vector<calibrate::BaseParameter> parameters;  ///< with the shifts that were found
  int steps = 0;
  /// Weighted error of left-out structures, of the moved base over that of the base as it is.
  double score = 1.0;
  bool accepted = false;
  std::string set;  ///< potential of the moved base
};

struct CalibrationResult {
  std::size_t structures = 0, families = 0, held_out_structures = 0;
  std::size_t computed = 0, found = 0;  ///< evaluations of the base
  std::vector<std::string> failures;    ///< structures left out, and why
  std::optional<MovedBase> moved;
  std::optional<calibrate::Choice> known_choice;  ///< made before; none: fit_and_test makes it
  calibrate::Choice choice;
  std::vector<calibrate::ErrorRow> training, cross_validated, held_out, final_fit;
  std::vector<LearningPoint> learning;
  calibrate::Fit fit;                       ///< of all data
  calibrate::Fit test_fit;                  ///< of the training structures
  std::vector<calibrate::Misfit> left_out;  ///< of the training structures, in cross-validation
  std::optional<Comparison> comparison;     ///< of held-out structures; without any, of all
  std::vector<HopComparison> hops;
  std::vector<VolumeCurve> volumes;
  std::vector<RelaxedBonds> relaxed;
  std::vector<CrystalVibrations> vibrations;
  std::vector<DynamicsRun> dynamics;
  NoveltyTest novelty;
  KnownEnvironments environments;  ///< of all data
};

/// Statements for set.yaml and the reports: what was measured, then the plan's caveats.
[[nodiscard]] std::vector<std::string> accuracy_statements(const CalibrationPlan& plan,
                                                           const CalibrationResult& result);

/// The whole as text for people, and for programs.
[[nodiscard]] std::string calibration_markdown(const CalibrationPlan& plan,
                                               const CalibrationResult& result);
[[nodiscard]] std::string calibration_json(const CalibrationPlan& plan,
                                           const CalibrationResult& result);

}  // namespace ionpass::workflows
