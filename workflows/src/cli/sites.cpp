// ionpass sites: the symmetry-distinct sites of a structure.
#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/symmetry.hpp>

#include "cli/crystal.hpp"
#include "cli/output.hpp"

namespace ionpass::workflows {
namespace {

Eigen::Vector3d fractional(const Structure& structure, std::size_t atom) {
  const Eigen::Vector3d position = structure.positions.col(static_cast<Eigen::Index>(atom));
  const Eigen::Vector3d inside = structure.cell->inverse() * position;
  return inside.array() - inside.array().floor();
}

std::string sites_text(const Crystal& crystal) {
  TextTable table(
      {"site", "element", "atom", "multiplicity", "Wyckoff", "site symmetry", "x", "y", "z"});
  for (const Site& site : inequivalent_sites(crystal.structure, crystal.symmetry)) {
    const Eigen::Vector3d x = fractional(crystal.structure, site.representative);
    table.add({site.label, std::string(element_symbol(site.number)),
               fmt::format("{}", site.representative), fmt::format("{}", site.members.size()),
               std::string(1, site.wyckoff), site.site_symmetry, fmt::format("{:.5f}", x(0)),
               fmt::format("{:.5f}", x(1)), fmt::format("{:.5f}", x(2))});
  }
  return headline(crystal) + "\n\n" + table.text();
}

Json sites_json(const Crystal& crystal) {
  Json out = crystal_json(crystal);
  out["sites"] = Json::array();
  for (const Site& site : inequivalent_sites(crystal.structure, crystal.symmetry))
    out["sites"].push_back(
        {{"label", site.label},
         {"element", element_symbol(site.number)},
         {"atom", site.representative},
         {"atoms", site.members},
         {"multiplicity", site.members.size()},
         {"wyckoff", std::string(1, site.wyckoff)},
         {"site_symmetry", site.site_symmetry},
         {"fractional", json_columns(fractional(crystal.structure, site.representative))[0]}});
  return out;
}

}  // namespace

void add_sites(CLI::App& app, Invocation& invocation) {
  CLI::App& command = add_command(app, "sites", "symmetry-distinct sites of a structure",
                                  "ionpass sites MAPbI3.cif");
  const auto options = CrystalOptions::add_to(command);
  invocation.on(command, [options](const Invocation& call) {
    const Crystal crystal = options->read(call);
    print_result(options->json ? json_text(sites_json(crystal)) : sites_text(crystal));
    return ExitCode::done;
  });
}

}  // namespace ionpass::workflows
