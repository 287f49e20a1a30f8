// ionpass run and plan: what is done with a study file.
#include <cmath>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <workflows/data_paths.hpp>
#include <workflows/plan.hpp>
#include <workflows/results_json.hpp>
#include <workflows/runner.hpp>

#include "cli/output.hpp"
#include "study/quantity.hpp"

namespace ionpass::workflows {
namespace {

struct RunCommandOptions {
  std::string study, run_dir, time_limit;
  bool fresh = false;
};

std::optional<std::chrono::seconds> time_limit(const std::string& text) {
  if (text.empty()) return std::nullopt;
  try {
    const double seconds = parse_quantity(text, Dimension::time);
    if (!(seconds >= 1.0 && seconds < 1e9)) throw InputError(text + " given, must be at least 1 s");
    return std::chrono::seconds(std::llround(seconds));
  } catch (const InputError& error) {
    throw InputError(fmt::format("--time-limit: {}", error.what()));
  }
}

/// In the working folder, named after the study file: where the user is, not where the file lies.
std::filesystem::path default_run_dir(const std::string& study) {
  return std::filesystem::path(study).stem().string() + "-run";
}

std::string optional_energy(const std::optional<double>& energy) {
  return energy ? fmt::format("{:.4f}", *energy) : "-";
}

std::string outcome_text(const StudyResult& result) {
  TextTable table({"material", "hop", "kind", "length/Å", "forward/eV", "backward/eV", "status"});
  for (const MaterialResult& material : result.materials)
    for (const HopResult& hop : material.hops) {
      const bool converged = hop.status == HopStatus::converged;
      table.add({material.name, hop.label, hop.kind, fmt::format("{:.3f}", hop.length),
                 optional_energy(converged ? hop.barrier_forward : std::nullopt),
                 optional_energy(converged ? hop.barrier_backward : std::nullopt),
                 hop.diagnosis.empty()
                     ? to_string(hop.status)
                     : fmt::format("{}: {}", to_string(hop.status), in_brief(hop.diagnosis))});
    }
  return table.text();
}

ExitCode run(const RunCommandOptions& options, const Invocation& call) {
  RunOptions run_options;
  run_options.run_dir = options.run_dir.empty() ? default_run_dir(options.study)
                                                : std::filesystem::path(options.run_dir);
  run_options.fresh = options.fresh;
  run_options.data = data_paths().potentials;
  run_options.literature = data_paths().literature;
  run_options.time_limit = time_limit(options.time_limit);
  const auto display = make_display(stderr, display_options(stderr, call.verbosity));
  run_options.progress = call.world.is_root() ? display.get() : nullptr;
  const Study study = call.world.is_root() ? read_study(options.study) : Study{};
  const RunOutcome outcome = run_study(study, run_options, call.world);
  if (call.world.is_root()) {
    display->finish();
    print_result(outcome_text(outcome.result));
  }
  return static_cast<ExitCode>(outcome.exit_code);
}

}  // namespace

void add_run(CLI::App& app, Invocation& invocation) {
  CLI::App& command = add_command(app, "run", "run or continue a study",
                                  "mpirun -n 4 ionpass run study.yaml --run-dir results");
  const auto options = std::make_shared<RunCommandOptions>();
  command.add_option("STUDY", options->study, "study file (YAML)")->required();
  command.add_option("--run-dir", options->run_dir,
                     "folder for all results (default: the study file's name with -run)");
  command.add_flag("--fresh", options->fresh,
                   "compute everything again; earlier evaluations are moved aside, not deleted");
  command.add_option("--time-limit", options->time_limit,
                     "stop in time with all work saved: seconds, or as in '23 h'");
  invocation.on(
      command, [options](const Invocation& call) { return run(*options, call); }, true);
}

void add_plan(CLI::App& app, Invocation& invocation) {
  CLI::App& command =
      add_command(app, "plan", "what a study would do: sites, hops, evaluations, time and memory",
                  "ionpass plan study.yaml --ranks 16");
  struct Options {
    std::string study;
    PlanOptions plan;
    bool json = false;
    bool no_timing = false;
  };
  const auto options = std::make_shared<Options>();
  options->plan.ranks = invocation.world.size();
  command.add_option("STUDY", options->study, "study file (YAML)")->required();
  command.add_option("--ranks", options->plan.ranks, "MPI ranks to estimate for")
      ->check(positive_number())
      ->capture_default_str();
  command.add_flag("--no-timing", options->no_timing, "no trial evaluation, and no time estimate");
  command.add_flag("--json", options->json, "print JSON");
  invocation.on(command, [options](const Invocation&) {
    const Study study = read_study(options->study);
    PlanOptions plan_options = options->plan;
    plan_options.timing = !options->no_timing;
    plan_options.potential = shipped_potential_factory(data_paths().potentials);
    const StudyPlan plan = plan_study(study, plan_options);
    const std::string text = options->json ? plan_json(plan) : plan_text(plan);
    print_result(text.ends_with('\n') ? text : text + "\n");
    return ExitCode::done;
  });
}

}  // namespace ionpass::workflows
