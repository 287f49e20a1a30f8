#include "calibrate/run.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <structures/io.hpp>
#include <workflows/store.hpp>

#include "calibrate/known_base.hpp"
#include "calibrate/known_range.hpp"
#include "calibrate/move_base.hpp"
#include "calibrate/validate.hpp"

namespace ionpass::workflows {
namespace {

namespace fs = std::filesystem;
using calibrate::LabelledStructure;
using calibrate::Sample;

/// Structures that judge: the held-out ones; without any, all.
std::vector<LabelledStructure> judges(const std::vector<Sample>& samples) {
  const bool all = std::ranges::none_of(samples, [](const Sample& s) { return s.label.held_out; });
  std::vector<LabelledStructure> out;
  for (const Sample& sample : samples)
    if (all || sample.label.held_out) out.push_back(sample.label);
  return out;
}

/// What the sets to compare with say of the judging structures and the paths.
struct Others {
  std::vector<LabelledStructure> judges;
  std::vector<SetForecast> structures;          // one per set
  std::vector<std::vector<SetForecast>> paths;  // per path, one per set
};

Others ask_others(const CalibrationPlan& plan, const std::vector<Sample>& samples,
                  const std::vector<std::vector<LabelledStructure>>& paths, const BaseRun& run) {
  Others out{judges(samples), {}, std::vector<std::vector<SetForecast>>(paths.size())};
  for (std::size_t i = 0; i < plan.validate.compare.size(); ++i) {
    LabelEvaluations whole;
    const auto parts = evaluate_parts(plan, {i + 1}, out.judges, paths, run, whole);
    const std::string& name = plan.validate.compare[i].name;
    out.structures.push_back(forecast(name, out.judges, parts.front()));
    for (std::size_t k = 0; k < paths.size(); ++k)
      out.paths[k].push_back(forecast(name, paths[k], parts[k + 1]));
  }
  return out;
}

/// The fitted set's errors beside those of others.
void compare_all(const CalibrationPlan& plan, const std::vector<Sample>& samples,
                 const std::vector<std::vector<LabelledStructure>>& paths,
                 const std::vector<LabelEvaluations>& base_of_paths, const Others& others,
                 CalibrationResult& result) {
  std::vector<Sample> judging;
  for (const Sample& sample : samples)
    if (sample.label.held_out) judging.push_back(sample);
  const bool tested = !judging.empty();
  if (!others.structures.empty()) {
    SetForecast own{plan.labels.name + (tested ? ", test fit" : ", cross-validated"), {}, {}};
    own.failures.resize(others.judges.size());
    if (!tested) own.misfits.assign(result.left_out.begin(), result.left_out.end());
    LabelEvaluations base{{}, own.failures, 0, 0};
    for (const Sample& sample : judging) base.answers.emplace_back(sample.base);
    if (tested) own = forecast(own.name, others.judges, base, result.test_fit);
    std::vector<SetForecast> sets{std::move(own)};
    sets.insert(sets.end(), others.structures.begin(), others.structures.end());
    result.comparison = compare_sets(others.judges, sets);
  }
  for (std::size_t k = 0; k < paths.size(); ++k) {
    std::vector<SetForecast> sets;
    if (tested)
      sets.push_back(
          forecast(plan.labels.name + ", test fit", paths[k], base_of_paths[k], result.test_fit));
    sets.push_back(forecast(plan.labels.name, paths[k], base_of_paths[k], result.fit));
    sets.insert(sets.end(), others.paths[k].begin(), others.paths[k].end());
    result.hops.push_back(compare_hop(plan.validate.hops[k].name, paths[k], sets, samples));
  }
}

void write_results(const CalibrationPlan& plan, const CalibrationRun& run,
                   const std::vector<int>& elements, const CalibrationResult& result) {
  const std::string data =
      fmt::format("Fitted by ionpass {} to {} structures.", IONPASS_VERSION, result.structures);
  const calibrate::SetText text{.name = plan.labels.name,
                                .version = plan.labels.version,
                                .summary = plan.labels.summary,
                                .licence = plan.labels.licence,
                                .citations = plan.labels.citations,
                                .accuracy = accuracy_statements(plan, result),
                                .absorbs_dispersion = plan.absorbs_dispersion,
                                .d3 = plan.base.d3,
                                .origin = data,
                                .environments = result.environments};
  const fs::path folder = run.folder / plan.labels.name;
  calibrate::SetBase base = set_base(plan);
  if (result.moved && result.moved->accepted)
    for (const calibrate::BaseParameter& moved : result.moved->parameters)
      base.shifts[moved.name] = moved.shift;
  calibrate::write_set(folder, base, result.fit, elements, text);
  write_text_file(folder / "plan.txt", plan.text);
  write_text_file(run.folder / "report.md", calibration_markdown(plan, result));
  write_text_file(run.folder / "report.json", calibration_json(plan, result));
}

/// @param displaced references of the vibrations, one list per check
void validate_set(const CalibrationPlan& plan, const CalibrationRun& run, Store& store,
                  const std::vector<std::vector<LabelledStructure>>& displaced,
                  CalibrationResult& result) {
  Trial trial{.potential = plan.base, .store = &store, .stop = run.stop, .progress = run.progress};
  trial.potential.name = set_potential(plan, run.folder);
  trial.potential.d3.reset();  // it belongs to the set
  for (const CrystalCheck& check : plan.validate.crystals) {
    if (run.progress) run.progress(fmt::format("energy over volume of {}", check.name));
    result.volumes.push_back(try_volumes(check, trial));
  }
  for (const RelaxationCheck& check : plan.validate.relax) {
    if (run.progress) run.progress(fmt::format("relaxation of {}", check.name));
    result.relaxed.push_back(try_relaxation(check, trial));
  }
  for (std::size_t i = 0; i < plan.validate.phonons.size(); ++i) {
    const PhononCheck& check = plan.validate.phonons[i];
    if (run.progress) run.progress(fmt::format("vibrations of {}", check.name));
    result.vibrations.push_back(try_phonons(check, displaced[i], trial));
  }
  for (const DynamicsCheck& check : plan.validate.dynamics)
    result.dynamics.push_back(try_dynamics(check, result.fit, trial));
}

BaseRun base_run(const CalibrationRun& run, Store* store) {
  return {.world = run.world,
          .store = store,
          .stop = run.stop,
          .on_arrival = [&run](std::size_t done, std::size_t total) {
            if (run.progress) run.progress(fmt::format("base: {} of {} structures", done, total));
          }};
}

std::vector<Sample> training_of(const std::vector<Sample>& samples) {
  std::vector<Sample> out;
  for (const Sample& sample : samples)
    if (!sample.label.held_out) out.push_back(sample);
  return out;
}

/// The second stage, where the plan asks for it.
void search_base(const CalibrationPlan& plan, const CalibrationRun& run, Store& store,
                 const KnownBase& base, const std::vector<Sample>& samples,
                 CalibrationResult& result) {
  const std::vector<Sample> training = training_of(samples);
  std::vector<LabelledStructure> labels;
  labels.reserve(training.size());
  for (const Sample& sample : training) labels.push_back(sample.label);
  const auto evaluate = [&](const std::string& potential) {
    LabelEvaluations said =
        evaluate_labels(plan, {0, potential}, labels, Unsupported::refuse, base_run(run, &store));
    take_repulsion_off(plan, labels, said);
    std::vector<Sample> out;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (!said.answers[i])
        throw ConvergenceError(
            fmt::format("{}: structure '{}' with {}: {}; narrow the priors in fit.base",
                        labels[i].where.text(), labels[i].name, potential, said.failures[i]));
      out.push_back({labels[i], *said.answers[i]});
    }
    return out;
  };
  result.known_choice =
      calibrate::choose(training, base.prior, plan.fit, [&](const std::string& what, double score) {
        if (run.progress) run.progress(fmt::format("cross-validation: {}: {:.5f}", what, score));
      });
  result.moved = move_base(plan, training, *result.known_choice,
                           {.base = set_base(plan),
                            .folder = run.folder / "moved",
                            .prior = base.prior,
                            .evaluate = evaluate,
                            .progress = run.progress});
}

}  // namespace

