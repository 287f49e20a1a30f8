// The plan of a calibration, as `ionpass calibrate` reads it: what is fitted to which data, and how
// the result is tried.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <potentials/calibrate.hpp>
#include <potentials/calibrate_base.hpp>
#include <potentials/registry.hpp>

#include "study/yaml_node.hpp"

namespace ionpass::workflows {

/// What the set says of itself.
struct SetLabels {
  std::string name;  ///< also the name of its folder
  std::string version, summary, licence;
  std::vector<std::string> citations;
  std::vector<std::string> caveats;  ///< statements put behind the measured accuracy
};

/// Which structures the test fit must not see. Exactly one of the three ways, or none.
struct HeldOutRule {
  std::string field;               ///< key of the comment line that says T or F
  std::vector<std::string> names;  ///< values of the comment line's `name`
  double fraction = 0.0;           ///< of the families, drawn with the seed
  std::uint64_t seed = 1;
};

/// The labelled structures.
struct DataSection {
  std::vector<std::filesystem::path> files;  ///< extxyz
  HeldOutRule held_out;
  std::string functional;             ///< every `source` must name it; empty: not checked
  std::string family = "family";      ///< key of the comment line; equal values stay in one fold
  std::vector<std::string> families;  ///< config_types of which all structures are one family
};

/// A crystal whose energy over volume is compared with data or only shown.
struct CrystalCheck {
  std::string name;
  std::filesystem::path structure;
  KpointSampling kpoints = KpointSpacing{};
  double charge = 0.0;   ///< e
  double strain = 0.06;  ///< largest linear strain, both signs
  int points = 7;
  int steps = 60;                ///< of the relaxation of the atoms at each volume, at most
  double fmax = 0.05;            ///< eV/Å, at its end
  std::optional<double> volume;  ///< Å³ of the reference method, to compare with
};

/// A short relaxation with the cell fixed, and the bonds after it.
struct RelaxationCheck {
  std::string name;
  std::filesystem::path structure;
  KpointSampling kpoints = KpointSpacing{};
  double charge = 0.0;  ///< e
  int steps = 60;
  double fmax = 0.05;  ///< eV/Å
};

/// Vibrations of a crystal at rest, with the cell fixed.
struct PhononCheck {
  std::string name;
  std::filesystem::path structure;
  KpointSampling kpoints = KpointSpacing{};
  double charge = 0.0;              ///< e
  int steps = 200;                  ///< of the relaxation before, at most
  double fmax = 0.005;              ///< eV/Å, at its end
  double displacement = 0.01;       ///< Å
  std::filesystem::path reference;  ///< labelled displaced structures; empty: none
  std::vector<PotentialSettings> compare;
};

/// Molecular dynamics at constant energy, with the cell fixed.
struct DynamicsCheck {
  std::string name;
  std::filesystem::path structure;
  KpointSampling kpoints = KpointSpacing{};
  double charge = 0.0;         ///< e
  int steps = 60;              ///< of the relaxation before, at most
  double fmax = 0.05;          ///< eV/Å, at its end
  double temperature = 300.0;  ///< K, of the velocities at the start
  double time_step = 0.5;      ///< fs
  int time_steps = 1000;
  std::uint64_t seed = 1;
};

/// A labelled path that the set is compared along, geometries fixed.
struct HopCheck {
  std::string name;
  std::filesystem::path file;  ///< extxyz, the images in their order
};

struct ValidateSection {
  std::vector<double> learning_curve = {0.25, 0.5, 0.75, 1.0};  ///< fractions of the training set
  std::vector<CrystalCheck> crystals;
  std::vector<RelaxationCheck> relax;
  std::vector<PhononCheck> phonons;
  std::vector<DynamicsCheck> dynamics;
  std::vector<HopCheck> hops;
  std::vector<PotentialSettings> compare;  ///< whose errors are printed beside those of the set
};

/// A whole plan. Paths are absolute or relative to the working directory.
struct CalibrationPlan {
  std::filesystem::path file;
  std::string text;  ///< as written
  SetLabels labels;
  PotentialSettings base;  ///< with `d3` where dispersion is added to base and set
  bool absorbs_dispersion = true;
  DataSection data;
  /// Sections with readers of their own (plan_generate.hpp); absent: `data.files` are used as they
  /// are.
  std::optional<YamlNode> generate, label;
  calibrate::FitSettings fit;
  std::vector<calibrate::BaseParameter> base_parameters;  ///< of the base, that may move
  int base_iterations = 4;                                ///< of their search, at most
  std::string prior;  ///< set whose repulsion the pair potentials start from; empty: the base's own
  ValidateSection validate;
};

/// Reads and checks a plan. Paths in it are relative to the file.
/// @throws InputError with file, line and column: unknown keys (nearest known one named), wrong
/// types, values out of range, files that are not there
[[nodiscard]] CalibrationPlan read_plan(const std::filesystem::path& file);
[[nodiscard]] CalibrationPlan parse_plan(const std::string& text,
                                         const std::filesystem::path& file);

/// Keys, types, units, defaults and meanings of a plan, but for `generate` and `label`.
[[nodiscard]] std::string plan_schema_text();

}  // namespace ionpass::workflows
