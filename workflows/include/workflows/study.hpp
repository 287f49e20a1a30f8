// A study as the user wrote it, checked and with every default filled in.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <neb/band.hpp>
#include <neb/relaxation.hpp>
#include <potentials/registry.hpp>
#include <structures/supercell.hpp>
#include <structures/symmetry.hpp>
#include <workflows/results.hpp>

namespace ionpass::workflows {

inline constexpr double longest_hop = 20.0;   ///< Å; beyond it a search would not end
inline constexpr double loosest_force = 1.0;  ///< eV/Å; beyond it nothing is relaxed

/// The vacancy that moves.
struct DefectSettings {
  std::string vacancy = "I";    ///< element symbol
  double charge = 1.0;          ///< total charge of the defective cell, e
  std::optional<int> unpaired;  ///< electrons of the defective cell; none: as the potential has it
};

/// Which of the symmetry-distinct hops are computed.
struct HopSettings {
  double max_distance = 5.0;         ///< Å
  std::vector<std::string> kinds;    ///< words of HopKind; empty: all
  std::vector<std::string> only;     ///< labels; empty: all
  std::optional<std::size_t> limit;  ///< at most so many, the shortest first
};

/// Relaxation of the perfect supercell before the vacancy is made.
struct HostSettings {
  bool relax = true;
  double fmax = 0.02;  ///< eV/Å, largest force at the end; the end points are relaxed further
  double rattle =
      0.02;  ///< Å, root mean square of the random shift that breaks the symmetry of the file
  unsigned seed = 1;  ///< of the shift
  int starts = 1;     ///< relaxations from seed, seed + 1, ...; the lowest one becomes the host
};

struct PathSettings {
  int images = 5;               ///< intermediate ones
  std::string method = "idpp";  ///< or "linear"
  bool move_ends = true;        ///< let the ends move to deeper minima found along the path
};

/// Everything one material needs; the study's sections with the material's own overrides applied.
struct MaterialStudy {
  std::string name;
  std::filesystem::path structure;  ///< absolute, or relative to the working directory
  double symmetry_tolerance = default_symmetry_tolerance;  ///< Å
  SupercellChoice supercell = MinimumLength{12.0};
  PotentialSettings potential;  ///< k-points included
  DefectSettings defect;
  HopSettings hops;
  HostSettings host;
  neb::RelaxationSettings relax;  ///< of end points; its fmax must be at most half of neb.fmax
  PathSettings path;
  neb::BandSettings neb;
};

struct ReportSettings {
  bool literature = true;
};

/// How ranks are used; it changes no result.
struct ParallelSettings {
  /// That compute one energy together; none: as many as would be idle otherwise.
  std::optional<int> ranks_per_image;
};

struct Study {
  std::string name;
  std::filesystem::path file;  ///< where it was read from
  std::vector<MaterialStudy> materials;
  KineticsAssumptions kinetics;
  std::optional<RetentionAssumptions> retention;
  ReportSettings report;
  ParallelSettings parallel;
};

/// Reads and checks a study file. Paths in it are relative to the file.
/// @throws InputError with file, line and column: unknown keys (nearest known one named), wrong
/// types, values out of range, wrong units,
///         duplicate keys, missing files, contradictions between keys
[[nodiscard]] Study read_study(const std::filesystem::path& file);
[[nodiscard]] Study parse_study(const std::string& text, const std::filesystem::path& file);

/// The study as YAML with all defaults filled in; parse_study reads it back to the same study.
[[nodiscard]] std::string to_yaml(const Study& study);

/// What a material is computed with: keys and values as to_yaml writes them, name and structure
/// aside.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> settings_of(
    const MaterialStudy& material);

/// A potential section in a file of its own, or a bare name ("dftb/ionpass-pbi3-1"), as the command
/// line takes it.
[[nodiscard]] PotentialSettings read_potential(const std::string& name_or_file);

/// Keys, types, units, defaults and meanings, as `ionpass schema` prints them.
[[nodiscard]] std::string schema_text();

}  // namespace ionpass::workflows
