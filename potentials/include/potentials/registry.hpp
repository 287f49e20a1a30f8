// The potentials that are there, and how to make one by its name.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <potentials/driver_settings.hpp>
#include <potentials/kpoints.hpp>
#include <potentials/potential.hpp>

namespace ionpass {

/// How the self-consistent cycle of a tight binding runs.
struct ScfSettings {
  double tolerance = 1e-7;   ///< largest change of a shell population, electrons
  int max_iterations = 300;  ///< all remedies for a cycle that does not converge included
  double mixing = 0.5;       ///< fraction of the residual taken in the first step
  int history = 20;          ///< earlier cycles the mixer remembers
  friend bool operator==(const ScfSettings&, const ScfSettings&) = default;
};

/// How many more electrons have one spin than the other. Both spins share the same orbitals.
struct Unpaired {
  enum class Rule {
    of_method,     ///< as the method has it: GFN1-xTB `lowest`, DFTB `shared_level`
    shared_level,  ///< one Fermi level for both spins: an odd electron fills a level by half
    lowest,        ///< 0 for an even number of electrons, 1 for an odd one
    number,        ///< as many as `number` says
  };
  Rule rule = Rule::of_method;
  int number = 0;
};

/// Parameters of the D3 dispersion correction with Becke-Johnson damping; they belong to the method
/// that it is added to. S. Grimme, S. Ehrlich, L. Goerigk, J. Comput. Chem. 32, 1456 (2011).
struct D3Damping {
  double s6 = 1.0;
  double s8 = 0.0;
  double a1 = 0.0;
  double a2 = 0.0;  ///< bohr
};

/// Choices that GFN1-xTB leaves open in a crystal; docs/theory.md gives the equations.
struct Gfn1Settings {
  /// Where the short-range part of the Coulomb interaction ends in a periodic cell.
  enum class Coulomb {
    smooth10,      ///< smoothly between 9 and 10 bohr: independent of the choice of cell
    wigner_seitz,  ///< only the nearest image of each pair has one
  };
  /// The neighbour that the angle of a halogen bond is measured from.
  enum class HalogenBond {
    nearest,  ///< as published: the energy jumps where another neighbour becomes the nearest
    smooth,   ///< a mean over nearly equally near neighbours: the energy is smooth
  };
  Coulomb coulomb = Coulomb::smooth10;
  HalogenBond halogen_bond = HalogenBond::nearest;
  friend bool operator==(const Gfn1Settings&, const Gfn1Settings&) = default;
};

/// Where electrons are smeared and nobody says how much, K.
inline constexpr double default_electronic_temperature = 300.0;

/// A potential by name, with the settings that any of them may have. What a driver cannot hand on
/// to its program it refuses.
struct PotentialSettings {
  /// "gfn1-xtb"; "dftb/SET", with SET a shipped set or a folder of .skf files; "pairs/FOLDER", pair
  /// potentials added to another potential; or "driver/NAME", with NAME a shipped driver or a
  /// folder with a driver.yaml
  std::string name = "dftb/ionpass-pbi3-1";
  KpointSampling kpoints = KpointMesh{};
  /// Leave out k-points that the space group makes equal to others; charges, forces and stress are
  /// then averaged over the operations. Found for each geometry, at 1e-5 Å.
  bool kpoint_symmetry = false;
  std::optional<double> electronic_temperature;  ///< K; absent: the default above
  Unpaired unpaired;
  ScfSettings scf;
  std::optional<D3Damping> d3;  ///< dispersion added to DFTB; GFN1-xTB has its own
  Gfn1Settings gfn1;
  DriverSettings driver;  ///< for "driver/…"
};

/// Makes a potential.
/// @param data folder of the shipped parameter sets
/// @throws InputError for an unknown name (with the nearest known ones) or unusable settings
[[nodiscard]] std::unique_ptr<Potential> make_potential(const PotentialSettings& settings,
                                                        const std::filesystem::path& data);

/// Folder of a set of DFTB parameters.
/// @param set name of a shipped set, or a folder with .skf files or a set.yaml
/// @throws InputError for neither
[[nodiscard]] std::filesystem::path parameter_set_folder(const std::string& set,
                                                         const std::filesystem::path& data);

/// Descriptions of all potentials that ship, in alphabetical order.
[[nodiscard]] std::vector<PotentialDescription> shipped_potentials(
    const std::filesystem::path& data);

}  // namespace ionpass
