// ionpass relax: the nearest minimum of a structure at fixed cell.
#include <chrono>

#include <fmt/format.h>

#include <neb/relaxation.hpp>
#include <structures/error.hpp>

#include "cli/job_session.hpp"
#include "cli/output.hpp"

namespace ionpass::workflows {
namespace {

struct RelaxOptions {
  std::string file, output;
  std::shared_ptr<PotentialOptions> potential;
  neb::RelaxationSettings settings;
  bool json = false;
};

Json relaxation_json(const neb::Relaxation& relaxation, double seconds) {
  return {{"converged", relaxation.converged()},
          {"energy", relaxation.evaluation().energy},
          {"free_energy", relaxation.evaluation().free_energy},
          {"max_force", neb::max_force(relaxation.evaluation().forces)},
          {"iterations", relaxation.iterations()},
          {"evaluations", relaxation.evaluations()},
          {"seconds", seconds}};
}

std::string relaxation_text(const neb::Relaxation& relaxation, const RelaxOptions& options) {
  return fmt::format("{}: {} after {}, energy {:.6f} eV, largest force {:.4f} eV/Å\n",
                     options.output, relaxation.converged() ? "relaxed" : "not converged",
                     counted(static_cast<std::size_t>(relaxation.iterations()), "step"),
                     relaxation.evaluation().energy,
                     neb::max_force(relaxation.evaluation().forces));
}

void write_relaxed(const neb::Relaxation& relaxation, Frame frame, const std::string& output) {
  frame.structure = relaxation.structure();
  frame.data = {};
  frame.data.energy = relaxation.evaluation().free_energy;
  frame.data.forces = relaxation.evaluation().forces;
  write_frames(output, std::span(&frame, 1));
}

ExitCode relax(const RelaxOptions& options, const Invocation& call) {
  const std::unique_ptr<Potential> potential = options.potential->make();
  JobSession session(*potential, call);
  if (!call.world.is_root()) {
    session.serve();
    return ExitCode::done;
  }
  const auto start = std::chrono::steady_clock::now();
  const Frame frame = options.potential->read(options.file, call).back();
  options.potential->check(*potential, frame, options.file, call);
  neb::Relaxation relaxation(frame.structure, options.settings);
  neb::Job* const job = &relaxation;
  session.run(std::span(&job, 1));
  if (relaxation.evaluation().forces.cols() == 0) throw BackendError(relaxation.diagnosis());
  write_relaxed(relaxation, frame, options.output);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  print_result(options.json ? json_text(relaxation_json(relaxation, seconds))
                            : relaxation_text(relaxation, options));
  if (relaxation.converged()) return ExitCode::done;
  print_warning(call, relaxation.diagnosis());
  return ExitCode::not_converged;
}

}  // namespace

void add_relax(CLI::App& app, Invocation& invocation) {
  CLI::App& command =
      add_command(app, "relax", "relax the atoms of a structure at fixed cell",
                  "ionpass relax POSCAR --potential dftb/pilot-pbi3 --fmax 0.02 -o relaxed.extxyz");
  const auto options = std::make_shared<RelaxOptions>();
  command.add_option("FILE", options->file, "CIF, POSCAR or extxyz; - is standard input")
      ->required();
  options->potential = PotentialOptions::add_to(command);
  command.add_option("--fmax", options->settings.fmax, "largest force on an atom at the end, eV/Å")
      ->check(positive_number())
      ->capture_default_str();
  command
      .add_option("--max-iterations", options->settings.max_iterations, "steps before giving up")
      ->check(positive_number())
      ->capture_default_str();
  command
      .add_option("-o,--output", options->output,
                  "file for the result: .extxyz, .cif, .vasp or POSCAR*")
      ->required();
  command.add_flag("--json", options->json, "print JSON");
  invocation.on(
      command, [options](const Invocation& call) { return relax(*options, call); }, true);
}

}  // namespace ionpass::workflows
