// What the commands share: how they are registered, and the options that several of them take.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <hpc/communicator.hpp>
#include <potentials/potential.hpp>
#include <potentials/registry.hpp>
#include <structures/io.hpp>
#include <workflows/cli.hpp>

namespace ionpass::workflows {

/// What the command line asks for, filled while it is parsed.
struct Invocation {
  using Action = std::function<ExitCode(const Invocation&)>;

  hpc::Communicator world;
  int verbosity = 0;                        ///< -1 quiet, 0, 1 verbose
  Action action = {};                       ///< of the chosen command
  bool parallel = false;                    ///< all ranks run the action; otherwise rank 0 alone
  std::optional<int> ranks_per_image = {};  ///< that share one energy; empty: as it fits

  /// Makes `command` run this when it is the one chosen.
  void on(CLI::App& command, Action run, bool on_all_ranks = false);
};

// One per command, in the order of the help text.
void add_run(CLI::App& app, Invocation& invocation);
void add_plan(CLI::App& app, Invocation& invocation);
void add_validate(CLI::App& app, Invocation& invocation);
void add_sites(CLI::App& app, Invocation& invocation);
void add_hops(CLI::App& app, Invocation& invocation);
void add_evaluate(CLI::App& app, Invocation& invocation);
void add_bands(CLI::App& app, Invocation& invocation);
void add_relax(CLI::App& app, Invocation& invocation);
void add_neb(CLI::App& app, Invocation& invocation);
void add_label(CLI::App& app, Invocation& invocation);
void add_calibrate(CLI::App& app, Invocation& invocation);
void add_serve(CLI::App& app, Invocation& invocation);
void add_report(CLI::App& app, Invocation& invocation);
void add_skgen(CLI::App& app, Invocation& invocation);
void add_potentials(CLI::App& app, Invocation& invocation);
void add_schema(CLI::App& app, Invocation& invocation);

/// A command with its summary and an example at the end of its help.
[[nodiscard]] CLI::App& add_command(CLI::App& app, const std::string& name,
                                    const std::string& summary, const std::string& example);

/// --ranks-per-image, for commands that all ranks run.
void add_ranks_option(CLI::App& command, Invocation& invocation);

/// Accepts a finite number above 0 and, if there is a limit, not beyond it.
[[nodiscard]] CLI::Validator positive_number(double most = std::numeric_limits<double>::max());

/// --potential, --charge, --unpaired, --kpoints, --kshift, --electronic-temperature.
struct PotentialOptions {
  std::string potential;
  std::optional<double> charge;                 ///< e
  std::optional<int> unpaired = {};             ///< electrons
  std::vector<int> kpoints;                     ///< three or none
  std::vector<double> shift;                    ///< three or none
  bool kpoint_symmetry = false;                 ///< see PotentialSettings
  std::optional<std::string> temperature = {};  ///< K, or with a unit

  static std::shared_ptr<PotentialOptions> add_to(CLI::App& command);
  [[nodiscard]] PotentialSettings settings() const;
  [[nodiscard]] std::unique_ptr<Potential> make() const;
  /// The structures of a file with the charge asked for; warnings of the reader go to standard
  /// error.
  [[nodiscard]] std::vector<Frame> read(const std::string& file,
                                        const Invocation& invocation) const;
  /// Refuses a structure the potential cannot treat, naming the file, and warns of doubtful results
  /// on standard error.
  void check(const Potential& used, const Frame& frame, const std::string& file,
             const Invocation& invocation) const;
};

}  // namespace ionpass::workflows
