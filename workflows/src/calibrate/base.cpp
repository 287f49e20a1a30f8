#include "calibrate/base.hpp"

#include <set>

#include <fmt/format.h>

#include <potentials/registry.hpp>
#include <workflows/farm_evaluator.hpp>
#include <workflows/store.hpp>

#include "calibrate/read_labels.hpp"
#include "calibrate/sampled_potentials.hpp"

namespace ionpass::workflows {
namespace {

using calibrate::LabelledStructure;

/// Γ where a structure has no k-points.
PotentialSettings settings_of(const CalibrationPlan& plan) {
  PotentialSettings settings = plan.base;
  settings.kpoints = KpointMesh{};
  return settings;
}

const Potential& base_of(const SampledPotentials& base, const LabelledStructure& label) {
  return *base.of(kpoints_text(label.kpoints)).potential;
}

void check_structures(const SampledPotentials& base, const std::vector<LabelledStructure>& labels) {
  for (const LabelledStructure& label : labels) {
    try {
      base_of(base, label).check(label.structure);
    } catch (const InputError& error) {
      throw InputError(label.where, fmt::format("structure '{}': {}", label.name, error.what()));
    }
  }
}

std::vector<neb::WorkItem> work_items(const SampledPotentials& base,
                                      const std::vector<LabelledStructure>& labels) {
  std::vector<neb::WorkItem> out;
  out.reserve(labels.size());
  for (const LabelledStructure& label : labels)
    out.push_back({.potential = &base_of(base, label),
                   .structure = label.structure,
                   .guess = {},
                   .stress = label.stress.has_value() && label.structure.is_periodic()});
  return out;
}

calibrate::Sample sample(const LabelledStructure& label, const Evaluation& evaluation) {
  return {label,
          {evaluation.free_energy, evaluation.forces,
           evaluation.stress.value_or(Eigen::Matrix3d::Zero())}};
}

}  // namespace

BaseEvaluations evaluate_base(const CalibrationPlan& plan,
                              const std::vector<LabelledStructure>& labels, const BaseRun& run) {
  std::set<std::string> samplings;
  for (const LabelledStructure& label : labels) samplings.insert(kpoints_text(label.kpoints));
  const SampledPotentials base(settings_of(plan), samplings, run.world);
  check_structures(base, labels);
  FarmEvaluatorOptions options;
  options.store = run.store;
  options.stop = run.stop;
  std::optional<FarmEvaluator> evaluator;
  options.on_arrival = [&] {
    if (run.on_arrival)
      run.on_arrival(evaluator->counts().round_done, evaluator->counts().round_total);
  };
  evaluator.emplace(run.world, base.list(), std::move(options));
  const std::vector<neb::Answer> answers = evaluator->evaluate(work_items(base, labels));
  evaluator->stop();
  BaseEvaluations out;
  out.computed = evaluator->counts().computed;
  out.found = evaluator->counts().found;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (answers[i].ok())
      out.samples.push_back(sample(labels[i], answers[i].evaluation));
    else
      out.failures.push_back(fmt::format("{}: structure '{}': {}", labels[i].where.text(),
                                         labels[i].name, answers[i].error));
  }
  return out;
}

void serve_base(const CalibrationPlan& plan, const BaseRun& run) {
  const SampledPotentials base(settings_of(plan), {}, run.world);
  FarmEvaluatorOptions options;
  options.stop = run.stop;
  FarmEvaluator(run.world, base.list(), std::move(options)).serve();
}

}  // namespace ionpass::workflows
