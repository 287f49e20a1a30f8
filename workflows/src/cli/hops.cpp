// ionpass hops: the symmetry-distinct vacancy hops of a structure.
#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/hops.hpp>
#include <workflows/study.hpp>

#include "cli/crystal.hpp"
#include "cli/output.hpp"

namespace ionpass::workflows {
namespace {

struct HopOptions {
  std::shared_ptr<CrystalOptions> crystal;
  std::string species = DefectSettings{}.vacancy;
  double max_distance = HopSettings{}.max_distance;  // Å
};

std::vector<Hop> find_hops(const Crystal& crystal, const HopOptions& options) {
  const std::optional<int> number = atomic_number(options.species);
  if (!number)
    throw InputError(fmt::format("--species: '{}' given, expected the symbol of an element, as I",
                                 options.species));
  try {
    return distinct_hops(crystal.structure, crystal.symmetry, *number, options.max_distance);
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", crystal.file, error.what()));
  }
}

std::string hops_text(const Crystal& crystal, const std::vector<Hop>& hops) {
  TextTable table({"hop", "from", "to", "cell", "length/Å", "multiplicity", "kind", "reversible"});
  for (const Hop& hop : hops)
    table.add({hop.label, crystal.structure.label(hop.from), crystal.structure.label(hop.to),
               fmt::format("{} {} {}", hop.translation(0), hop.translation(1), hop.translation(2)),
               fmt::format("{:.3f}", hop.length), fmt::format("{}", hop.multiplicity),
               to_string(hop.kind), hop.reversible ? "yes" : "no"});
  return headline(crystal) + "\n\n" + table.text();
}

Json hops_json(const Crystal& crystal, const std::vector<Hop>& hops) {
  Json out = crystal_json(crystal);
  out["hops"] = Json::array();
  for (const Hop& hop : hops)
    out["hops"].push_back(
        {{"label", hop.label},
         {"from", hop.from},
         {"to", hop.to},
         {"from_site", crystal.structure.label(hop.from)},
         {"to_site", crystal.structure.label(hop.to)},
         {"translation", {hop.translation(0), hop.translation(1), hop.translation(2)}},
         {"length", hop.length},
         {"multiplicity", hop.multiplicity},
         {"kind", to_string(hop.kind)},
         {"reversible", hop.reversible}});
  return out;
}

}  // namespace

void add_hops(CLI::App& app, Invocation& invocation) {
  CLI::App& command = add_command(app, "hops", "symmetry-distinct vacancy hops of a structure",
                                  "ionpass hops MAPbI3.cif --species I --max-distance 5");
  const auto options = std::make_shared<HopOptions>();
  options->crystal = CrystalOptions::add_to(command);
  command.add_option("--species", options->species, "element that moves")->capture_default_str();
  command.add_option("--max-distance", options->max_distance, "longest hop, Å")
      ->check(positive_number(longest_hop))
      ->capture_default_str();
  invocation.on(command, [options](const Invocation& call) {
    const Crystal crystal = options->crystal->read(call);
    const std::vector<Hop> hops = find_hops(crystal, *options);
    print_result(options->crystal->json ? json_text(hops_json(crystal, hops))
                                        : hops_text(crystal, hops));
    return ExitCode::done;
  });
}

}  // namespace ionpass::workflows
