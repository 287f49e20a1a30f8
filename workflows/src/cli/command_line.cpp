// All commands together: parsing, help, mistakes in usage, and exceptions as exit codes.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>

#include <fmt/format.h>

#include <potentials/driver_scratch.hpp>
#include <structures/error.hpp>
#include <workflows/cli.hpp>
#include <workflows/farm_evaluator.hpp>

#include "cli/command.hpp"
#include "cli/output.hpp"
#include "study/suggest.hpp"

namespace ionpass::workflows {
namespace {

constexpr int code(ExitCode exit) { return static_cast<int>(exit); }

void add_common_options(CLI::App& app, Invocation& invocation) {
  app.set_version_flag("--version", std::string("ionpass ") + IONPASS_VERSION);
  app.add_flag_callback(
      "-v,--verbose", [&invocation] { invocation.verbosity = 1; }, "say more on standard error");
  app.add_flag_callback(
      "-q,--quiet", [&invocation] { invocation.verbosity = -1; }, "say only what went wrong");
}

void add_commands(CLI::App& app, Invocation& invocation) {
  for (const auto add : {add_run, add_plan, add_validate, add_sites, add_hops, add_evaluate,
                         add_bands, add_relax, add_neb, add_label, add_serve, add_report, add_skgen,
                         add_calibrate, add_potentials, add_schema})
    add(app, invocation);
}

CLI::App* chosen_command(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? nullptr : chosen.front();
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> out;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    out.push_back(command->get_name());
  return out;
}

std::vector<std::string> option_names(const CLI::App& app, const CLI::App* command) {
  std::vector<std::string> out;
  for (const CLI::App* source : {&app, command}) {
    if (source == nullptr) continue;
    for (const CLI::Option* option : source->get_options())
      for (const std::string& name : option->get_lnames()) out.push_back("--" + name);
  }
  return out;
}

/// What is wrong with arguments that nothing expected, in one line.
std::string unexpected_argument(const CLI::App& app) {
  const std::vector<std::string> rest = app.remaining(true);
  const CLI::App* command = chosen_command(app);
  const std::string name = command != nullptr ? command->get_name() + " " : "";
  if (rest.empty()) return fmt::format("an argument too many; see 'ionpass {}--help'", name);
  const auto option =
      std::ranges::find_if(rest, [](const std::string& s) { return s.starts_with('-'); });
  if (option != rest.end()) {
    const std::string word = option->substr(0, option->find('='));
    const auto near = nearest(word, option_names(app, command));
    return fmt::format("unknown option '{}'{}; see 'ionpass {}--help'", word,
                       near ? fmt::format("; did you mean '{}'?", *near) : "", name);
  }
  if (command == nullptr)
    return fmt::format("unknown command '{}'{}", rest.front(),
                       suggestion(rest.front(), command_names(app)));
  return fmt::format("unexpected argument '{}'; see 'ionpass {}--help'", rest.front(), name);
}

std::string usage_message(const CLI::App& app, const CLI::ParseError& error) {
  // A misspelt option often shows as the missing of what it should have been.
  const bool is_extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  const bool is_missing = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  if (is_extra || (is_missing && !app.remaining(true).empty())) return unexpected_argument(app);
  const CLI::App* command = chosen_command(app);
  return fmt::format("{}; see 'ionpass {}--help'", error.what(),
                     command != nullptr ? command->get_name() + " " : "");
}

int usage_exit(const CLI::App& app, const CLI::ParseError& error, const hpc::Communicator& world) {
  // Help and version are asked for by exceptions as well; all ranks parse the same words, one
  // speaks.
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    if (world.is_root()) app.exit(error);
    return code(ExitCode::done);
  }
  if (world.is_root()) fmt::print(stderr, "ionpass: {}\n", usage_message(app, error));
  return code(ExitCode::bad_input);
}

struct Failure {
  ExitCode exit;
  std::string message;
};

Failure internal(const std::string& what) {
  return {
      ExitCode::internal_error,
      fmt::format("internal error: {}; please report it with the command line and the input files",
                  what)};
}

Failure current_failure() {
  try {
    throw;
  } catch (const InputError& error) {
    return {ExitCode::bad_input, error.what()};
  } catch (const IoError& error) {
    return {ExitCode::bad_input, error.what()};
  } catch (const ConvergenceError& error) {
    return {ExitCode::backend_failed, error.what()};
  } catch (const BackendError& error) {
    return {ExitCode::backend_failed, error.what()};
  } catch (const Interrupted& error) {
    return {ExitCode::interrupted,
            fmt::format("stopped by {}; run the same command to continue", error.what())};
  } catch (const std::filesystem::filesystem_error& error) {
    return {ExitCode::bad_input, fmt::format("{}; check the path and your rights", error.what())};
  } catch (const std::bad_alloc&) {
    return {ExitCode::backend_failed,
            "out of memory; use a smaller supercell, fewer ranks per machine, or a larger machine"};
  } catch (const std::exception& error) {
    return internal(error.what());
  } catch (...) {
    return internal("an exception of unknown type");
  }
}

}  // namespace

int run_command_line(int argc, const char* const* argv, const hpc::Communicator& world) {
  Invocation invocation{.world = world};
  CLI::App app("ionpass: how hard is it for an ion to move in a crystal?", "ionpass");
  app.footer("'ionpass COMMAND --help' shows the options of a command and an example.");
  add_common_options(app, invocation);
  add_commands(app, invocation);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return usage_exit(app, error, world);
  }
  if (!invocation.action) {
    if (world.is_root()) fmt::print(stderr, "ionpass: no command given\n\n{}", app.help());
    return code(ExitCode::bad_input);
  }
  if (!world.is_root() && !invocation.parallel) return code(ExitCode::done);
  // Whichever command left it: nobody else comes back to the folder for temporary files.
  if (world.is_root()) remove_dead_scratch({});
  return code(invocation.action(invocation));
}

int report_current_exception(const hpc::Communicator& world) {
  const Failure failure = current_failure();
  std::string message = failure.message;
  std::ranges::replace(message, '\n', ' ');
  const std::string rank = world.is_root() ? "" : fmt::format("rank {}: ", world.rank());
  fmt::print(stderr, "ionpass: {}{}\n", rank, message);
  std::fflush(stderr);
  return code(failure.exit);
}

}  // namespace ionpass::workflows
