#include "cli/crystal.hpp"

#include <fmt/format.h>

#include <structures/error.hpp>
#include <structures/io.hpp>
#include <workflows/data_paths.hpp>

namespace ionpass::workflows {

std::shared_ptr<CrystalOptions> CrystalOptions::add_to(CLI::App& command) {
  auto options = std::make_shared<CrystalOptions>();
  command.add_option("FILE", options->file, "CIF, POSCAR or extxyz; - is standard input")
      ->required();
  command
      .add_option("--symmetry-tolerance", options->tolerance,
                  "distance within which atoms count as equivalent, Å")
      ->check(positive_number())
      ->capture_default_str();
  command.add_flag("--json", options->json, "print JSON");
  return options;
}

Crystal CrystalOptions::read(const Invocation& invocation) const {
  const Frame frame = read_frame(structure_path(file));
  for (const std::string& warning : frame.warnings) print_warning(invocation, warning);
  if (!frame.structure.is_periodic())
    throw InputError(fmt::format("{}: has no cell; sites and hops are those of a crystal", file));
  try {
    return {file, frame.structure, find_symmetry(frame.structure, tolerance)};
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", file, error.what()));
  }
}

std::string headline(const Crystal& crystal) {
  const Eigen::Vector3d lengths = crystal.structure.cell->lengths();
  const Eigen::Vector3d angles = crystal.structure.cell->angles();
  return fmt::format(
      "{}: {}, {}, space group {} ({})\ncell {:.4f} {:.4f} {:.4f} Å, {:.2f} {:.2f} {:.2f}°",
      crystal.file, formula(crystal.structure), counted(crystal.structure.size(), "atom"),
      crystal.symmetry.international, crystal.symmetry.number, lengths(0), lengths(1), lengths(2),
      angles(0), angles(1), angles(2));
}

Json crystal_json(const Crystal& crystal) {
  return {{"file", crystal.file},
          {"formula", formula(crystal.structure)},
          {"atoms", crystal.structure.size()},
          {"space_group", crystal.symmetry.international},
          {"space_group_number", crystal.symmetry.number},
          {"cell", json_columns(crystal.structure.cell->matrix())}};
}

}  // namespace ionpass::workflows
