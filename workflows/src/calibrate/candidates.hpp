// One candidate after the other for a set of structures.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include <structures/molecules.hpp>
#include <structures/structure.hpp>

#include "calibrate/generate.hpp"
#include "calibrate/random_numbers.hpp"

namespace ionpass::workflows {

struct Candidate {
  Structure structure;
  std::vector<Molecule> molecules;          ///< of the structure before it was distorted
  std::optional<std::size_t> interstitial;  ///< the atom put into a hole
};

/// Draws candidates of one set. Immutable once made.
class CandidateSource {
 public:
  /// Reads the structure of the set and makes its supercell. @throws InputError as generate_set
  explicit CandidateSource(const StructureSet& set);

  /// @param number of the candidate: kinds of strain, molecules and hops take turns
  [[nodiscard]] Candidate draw(std::size_t number, RandomNumbers& random) const;

  /// The crystal itself at a volume changed by this share.
  [[nodiscard]] Structure at_volume(double change) const;

 private:
  using Draw = std::function<Candidate(std::size_t, RandomNumbers&)>;

  void set_up_hops(const Structure& unit);
  void set_up_molecules();
  [[nodiscard]] std::size_t random_ion(RandomNumbers& random) const;
  [[nodiscard]] double charge(double of_kind) const;
  [[nodiscard]] Candidate distorted(const Structure& start, std::size_t number,
                                    RandomNumbers& random) const;
  [[nodiscard]] Candidate vacancy(std::size_t number, RandomNumbers& random) const;
  [[nodiscard]] Candidate hop(std::size_t number, RandomNumbers& random) const;
  [[nodiscard]] Candidate interstitial(std::size_t number, RandomNumbers& random) const;
  [[nodiscard]] Candidate molecule(std::size_t number, RandomNumbers& random) const;
  [[nodiscard]] Candidate approaching(std::size_t number, RandomNumbers& random) const;

  /// A hop as one of its ends and how the ion gets to the other.
  struct Way {
    Structure start;
    std::size_t ion = 0;
    Eigen::Vector3d step;  // Å
  };

  StructureSet set_;
  Structure crystal_;                // the supercell
  std::vector<Way> ways_;            // of kind hop
  std::vector<Molecule> molecules_;  // distinct ones, of kinds molecule and approach
};

}  // namespace ionpass::workflows
