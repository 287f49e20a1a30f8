// What the trials of a set on named crystals share.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <neb/job.hpp>
#include <neb/relaxation.hpp>
#include <structures/io.hpp>
#include <workflows/farm_evaluator.hpp>

#include "calibrate/validate.hpp"

namespace ionpass::workflows {

/// A potential with a check's k-points, and an evaluator that asks the store first.
class Bench {
 public:
  /// @param sampling a spacing is taken as the mesh that it makes of the given structure, so that
  /// nothing jumps where the mesh would change
  Bench(const Trial& trial, const KpointSampling& sampling, const Structure& structure);

  [[nodiscard]] const Potential& potential() const noexcept { return *potential_; }
  /// Runs jobs to their ends. @throws Interrupted
  void run(std::span<neb::Job* const> jobs, const std::string& name,
           neb::RunObserver* observer = nullptr);

 private:
  std::unique_ptr<Potential> potential_;
  std::unique_ptr<FarmEvaluator> evaluator_;
};

/// The structure of a check, with its charge.
template <class Check>
[[nodiscard]] Structure read_crystal(const Check& check) {
  Structure out = read_frame(check.structure).structure;
  out.charge = check.charge;
  return out;
}

template <class Check>
[[nodiscard]] neb::RelaxationSettings short_relaxation(const Check& check) {
  neb::RelaxationSettings out;
  out.fmax = check.fmax;
  out.max_iterations = check.steps;
  return out;
}

/// A crystal relaxed as its check asks; whether it came to rest is for the caller to look at.
/// @throws InputError if the potential cannot treat it, Interrupted
template <class Check>
[[nodiscard]] neb::Relaxation relaxed(Bench& bench, const Structure& crystal, const Check& check) {
  bench.potential().check(crystal);
  neb::Relaxation out(crystal, short_relaxation(check));
  neb::Job* const job = &out;
  bench.run(std::span(&job, 1), check.name);
  return out;
}

}  // namespace ionpass::workflows
