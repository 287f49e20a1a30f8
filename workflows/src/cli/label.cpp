// ionpass label: energies and forces of a whole set of structures, as training or validation data.
#include "calibrate/label.hpp"

#include <fmt/format.h>

#include <hpc/interrupt.hpp>
#include <structures/error.hpp>

#include "cli/output.hpp"
#include "cli/progress_line.hpp"

namespace ionpass::workflows {
namespace {

struct LabelOptions {
  std::string file, output;
  std::shared_ptr<PotentialOptions> potential;
  bool stress = false;
  bool kpoints_of_file = false;
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

ExitCode write_labels(std::vector<Frame> frames, const ReferenceAnswers& references,
                      const LabelOptions& options, const Invocation& call) {
  const std::vector<neb::Answer>& answers = references.answers;
  std::size_t failed = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    frames[i] = labelled(std::move(frames[i]), answers[i], references.methods[i].name);
    if (answers[i].ok()) continue;
    ++failed;
    print_warning(call, fmt::format("structure {}: {}", i, answers[i].error));
  }
  write_frames(options.output, frames);
  print_result(fmt::format("{}: {} labelled, {} failed\n", options.output,
                           counted(frames.size() - failed, "structure"), failed));
  return failed == 0 ? ExitCode::done : ExitCode::not_converged;
}

void require_extxyz(const std::string& output) {
  if (!output.ends_with(".extxyz") && !output.ends_with(".xyz"))
    throw InputError(
        fmt::format("-o: '{}' must end with .extxyz, the format that holds labels", output));
}

ExitCode label(const LabelOptions& options, const Invocation& call) {
  const hpc::InterruptGuard guard;
  require_extxyz(options.output);
  std::vector<Frame> frames;
  if (call.world.is_root()) frames = options.potential->read(options.file, call);
  const ReferenceMethod method{.potential = options.potential->settings(),
                               .kpoints_of_structures = options.kpoints_of_file,
                               .wants_stress =
                                   [&options](const Structure& structure) {
                                     return options.stress && structure.is_periodic();
                                   },
                               .ranks_per_image = call.ranks_per_image};
  ProgressLine line(call.verbosity);
  const LabelObserver observer{.stop = [&guard] { return guard.reason(); },
                               .on_check =
                                   [&](const Potential& potential, std::size_t i) {
                                     options.potential->check(
                                         potential, frames[i],
                                         fmt::format("{}, structure {}", options.file, i), call);
                                   },
                               .on_progress =
                                   [&line](std::size_t done, std::size_t total) {
                                     if (line.is_due())
                                       line.show(fmt::format("{} of {} structures", done, total));
                                   }};
  const ReferenceAnswers references =
      compute_references(frames, method, store_folder(options), call.world, observer);
  line.clear();
  if (!call.world.is_root()) return ExitCode::done;
  for (const std::string& incident : references.incidents)
    print_warning(call, "overcome by a fresh start: " + incident);
  print_note(call, fmt::format("{} computed, {} taken from {}", references.computed,
                               references.found, store_folder(options).string()));
  return write_labels(frames, references, options, call);
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
  command.add_flag("--kpoints-of-file", options->kpoints_of_file,
                   "k-points of each structure from 'kpts' of its comment line (k1,k2,k3,weight "
                   "for each point), where it has them");
  command
      .add_option("-o,--output", options->output,
                  "extxyz file for the result; beside it, OUTPUT.store keeps what is computed")
      ->required();
  invocation.on(
      command, [options](const Invocation& call) { return label(*options, call); }, true);
}

}  // namespace ionpass::workflows
