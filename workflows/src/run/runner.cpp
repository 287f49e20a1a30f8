// Drives a study: rank 0 feeds the jobs of all materials to the farm, the other ranks evaluate.
#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>
#include <exception>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>

#include <hpc/interrupt.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>
#include <workflows/farm_evaluator.hpp>
#include <workflows/results_json.hpp>
#include <workflows/runner.hpp>
#include <workflows/store.hpp>

#include "material_job.hpp"
#include "run_folder.hpp"
#include "store/system.hpp"

namespace ionpass::workflows {
namespace {

using Clock = std::chrono::steady_clock;
using Potentials = std::vector<std::unique_ptr<Potential>>;

std::vector<const Potential*> pointers(const Potentials& potentials) {
  std::vector<const Potential*> list;
  for (const auto& potential : potentials) list.push_back(potential.get());
  return list;
}

PotentialNote note_of(const PotentialDescription& description) {
  return {.name = description.name,
          .version = description.version,
          .summary = description.summary,
          .licence = description.licence,
          .citations = description.citations,
          .accuracy = description.accuracy,
          .settings = description.settings};
}

/// One note per potential that differs from the others in anything that changes numbers but the
/// k-points, which stand with each material.
std::vector<PotentialNote> notes_of(const std::vector<const Potential*>& potentials) {
  std::vector<PotentialNote> notes;
  std::set<std::string> seen;
  for (const Potential* potential : potentials) {
    PotentialDescription description = potential->description();
    std::erase_if(description.settings,
                  [](const auto& setting) { return setting.first == "kpoints"; });
    if (seen.insert(potential_fingerprint(description)).second)
      notes.push_back(note_of(description));
  }
  return notes;
}

/// What external programs leave behind belongs to the run.
std::filesystem::path scratch_of(const RunOptions& options) { return options.run_dir / "drivers"; }

/// Everything rank 0 holds while a study runs.
class Driver final : public neb::RunObserver {
 public:
  Driver(const Study& study, const RunOptions& options,
         const std::vector<const Potential*>& potentials);

  /// Runs until all is done or something asks to stop.
  [[nodiscard]] RunOutcome run(const hpc::Communicator& communicator,
                               const hpc::InterruptGuard& guard);

  [[nodiscard]] bool on_round(std::span<const neb::RunningJob> jobs) override;

 private:
  void open_log();
  void open_folder(const std::vector<std::string>& changed);
  void record_inputs(const hpc::Communicator& communicator);
  void start_jobs();
  void collect_events();
  void save_result();
  [[nodiscard]] StudyResult result() const;
  [[nodiscard]] RunSnapshot snapshot() const;
  void note(const std::string& line);
  void record_once(const std::string& kind, const std::string& detail);
  [[nodiscard]] RunOutcome conclude(const std::optional<std::string>& stopped_by);

