#include "calibrate/bench.hpp"

#include <workflows/data_paths.hpp>
#include <workflows/store.hpp>

namespace ionpass::workflows {
namespace {

KpointSampling fixed_mesh(const KpointSampling& sampling, const Structure& structure) {
  const auto* spacing = std::get_if<KpointSpacing>(&sampling);
  if (spacing == nullptr || !structure.cell) return sampling;
  return mesh_for_spacing(*spacing, *structure.cell);
}

}  // namespace

Bench::Bench(const Trial& trial, const KpointSampling& sampling, const Structure& structure) {
  PotentialSettings settings = trial.potential;
  settings.kpoints = structure.cell ? fixed_mesh(sampling, structure) : KpointMesh{};
  potential_ = make_potential(settings, data_paths().potentials);
  FarmEvaluatorOptions options;
  options.store = trial.store;
  options.stop = trial.stop;
  evaluator_ = std::make_unique<FarmEvaluator>(hpc::Communicator::self(),
                                               std::vector<const Potential*>{potential_.get()},
                                               std::move(options));
}

void Bench::run(std::span<neb::Job* const> jobs, const std::string& name,
                neb::RunObserver* observer) {
  std::vector<neb::RunningJob> running;
  running.reserve(jobs.size());
  for (neb::Job* job : jobs)
    running.push_back({.job = job, .potential = potential_.get(), .name = name});
  (void)neb::run(running, *evaluator_, observer);
}

}  // namespace ionpass::workflows
