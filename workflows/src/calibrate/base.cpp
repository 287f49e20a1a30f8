#include "calibrate/base.hpp"

#include <charconv>
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
PotentialSettings settings_of(const CalibrationPlan& plan, const Method& method) {
  PotentialSettings settings =
      method.place == 0 ? plan.base : plan.validate.compare.at(method.place - 1);
  if (!method.moved.empty()) settings.name = method.moved;
  settings.kpoints = KpointMesh{};
  return settings;
}

/// What rank 0 asks the others to help with next; nothing: to go on.
std::optional<Method> share(const std::optional<Method>& method, const hpc::Communicator& world) {
  const std::string text = method ? fmt::format("{} {}", method->place, method->moved) : "";
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  const hpc::Bytes bytes = world.broadcast(hpc::Bytes(begin, begin + text.size()));
  if (bytes.empty()) return std::nullopt;
  const auto* shared = reinterpret_cast<const char*>(bytes.data());
  Method out;
  const char* const end = shared + bytes.size();
  const char* const rest = std::from_chars(shared, end, out.place).ptr;
  out.moved.assign(rest + 1, end);
  return out;
}

const Potential& potential_of(const SampledPotentials& potentials, const LabelledStructure& label) {
  return *potentials.of(kpoints_text(label.kpoints)).potential;
}

/// Why a structure cannot be treated; empty: it can.
std::string objection(const SampledPotentials& potentials, const LabelledStructure& label,
                      Unsupported unsupported) {
  try {
    potential_of(potentials, label).check(label.structure);
  } catch (const InputError& error) {
    if (unsupported == Unsupported::refuse)
      throw InputError(label.where, fmt::format("structure '{}': {}", label.name, error.what()));
    return error.what();
  }
  return {};
}

neb::WorkItem work_item(const SampledPotentials& potentials, const LabelledStructure& label) {
  return {.potential = &potential_of(potentials, label),
          .structure = label.structure,
          .guess = {},
          .stress = label.stress.has_value() && label.structure.is_periodic()};
}

calibrate::PairSum sum(const Evaluation& evaluation) {
  return {evaluation.free_energy, evaluation.forces,
          evaluation.stress.value_or(Eigen::Matrix3d::Zero())};
}

}  // namespace

LabelEvaluations evaluate_labels(const CalibrationPlan& plan, const Method& method,
                                 const std::vector<LabelledStructure>& labels,
                                 Unsupported unsupported, const BaseRun& run) {
  share(method, run.world);
  std::set<std::string> samplings;
  for (const LabelledStructure& label : labels) samplings.insert(kpoints_text(label.kpoints));
  const SampledPotentials potentials(settings_of(plan, method), samplings, run.world);
  LabelEvaluations out;
  out.answers.resize(labels.size());
  out.failures.resize(labels.size());
  std::vector<neb::WorkItem> items;
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    out.failures[i] = objection(potentials, labels[i], unsupported);
    if (!out.failures[i].empty()) continue;
    items.push_back(work_item(potentials, labels[i]));
    asked.push_back(i);
  }
  FarmEvaluatorOptions options;
  options.store = run.store;
  options.stop = run.stop;
  std::optional<FarmEvaluator> evaluator;
  options.on_arrival = [&] {
    if (run.on_arrival)
      run.on_arrival(evaluator->counts().round_done, evaluator->counts().round_total);
  };
  evaluator.emplace(run.world, potentials.list(), std::move(options));
  const std::vector<neb::Answer> answers = evaluator->evaluate(items);
  evaluator->stop();
  out.computed = evaluator->counts().computed;
  out.found = evaluator->counts().found;
  for (std::size_t k = 0; k < asked.size(); ++k) {
    if (answers[k].ok())
      out.answers[asked[k]] = sum(answers[k].evaluation);
    else
      out.failures[asked[k]] = answers[k].error;
  }
  return out;
}

void end_labels(const BaseRun& run) { share(std::nullopt, run.world); }

void serve_labels(const CalibrationPlan& plan, const BaseRun& run) {
  while (const std::optional<Method> method = share(std::nullopt, run.world)) {
    const SampledPotentials potentials(settings_of(plan, *method), {}, run.world);
    FarmEvaluatorOptions options;
    options.stop = run.stop;
    FarmEvaluator(run.world, potentials.list(), std::move(options)).serve();
  }
}

}  // namespace ionpass::workflows
