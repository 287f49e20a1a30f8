// ionpass potentials, schema and validate: what is there, and whether a study file is right.
#include <fmt/format.h>

#include <potentials/registry.hpp>
#include <workflows/data_paths.hpp>
#include <workflows/plan.hpp>
#include <workflows/study.hpp>

#include "cli/output.hpp"

namespace ionpass::workflows {
namespace {

std::string potential_text(const PotentialDescription& potential) {
  std::string out =
      fmt::format("{}  (version {})\n  {}\n", potential.name, potential.version, potential.summary);
  if (!potential.licence.empty()) out += fmt::format("  licence: {}\n", potential.licence);
  for (const std::string& citation : potential.citations)
    out += fmt::format("  cite: {}\n", citation);
  for (const std::string& statement : potential.accuracy)
    out += fmt::format("  accuracy: {}\n", statement);
  return out;
}

Json potential_json(const PotentialDescription& potential) {
  return {{"name", potential.name},           {"version", potential.version},
          {"summary", potential.summary},     {"licence", potential.licence},
          {"citations", potential.citations}, {"accuracy", potential.accuracy}};
}

ExitCode list_potentials(bool json) {
  Json array = Json::array();
  std::string text;
  for (const PotentialDescription& potential : shipped_potentials(data_paths().potentials)) {
    array.push_back(potential_json(potential));
    text += (text.empty() ? "" : "\n") + potential_text(potential);
  }
  print_result(json ? json_text(array) : text);
  return ExitCode::done;
}

/// Everything that can be wrong with a study before its first energy: structures, cells, hops,
/// parameters, charges.
void check_materials(const Study& study, const Invocation& call) {
  const PotentialFactory factory = shipped_potential_factory(data_paths().potentials);
  for (const MaterialStudy& material : study.materials) {
    const auto potential = named_potential(material.name, material.potential, factory);
    for (const std::string& warning : prepare_material(material, potential.get()).warnings)
      print_warning(call, fmt::format("material {}: {}", material.name, warning));
  }
}

}  // namespace

void add_validate(CLI::App& app, Invocation& invocation) {
  CLI::App& command =
      add_command(app, "validate", "check a study file and the materials in it; computes nothing",
                  "ionpass validate study.yaml --show");
  const auto file = std::make_shared<std::string>();
  const auto show = std::make_shared<bool>(false);
  command.add_option("STUDY", *file, "study file (YAML)")->required();
  command.add_flag("--show", *show, "print the study with all defaults filled in");
  invocation.on(command, [file, show](const Invocation& call) {
    const Study study = read_study(*file);
    check_materials(study, call);
    print_result(
        *show ? to_yaml(study)
              : fmt::format("{}: valid, {}\n", *file, counted(study.materials.size(), "material")));
    return ExitCode::done;
  });
}

void add_potentials(CLI::App& app, Invocation& invocation) {
  CLI::App& command = add_command(app, "potentials", "potentials that ship, with their accuracy",
                                  "ionpass potentials");
  const auto json = std::make_shared<bool>(false);
  command.add_flag("--json", *json, "print JSON");
  invocation.on(command, [json](const Invocation&) { return list_potentials(*json); });
}

void add_schema(CLI::App& app, Invocation& invocation) {
  CLI::App& command =
      add_command(app, "schema", "keys of the study file: types, units, defaults, meanings",
                  "ionpass schema | less");
  invocation.on(command, [](const Invocation&) {
    print_result(schema_text());
    return ExitCode::done;
  });
}

}  // namespace ionpass::workflows
