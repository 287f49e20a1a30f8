// The steps of a migration calculation between the energies, as pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include <neb/path.hpp>
#include <neb/path_search.hpp>
#include <neb/relaxation.hpp>
#include <structures/hops.hpp>
#include <structures/structure.hpp>
#include <structures/supercell.hpp>
#include <workflows/plan.hpp>
#include <workflows/results.hpp>

namespace ionpass::workflows {

/// Ends closer than this, in the largest shift of an atom, are one structure, Å.
inline constexpr double same_structure = 0.1;
/// An ion that relaxes further than this has left its site, Å.
inline constexpr double left_site = 1.5;
/// A host whose largest force stays below this multiple of fmax may still be used.
inline constexpr double tolerable_host_force = 3.0;
/// Atoms nearer than this fraction of the sum of their covalent radii collide.
inline constexpr double collision = 0.6;

/// The atoms shifted at random, equally likely in all directions, without moving the whole.
/// @param amplitude root mean square length of the shifts, Å
/// @param seed the same seed gives the same shifts with every compiler and library
[[nodiscard]] Structure rattled(Structure structure, double amplitude, unsigned seed);

/// The supercell without one atom; the others keep their order.
/// @param charge of the whole, e
/// @param unpaired electrons, if they are prescribed
[[nodiscard]] Structure without_atom(const Structure& structure, std::size_t atom, double charge,
                                     std::optional<int> unpaired = std::nullopt);

/// Supercell atoms whose sites are empty at the two ends of a hop.
struct VacancySites {
  std::size_t initial = 0;
  std::size_t final_ = 0;
};
[[nodiscard]] VacancySites vacancy_sites(const HopEndpoints& ends, std::size_t supercell_size);

/// Which end of a hop, and how its atoms correspond to the vacancy structure of its empty site.
struct EndView {
  const HopEndpoints* ends = nullptr;
  VacancySites sites;
  bool final_ = false;
};
/// A relaxed vacancy structure (from without_atom) in the order and at the periodic images of an
/// end of a hop.
[[nodiscard]] Structure arranged(const Structure& relaxed, const EndView& view);
/// Its evaluation in the same order; without `state` if the order differs, since only the potential
/// knows its layout.
[[nodiscard]] Evaluation arranged(const Evaluation& evaluation, const EndView& view);

/// Largest shift of an atom between two geometries of the same atoms, over periodic boundaries, the
/// mean shift taken out.
struct LargestShift {
  std::size_t atom = 0;
  double length = 0.0;  ///< Å
};
/// @param species only atoms of this atomic number count; 0: all
[[nodiscard]] LargestShift largest_shift(const Structure& before, const Structure& after,
                                         int species = 0);

/// What makes a relaxed end point useless: an ion that left its site. Empty if nothing does.
[[nodiscard]] std::string end_point_fault(const Structure& start, const Structure& relaxed,
                                          int species);

/// True if two relaxed ends of a hop are one structure.
[[nodiscard]] bool are_same(const Structure& initial, const Structure& final_);

/// The first path of a band.
/// @throws InputError if atoms collide on it
[[nodiscard]] neb::Path first_path(const neb::Path& ends, std::size_t ion,
                                   const PathSettings& settings);

/// What a hop's result says before anything is computed.
[[nodiscard]] HopResult blank_hop(const Structure& unit, const Hop& hop);
/// Fills in what the band found.
void take_search(HopResult& result, const neb::PathSearch& search);
/// Takes the numbers out of a result that does not belong to its hop.
void discard(HopResult& result, const std::string& reason);
/// Settings of the search as a study gives them.
[[nodiscard]] neb::PathSearchSettings search_settings(const MaterialStudy& study);
/// What a material's result says before anything is computed.
[[nodiscard]] MaterialResult blank_material(const PreparedMaterial& material,
                                            const PotentialDescription& potential);

}  // namespace ionpass::workflows
