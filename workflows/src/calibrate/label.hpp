// Reference energies, forces and stress of a set of structures.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <hpc/communicator.hpp>
#include <neb/job.hpp>
#include <potentials/registry.hpp>
#include <structures/io.hpp>

namespace ionpass::workflows {

/// How a set of structures is computed.
struct ReferenceMethod {
  PotentialSettings potential;
  bool kpoints_of_structures = false;  ///< where a structure has `kpts`, they replace the method's
  std::function<bool(const Structure&)> wants_stress;
  std::optional<int> ranks_per_image = {};  ///< that share one structure; empty: as it fits
};

/// Called while structures are computed.
struct LabelObserver {
  std::function<std::optional<std::string>()> stop = {};  ///< on every rank: why to stop, if so
  /// Rank 0, before anything is computed: checks a structure with its potential, instead of the
  /// plain check, whose message names the structure.
  std::function<void(const Potential&, std::size_t index)> on_check = {};
  /// Rank 0: how many of how many have an answer.
  std::function<void(std::size_t done, std::size_t total)> on_progress = {};
};

/// Answers in the order of the structures, and how they came about.
struct ReferenceAnswers {
  std::vector<neb::Answer> answers;
  std::vector<PotentialDescription> methods;  ///< one per structure
  std::vector<std::size_t> kpoints;           ///< per structure, how many
  std::vector<std::string> incidents;         ///< overcome by a fresh start
  std::size_t computed = 0, found = 0;
};

/// Computes structures over all ranks, each with its own charge; what is done is kept in a store,
/// so that a stopped call continues.
/// @param frames those of rank 0 count @return on rank 0; empty on the others
/// @throws Interrupted, InputError for structures that the method cannot treat, naming the first
[[nodiscard]] ReferenceAnswers compute_references(const std::vector<Frame>& frames,
                                                  const ReferenceMethod& method,
                                                  const std::filesystem::path& store,
                                                  const hpc::Communicator& world,
                                                  const LabelObserver& observer);

/// The reference method of a plan.
struct LabelSettings {
  PotentialSettings potential;  ///< its k-points hold where a structure has no `kpts`
  bool stress = true;           ///< of neutral crystals; that of charged ones has no use here
  std::string source = {};      ///< how labels were made; left out: the potential's summary
  /// Begins the energy groups: energies are compared with others of equal beginning, formula,
  /// charge and k-points. Left out: a hash of everything that decides the numbers.
  std::string group = {};
};

/// What became of a set of structures.
struct Labelled {
  std::vector<Frame> frames;          ///< those with labels, in the order given
  std::vector<std::string> failures;  ///< "name: reason"
  std::vector<std::string> incidents;
  std::size_t computed = 0, found = 0;
};

/// Labels structures with compute_references, keeping them in `folder`/labels. Labelled frames get
/// energy, forces, stress, source and energy_group.
[[nodiscard]] Labelled label_frames(const std::vector<Frame>& frames, const LabelSettings& settings,
                                    const std::filesystem::path& folder,
                                    const hpc::Communicator& world, const LabelObserver& observer);

/// Energies may be compared within one group only: "cp2kCH6I3NPb+0_4" is the beginning, formula,
/// charge and number of k-points; charged cells add their volume, on which their energy depends.
[[nodiscard]] std::string energy_group(const Structure& structure, const std::string& beginning,
                                       std::size_t kpoints);

}  // namespace ionpass::workflows
