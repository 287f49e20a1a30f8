// ionpass evaluate: energy and forces of the structures of a file.
#include <fmt/format.h>

#include <neb/job.hpp>
#include <neb/relaxation.hpp>
#include <structures/error.hpp>
#include <workflows/farm_evaluator.hpp>

#include "cli/output.hpp"

namespace ionpass::workflows {
namespace {

struct EvaluateOptions {
  std::string file;
  std::shared_ptr<PotentialOptions> potential;
  bool stress = false;
  bool json = false;
};

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// Of the point charges, e Å, about any origin; it has a meaning only for a neutral molecule.
Json dipole(const Structure& structure, const Evaluation& evaluation) {
  if (structure.is_periodic() || structure.charge != 0.0 || !evaluation.charges) return nullptr;
  const Eigen::Vector3d moment = structure.positions * *evaluation.charges;
  return json_columns(moment)[0];
}

Json potential_json(const PotentialDescription& description) {
  Json settings = Json::object();
  for (const auto& [name, value] : description.settings) settings[name] = value;
  return {{"name", description.name}, {"version", description.version}, {"settings", settings}};
}

Json evaluation_json(const Structure& structure, const Evaluation& evaluation,
                     const PotentialDescription& description) {
  Json components = Json::object();
  for (const auto& [name, value] : evaluation.components) components[name] = value;
  return {
      {"energy", evaluation.energy},
      {"free_energy", evaluation.free_energy},
      {"forces", json_columns(evaluation.forces)},
      {"stress", evaluation.stress ? json_columns(*evaluation.stress) : Json(nullptr)},
      {"charges", evaluation.charges ? json_columns(*evaluation.charges)[0] : Json(nullptr)},
      {"dipole", dipole(structure, evaluation)},
      {"fermi_level", or_null(evaluation.fermi_level)},
      {"gap", or_null(evaluation.gap)},
      {"scf", {{"converged", evaluation.scf.converged}, {"iterations", evaluation.scf.iterations}}},
      {"components", components},
      {"potential", potential_json(description)},
      {"seconds", evaluation.seconds}};
}

/// "charge/e", with how electrons were assigned to atoms where the potential says it.
std::string charge_heading(const PotentialDescription& description) {
  for (const auto& [name, value] : description.settings)
    if (name == "charges") return fmt::format("charge/e ({})", value);
  return "charge/e";
}

std::string evaluation_text(const Structure& structure, const Evaluation& evaluation,
                            const PotentialDescription& description) {
  std::string out = fmt::format("{}, {}\n", formula(structure), counted(structure.size(), "atom"));
  out += fmt::format("energy       {:18.8f} eV\n", evaluation.energy);
  out += fmt::format("free energy  {:18.8f} eV\n", evaluation.free_energy);
  out += fmt::format("largest force{:18.8f} eV/Å\n", neb::max_force(evaluation.forces));
  if (evaluation.fermi_level)
    out += fmt::format("Fermi level  {:18.8f} eV\n", *evaluation.fermi_level);
  if (evaluation.gap) out += fmt::format("gap          {:18.8f} eV\n", *evaluation.gap);
  out += fmt::format("SCF          {}\n",
                     counted(static_cast<std::size_t>(evaluation.scf.iterations), "iteration"));
  TextTable table({"atom", "site", "force x/(eV/Å)", "y", "z", charge_heading(description)});
  for (std::size_t atom = 0; atom < structure.size(); ++atom) {
    const auto column = static_cast<Eigen::Index>(atom);
    const Eigen::Vector3d force = evaluation.forces.col(column);
    table.add({fmt::format("{}", atom), structure.label(atom), fmt::format("{:.6f}", force(0)),
               fmt::format("{:.6f}", force(1)), fmt::format("{:.6f}", force(2)),
               evaluation.charges ? fmt::format("{:.5f}", (*evaluation.charges)(column)) : ""});
  }
  out += "\n" + table.text();
  if (evaluation.stress) {
    out += "\nstress, eV/Å³ (tension positive)\n";
    for (int row = 0; row < 3; ++row)
      out += fmt::format("{:16.10f} {:16.10f} {:16.10f}\n", (*evaluation.stress)(row, 0),
                         (*evaluation.stress)(row, 1), (*evaluation.stress)(row, 2));
  }
  return out;
}

/// The energy, or why there is none. Anything but a failed energy is thrown: it ends the command.
neb::Answer answer_of(const Potential& potential, const Structure& structure, bool stress) {
  neb::Answer out;
  try {
    out.evaluation = potential.evaluate(structure, {.stress = stress, .guess = {}});
  } catch (const ConvergenceError& error) {
    out.error = error.what();
  } catch (const BackendError& error) {
    out.error = error.what();
  }
  return out;
}

/// All structures: one after another on one rank, spread over several.
std::vector<neb::Answer> answers_for(const Potential& potential, const std::vector<Frame>& frames,
                                     bool stress, const Invocation& call) {
  if (call.world.size() == 1) {
    std::vector<neb::Answer> out;
    out.reserve(frames.size());
    for (const Frame& frame : frames) out.push_back(answer_of(potential, frame.structure, stress));
    return out;
  }
  FarmEvaluator evaluator(call.world, {&potential}, {.ranks_per_image = call.ranks_per_image});
  std::vector<neb::WorkItem> items;
  items.reserve(frames.size());
  for (const Frame& frame : frames)
    items.push_back(
        {.potential = &potential, .structure = frame.structure, .guess = {}, .stress = stress});
  return evaluator.evaluate(items);
}

/// What one structure adds to the output.
void add_answer(const EvaluateOptions& options, const Structure& structure,
                const neb::Answer& answer, const PotentialDescription& description, Json& array,
                std::string& text) {
  if (options.json) {
    array.push_back(answer.ok() ? evaluation_json(structure, answer.evaluation, description)
                                : Json{{"energy", nullptr}, {"error", answer.error}});
  } else if (answer.ok()) {
    text += (text.empty() ? "" : "\n") + evaluation_text(structure, answer.evaluation, description);
  }
}

ExitCode evaluate(const EvaluateOptions& options, const Invocation& call) {
  const std::unique_ptr<Potential> potential = options.potential->make();
  if (!call.world.is_root()) {
    FarmEvaluator(call.world, {potential.get()}, {.ranks_per_image = call.ranks_per_image}).serve();
    return ExitCode::done;
  }
  const std::vector<Frame> frames = options.potential->read(options.file, call);
  // All structures are checked before the first is computed.
  for (const Frame& frame : frames) options.potential->check(*potential, frame, options.file, call);
  const std::vector<neb::Answer> answers = answers_for(*potential, frames, options.stress, call);
  Json array = Json::array();
  std::string text;
  ExitCode code = ExitCode::done;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const neb::Answer& answer = answers[i];
    for (const std::string& incident : answer.evaluation.incidents)
      print_warning(call, "overcome by a fresh start: " + incident);
    if (!answer.ok()) {
      code = ExitCode::backend_failed;
      const std::string which =
          frames.size() == 1 ? "" : fmt::format("{}, structure {}: ", options.file, i + 1);
      fmt::print(stderr, "ionpass: {}{}\n", which, in_brief(answer.error));
    }
    add_answer(options, frames[i].structure, answer, potential->description(), array, text);
  }
  print_result(options.json ? json_text(array) : text);
  return code;
}

}  // namespace

void add_evaluate(CLI::App& app, Invocation& invocation) {
  CLI::App& command = add_command(
      app, "evaluate", "energy and forces of the structures in a file",
      "ionpass evaluate MAPbI3.cif --potential dftb/ionpass-pbi3-1 --kpoints 2 2 2 --json");
  const auto options = std::make_shared<EvaluateOptions>();
  command.add_option("FILE", options->file, "CIF, POSCAR or extxyz; - is standard input")
      ->required();
  options->potential = PotentialOptions::add_to(command);
  add_ranks_option(command, invocation);
  command.add_flag("--stress", options->stress, "compute the stress as well");
  command.add_flag("--json", options->json, "print JSON: an array with one entry per structure");
  invocation.on(
      command, [options](const Invocation& call) { return evaluate(*options, call); }, true);
}

}  // namespace ionpass::workflows
