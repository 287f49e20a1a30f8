#include "cli/command.hpp"

#include <cmath>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <workflows/data_paths.hpp>
#include <workflows/study.hpp>

#include "cli/output.hpp"
#include "study/quantity.hpp"

namespace ionpass::workflows {

void Invocation::on(CLI::App& command, Action run, bool on_all_ranks) {
  command.callback([this, run = std::move(run), on_all_ranks] {
    action = run;
    parallel = on_all_ranks;
  });
}

CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& summary,
                      const std::string& example) {
  CLI::App* command = app.add_subcommand(name, summary);
  command->footer("Example:\n  " + example);
  command->fallthrough();  // -v and -q may stand behind the command
  return *command;
}

void add_ranks_option(CLI::App& command, Invocation& invocation) {
  command
      .add_option("--ranks-per-image", invocation.ranks_per_image,
                  "MPI ranks that share one energy (default: as many as would be idle otherwise)")
      ->check(CLI::Range(1, 100000));
}

CLI::Validator positive_number(double most) {
  const bool is_limited = most < std::numeric_limits<double>::max();
  const std::string range =
      is_limited ? fmt::format("above 0, at most {:g}", most) : std::string("above 0");
  const auto check = [most, range](const std::string& text) -> std::string {
    double number = 0.0;
    if (CLI::detail::lexical_cast(text, number) && number > 0.0 && number <= most) return "";
    return fmt::format("'{}' given, expected a number {}", text, range);
  };
  return {check, range};
}

std::shared_ptr<PotentialOptions> PotentialOptions::add_to(CLI::App& command) {
  auto options = std::make_shared<PotentialOptions>();
  command
      .add_option("-p,--potential", options->potential,
                  "gfn1-xtb, dftb/SET (a shipped set), a folder of .skf files, driver/NAME (an "
                  "external program), or a YAML file with a potential section")
      ->required();
  command.add_option("--charge", options->charge,
                     "total charge, e (default: as in the file, or 0)");
  command
      .add_option("--unpaired", options->unpaired,
                  "unpaired electrons (default: as in the YAML file, or as the potential has it)")
      ->check(CLI::Range(0, 1000));
  command
      .add_option("--kpoints", options->kpoints,
                  "Γ-centred mesh, three numbers (default: as in the YAML file, or Γ)")
      ->expected(3)
      ->check(CLI::Range(1, 100));
  command.add_flag("--ksymmetry", options->kpoint_symmetry,
                   "leave out k-points that the space group makes equal to others");
  command.add_option("--kshift", options->shift, "shift of the mesh in fractions of a step")
      ->expected(3);
  command.add_option(
      "--electronic-temperature", options->temperature,
      "smearing of the electrons, K (default: 300; a driver as its template has it)");
  return options;
}

PotentialSettings PotentialOptions::settings() const {
  PotentialSettings settings = read_potential(potential);
  if (unpaired) settings.unpaired = {Unpaired::Rule::number, *unpaired};
  if (!kpoints.empty()) settings.kpoints = KpointMesh{.mesh = {kpoints[0], kpoints[1], kpoints[2]}};
  if (kpoint_symmetry) settings.kpoint_symmetry = true;
  if (!shift.empty()) {
    auto* mesh = std::get_if<KpointMesh>(&settings.kpoints);
    if (mesh == nullptr) throw InputError("--kshift: moves a mesh; give --kpoints A B C as well");
    mesh->shift = {shift[0], shift[1], shift[2]};
  }
  if (temperature) {
    try {
      settings.electronic_temperature = parse_quantity(*temperature, Dimension::temperature);
    } catch (const InputError& error) {
      throw InputError(fmt::format("--electronic-temperature: {}", error.what()));
    }
    if (*settings.electronic_temperature < 0.0)
      throw InputError(
          fmt::format("--electronic-temperature: {} given, must be at least 0 K", *temperature));
  }
  return settings;
}

std::unique_ptr<Potential> PotentialOptions::make() const {
  return make_potential(settings(), data_paths().potentials);
}

std::vector<Frame> PotentialOptions::read(const std::string& file,
                                          const Invocation& invocation) const {
  std::vector<Frame> frames = read_frames(structure_path(file));
  for (Frame& frame : frames) {
    for (const std::string& warning : frame.warnings) print_warning(invocation, warning);
    if (charge) frame.structure.charge = *charge;
    if (unpaired) frame.structure.unpaired.reset();  // the settings have the one asked for
  }
  return frames;
}

void PotentialOptions::check(const Potential& used, const Frame& frame, const std::string& file,
                             const Invocation& invocation) const {
  try {
    used.check(frame.structure);
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", file, error.what()));
  }
  for (const std::string& warning : used.warnings(frame.structure))
    print_warning(invocation, fmt::format("{}: {}", file, warning));
}

}  // namespace ionpass::workflows
