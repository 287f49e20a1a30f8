// ionpass relax: the nearest minimum of a structure, at fixed cell or with it.
#include <chrono>

#include <fmt/format.h>

#include <neb/relaxation.hpp>
#include <structures/error.hpp>
#include <workflows/study.hpp>

#include "cli/job_session.hpp"
#include "cli/output.hpp"

namespace ionpass::workflows {
namespace {

struct RelaxOptions {
  std::string file, output;
  std::shared_ptr<PotentialOptions> potential;
  neb::RelaxationSettings settings;
  bool cell = false;
  std::vector<std::string> keep;
  bool json = false;
};

/// The settings with what --cell and --keep ask for.
neb::RelaxationSettings settings_of(const RelaxOptions& options) {
  neb::RelaxationSettings out = options.settings;
  if (options.cell) out.cell.emplace();
  for (const std::string& word : options.keep) {
    if (word == "symmetry") {
      out.keep_symmetry = true;
      continue;
    }
    if (!out.cell) {
      throw InputError(
          fmt::format("--keep {}: the cell stays as it is without --cell; leave one out or add the "
                      "other",
                      word));
    }
    if (word == "shape") out.cell->shape = true;
    if (word == "angles") out.cell->angles = true;
    if (word == "volume") out.cell->volume = true;
    if (word.size() == 1) out.cell->lengths.at(static_cast<std::size_t>(word[0] - 'a')) = true;
  }
  return out;
}

/// The number of k-points must not jump while the cell changes.
void require_fixed_mesh(const RelaxOptions& options) {
  if (!options.cell || !options.potential->kpoints.empty()) return;
  const PotentialSettings settings = read_potential(options.potential->potential);
  if (!std::holds_alternative<KpointSpacing>(settings.kpoints)) return;
  throw InputError(fmt::format(
      "{}: k-points by spacing would change in number with the cell; give a mesh with --kpoints",
      options.potential->potential));
}

std::string cell_text(const Cell& cell) {
  const Eigen::Vector3d lengths = cell.lengths(), angles = cell.angles();
  return fmt::format("{:.4f} {:.4f} {:.4f} Å, {:.3f} {:.3f} {:.3f}°, {:.3f} Å³", lengths(0),
                     lengths(1), lengths(2), angles(0), angles(1), angles(2), cell.volume());
}

Json relaxation_json(const neb::Relaxation& relaxation, double seconds) {
  const Evaluation& evaluation = relaxation.evaluation();
  Json out = {{"converged", relaxation.converged()},
              {"energy", evaluation.energy},
              {"free_energy", evaluation.free_energy},
              {"max_force", neb::max_force(evaluation.forces)},
              {"iterations", relaxation.iterations()},
              {"evaluations", relaxation.evaluations()},
              {"seconds", seconds}};
  if (evaluation.stress) {
    const Cell& cell = *relaxation.structure().cell;
    out["cell"] = json_columns(cell.matrix());
    out["volume"] = cell.volume();
    out["stress"] = json_columns(*evaluation.stress);
    out["largest_stress"] = relaxation.largest_stress();
  }
  return out;
}

std::string relaxation_text(const neb::Relaxation& relaxation, const RelaxOptions& options) {
  std::string out =
      fmt::format("{}: {} after {}, energy {:.6f} eV, largest force {:.4f} eV/Å", options.output,
                  relaxation.converged() ? "relaxed" : "not converged",
                  counted(static_cast<std::size_t>(relaxation.iterations()), "step"),
                  relaxation.evaluation().energy, neb::max_force(relaxation.evaluation().forces));
  if (options.cell) {
    out += fmt::format(", stress {:.2e} eV/Å³\ncell {}", relaxation.largest_stress(),
                       cell_text(*relaxation.structure().cell));
  }
  return out + "\n";
}

/// How it ended, with the exit code and, on standard error, what there is to say.
ExitCode outcome(const neb::Relaxation& relaxation, const std::optional<std::string>& stopped_by,
                 const RelaxOptions& options, const Invocation& call) {
  if (stopped_by && !relaxation.finished()) {
    print_note(call, fmt::format("stopped by {}; {} holds the best geometry so far, go on from it",
                                 *stopped_by, options.output));
    return ExitCode::interrupted;
  }
  if (relaxation.converged()) return ExitCode::done;
  print_warning(call, in_brief(relaxation.diagnosis()));
  return ExitCode::not_converged;
}

void write_relaxed(const neb::Relaxation& relaxation, Frame frame, const std::string& output) {
  frame.structure = relaxation.structure();
  frame.data = {};
  frame.data.energy = relaxation.evaluation().free_energy;
  frame.data.forces = relaxation.evaluation().forces;
  frame.data.stress = relaxation.evaluation().stress;
  write_frames(output, std::span(&frame, 1));
}

ExitCode relax(const RelaxOptions& options, const Invocation& call) {
  require_fixed_mesh(options);
  const std::unique_ptr<Potential> potential = options.potential->make();
  JobSession session(*potential, call);
  if (!call.world.is_root()) {
    session.serve();
    return ExitCode::done;
  }
  const auto start = std::chrono::steady_clock::now();
  const Frame frame = options.potential->read(options.file, call).back();
  check_output(options.output, frame.structure);
  options.potential->check(*potential, frame, options.file, call);
  session.expect(frame.structure);
  neb::Relaxation relaxation(frame.structure, settings_of(options));
  neb::Job* const job = &relaxation;
  const std::optional<std::string> stopped_by = session.run(std::span(&job, 1));
  if (relaxation.evaluation().forces.cols() == 0) {
    if (stopped_by) throw Interrupted(*stopped_by + " before the first energy");
    throw BackendError(fmt::format("{}: {}", options.file, relaxation.diagnosis()));
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  print_result(options.json ? json_text(relaxation_json(relaxation, seconds))
                            : relaxation_text(relaxation, options));
  write_relaxed(relaxation, frame, options.output);
  return outcome(relaxation, stopped_by, options, call);
}

}  // namespace

void add_relax(CLI::App& app, Invocation& invocation) {
  CLI::App& command = add_command(
      app, "relax", "relax the atoms of a structure, and its cell if asked to",
      "ionpass relax POSCAR --potential dftb/ionpass-pbi3-1 --fmax 0.02 -o relaxed.extxyz");
  const auto options = std::make_shared<RelaxOptions>();
  command.add_option("FILE", options->file, "CIF, POSCAR or extxyz; - is standard input")
      ->required();
  options->potential = PotentialOptions::add_to(command);
  add_ranks_option(command, invocation);
  command.add_option("--fmax", options->settings.fmax, "largest force on an atom at the end, eV/Å")
      ->check(positive_number(loosest_force))
      ->capture_default_str();
  command
      .add_option("--max-iterations", options->settings.max_iterations, "steps before giving up")
      ->check(positive_number())
      ->capture_default_str();
  command.add_flag("--cell", options->cell, "relax the cell as well");
  command
      .add_option("--keep", options->keep,
                  "what stays: shape, angles or volume of the cell, the length of a, b or c, the "
                  "space group (symmetry); may be given several times")
      ->check(CLI::IsMember({"shape", "angles", "volume", "a", "b", "c", "symmetry"}));
  command
      .add_option("--smax", options->settings.smax, "with --cell: largest stress at the end, eV/Å³")
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
