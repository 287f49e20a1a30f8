// ionpass serve: energies for another program that moves the atoms.
#include <fmt/format.h>

#include <potentials/ipi_client.hpp>
#include <structures/error.hpp>

#include "cli/output.hpp"

namespace ionpass::workflows {
namespace {

struct ServeOptions {
  std::string file, socket, host = "localhost";
  int port = 0;
  double connect_timeout = 60.0;
  std::shared_ptr<PotentialOptions> potential;
};

IpiAddress address_of(const ServeOptions& options) {
  if (options.socket.empty() == (options.port == 0))
    throw InputError("give either --socket NAME or --port N, as the i-PI server says");
  if (options.socket.empty()) return {.is_unix = false, .name = options.host, .port = options.port};
  if (options.socket.find('/') != std::string::npos)
    throw InputError(
        fmt::format("--socket: '{}' is a path; give the name behind /tmp/ipi_", options.socket));
  return {.is_unix = true, .name = options.socket};
}

ExitCode serve(const ServeOptions& options, const Invocation& call) {
  const IpiAddress address = address_of(options);
  const std::unique_ptr<Potential> potential = options.potential->make();
  const Frame frame = options.potential->read(options.file, call).back();
  options.potential->check(*potential, frame, options.file, call);
  IpiClientSettings settings;
  settings.connect_timeout = options.connect_timeout;
  settings.on_evaluation = [&call](const Evaluation& evaluation) {
    for (const std::string& incident : evaluation.incidents)
      print_warning(call, "overcome by a fresh start: " + incident);
    if (call.verbosity > 0)
      print_note(call,
                 fmt::format("energy {:.8f} eV, {:.3f} s", evaluation.energy, evaluation.seconds));
  };
  const std::size_t served = serve_ipi(*potential, frame.structure, address, settings);
  print_note(call, fmt::format("served {}", counted(served, "evaluation")));
  return ExitCode::done;
}

}  // namespace

void add_serve(CLI::App& app, Invocation& invocation) {
  CLI::App& command = add_command(
      app, "serve", "be the client of an i-PI server (i-PI, ASE, …), which moves the atoms",
      "ionpass serve MAPbI3.cif --potential dftb/ionpass-pbi3-1 --socket my-server");
  const auto options = std::make_shared<ServeOptions>();
  command
      .add_option("FILE", options->file,
                  "CIF, POSCAR or extxyz with the atoms in the order of the server, which sends no "
                  "elements; - is standard input")
      ->required();
  options->potential = PotentialOptions::add_to(command);
  command.add_option("--socket", options->socket, "name of a UNIX socket, behind /tmp/ipi_");
  command.add_option("--port", options->port, "TCP port of the server")
      ->check(CLI::Range(1, 65535));
  command.add_option("--host", options->host, "host of the port")->capture_default_str();
  command
      .add_option("--connect-timeout", options->connect_timeout,
                  "how long to wait for the server to listen, s")
      ->check(positive_number())
      ->capture_default_str();
  invocation.on(command, [options](const Invocation& call) { return serve(*options, call); });
}

}  // namespace ionpass::workflows
