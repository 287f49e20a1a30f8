#include "calibrate/candidates.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/hops.hpp>
#include <structures/io.hpp>
#include <structures/minimum_image.hpp>
#include <structures/symmetry.hpp>

#include "calibrate/distort.hpp"
#include "run/stages.hpp"

namespace ionpass::workflows {
namespace {

constexpr std::array kinds_in_turn{StrainKind::volume, StrainKind::uniaxial, StrainKind::shear,
                                   StrainKind::general};
constexpr int hole_trials = 40;

double draw_from(const Interval& interval, RandomNumbers& random) {
  return random.uniform(interval.low, interval.high);
}

/// The stretch of all axes that changes the volume by this share.
Eigen::Matrix3d volume_strain(double change) {
  return (std::cbrt(1.0 + change) - 1.0) * Eigen::Matrix3d::Identity();
}

/// Molecules with the same elements and as many bonds are taken as the same.
std::string kind_of(const Structure& structure, const Molecule& molecule) {
  std::vector<int> numbers;
  for (const std::size_t atom : molecule.atoms) numbers.push_back(structure.numbers[atom]);
  std::ranges::sort(numbers);
  return fmt::format("{}/{}", fmt::join(numbers, ","), molecule.bonds.size());
}

}  // namespace

CandidateSource::CandidateSource(const StructureSet& set) : set_(set) {
  const Structure unit = read_frame(set.structure).structure;
  const bool in_box = set.kind == SetKind::molecule || set.kind == SetKind::approach;
  if (!unit.cell && !in_box)
    throw InputError(fmt::format("set '{}': {} has no cell", set.name, set.structure.string()));
  crystal_ = unit.cell && !in_box
                 ? make_supercell(unit, supercell_matrix(unit, set.supercell)).structure
                 : unit;
  crystal_.charge = 0.0;
  if (in_box) set_up_molecules();
  const bool needs_ion = set.kind == SetKind::vacancy || set.kind == SetKind::hop;
  if (needs_ion && std::ranges::find(crystal_.numbers, set.ion) == crystal_.numbers.end())
    throw InputError(fmt::format("set '{}': no {} in {}", set.name, element_symbol(set.ion),
                                 set.structure.string()));
  if (set.kind == SetKind::hop) set_up_hops(unit);
}

void CandidateSource::set_up_molecules() {
  std::set<std::string> seen;
  for (const Molecule& molecule : find_molecules(crystal_))
    if (molecule.size() > 1 && seen.insert(kind_of(crystal_, molecule)).second)
      molecules_.push_back(molecule);
  if (molecules_.empty())
    throw InputError(
        fmt::format("set '{}': no molecule in {}", set_.name, set_.structure.string()));
}

void CandidateSource::set_up_hops(const Structure& unit) {
  const Supercell supercell = make_supercell(unit, supercell_matrix(unit, set_.supercell));
  for (const Hop& hop : distinct_hops(unit, find_symmetry(unit), set_.ion, set_.max_distance)) {
    try {
      const HopEndpoints ends = make_endpoints(supercell, hop, charge(-set_.ion_charge));
      const auto ion = static_cast<Eigen::Index>(ends.ion);
      const Eigen::Vector3d step = ends.final_.positions.col(ion) - ends.initial.positions.col(ion);
      ways_.push_back({ends.initial, ends.ion, minimum_image(*ends.initial.cell, step).vector});
    } catch (const InputError&) {
      // In a small cell some hops end on an image of their own beginning; the others remain.
    }
  }
  if (ways_.empty())
    throw InputError(fmt::format(
        "set '{}': every hop ends on an image of its own vacancy; use a larger supercell",
        set_.name));
}

double CandidateSource::charge(double of_kind) const { return set_.charge.value_or(of_kind); }

std::size_t CandidateSource::random_ion(RandomNumbers& random) const {
  std::vector<std::size_t> ions;
  for (std::size_t atom = 0; atom < crystal_.size(); ++atom)
    if (crystal_.numbers[atom] == set_.ion) ions.push_back(atom);
  return ions[random.below(ions.size())];
}

Structure CandidateSource::at_volume(double change) const {
  Structure out = strained(crystal_, volume_strain(change));
  out.charge = charge(0.0);
  return out;
}

Candidate CandidateSource::distorted(const Structure& start, std::size_t number,
                                     RandomNumbers& random) const {
  const StrainKind kind = kinds_in_turn.at(number % kinds_in_turn.size());
  Structure out = strained(start, volume_strain(draw_from(set_.volume, random)));
  if (kind != StrainKind::volume)
    out = strained(out, strain_of(kind, random.uniform(-set_.strain, set_.strain), random));
  const Rattle rattle{.atoms = draw_from(set_.rattle, random),
                      .internal = draw_from(set_.internal, random),
                      .rotation = set_.rotation};
  return {rattled(out, rattle, random), find_molecules(out), std::nullopt};
}

Candidate CandidateSource::vacancy(std::size_t number, RandomNumbers& random) const {
  const Structure empty = without_atom(crystal_, random_ion(random), charge(-set_.ion_charge));
  return distorted(empty, number, random);
}

Candidate CandidateSource::hop(std::size_t number, RandomNumbers& random) const {
  const Way& way = ways_[number % ways_.size()];
  Structure out = way.start;
  out.positions.col(static_cast<Eigen::Index>(way.ion)) += random.uniform() * way.step;
  return distorted(out, number / ways_.size(), random);
}

Candidate CandidateSource::interstitial(std::size_t number, RandomNumbers& random) const {
  Candidate out = distorted(crystal_, number, random);
  const Eigen::Vector3d hole = random_hole(out.structure, hole_trials, random);
  out.interstitial = out.structure.size();
  out.molecules.push_back({{*out.interstitial}, hole, {}});
  out.structure = with_atom(std::move(out.structure), set_.ion, hole, 0.0);
  out.structure.charge = charge(set_.ion_charge);
  return out;
}

Candidate CandidateSource::molecule(std::size_t number, RandomNumbers& random) const {
  const Molecule& molecule = molecules_[number % molecules_.size()];
  const double sign = random.uniform() < 0.5 ? -1.0 : 1.0;
  Molecule longer = stretched(molecule, sign * draw_from(set_.stretch, random), random);
  if (set_.torsion > 0.0)
    longer = twisted(longer, random.uniform(-set_.torsion, set_.torsion), random);
  Structure out = cut_out(crystal_, longer, set_.box);
  out.charge = charge(0.0);
  const double component = draw_from(set_.internal, random) / std::sqrt(3.0);
  for (Eigen::Index atom = 0; atom < out.positions.cols(); ++atom)
    out.positions.col(atom) += component * random.normal_vector();
  return {std::move(out), find_molecules(cut_out(crystal_, molecule, set_.box)), std::nullopt};
}

Candidate CandidateSource::approaching(std::size_t number, RandomNumbers& random) const {
  Candidate out = molecule(number, random);
  const Eigen::Vector3d place =
      approach(out.structure.positions, draw_from(set_.contact, random), random);
  out.molecules.push_back({{out.structure.size()}, place, {}});
  out.structure = with_atom(std::move(out.structure), set_.ion, place, 0.0);
  return out;
}

Candidate CandidateSource::draw(std::size_t number, RandomNumbers& random) const {
  switch (set_.kind) {
    case SetKind::vacancy:
      return vacancy(number, random);
    case SetKind::hop:
      return hop(number, random);
    case SetKind::interstitial:
      return interstitial(number, random);
    case SetKind::molecule:
      return molecule(number, random);
    case SetKind::approach:
      return approaching(number, random);
    case SetKind::crystal:
      break;
  }
  Structure start = crystal_;
  start.charge = charge(0.0);
  return distorted(start, number, random);
}

}  // namespace ionpass::workflows
