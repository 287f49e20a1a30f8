// ionpass calibrate: pair potentials on top of a tight binding, fitted to labelled structures.
#include <fmt/format.h>

#include <hpc/interrupt.hpp>
#include <structures/error.hpp>

#include "calibrate/run.hpp"
#include "cli/output.hpp"
#include "cli/progress_line.hpp"

namespace ionpass::workflows {
namespace {

struct CalibrateOptions {
  std::string plan, output;
  bool schema = false;
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

ExitCode calibrate_command(const CalibrateOptions& options, const Invocation& call) {
  if (options.schema) {
    if (call.world.is_root()) print_result(plan_schema_text());
    return ExitCode::done;
  }
  if (options.plan.empty())
    throw InputError("no plan given; 'ionpass calibrate --help' shows an example");
  const CalibrationPlan plan = read_plan(options.plan);
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
  const CalibrationResult result = run_calibration(plan, run);
  line.clear();
  if (!call.world.is_root()) return ExitCode::done;
  for (const std::string& failure : result.failures)
    print_warning(call, "left out: the base failed: " + failure);
  print_result(errors_line("held out", result.held_out) +
               errors_line("cross-validated", result.cross_validated) +
               fmt::format("{}: use it as --potential {}\nreport: {}\n", plan.labels.name,
                           set_potential(plan, run.folder), (run.folder / "report.md").string()));
  return result.failures.empty() ? ExitCode::done : ExitCode::not_converged;
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
  command.add_flag("--schema", options->schema, "print the keys of a plan");
  invocation.on(
      command, [options](const Invocation& call) { return calibrate_command(*options, call); },
      true);
}

}  // namespace ionpass::workflows
