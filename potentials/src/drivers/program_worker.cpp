#include "drivers/program_worker.hpp"

#include <fmt/format.h>

#include <structures/units.hpp>

#include "drivers/child_process.hpp"
#include "drivers/ipi_server.hpp"
#include "drivers/sanity.hpp"
#include "drivers/workspace.hpp"

namespace ionpass::drivers {

namespace fs = std::filesystem;

namespace {

LaunchPlan launch_plan(const ProgramContext& context, const Workspace& space, const Job& job) {
  LaunchPlan plan;
  plan.arguments =
      with_launcher(context.dialect->arguments(context.command, job), context.settings);
  plan.folder = space.folder();
  const std::string input = context.dialect->standard_input();
  if (!input.empty()) plan.input = space.folder() / input;
  plan.output = space.output.output;
  plan.errors = space.output.errors;
  return plan;
}

/// The same failure with the potential's name in front, and where its files stay at the end.
DriverError completed(const DriverError& error, const std::string& name, const Workspace& space) {
  const fs::path kept = space.keep_files("failed");
  const std::string prefix = std::string(to_string(error.kind())) + ": ";
  const std::string message = name + ": " + std::string(error.what()).substr(prefix.size());
  return {error.kind(), kept.empty()
                            ? message
                            : fmt::format("{}; its files are kept in {}", message, kept.string())};
}

/// Asked while a program computes: whether its output is in bounds, and whether the caller waits.
std::function<void()> watch(const Workspace& space, const std::function<void()>& on_wait) {
  return [&space, on_wait] {
    space.output.require_bounded();
    if (on_wait) on_wait();
  };
}

void require_sane(const Evaluation& evaluation, const Structure& structure,
                  const ProgramOutput& output) {
  if (const auto what = absurdity(evaluation, structure.size()))
    throw failure(FailureKind::absurd_numbers, "the program " + *what, output);
}

class FileWorker final : public Worker {
 public:
  explicit FileWorker(const ProgramContext& context) : context_(context) {}

  Evaluation evaluate(const Structure& structure, const EvaluationRequest& request,
                      bool retry) override {
    const SystemKey key = key_of(structure, false);
    if (!(key == key_)) reset();
    if (!space_) space_.emplace(context_.settings);
    key_ = key;
    try {
      return run({.structure = &structure,
                  .stress = request.stress,
                  .warm = is_warm_,
                  .retry = retry,
                  .socket = std::nullopt},
                 request.on_wait);
    } catch (const DriverError& error) {
      throw completed(error, context_.name, *space_);
    }
  }

  void reset() noexcept override {
    space_.reset();
    is_warm_ = false;
  }

 private:
  Evaluation run(const Job& job, const std::function<void()>& on_wait) {
    Workspace& space = *space_;
    space.output.read = 0;  // made anew by every run
    context_.dialect->write_input(space.folder(), job);
    ChildProcess program(launch_plan(context_, space, job));
    const auto ending =
        program.wait(Deadline::in(context_.settings.timeout, watch(space, on_wait)));
    if (!ending) {
      program.kill();
      throw failure(
          FailureKind::hung,
          fmt::format("no end after {:g} s (potential.driver.timeout)", context_.settings.timeout),
          space.output);
    }
    if (!ending->is_success()) {
      context_.dialect->explain_end(space.output);
      throw failure(FailureKind::crashed, fmt::format("the program ended with {}", ending->text()),
                    space.output);
    }
    Evaluation out = context_.dialect->read_result(space.folder(), job, space.output);
    require_sane(out, *job.structure, space.output);
    space.finish_evaluation();
    is_warm_ = true;
    return out;
  }

  const ProgramContext& context_;
  SystemKey key_;
  std::optional<Workspace> space_;
  bool is_warm_ = false;
};

class SocketWorker final : public Worker {
 public:
  explicit SocketWorker(const ProgramContext& context) : context_(context) {}
  ~SocketWorker() override { stop(); }
  SocketWorker(const SocketWorker&) = delete;
  SocketWorker& operator=(const SocketWorker&) = delete;

  Evaluation evaluate(const Structure& structure, const EvaluationRequest& request,
                      bool retry) override {
    const SystemKey key = key_of(structure, request.stress);
    if (!channel_ || !(key == key_)) {
      stop();
      reset();
      space_.emplace(context_.settings);
    }
    key_ = key;
    try {
      return ask({.structure = &structure,
                  .stress = request.stress,
                  .warm = false,
                  .retry = retry,
                  .socket = std::nullopt},
                 request.on_wait);
    } catch (const DriverError& error) {
      throw completed(error, context_.name, *space_);
    }
  }

