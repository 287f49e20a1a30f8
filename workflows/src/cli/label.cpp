// ionpass label: energies and forces of a whole set of structures, as training or validation data.
#include <fmt/format.h>

#include <hpc/interrupt.hpp>
#include <structures/error.hpp>
#include <workflows/farm_evaluator.hpp>
#include <workflows/store.hpp>

#include "cli/output.hpp"
#include "cli/progress_line.hpp"

namespace ionpass::workflows {
namespace {

struct LabelOptions {
  std::string file, output;
  std::shared_ptr<PotentialOptions> potential;
  bool stress = false;
};

/// Beside the output: what a stopped run has computed.
std::filesystem::path store_folder(const LabelOptions& options) {
  return options.output + ".store";
}

/// Labels that the file may have had are replaced or, where there is no new one, taken out.
Frame labelled(Frame frame, const neb::Answer& answer, const std::string& potential) {
  const std::map<std::string, std::string> info = frame.data.info;
  frame.data = {};
  frame.data.info = info;
  frame.data.info["potential"] = potential;
  if (!answer.ok()) {
    frame.data.info["label_error"] = answer.error;
    return frame;
  }
  frame.data.energy = answer.evaluation.free_energy;
  frame.data.forces = answer.evaluation.forces;
  frame.data.stress = answer.evaluation.stress;
  return frame;
}

ExitCode write_labels(std::vector<Frame> frames, const std::vector<neb::Answer>& answers,
                      const Potential& potential, const LabelOptions& options,
                      const Invocation& call) {
  std::size_t failed = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    frames[i] = labelled(std::move(frames[i]), answers[i], potential.description().name);
    if (answers[i].ok()) continue;
    ++failed;
    print_warning(call, fmt::format("structure {}: {}", i, answers[i].error));
  }
  write_frames(options.output, frames);
  print_result(fmt::format("{}: {} labelled, {} failed\n", options.output,
                           counted(frames.size() - failed, "structure"), failed));
  return failed == 0 ? ExitCode::done : ExitCode::not_converged;
}

std::vector<Frame> checked_frames(const Potential& potential, const LabelOptions& options,
                                  const Invocation& call) {
  if (!options.output.ends_with(".extxyz") && !options.output.ends_with(".xyz"))
    throw InputError(fmt::format("-o: '{}' must end with .extxyz, the format that holds labels",
                                 options.output));
  std::vector<Frame> frames = options.potential->read(options.file, call);
  for (std::size_t i = 0; i < frames.size(); ++i)
    options.potential->check(potential, frames[i], fmt::format("{}, structure {}", options.file, i),
                             call);
  return frames;
}

ExitCode label(const LabelOptions& options, const Invocation& call) {
  const hpc::InterruptGuard guard;
  const std::unique_ptr<Potential> potential = options.potential->make();
  FarmEvaluatorOptions farm;
  farm.stop = [&guard] { return guard.reason(); };
  farm.ranks_per_image = call.ranks_per_image;
  if (!call.world.is_root()) {
    FarmEvaluator(call.world, {potential.get()}, std::move(farm)).serve();
    return ExitCode::done;
  }
  const std::vector<Frame> frames = checked_frames(*potential, options, call);
  Store store(store_folder(options));
  farm.store = &store;
  std::optional<FarmEvaluator> evaluator;
  ProgressLine line(call.verbosity);
  farm.on_arrival = [&evaluator, &line] {
    const EvaluatorCounts& counts = evaluator->counts();
    if (line.is_due())
      line.show(fmt::format("{} of {} structures", counts.round_done, counts.round_total));
  };
  evaluator.emplace(call.world, std::vector<const Potential*>{potential.get()}, std::move(farm));
  std::vector<neb::WorkItem> items;
  for (const Frame& frame : frames)
    items.push_back({.potential = potential.get(),
                     .structure = frame.structure,
                     .guess = {},
                     .stress = options.stress && frame.structure.is_periodic()});
  const std::vector<neb::Answer> answers = evaluator->evaluate(items);
  evaluator->stop();
  line.clear();
  for (const std::string& incident : evaluator->counts().incidents)
    print_warning(call, "overcome by a fresh start: " + incident);
  print_note(call, fmt::format("{} computed, {} taken from {}", evaluator->counts().computed,
                               evaluator->counts().found, store_folder(options).string()));
  return write_labels(frames, answers, *potential, options, call);
}

}  // namespace

void add_label(CLI::App& app, Invocation& invocation) {
  CLI::App& command = add_command(
      app, "label",
      "energies and forces of a set of structures; run again after a stop, it continues",
      "mpirun -n 4 ionpass label set.extxyz --potential driver/cp2k-xtb -o labelled.extxyz");
  const auto options = std::make_shared<LabelOptions>();
  command.add_option("FILE", options->file, "CIF, POSCAR or extxyz; - is standard input")
      ->required();
  options->potential = PotentialOptions::add_to(command);
  add_ranks_option(command, invocation);
  command.add_flag("--stress", options->stress, "the stress of periodic structures as well");
  command
      .add_option("-o,--output", options->output,
                  "extxyz file for the result; beside it, OUTPUT.store keeps what is computed")
      ->required();
  invocation.on(
      command, [options](const Invocation& call) { return label(*options, call); }, true);
}

}  // namespace ionpass::workflows
