// Structures to learn from: what a calibration is trained on, before it has labels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <potentials/kpoints.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>
#include <structures/supercell.hpp>

namespace ionpass::workflows {

enum class SetKind {
  crystal,       ///< strained and rattled cells
  vacancy,       ///< the same with one ion missing
  hop,           ///< with the ion anywhere on the straight way to a vacant neighbour site
  interstitial,  ///< with one ion more, in a hole
  molecule,      ///< molecules alone in a box, bonds stretched and compressed
  approach,      ///< a molecule and an ion coming close, in a box
};

/// Between which limits a number is drawn.
struct Interval {
  double low = 0.0, high = 0.0;
};

/// One set of structures that have a purpose in common.
struct StructureSet {
  std::string name;  ///< becomes config_type, and with a number the name of each structure
  SetKind kind = SetKind::crystal;
  std::filesystem::path structure;
  SupercellChoice supercell = SupercellMatrix{};
  std::size_t count = 10;      ///< structures wanted, the volume series included
  std::size_t candidates = 0;  ///< made to choose from; 0: eight for each wanted
  std::size_t volumes = 0;     ///< undistorted ones, evenly over `volume`, chosen before all others
  std::optional<double> charge;  ///< e, of the cell; left out: 0, an ion less or an ion more
  int ion = 53;                  ///< atomic number of the mobile ion
  double ion_charge = -1.0;      ///< e
  Interval volume{-0.06, 0.06};  ///< change of volume
  double strain = 0.03;          ///< largest component of other strains
  Interval rattle{0.04, 0.16};   ///< Å, rms shift of ions and of molecules
  Interval internal{0.0, 0.05};  ///< Å, rms shift inside molecules
  double rotation = 180.0;       ///< degrees, largest turn of a molecule
  double max_distance = 5.0;     ///< Å, of hops
  double box = 12.0;             ///< Å, edge of the box of molecules
  double torsion = 0.0;          ///< degrees, largest turn about a bond of a molecule
  Interval stretch{0.04, 0.15};  ///< share by which bonds are stretched or compressed
  Interval contact{2.3, 4.5};    ///< Å, closest distance of an approach
  KpointSampling kpoints = KpointMesh{};
  double held_out = 0.2;  ///< share that a test fit does not see, evenly over the order of choice
  SourceLocation where;   ///< in the plan; errors of the set begin with it
};

struct GenerateSettings {
  std::uint64_t seed = 1;
  std::vector<StructureSet> sets;
};

/// @throws InputError for settings that contradict each other
void check_set(const StructureSet& set);

/// Structures of one set, chosen by novelty among candidates without absurd contacts.
/// The same set and seed give the same structures, whatever other sets there are. Each frame
/// carries config_type, name, charge, held_out and `kpts`, with time reversal used;
/// coordinates are rounded to 1e-8 Å.
/// @throws InputError as check_set(); if the structure does not fit the kind (no such ion, no
/// molecule, no hop), or if too few candidates are free of absurd contacts, naming the worst one
[[nodiscard]] std::vector<Frame> generate_set(const StructureSet& set, std::uint64_t seed);

/// All sets, in their order.
[[nodiscard]] std::vector<Frame> generate(const GenerateSettings& settings);

}  // namespace ionpass::workflows
