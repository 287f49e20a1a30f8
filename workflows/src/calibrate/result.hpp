// What a calibration found.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <potentials/calibrate.hpp>

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