  const Study& study_;
  const RunOptions& options_;
  const std::vector<const Potential*>& potentials_;
  std::vector<PreparedMaterial> prepared_;
  std::optional<Store> store_;
  std::optional<spdlog::logger> log_;
  std::set<std::pair<std::string, std::string>> recorded_;
  std::deque<MaterialJob> jobs_;  // a deque: the running jobs point into it
  FarmEvaluator* evaluator_ = nullptr;
  const hpc::InterruptGuard* guard_ = nullptr;
  int ranks_ = 1;
  Clock::time_point start_ = Clock::now();
};

Driver::Driver(const Study& study, const RunOptions& options,
               const std::vector<const Potential*>& potentials)
    : study_(study), options_(options), potentials_(potentials) {
  // Everything that can be wrong with the input is found before the run folder is touched.
  for (std::size_t i = 0; i < study.materials.size(); ++i) {
    prepared_.push_back(prepare_material(study.materials[i], potentials[i]));
  }
  open_folder(check_run_folder(options.run_dir, study, options.fresh));
}

void Driver::open_log() {
  const std::string file = (options_.run_dir / "log.txt").string();
  try {
    log_.emplace("ionpass", std::make_shared<spdlog::sinks::basic_file_sink_st>(file));
  } catch (const spdlog::spdlog_ex& error) {
    throw IoError(fmt::format("{}: cannot be opened ({}); check the rights of the folder", file,
                              error.what()));
  }
  log_->set_pattern("%Y-%m-%d %H:%M:%S %v");
  log_->flush_on(spdlog::level::info);
}

void Driver::open_folder(const std::vector<std::string>& changed) {
  std::optional<std::filesystem::path> aside;
  if (options_.fresh) aside = set_earlier_run_aside(options_.run_dir, study_);
  store_.emplace(options_.run_dir);
  open_log();
  for (const StoreEvent& event : store_->events()) recorded_.emplace(event.kind, event.detail);
  if (aside) note(fmt::format("the earlier run is kept in {}", aside->string()));
  if (!changed.empty()) {
    const std::string text =
        fmt::format("the study differs from the last run in {}", fmt::join(changed, ", "));
    note(text + "; evaluations that are still needed are used again");
    store_->record_event("study", text);
    remove_reports(options_.run_dir);
  }
  write_text_file(options_.run_dir / "study.yaml", to_yaml(study_));
  for (const PreparedMaterial& material : prepared_) write_material(options_.run_dir, material);
}

void Driver::record_once(const std::string& kind, const std::string& detail) {
  if (recorded_.emplace(kind, detail).second) store_->record_event(kind, detail);
}

void Driver::record_inputs(const hpc::Communicator& communicator) {
  ranks_ = communicator.size();
  store_->record_event("start", fmt::format("ionpass {} on {}, {} rank{}", IONPASS_VERSION,
                                            host_name(), ranks_, ranks_ == 1 ? "" : "s"));
  for (std::size_t i = 0; i < prepared_.size(); ++i) {
    const PreparedMaterial& material = prepared_[i];
    const std::filesystem::path& file = material.settings.structure;
    record_once("input", fmt::format("{}: {} sha256 {}", material.settings.name, file.string(),
                                     sha256_hex(read_text_file(file))));
    record_once("potential", fmt::format("{}: {}", material.settings.name,
                                         potential_fingerprint(potentials_[i]->description())));
    for (const std::string& warning : material.warnings) {
      note(fmt::format("warning: {}: {}", material.settings.name, warning));
    }
  }
}

void Driver::note(const std::string& line) {
  log_->info(line);
  if (options_.progress != nullptr) options_.progress->note(line);
}

void Driver::start_jobs() {
  for (std::size_t i = 0; i < prepared_.size(); ++i) {
    jobs_.emplace_back(std::move(prepared_[i]), *potentials_[i], ExpectedEvaluations{});
  }
  prepared_.clear();
}

void Driver::collect_events() {
  bool has_news = false;
  for (MaterialJob& job : jobs_) {
    const std::string& material = job.result().name;
    for (const StageEvent& event : job.take_events()) {
      write_event(options_.run_dir, material, event);
      if (event.line.empty()) continue;
      has_news = true;
      const std::string line =
          fmt::format("{}{}: {}", event.is_warning ? "warning: " : "", material, event.line);
      note(line);
      record_once(event.stage, line);
    }
  }
  if (has_news) save_result();
}

void Driver::save_result() { store_->put_document("result", to_document(result())); }

StudyResult Driver::result() const {
  StudyResult result;
  result.study = study_.name;
  result.version = IONPASS_VERSION;
  for (const MaterialJob& job : jobs_) result.materials.push_back(job.result());
  result.potentials = notes_of(potentials_);
  result.kinetics = study_.kinetics;
  result.retention = study_.retention;
  result.literature = study_.report.literature;
  return result;
}

RunSnapshot Driver::snapshot() const {
  RunSnapshot snapshot;
  double cost_left = 0.0;
  for (const MaterialJob& job : jobs_) {
    for (JobLine& line : job.lines()) snapshot.active.push_back(std::move(line));
    snapshot.hops_done += job.hops_done();
    snapshot.hops_total += job.result().hops.size();
    cost_left += job.cost_left();
  }
  const EvaluatorCounts& counts = evaluator_->counts();
  snapshot.evaluations_computed = counts.computed;
  snapshot.evaluations_found = counts.found;
  snapshot.round_done = counts.round_done;
  snapshot.round_total = counts.round_total;
  snapshot.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  if (counts.cost > 0.0) {
    snapshot.seconds_left = cost_left * counts.seconds / counts.cost / ranks_;
  }
  return snapshot;
}

bool Driver::on_round(std::span<const neb::RunningJob> jobs) {
  (void)jobs;
  collect_events();
  if (options_.progress != nullptr) options_.progress->show(snapshot());
  return !guard_->reason().has_value();
}

RunOutcome Driver::run(const hpc::Communicator& communicator, const hpc::InterruptGuard& guard) {
  record_inputs(communicator);
  // The lock of the run is ours, and no rank has begun to compute.
  if (const std::size_t left = remove_left_scratch(scratch_of(options_)); left > 0)
    note(fmt::format("removed what a run that was killed left of {} external program{}", left,
                     left == 1 ? "" : "s"));
  guard_ = &guard;
  FarmEvaluatorOptions farm;
  farm.store = &*store_;
  farm.ranks_per_image = study_.parallel.ranks_per_image;
  farm.stop = [&guard] { return guard.reason(); };
  farm.on_arrival = [this] {
    if (options_.progress != nullptr) options_.progress->show(snapshot());
  };
  FarmEvaluator evaluator(communicator, potentials_, std::move(farm));
  evaluator_ = &evaluator;
  start_jobs();
  std::vector<neb::RunningJob> running;
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    running.push_back({&jobs_[i], potentials_[i], jobs_[i].result().name});
  }
  std::optional<std::string> stopped_by;
  try {
    if (!neb::run(running, evaluator, this)) stopped_by = guard.reason();
  } catch (const Interrupted& interrupted) {
    stopped_by = interrupted.what();
  }
  evaluator.stop();
  collect_events();
  RunOutcome outcome = conclude(stopped_by);
  evaluator_ = nullptr;
  return outcome;
}

RunOutcome Driver::conclude(const std::optional<std::string>& stopped_by) {
  RunOutcome outcome;
  outcome.result = result();
  save_result();
  bool is_done = true;
  for (const MaterialJob& job : jobs_) {
    is_done = is_done && job.finished();
    for (const HopResult& hop : job.result().hops) {
      outcome.exit_code = std::max(outcome.exit_code, exit_code_of(hop.status));
    }
  }
  const EvaluatorCounts& counts = evaluator_->counts();
  const std::string work = fmt::format("{} evaluations computed, {} taken from the store",
                                       counts.computed, counts.found);
  for (const std::string& incident : counts.incidents) {
    log_->info("overcome by a fresh start: {}", incident);
    store_->record_event("incident", incident);
  }
  if (!is_done) {
    outcome.exit_code = exit_interrupted;
    outcome.stopped_by = stopped_by.value_or("a request to stop");
    note(fmt::format("stopped by {}: {}; all of it is saved, run the same command to continue",
                     *outcome.stopped_by, work));
    store_->record_event("stop", *outcome.stopped_by);
  } else {
    write_reports(options_.run_dir, outcome.result, options_.literature);
    note(fmt::format("done: {}; report in {}", work, (options_.run_dir / "report.html").string()));
    store_->record_event("stop", "done");
  }
  if (options_.progress != nullptr) options_.progress->finish();
  return outcome;
}

hpc::Bytes to_bytes(const std::string& text) {
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

std::string to_text(const hpc::Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Rank 0's study, on every rank.
Study shared_study(const Study& study, const hpc::Communicator& communicator) {
  if (communicator.size() == 1) return study;
  const std::string text =
      to_text(communicator.broadcast(to_bytes(communicator.is_root() ? to_yaml(study) : "")));
  const std::string file =
      to_text(communicator.broadcast(to_bytes(communicator.is_root() ? study.file.string() : "")));
  return communicator.is_root() ? study : parse_study(text, file);
}

Potentials make_potentials(const Study& study, const RunOptions& options) {
  const PotentialFactory factory =
      options.potential ? options.potential : shipped_potential_factory(options.data);
  Potentials potentials;
  for (const MaterialStudy& material : study.materials) {
    PotentialSettings settings = material.potential;
    if (settings.driver.scratch.empty()) settings.driver.scratch = scratch_of(options);
    potentials.push_back(named_potential(material.name, settings, factory));
  }
  return potentials;
}

/// The byte that ends a run on all ranks: the exit code, or this one.
constexpr int rank_0_failed = 255;

int shared_code(int code, const hpc::Communicator& communicator) {
  const hpc::Bytes bytes = communicator.broadcast({static_cast<std::byte>(code)});
  return std::to_integer<int>(bytes.at(0));
}

RunOutcome drive(Driver& driver, const hpc::Communicator& communicator,
                 const hpc::InterruptGuard& guard) {
  RunOutcome outcome;
  try {
    outcome = driver.run(communicator, guard);
  } catch (...) {
    (void)shared_code(rank_0_failed, communicator);
    throw;
  }
  (void)shared_code(outcome.exit_code, communicator);
  return outcome;
}

RunOutcome serve(const std::vector<const Potential*>& potentials,
                 const hpc::Communicator& communicator, const hpc::InterruptGuard& guard) {
  FarmEvaluatorOptions farm;
  farm.stop = [&guard] { return guard.reason(); };
  FarmEvaluator(communicator, potentials, std::move(farm)).serve();
  RunOutcome outcome;
  outcome.exit_code = shared_code(0, communicator);
  return outcome;
}

}  // namespace

int exit_code_of(HopStatus status) {
  switch (status) {
    case HopStatus::converged:
    case HopStatus::no_saddle:
      return exit_done;
    case HopStatus::failed:
      return exit_backend_failed;
    case HopStatus::not_converged:
    case HopStatus::unfinished:
      break;
  }
  return exit_not_converged;
}

RunOutcome run_study(const Study& study, const RunOptions& options,
                     const hpc::Communicator& communicator) {
  const hpc::InterruptGuard guard(options.time_limit);
  const Study shared = shared_study(study, communicator);
  Potentials potentials;
  std::vector<const Potential*> list;
  std::optional<Driver> driver;
  std::exception_ptr failure;
  try {
    potentials = make_potentials(shared, options);
    list = pointers(potentials);
    if (communicator.is_root()) driver.emplace(shared, options, list);
  } catch (...) {
    failure = std::current_exception();
  }
  if (!communicator.all_of(!failure)) {
    if (!communicator.is_root())
      return {.result = {}, .exit_code = rank_0_failed, .stopped_by = {}};
    if (failure) std::rethrow_exception(failure);
    throw BackendError(
        "another rank could not make its potentials; check that all nodes see the same files");
  }
  return driver ? drive(*driver, communicator, guard) : serve(list, communicator, guard);
}

}  // namespace ionpass::workflows
