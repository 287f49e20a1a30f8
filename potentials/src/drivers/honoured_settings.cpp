#include "drivers/honoured_settings.hpp"

#include <vector>

#include <fmt/format.h>

#include <structures/error.hpp>

namespace ionpass::drivers {
namespace {

/// One setting: whether it is given, and whether this driver knows what to do with it.
struct Given {
  std::string name;
  bool is_given = false;
  bool is_honoured = false;
};

bool has_template(Program program) { return program == Program::cp2k || program == Program::pw; }

bool is_gamma_mesh(const KpointSampling& sampling) {
  const auto* mesh = std::get_if<KpointMesh>(&sampling);
  return mesh != nullptr && mesh->mesh == Eigen::Vector3i::Ones() && mesh->shift.isZero();
}

/// What decides the numbers.
std::vector<Given> physics(const Recipe& recipe, const Dialect* dialect,
                           const PotentialSettings& settings) {
  const auto takes = [dialect](Setting setting) {
    return dialect != nullptr && dialect->takes(setting);
  };
  return {
      {"potential.electronic_temperature (--electronic-temperature)",
       settings.electronic_temperature.has_value(), takes(Setting::electronic_temperature)},
      {"kpoints (--kpoints, --kshift)", !is_gamma_mesh(settings.kpoints),
       has_template(recipe.program)},
      {"kpoints.symmetry (--ksymmetry)", settings.kpoint_symmetry},
      {"potential.unpaired (--unpaired)", settings.unpaired.rule != Unpaired::Rule::of_method},
      {"potential.scf", settings.scf != ScfSettings{}},
      {"potential.d3", settings.d3.has_value()},
      {"potential.gfn1", settings.gfn1 != Gfn1Settings{}},
  };
}

/// Where else the user can say it.
std::string remedy(const Recipe& recipe) {
  if (has_template(recipe.program))
    return fmt::format("write it into a copy of {} and name that as driver: {{template: FILE}}",
                       recipe.template_file.string());
  if (recipe.program == Program::plugin) return "say it in driver: {parameters: TEXT}";
  return "say it in the input of the program itself";
}

/// What decides how the program is run.
std::vector<Given> running(const Recipe& recipe, const DriverSettings& settings) {
  const bool is_plugin = recipe.program == Program::plugin;
  const DriverSettings none;
  return {
      {"template", !settings.template_file.empty(), has_template(recipe.program)},
      {"pseudopotentials", !settings.pseudopotentials.empty(), recipe.program == Program::pw},
      {"library", !settings.library.empty(), is_plugin},
      {"parameters", !settings.parameters.empty(), is_plugin},
      {"command", !settings.command.empty(), !is_plugin},
      {"exchange", !settings.exchange.empty(), !is_plugin},
      {"transport", settings.transport != none.transport, !is_plugin},
      {"ranks", settings.ranks != none.ranks, !is_plugin},
  };
}

}  // namespace

void require_honoured(const Recipe& recipe, const Dialect* dialect,
                      const PotentialSettings& settings) {
  const std::string& name = recipe.potential.name;
  for (const Given& given : physics(recipe, dialect, settings))
    if (given.is_given && !given.is_honoured)
      throw InputError(fmt::format("{}: {} has no effect here; leave it out and {}", name,
                                   given.name, remedy(recipe)));
  for (const Given& given : running(recipe, settings.driver))
    if (given.is_given && !given.is_honoured)
      throw InputError(fmt::format("{}: potential.driver.{} has no effect here; leave it out", name,
                                   given.name));
}

}  // namespace ionpass::drivers
