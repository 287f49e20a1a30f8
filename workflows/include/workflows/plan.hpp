// What a study will do before it does it: cells, sites, hops, evaluations, time and memory.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <potentials/potential.hpp>
#include <potentials/registry.hpp>
#include <structures/hops.hpp>
#include <structures/io.hpp>
#include <structures/supercell.hpp>
#include <structures/symmetry.hpp>
#include <workflows/study.hpp>

namespace ionpass::workflows {

/// Makes the potential of a material; tests put their own here.
using PotentialFactory = std::function<std::unique_ptr<Potential>(const PotentialSettings&)>;

/// make_potential with the parameter sets of a folder.
[[nodiscard]] PotentialFactory shipped_potential_factory(std::filesystem::path data);

/// @throws what the factory throws, with the material's name
[[nodiscard]] std::unique_ptr<Potential> named_potential(const std::string& material,
                                                         const PotentialSettings& settings,
                                                         const PotentialFactory& factory);

/// A material read and taken apart, nothing computed yet.
struct PreparedMaterial {
  MaterialStudy settings;
  Frame frame;  ///< the file: unit cell, provenance, warnings
  Symmetry symmetry;
  std::vector<Site> sites;
  std::vector<Hop> hops;            ///< all distinct hops up to the largest distance
  std::vector<std::size_t> chosen;  ///< indices into hops: those the study computes, shortest first
  Supercell supercell;              ///< neutral, as in the file
  std::vector<std::string> warnings;  ///< of the file, and of the potential if one was asked
};

/// Reads a material's structure, finds its symmetry and hops, chooses, and builds the supercell.
/// @param potential asked whether it covers the cell and what it warns of; may be null
/// @throws InputError, IoError, UnsupportedElement, with the material's name
[[nodiscard]] PreparedMaterial prepare_material(const MaterialStudy& settings,
                                                const Potential* potential);

/// Which of the hops the settings choose, in their order.
/// @throws InputError for a kind or label that none of the hops has, naming those there are
[[nodiscard]] std::vector<std::size_t> choose_hops(const std::vector<Hop>& hops,
                                                   const HopSettings& settings);

/// How many evaluations a stage is expected to take: medians of relaxations and bands of halide
/// perovskites from tight binding, rounded up. An estimate, not a limit.
struct ExpectedEvaluations {
  std::size_t host = 100;
  std::size_t end_point =
      80;  ///< each distinct end point; hops that share one share its evaluations
  std::size_t band_iterations =
      150;  ///< times the images (half of them for a hop that is its own reverse)
};

/// One hop of a plan.
struct HopPlan {
  Hop hop;
  bool chosen = false;
  std::size_t evaluations = 0;  ///< of the band, expected
};

struct MaterialPlan {
  std::string name, structure_file, formula, space_group;
  int space_group_number = 1;
  std::vector<Site> sites;
  std::vector<HopPlan> hops;
  std::size_t unit_atoms = 0;
  std::size_t atoms = 0;        ///< of the supercell
  std::vector<int> supercell;   ///< nine numbers, row by row
  double image_distance = 0.0;  ///< Å, between the vacancy and its nearest image
  std::string potential, kpoints;
  std::size_t kpoint_count = 1;   ///< irreducible, k and -k merged
  std::size_t end_points = 0;     ///< distinct
  std::size_t evaluations = 0;    ///< expected, all stages
  double cost = 0.0;              ///< of one evaluation, in units of Potential::cost
  std::optional<double> seconds;  ///< of one evaluation on one rank; none without timing
  int most_ranks = 1;             ///< that can share one evaluation
  double memory = 0.0;            ///< MB, rough, for one rank
  std::vector<std::string> warnings;
};

/// How the ranks work on the energies that one stage asks for at the same time.
struct TeamPlan {
  std::string stage;         ///< "hosts", "end points", "images": what the energies are of
  std::size_t energies = 0;  ///< at the same time, at most
  int teams = 1;
  int ranks_per_team = 1;  ///< at least
};

struct StudyPlan {
  std::string study;
  int ranks = 1;
  std::vector<TeamPlan> teams;
  std::vector<MaterialPlan> materials;
  std::size_t evaluations = 0;
  std::optional<double> seconds;  ///< wall time on `ranks` ranks
};

struct PlanOptions {
  PotentialFactory potential;  ///< must be set
  bool timing = true;          ///< time an energy or two, some seconds, to turn costs into seconds
  int ranks = 1;               ///< to divide the time by
  ExpectedEvaluations expected;
};

/// @throws InputError, IoError, UnsupportedElement; errors of the timed evaluation leave the time
/// out and become a warning
[[nodiscard]] StudyPlan plan_study(const Study& study, const PlanOptions& options);
[[nodiscard]] std::string plan_text(const StudyPlan& plan);
[[nodiscard]] std::string plan_json(const StudyPlan& plan);

}  // namespace ionpass::workflows
