// ionpass neb: the barrier between two structures.
#include <chrono>

#include <fmt/format.h>

#include <neb/path.hpp>
#include <neb/path_search.hpp>
#include <neb/relaxation.hpp>
#include <structures/error.hpp>
#include <workflows/results_json.hpp>
#include <workflows/study.hpp>

#include "cli/job_session.hpp"
#include "cli/output.hpp"
#include "run/stages.hpp"

namespace ionpass::workflows {
namespace {

struct NebOptions {
  std::string initial, final_, output;
  std::string start;  ///< file with a path; empty: one is made
  std::shared_ptr<PotentialOptions> potential;
  neb::BandSettings band;
  PathSettings path;
  int relax_iterations = neb::RelaxationSettings{}.max_iterations;
  bool fixed_ends = false;
  bool json = false;
};

/// The two ends, relaxed or as given.
struct Ends {
  Structure initial, final_;
  Evaluation initial_evaluation, final_evaluation;
  std::size_t evaluations = 0;
  std::string diagnosis;  ///< empty if both are usable
};

Structure read_end(const std::string& file, const NebOptions& options, const Potential& potential,
                   const Invocation& call) {
  const Frame frame = options.potential->read(file, call).back();
  options.potential->check(potential, frame, file, call);
  return frame.structure;
}

/// The moving ion: whatever shifts most.
std::size_t moving_ion(const Structure& initial, const Structure& final_,
                       const NebOptions& options) {
  if (initial.numbers != final_.numbers)
    throw InputError(fmt::format(
        "{} and {}: {} ({}) and {} ({}) do not match; both ends need the same "
        "atoms in the same order",
        options.initial, options.final_, formula(initial), counted(initial.size(), "atom"),
        formula(final_), counted(final_.size(), "atom")));
  const LargestShift shift = largest_shift(initial, final_);
  if (shift.length < same_structure)
    throw InputError(
        fmt::format("{} and {}: are the same structure (largest shift {:.3f} Å); give two "
                    "different minima",
                    options.initial, options.final_, shift.length));
  return shift.atom;
}

/// Without steps a relaxation is one evaluation: the ends stay as they are.
Ends settle_ends(const Structure& initial, const Structure& final_, const NebOptions& options,
                 JobSession& session) {
  neb::RelaxationSettings settings;
  settings.fmax = options.fixed_ends ? std::numeric_limits<double>::max() : 0.5 * options.band.fmax;
  settings.max_iterations = options.relax_iterations;
  neb::Relaxation first(initial, settings), second(final_, settings);
  const std::array<neb::Job*, 2> jobs{&first, &second};
  session.run(jobs);
  Ends ends{first.structure(),
            second.structure(),
            first.evaluation(),
            second.evaluation(),
            first.evaluations() + second.evaluations(),
            ""};
  for (const auto& [job, file] :
       {std::pair(&first, &options.initial), {&second, &options.final_}}) {
    if (job->evaluation().forces.cols() == 0)
      throw BackendError(fmt::format("{}: {}", *file, job->diagnosis()));
    if (!job->converged() && ends.diagnosis.empty())
      ends.diagnosis = fmt::format("{}: {}", *file, job->diagnosis());
  }
  return ends;
}

/// The path to begin with: made between the ends, or the images between them that a file has.
neb::Path starting_path(const Ends& ends, std::size_t ion, const NebOptions& options,
                        const Invocation& call) {
  if (options.start.empty())
    return first_path({ends.initial, neb::unwrap(ends.initial, ends.final_, ion)}, ion,
                      options.path);
  const std::vector<Frame> frames = options.potential->read(options.start, call);
  if (frames.size() < 3)
    throw InputError(fmt::format("--start {}: has {}, a path needs at least three", options.start,
                                 counted(frames.size(), "structure")));
  try {
    // Each from the one before: a hop by half a cell has no nearest image between its ends.
    neb::Path path{ends.initial};
    for (std::size_t i = 1; i + 1 < frames.size(); ++i)
      path.push_back(neb::unwrap(path.back(), frames[i].structure, ion));
    path.push_back(neb::unwrap(path.back(), ends.final_, ion));
    neb::check_path(path);
    return path;
  } catch (const InputError& error) {
    throw InputError(fmt::format("--start {}: {}", options.start, error.what()));
  }
}

void write_path(const neb::PathSearch& search, const std::string& output) {
  const std::vector<Evaluation> evaluations = search.image_evaluations();
  const neb::Path path = search.path();
  std::vector<Frame> frames;
  for (std::size_t i = 0; i < path.size(); ++i) {
    Frame frame;
    frame.structure = path[i];
    if (evaluations[i].forces.cols() > 0) {
      frame.data.energy = evaluations[i].free_energy;
      frame.data.forces = evaluations[i].forces;
    }
    frames.push_back(frame);
  }
  write_frames(output, frames);
}

HopResult find_barrier(const NebOptions& options, const Potential& potential, JobSession& session,
                       const Invocation& call) {
  const Structure initial = read_end(options.initial, options, potential, call);
  const Structure final_ = read_end(options.final_, options, potential, call);
  const std::size_t ion = moving_ion(initial, final_, options);
  const Ends ends = settle_ends(initial, final_, options, session);
  HopResult result;
  result.from = initial.label(ion);
  result.to = final_.label(ion);
  result.evaluations_relax = ends.evaluations;
  if (are_same(ends.initial, ends.final_)) {
    result.status = HopStatus::no_saddle;
    result.diagnosis = "both ends relaxed into the same structure";
    return result;
  }
  if (!ends.diagnosis.empty()) {
    result.status = HopStatus::not_converged;
    result.diagnosis = ends.diagnosis;
    return result;
  }
  neb::PathSearchSettings settings;
  settings.band = options.band;
  settings.relax.fmax = 0.5 * options.band.fmax;
  settings.move_ends = !options.fixed_ends;
  neb::PathSearch search(starting_path(ends, ion, options, call), ends.initial_evaluation,
                         ends.final_evaluation, settings);
  neb::Job* const job = &search;
  session.run(std::span(&job, 1));
  take_search(result, search);
  write_path(search, options.output);
  return result;
}

/// The members fixed for this command; a band between two files has no site, kind or multiplicity.
Json hop_json(const HopResult& hop) {
  const nlohmann::json all = hop_report(hop);
  Json out;
  for (const char* name :
       {"barrier_forward", "barrier_backward", "reaction_energy", "converged", "status",
        "diagnosis", "max_force", "iterations", "evaluations", "images", "saddle", "seconds"})
    if (all.contains(name)) out[name] = all[name];
  out["converged"] = hop.status == HopStatus::converged;
  return out;
}

std::string hop_text(const HopResult& hop, const NebOptions& options) {
  if (hop.status != HopStatus::converged)
    return fmt::format("no barrier: {} ({})\n", hop.diagnosis, to_string(hop.status));
  std::string out = fmt::format(
      "barrier forward   {:8.4f} eV\nbarrier backward  {:8.4f} eV\nreaction energy   {:8.4f} eV\n"
      "largest force     {:8.4f} eV/Å\nevaluations       {:8} ({} for the ends, {} for the band)\n",
      *hop.barrier_forward, *hop.barrier_backward, *hop.reaction_energy, hop.max_force,
      hop.evaluations_relax + hop.evaluations_neb, hop.evaluations_relax, hop.evaluations_neb);
  TextTable table({"image", "s/Å", "energy/eV", "force along/(eV/Å)", ""});
  for (std::size_t i = 0; i < hop.images.size(); ++i)
    table.add({fmt::format("{}", i), fmt::format("{:.4f}", hop.images[i].s),
               fmt::format("{:.4f}", hop.images[i].energy),
               fmt::format("{:.4f}", hop.images[i].force_along),
               hop.saddle_image == i ? "saddle" : ""});
  return out + "\n" + table.text() + fmt::format("\npath written to {}\n", options.output);
}

ExitCode neb_command(const NebOptions& options, const Invocation& call) {
  const std::unique_ptr<Potential> potential = options.potential->make();
  HopResult hop;
  {
    JobSession session(*potential, call);
    if (!call.world.is_root()) {
      session.serve();
      return ExitCode::done;
    }
    const auto start = std::chrono::steady_clock::now();
    hop = find_barrier(options, *potential, session, call);
    hop.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  print_result(options.json ? json_text(hop_json(hop)) : hop_text(hop, options));
  if (hop.status == HopStatus::converged) return ExitCode::done;
  print_warning(call, fmt::format("no barrier: {}", hop.diagnosis));
  return hop.status == HopStatus::failed ? ExitCode::backend_failed : ExitCode::not_converged;
}

}  // namespace

void add_neb(CLI::App& app, Invocation& invocation) {
  CLI::App& command = add_command(
      app, "neb", "barrier between two structures with the same atoms",
      "ionpass neb a.extxyz b.extxyz --potential dftb/pilot-pbi3 --images 5 -o path.extxyz");
  const auto options = std::make_shared<NebOptions>();
  command.add_option("INITIAL", options->initial, "first end: CIF, POSCAR or extxyz")->required();
  command.add_option("FINAL", options->final_, "last end, the same atoms in the same order")
      ->required();
  options->potential = PotentialOptions::add_to(command);
  add_ranks_option(command, invocation);
  CLI::Option* images =
      command.add_option("--images", options->path.images, "images between the ends")
          ->check(CLI::Range(1, 100))
          ->capture_default_str();
  command
      .add_option("--fmax", options->band.fmax,
                  "largest force on the band at the end, eV/Å; the ends are relaxed to half of it")
      ->check(positive_number())
      ->capture_default_str();
  command.add_option("--max-iterations", options->band.max_iterations, "steps before giving up")
      ->check(positive_number())
      ->capture_default_str();
  CLI::Option* method =
      command.add_option("--method", options->path.method, "first guess of the path")
          ->check(CLI::IsMember({"idpp", "linear"}))
          ->capture_default_str();
  command
      .add_option("--start", options->start,
                  "path to begin with, as -o writes it: one found with another potential")
      ->excludes(images)
      ->excludes(method);
  command.add_flag("--fixed-ends", options->fixed_ends, "take the ends as they are");
  command.add_option("-o,--output", options->output, "file for the path (.extxyz)")->required();
  command.add_flag("--json", options->json, "print JSON");
  invocation.on(
      command, [options](const Invocation& call) { return neb_command(*options, call); }, true);
}

}  // namespace ionpass::workflows
