#include "drivers/driver_potential.hpp"

#include <fmt/format.h>

#include <potentials/driver_error.hpp>
#include <potentials/driver_scratch.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>

#include "drivers/honoured_settings.hpp"
#include "drivers/plugin.hpp"
#include "drivers/program_version.hpp"
#include "drivers/sanity.hpp"
#include "fingerprint.hpp"
#include "gamma_only.hpp"

namespace ionpass::drivers {

namespace fs = std::filesystem;

namespace {

std::unique_ptr<Dialect> make_dialect(const Recipe& recipe, const PotentialSettings& settings) {
  switch (recipe.program) {
    case Program::cp2k:
      return make_cp2k(recipe, settings);
    case Program::pw:
      return make_pw(recipe, settings);
    default:
      return make_generic(recipe, settings);
  }
}

bool speaks_over_socket(const Recipe& recipe, const DriverSettings& settings) {
  const std::string& asked = settings.exchange;
  const bool has_no_choice = recipe.program == Program::ipi || recipe.program == Program::command;
  if (has_no_choice && !asked.empty() && asked != recipe.exchange)
    throw InputError(fmt::format("potential.driver.exchange: {} works over {} only",
                                 recipe.potential.name, recipe.exchange));
  return (asked.empty() ? recipe.exchange : asked) == "socket";
}

}  // namespace

DriverPotential::DriverPotential(const fs::path& folder, const PotentialSettings& settings) {
  const Recipe recipe = read_recipe(folder);
  description_ = recipe.potential;
  context_.name = description_.name;
  context_.settings = settings.driver;
  if (recipe.program == Program::plugin)
    set_up_plugin(recipe, settings);
  else
    set_up_program(recipe, settings);
}

void DriverPotential::set_up_program(const Recipe& recipe, const PotentialSettings& settings) {
  context_.command = command_of(recipe, settings.driver);
  context_.dialect = make_dialect(recipe, settings);
  require_honoured(recipe, context_.dialect.get(), settings);
  if (recipe.program == Program::cp2k || recipe.program == Program::pw) kpoints_ = settings.kpoints;
  const bool is_socket = speaks_over_socket(recipe, settings.driver);
  const std::string version = program_version(recipe, context_.command);
  if (!version.empty()) description_.settings.emplace_back("program", version);
  for (auto& setting : context_.dialect->settings())
    description_.settings.push_back(std::move(setting));
  make_worker_ = [this, is_socket] {
    if (!has_cleaned_) remove_dead_scratch(context_.settings.scratch);
    has_cleaned_ = true;
    return is_socket ? make_socket_worker(context_) : make_file_worker(context_);
  };
}

void DriverPotential::set_up_plugin(const Recipe& recipe, const PotentialSettings& settings) {
  require_honoured(recipe, nullptr, settings);
  const DriverSettings& driver = settings.driver;
  if (driver.library.empty())
    throw InputError(
        fmt::format("{}: no library given; name it, as potential: {{name: {}, driver: "
                    "{{library: ./my-potential.so}}}}",
                    description_.name, description_.name));
  const auto plugin = load_plugin(driver.library);
  description_.settings.emplace_back("library", text_fingerprint(read_text_file(driver.library)));
  description_.settings.emplace_back("parameters", driver.parameters);
  make_worker_ = [plugin, parameters = driver.parameters] {
    return make_plugin_worker(plugin, parameters);
  };
  give_back(make_worker_());  // refuses wrong parameters before anything is computed
}

void DriverPotential::check(const Structure& structure) const {
  if (structure.unpaired) {
    throw InputError(fmt::format(
        "{}: {} unpaired electrons of the structure cannot be told to an external program; write "
        "the spin into its template, and take defect.unpaired out of the study or unpaired out of "
        "the file",
        description_.name, *structure.unpaired));
  }
  if (context_.dialect) context_.dialect->check(structure);
}

std::vector<std::string> DriverPotential::warnings(const Structure& structure) const {
  if (!kpoints_ || !structure.cell) return {};
  const auto warning = gamma_only_warning(structure, kpoints(*kpoints_, *structure.cell));
  return warning ? std::vector{*warning} : std::vector<std::string>{};
}

double DriverPotential::cost(const Structure& structure) const {
  const auto atoms = static_cast<double>(structure.size());
  return atoms * atoms;
}

std::unique_ptr<Worker> DriverPotential::borrow() const {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return make_worker_();
  std::unique_ptr<Worker> worker = std::move(idle_.back());
  idle_.pop_back();
  return worker;
}

void DriverPotential::give_back(std::unique_ptr<Worker> worker) const {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(worker));
}

Evaluation DriverPotential::do_evaluate(const Structure& structure,
                                        const EvaluationRequest& request) const {
  std::unique_ptr<Worker> worker = borrow();
  std::vector<std::string> incidents;
  while (true) {
    try {
      Evaluation out = worker->evaluate(structure, request, !incidents.empty());
      if (const auto what = absurdity(out, structure.size()))
        throw DriverError(FailureKind::absurd_numbers,
                          fmt::format("{} {}", description_.name, *what));
      if (request.stress && structure.cell && !out.stress)
        throw InputError(fmt::format(
            "{} gives no stress; for a template, let it ask with {{stress}}", description_.name));
      if (!request.stress) out.stress.reset();
      out.incidents = std::move(incidents);
      give_back(std::move(worker));
      return out;
    } catch (const DriverError& error) {
      worker->reset();
      incidents.emplace_back(error.what());
      const auto attempts = static_cast<int>(incidents.size());
      if (!retry_may_help(error.kind()) || attempts > context_.settings.retries) {
        if (attempts == 1) throw;
        const std::string prefix = std::string(to_string(error.kind())) + ": ";
        throw DriverError(error.kind(),
                          fmt::format("{} (after {} attempts; the first failed with {})",
                                      std::string(error.what()).substr(prefix.size()), attempts,
                                      incidents.front().substr(0, incidents.front().find(':'))));
      }
    } catch (...) {
      worker->reset();  // at once: nobody waits for what it computes
      throw;
    }
  }
}

}  // namespace ionpass::drivers
