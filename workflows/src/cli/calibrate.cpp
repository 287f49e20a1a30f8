// ionpass calibrate: pair potentials on top of a tight binding, fitted to labelled structures.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <hpc/interrupt.hpp>
#include <structures/error.hpp>

#include "calibrate/data_stages.hpp"
#include "calibrate/known_range.hpp"
#include "calibrate/plan_generate.hpp"
#include "calibrate/relabel.hpp"
#include "calibrate/run.hpp"
#include "cli/output.hpp"
#include "cli/progress_line.hpp"

namespace ionpass::workflows {
namespace {

struct CalibrateOptions {
  std::string plan, output, stage;
  bool schema = false;
  bool relabel = false;
};

std::string errors_line(const std::string& what, const std::vector<calibrate::ErrorRow>& rows) {
  if (rows.empty()) return {};
  TextTable table({what, "structures", "force rms (eV/Å)", "of the labels", "energy rms (eV)"});
  for (const calibrate::ErrorRow& row : rows)
    table.add({row.config_type, fmt::format("{}", row.structures),
               fmt::format("{:.3f}", row.force_rms), fmt::format("{:.3f}", row.reference_rms),
               row.energy_rms ? fmt::format("{:.3f}", *row.energy_rms) : "–"});
  return table.text() + "\n";
}

bool runs(const CalibrateOptions& options, const std::string& stage) {
  return options.stage.empty() || options.stage == stage;
}

/// A section that a stage asked for by name cannot do without.
void require_section(const std::optional<YamlNode>& node, const CalibrateOptions& options) {
  if (!node)
    throw InputError(
        fmt::format("{}: the plan has no section for the stage '{}'; add 'generate' "
                    "and 'label'",
                    options.plan, options.stage));
}

void generate_structures(const CalibrationPlan& plan, const CalibrationRun& run) {
  if (run.world.is_root()) {
    const Generated made = generate_stage(read_generate(*plan.generate, plan.file), run.folder);
    run.note(fmt::format("{}: {}, sha256 {}", generated_file(run.folder).string(),
                         counted(made.structures, "structure"), made.hash));
  }
  run.world.barrier();
}

LabelObserver label_observer(const CalibrationRun& run) {
  return {
      .stop = run.stop, .on_check = {}, .on_progress = [&run](std::size_t done, std::size_t total) {
        run.progress(fmt::format("labels: {} of {} structures", done, total));
      }};
}

/// @return how many have no label
std::size_t label_structures(const CalibrationPlan& plan, const CalibrationRun& run,
                             const Invocation& call) {
  const Labelled labelled =
      label_stage(read_label(*plan.label, plan.file), run.folder, call.world, label_observer(run));
  if (!call.world.is_root()) return 0;
  for (const std::string& incident : labelled.incidents)
    print_warning(call, "overcome by a fresh start: " + incident);
  for (const std::string& failure : labelled.failures) print_warning(call, "no label: " + failure);
  run.note(fmt::format("{}: {}, {} computed now, {} failed", labelled_file(run.folder).string(),
                       counted(labelled.frames.size(), "structure"), labelled.computed,
                       labelled.failures.size()));
  return labelled.failures.size();
}

/// The plan goes on with the new labels. @return how many have none
std::size_t relabel_data(CalibrationPlan& plan, const CalibrationRun& run, const Invocation& call) {
  if (!plan.label || plan.data.files.empty())
    throw InputError(
        fmt::format("{}: --relabel needs labelled files in 'data' and their method in 'label'",
                    plan.file.string()));
  const Relabelled labels = relabel_stage(plan, read_label(*plan.label, plan.file), run.folder,
                                          call.world, label_observer(run));
  if (!call.world.is_root()) return 0;
  for (const std::string& failure : labels.failures) print_warning(call, "no label: " + failure);
  double energy = 0.0, force = 0.0;
  for (const LabelChange& one : labels.changes) {
    energy = std::max(energy, std::abs(one.energy.value_or(0.0)));
    force = std::max(force, one.force);
  }
  run.note(
      fmt::format("{}: {} labelled again, {} computed now, {} failed; largest differences "
                  "{:.1e} eV, {:.1e} eV/Å",
                  changes_file(run.folder).string(), counted(labels.changes.size(), "structure"),
                  labels.computed, labels.failures.size(), energy, force));
  return labels.failures.size();
}

/// @return whether all trials could be made; an unstable set is a result
bool tell_trials(const CalibrationResult& result, const Invocation& call) {
  bool made = true;
  const auto failed = [&](const std::string& what, const std::string& failure) {
    if (failure.empty()) return;
    made = false;
    print_warning(call, fmt::format("{}: {}", what, in_brief(failure)));
  };
  for (const CrystalVibrations& crystal : result.vibrations) {
    failed("vibrations of " + crystal.check.name, crystal.sets.front().failure);
    if (crystal.reference)
      failed("displacements in " + crystal.check.name, crystal.reference->failure);
  }
  for (const DynamicsRun& run : result.dynamics) {
    failed("dynamics of " + run.check.name, run.failure);
    if (run.failure.empty() && !run.is_stable())
      print_warning(call, fmt::format("dynamics of {}: unstable, see the report", run.check.name));
  }
  return made;
}

ExitCode fit_set(const CalibrationPlan& plan, const CalibrationRun& run, const Invocation& call) {
  const CalibrationResult result = run_calibration(plan, run);
  if (!call.world.is_root()) return ExitCode::done;
  for (const std::string& failure : result.failures)
    print_warning(call, "left out: the base failed: " + failure);
  print_result(errors_line("held out", result.held_out) +
               errors_line("cross-validated", result.cross_validated) +
               fmt::format("{}: use it as --potential {}\nreport: {}\n", plan.labels.name,
                           set_potential(plan, run.folder), (run.folder / "report.md").string()));
  const bool tried = tell_trials(result, call);
  return result.failures.empty() && tried ? ExitCode::done : ExitCode::not_converged;
}

/// Nothing is fitted: the surroundings of the data, for a set that is there.
ExitCode write_environments(const CalibrationPlan& plan, const CalibrationRun& run,
                            const Invocation& call) {
  if (!call.world.is_root()) return ExitCode::done;
  const std::filesystem::path set = run.folder / plan.labels.name;
  write_range(plan, run.labelled, set);
  print_result(fmt::format("{}: environments of the data written\n", set.string()));
  return ExitCode::done;
}

ExitCode calibrate_command(const CalibrateOptions& options, const Invocation& call) {
  if (options.schema) {
    if (call.world.is_root()) print_result(plan_schema_text() + plan_generate_text());
    return ExitCode::done;
  }
  if (options.plan.empty())
    throw InputError("no plan given; 'ionpass calibrate --help' shows an example");
  CalibrationPlan plan = read_plan(options.plan);
  const hpc::InterruptGuard guard;
  ProgressLine line(call.verbosity);
  CalibrationRun run{.world = call.world, .folder = options.output, .labelled = {}};
  if (options.output.empty()) run.folder = plan.file.stem();
  run.stop = [&guard] { return guard.reason(); };
  run.note = [&](const std::string& text) {
    line.clear();
    print_note(call, text);
  };
  run.progress = [&line](const std::string& text) {
    if (line.is_due()) line.show(text);
  };
  const bool is_data_stage = options.stage == "generate" || options.stage == "label";
  if (is_data_stage && !options.relabel) require_section(plan.generate, options);
  std::size_t failures = options.relabel ? relabel_data(plan, run, call) : 0;
  if (plan.generate && runs(options, "generate")) generate_structures(plan, run);
  if (plan.generate && runs(options, "label")) failures += label_structures(plan, run, call);
  line.clear();
  if (is_data_stage) return failures == 0 ? ExitCode::done : ExitCode::not_converged;
  if (plan.generate) run.labelled = {labelled_file(run.folder)};
  if (options.stage == "environments") return write_environments(plan, run, call);
  const ExitCode fitted = fit_set(plan, run, call);
  line.clear();
  return failures == 0 ? fitted : ExitCode::not_converged;
}

}  // namespace

void add_calibrate(CLI::App& app, Invocation& invocation) {
  CLI::App& command =
      add_command(app, "calibrate",
                  "pair potentials on a tight binding, fitted to labelled structures and tested; "
                  "run again after a stop, it continues",
                  "ionpass calibrate plan.yaml -o calibration\n  ionpass relax crystal.cif "
                  "--potential dftb/calibration/my-set -o relaxed.cif");
  const auto options = std::make_shared<CalibrateOptions>();
  command.add_option("PLAN", options->plan, "plan (YAML)");
  command.add_option("-o,--output", options->output,
                     "folder for the set and its report (default: the plan's name)");
  command
      .add_option("--stage", options->stage,
                  "one stage alone: structures, their labels, or the fit (default: all the plan "
                  "asks for); environments: those of the data, for a set that is there, without "
                  "a fit")
      ->check(CLI::IsMember({"generate", "label", "fit", "environments"}));
  command.add_flag("--relabel", options->relabel,
                   "before the fit, all labels whose source is that of 'label' are made again "
                   "from their geometries, and compared");
  command.add_flag("--schema", options->schema, "print the keys of a plan");
  invocation.on(
      command, [options](const Invocation& call) { return calibrate_command(*options, call); },
      true);
}

}  // namespace ionpass::workflows
