// One method at several samplings of the Brillouin zone.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include <hpc/communicator.hpp>
#include <potentials/registry.hpp>

namespace ionpass::workflows {

/// One potential for every sampling that structures ask for, in the same order on all ranks.
class SampledPotentials {
 public:
  /// All ranks make them together.
  /// @param kpts on rank 0, the texts of the samplings (kpoints_text); an empty one is that of the
  ///             settings
  SampledPotentials(const PotentialSettings& settings, const std::set<std::string>& kpts,
                    const hpc::Communicator& world);

  struct Entry {
    std::string kpts;
    KpointSampling sampling;
    std::unique_ptr<Potential> potential;
  };
  /// @param kpts one of those it was made with
  [[nodiscard]] const Entry& of(const std::string& kpts) const;
  [[nodiscard]] std::vector<const Potential*> list() const;

 private:
  std::vector<Entry> entries_;
};

}  // namespace ionpass::workflows