std::string set_potential(const CalibrationPlan& plan, const fs::path& folder) {
  return (is_dftb(plan) ? "dftb/" : "pairs/") + (folder / plan.labels.name).string();
}

CalibrationResult run_calibration(const CalibrationPlan& plan, const CalibrationRun& run) {
  if (!run.world.is_root()) {
    serve_labels(plan, base_run(run, nullptr));
    return {};
  }
  const AllLabels labels = read_all(plan, run.labelled);
  Store store(run.folder);
  const BaseRun ranks = base_run(run, &store);
  LabelEvaluations whole;
  KnownBase base = ask_base(plan, {}, labels, ranks, whole);
  if (run.note)
    run.note(fmt::format("base: {} computed, {} taken from {}", whole.computed, whole.found,
                         run.folder.string()));
  CalibrationResult result;
  result.computed = whole.computed;
  result.found = whole.found;
  std::vector<Sample> samples = samples_of(labels.data, base.data, result);
  if (!plan.base_parameters.empty()) search_base(plan, run, store, base, samples, result);
  if (result.moved && result.moved->accepted) {
    base = ask_base(plan, {0, result.moved->set}, labels, ranks, whole);
    result.failures.clear();
    samples = samples_of(labels.data, base.data, result);
  }
  const Others others = ask_others(plan, samples, labels.paths, ranks);
  end_labels(ranks);
  fit_and_test(plan, samples, base.prior, run.progress, result);
  learn_range(samples, result);
  compare_all(plan, samples, labels.paths, base.paths, others, result);
  // The set is whole before it is tried, and says afterwards how that went.
  const std::vector<int> elements = elements_of(labels.data);
  write_results(plan, run, elements, result);
  validate_set(plan, run, store, labels.displaced, result);
  const ValidateSection& tried = plan.validate;
  if (!tried.crystals.empty() || !tried.relax.empty() || !tried.phonons.empty() ||
      !tried.dynamics.empty())
    write_results(plan, run, elements, result);
  return result;
}

}  // namespace ionpass::workflows
