// ionpass neb: the barrier between two structures.
#include <chrono>

#include <fmt/format.h>

#include <neb/path.hpp>
#include <neb/path_search.hpp>
#include <neb/relaxation.hpp>
#include <structures/error.hpp>
#include <workflows/results_json.hpp>
#include <workflows/runner.hpp>
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
  HopStatus status = HopStatus::unfinished;  ///< stays so if both are usable, or on a stop
  std::string diagnosis = {};                ///< why they are not
  std::optional<std::string> stopped_by = {};
};

/// What there is at the end, or at a stop: the path is the two ends where no band was made.
struct Outcome {
  HopResult hop;
  std::vector<Frame> path;
  std::optional<std::string> stopped_by;
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
  const std::optional<std::string> stopped_by = session.run(jobs);
  Ends ends{.initial = first.structure(),
            .final_ = second.structure(),
            .initial_evaluation = first.evaluation(),
            .final_evaluation = second.evaluation(),
            .evaluations = first.evaluations() + second.evaluations()};
  if (!first.finished() || !second.finished()) {
    ends.stopped_by = stopped_by;
    ends.diagnosis = "the ends are not relaxed";
    return ends;
  }
  for (const auto& [job, file] :
       {std::pair(&first, &options.initial), {&second, &options.final_}}) {
    if (job->evaluation().forces.cols() == 0)
      throw BackendError(fmt::format("{}: {}", *file, job->diagnosis()));
    if (job->converged() || !ends.diagnosis.empty()) continue;
    ends.status = HopStatus::not_converged;
    ends.diagnosis = fmt::format("{}: {}", *file, job->diagnosis());
  }
  if (are_same(ends.initial, ends.final_)) {
    ends.status = HopStatus::no_saddle;
    ends.diagnosis = "both ends relaxed into the same structure";
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

Frame frame_of(const Structure& structure, const Evaluation& evaluation) {
  Frame frame;
  frame.structure = structure;
  if (evaluation.forces.cols() > 0) {
    frame.data.energy = evaluation.free_energy;
    frame.data.forces = evaluation.forces;
  }
  return frame;
}

void run_band(Outcome& out, const Ends& ends, std::size_t ion, const NebOptions& options,
              JobSession& session, const Invocation& call) {
  neb::PathSearchSettings settings;
  settings.band = options.band;
  settings.relax.fmax = 0.5 * options.band.fmax;
  settings.move_ends = !options.fixed_ends;
  const Structure last = neb::unwrap(ends.initial, ends.final_, ion);
  for (const std::string& sentence : neb::suspicious_displacements(ends.initial, last, ion))
    print_warning(call, sentence);
  neb::PathSearch search(starting_path(ends, ion, options, call), ends.initial_evaluation,
                         ends.final_evaluation, settings);
  neb::Job* const job = &search;
  const std::optional<std::string> stopped_by = session.run(std::span(&job, 1));
  if (!search.finished()) out.stopped_by = stopped_by;
  take_search(out.hop, search);
  if (out.stopped_by) out.hop.diagnosis = "the path is not finished";
  const std::vector<Evaluation> evaluations = search.image_evaluations();
  const neb::Path path = search.path();
  out.path.clear();
  for (std::size_t i = 0; i < path.size(); ++i)
    out.path.push_back(frame_of(path[i], evaluations[i]));
}

Outcome find_barrier(const NebOptions& options, const Potential& potential, JobSession& session,
                     const Invocation& call) {
  const Structure initial = read_end(options.initial, options, potential, call);
  const Structure final_ = read_end(options.final_, options, potential, call);
  session.expect(initial);
  session.expect(final_);
  const std::size_t ion = moving_ion(initial, final_, options);
  const Ends ends = settle_ends(initial, final_, options, session);
  Outcome out;
  out.hop.from = initial.label(ion);
  out.hop.to = final_.label(ion);
  out.hop.evaluations_relax = ends.evaluations;
  out.hop.status = ends.status;
  out.hop.diagnosis = ends.diagnosis;
  out.path = {frame_of(ends.initial, ends.initial_evaluation),
              frame_of(ends.final_, ends.final_evaluation)};
  out.stopped_by = ends.stopped_by;
  if (!ends.diagnosis.empty()) return out;
  try {
    run_band(out, ends, ion, options, session, call);
  } catch (const InputError& error) {
    if (!options.start.empty()) throw;
    // No path of ours between them: the relaxed ends are still worth keeping.
    out.hop.status = HopStatus::not_converged;
    out.hop.diagnosis = error.what();
  }
  return out;
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

std::string hop_text(const HopResult& hop) {
  if (hop.status != HopStatus::converged)
    return fmt::format("no barrier: {} ({})\n", in_brief(hop.diagnosis), to_string(hop.status));
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
  return out + "\n" + table.text();
}

/// The exit code and, on standard error, what there is to say beside the result.
ExitCode tell_outcome(const Outcome& out, const NebOptions& options, const Invocation& call) {
  const bool has_path = out.path.size() > 2;
  print_note(call, fmt::format("{} written to {}", has_path ? "path" : "the two ends, no path,",
                               options.output));
  if (out.stopped_by) {
    print_note(call, fmt::format("stopped by {}; go on from {}", *out.stopped_by,
                                 has_path ? "the path with --start" : "the ends written"));
    return ExitCode::interrupted;
  }
  // A barrier may have its remarks: another saddle, an end that moved.
  const bool is_told = !options.json && out.hop.status != HopStatus::converged;
  if (!out.hop.diagnosis.empty() && !is_told) print_warning(call, in_brief(out.hop.diagnosis));
  return static_cast<ExitCode>(exit_code_of(out.hop.status));
}

ExitCode neb_command(const NebOptions& options, const Invocation& call) {
  const std::unique_ptr<Potential> potential = options.potential->make();
  Outcome out;
  {
    JobSession session(*potential, call);
    if (!call.world.is_root()) {
      session.serve();
      return ExitCode::done;
    }
    check_output(options.output, static_cast<std::size_t>(options.path.images) + 2);
    const auto start = std::chrono::steady_clock::now();
    out = find_barrier(options, *potential, session, call);
    out.hop.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  print_result(options.json ? json_text(hop_json(out.hop)) : hop_text(out.hop));
  write_frames(options.output, out.path);
  return tell_outcome(out, options, call);
}

}  // namespace

void add_neb(CLI::App& app, Invocation& invocation) {
  CLI::App& command = add_command(
      app, "neb", "barrier between two structures with the same atoms",
      "ionpass neb a.extxyz b.extxyz --potential dftb/ionpass-pbi3-1 --images 5 -o path.extxyz");
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
      ->check(positive_number(loosest_force))
      ->capture_default_str();
  command
      .add_option("--max-iterations", options->band.max_iterations,
                  "steps of each band of the search before it gives up")
      ->check(positive_number())
      ->capture_default_str();
  command
      .add_option("--relax-iterations", options->relax_iterations,
                  "steps of each end before it gives up")
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
