// The fitted set beside others: errors of structures that it has not seen, and energies along
// labelled paths.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <potentials/calibrate.hpp>

#include "calibrate/base.hpp"

namespace ionpass::workflows {

/// What one set says of labelled structures, in their order.
struct SetForecast {
  std::string name;
  std::vector<std::optional<calibrate::Misfit>> misfits;  ///< minus the label; energies absolute
  std::vector<std::string> failures;                      ///< why there is none
};

[[nodiscard]] SetForecast forecast(const std::string& name,
                                   const std::vector<calibrate::LabelledStructure>& labels,
                                   const LabelEvaluations& said);
/// @param base without the pair potentials of the fit
[[nodiscard]] SetForecast forecast(const std::string& name,
                                   const std::vector<calibrate::LabelledStructure>& labels,
                                   LabelEvaluations base, const calibrate::Fit& fit);

/// Errors of one kind of structures, of several sets.
struct ComparedRow {
  std::string config_type;
  std::size_t structures = 0;
  struct Errors {
    std::size_t treated = 0;           ///< structures that the set can treat
    double force_rms = 0.0;            ///< eV/Å, per component, of those
    std::optional<double> energy_rms;  ///< eV per cell, about the mean of each energy group
  };
  std::vector<Errors> sets;
};

struct Comparison {
  std::vector<std::string> sets;
  /// One row per config_type in alphabetical order; the last one, "all", holds only structures that
  /// every set can treat.
  std::vector<ComparedRow> rows;
  std::vector<std::string> failures;  ///< what sets could not treat, and why
};

[[nodiscard]] Comparison compare_sets(const std::vector<calibrate::LabelledStructure>& labels,
                                      const std::vector<SetForecast>& sets);

/// Energies along one labelled path.
struct HopComparison {
  std::string name;
  std::size_t seen = 0;           ///< images that are training structures
  std::size_t held_out = 0;       ///< images that are held-out structures
  std::vector<double> reference;  ///< eV, relative to the first image
  struct Curve {
    std::string set;
    std::vector<double> energies;  ///< eV, relative to the first image; empty: see `failure`
    double energy_rms = 0.0;  ///< eV, of the differences from the reference, first image left out
    double largest = 0.0;     ///< eV, the largest of them by size, with its sign
    double force_rms = 0.0;   ///< eV/Å, per component
    std::string failure;
  };
  std::vector<Curve> curves;
};

/// @param data all structures of the calibration
[[nodiscard]] HopComparison compare_hop(const std::string& name,
                                        const std::vector<calibrate::LabelledStructure>& images,
                                        const std::vector<SetForecast>& sets,
                                        const std::vector<calibrate::Sample>& data);

/// Highest image above the first or the last one, eV.
struct PathBarriers {
  double forward = 0.0, backward = 0.0;
};
[[nodiscard]] PathBarriers path_barriers(const std::vector<double>& energies);

}  // namespace ionpass::workflows
