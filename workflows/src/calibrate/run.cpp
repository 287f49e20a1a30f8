#include "calibrate/run.hpp"

#include <set>

#include <fmt/format.h>

#include <structures/io.hpp>
#include <workflows/data_paths.hpp>
#include <workflows/store.hpp>

#include "calibrate/base.hpp"
#include "calibrate/read_labels.hpp"
#include "calibrate/validate.hpp"

namespace ionpass::workflows {
namespace {

namespace fs = std::filesystem;
using calibrate::PairFunctions;
using calibrate::Sample;

constexpr std::string_view dftb_prefix = "dftb/";

std::vector<int> elements_of(const std::vector<Sample>& samples) {
  std::set<int> out;
  for (const Sample& sample : samples)
    out.insert(sample.label.structure.numbers.begin(), sample.label.structure.numbers.end());
  return {out.begin(), out.end()};
}

bool is_dftb(const CalibrationPlan& plan) { return plan.base.name.starts_with(dftb_prefix); }

fs::path set_folder(const std::string& name) {
  const std::string set = name.starts_with(dftb_prefix) ? name.substr(dftb_prefix.size()) : name;
  return parameter_set_folder(set, data_paths().potentials);
}

/// Takes the base's own repulsion off; it becomes part of what the pair potentials start from,
/// since theirs replace it.
PairFunctions take_repulsion_off(const CalibrationPlan& plan, std::vector<Sample>& samples) {
  const std::vector<int> elements = elements_of(samples);
  PairFunctions own;
  if (is_dftb(plan)) own = calibrate::set_repulsion(set_folder(plan.base.name), elements);
  for (Sample& sample : samples) {
    const calibrate::PairSum sum = pair_sum(sample.label.structure, own);
    sample.base.energy -= sum.energy;
    sample.base.forces -= sum.forces;
    if (sample.label.stress) sample.base.stress -= sum.stress;
  }
  if (plan.prior.empty()) return own;
  PairFunctions prior = calibrate::set_repulsion(set_folder(plan.prior), elements);
  prior.insert(own.begin(), own.end());
  return prior;
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
                                .origin = data};
  const fs::path folder = run.folder / plan.labels.name;
  calibrate::SetBase base{plan.base.name, {}};
  if (is_dftb(plan)) base.tables = set_folder(plan.base.name);
  calibrate::write_set(folder, base, result.fit, elements, text);
  write_text_file(folder / "plan.txt", plan.text);
  write_text_file(run.folder / "report.md", calibration_markdown(plan, result));
  write_text_file(run.folder / "report.json", calibration_json(plan, result));
}

void validate_set(const CalibrationPlan& plan, const CalibrationRun& run, Store& store,
                  CalibrationResult& result) {
  Trial trial{.potential = plan.base, .store = &store, .stop = run.stop};
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
}

BaseRun base_run(const CalibrationRun& run, Store* store) {
  return {.world = run.world,
          .store = store,
          .stop = run.stop,
          .on_arrival = [&run](std::size_t done, std::size_t total) {
            if (run.progress) run.progress(fmt::format("base: {} of {} structures", done, total));
          }};
}

}  // namespace

std::string set_potential(const CalibrationPlan& plan, const fs::path& folder) {
  return (is_dftb(plan) ? "dftb/" : "pairs/") + (folder / plan.labels.name).string();
}

CalibrationResult run_calibration(const CalibrationPlan& plan, const CalibrationRun& run) {
  if (!run.world.is_root()) {
    serve_base(plan, base_run(run, nullptr));
    return {};
  }
  const auto labels = read_labels(plan, run.labelled);
  Store store(run.folder);
  BaseEvaluations base = evaluate_base(plan, labels, base_run(run, &store));
  if (run.note)
    run.note(fmt::format("base: {} computed, {} taken from {}", base.computed, base.found,
                         run.folder.string()));
  CalibrationResult result;
  result.computed = base.computed;
  result.found = base.found;
  result.failures = base.failures;
  const PairFunctions prior = take_repulsion_off(plan, base.samples);
  fit_and_test(plan, base.samples, prior, run.progress, result);
  // The set is whole before it is tried, and says afterwards how that went.
  const std::vector<int> elements = elements_of(base.samples);
  write_results(plan, run, elements, result);
  validate_set(plan, run, store, result);
  if (!result.volumes.empty() || !result.relaxed.empty())
    write_results(plan, run, elements, result);
  return result;
}

}  // namespace ionpass::workflows