  void reset() noexcept override {
    channel_.reset();
    program_.reset();
    space_.reset();
  }

 private:
  void start(Job job, const std::function<void()>& on_wait) {
    IpiListener listener = context_.settings.transport == "inet"
                               ? IpiListener::on_inet(context_.settings.host)
                               : IpiListener::on_unix(space_->folder().filename());
    job.socket = SocketAddress{listener.is_unix(), listener.name(), listener.port()};
    context_.dialect->write_input(space_->folder(), job);
    program_ = std::make_unique<ChildProcess>(launch_plan(context_, *space_, job));
    channel_.emplace(
        listener.accept(Deadline::in(context_.settings.start_timeout, watch(*space_, on_wait)),
                        program_->descriptor()));
  }

  Evaluation ask(const Job& job, const std::function<void()>& on_wait) {
    double limit = context_.settings.start_timeout;
    try {
      if (!channel_) start(job, on_wait);
      limit = context_.settings.timeout;
      channel_->set_deadline(Deadline::in(limit, watch(*space_, on_wait)));
      const Structure& structure = *job.structure;
      const IpiForces answer = ask_forces(
          *channel_, {structure.cell->matrix() / units::bohr, structure.positions / units::bohr});
      return accepted(answer, structure);
    } catch (const TimedOut& error) {
      program_->kill();
      throw failure(FailureKind::hung, fmt::format("{} ({:g} s)", error.what(), limit),
                    space_->output);
    } catch (const WrongAtomCount& error) {
      throw failure(FailureKind::wrong_atom_count, error.what(), space_->output);
    } catch (const ProtocolViolation& error) {
      throw failure(FailureKind::protocol_violation, fmt::format("the program {}", error.what()),
                    space_->output);
    } catch (const ConnectionLost& error) {
      explain_loss(error.what());
    }
  }

  /// The connection is gone: why, as far as the end of the program tells.
  [[noreturn]] void explain_loss(const std::string& what) {
    constexpr double longest_goodbye = 5.0;  // s
    const auto ending = program_->wait(Deadline::in(longest_goodbye));
    if (!ending) {
      program_->kill();
      throw failure(FailureKind::protocol_violation,
                    fmt::format("{}, but the program went on", what), space_->output);
    }
    context_.dialect->explain_end(space_->output);
    throw failure(ending->is_success() ? FailureKind::truncated_output : FailureKind::crashed,
                  fmt::format("the program ended with {} before it answered", ending->text()),
                  space_->output);
  }

  Evaluation accepted(const IpiForces& answer, const Structure& structure) {
    Evaluation out;
    const std::string said = space_->output.fresh();
    out.scf.iterations = context_.dialect->require_convergence(said, space_->output);
    out.charges = context_.dialect->charges(said, structure.size(), space_->output);
    out.energy = out.free_energy = answer.energy * units::hartree;
    out.forces = answer.forces * units::hartree_per_bohr;
    // Nine zeros are what programs send that compute no stress.
    if (!answer.virial.isZero(0.0))
      out.stress = -answer.virial * units::hartree / structure.cell->volume();
    require_sane(out, structure, space_->output);
    space_->finish_evaluation();
    return out;
  }

  /// Lets the program end by itself, for a moment.
  void stop() noexcept {
    if (!channel_ || !program_) return;
    constexpr double patience = 2.0;  // s
    try {
      channel_->set_deadline(Deadline::in(patience));
      channel_->send_header("EXIT");
      (void)program_->wait(Deadline::in(patience));
    } catch (const std::exception&) {
      // It is ended the hard way below.
    }
    channel_.reset();
    program_.reset();
  }

  const ProgramContext& context_;
  SystemKey key_;
  std::optional<Workspace> space_;
  std::unique_ptr<ChildProcess> program_;
  std::optional<IpiChannel> channel_;
};

}  // namespace

std::vector<std::string> with_launcher(std::vector<std::string> arguments,
                                       const DriverSettings& settings) {
  if (settings.ranks <= 1) return arguments;
  std::vector<std::string> out;
  for (const std::string& word : settings.launcher)
    out.push_back(word == "{ranks}" ? fmt::format("{}", settings.ranks) : word);
  out.insert(out.end(), arguments.begin(), arguments.end());
  return out;
}

std::unique_ptr<Worker> make_file_worker(const ProgramContext& context) {
  return std::make_unique<FileWorker>(context);
}

std::unique_ptr<Worker> make_socket_worker(const ProgramContext& context) {
  return std::make_unique<SocketWorker>(context);
}

}  // namespace ionpass::drivers
