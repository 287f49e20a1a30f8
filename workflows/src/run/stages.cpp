#include "stages.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <potentials/kpoints.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>
#include <structures/minimum_image.hpp>
#include <workflows/store.hpp>

namespace ionpass::workflows {
namespace {

/// Normal deviates by Box and Muller, Ann. Math. Stat. 29, 610 (1958): unlike
/// std::normal_distribution, the same everywhere.
class NormalDeviates {
 public:
  explicit NormalDeviates(unsigned seed) : engine_(seed) {}
  [[nodiscard]] double next() {
    const double radius = std::sqrt(-2.0 * std::log(uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }

 private:
  /// In (0, 1).
  [[nodiscard]] double uniform() { return (static_cast<double>(engine_()) + 0.5) / 4294967296.0; }
  std::mt19937 engine_;
};

Eigen::Vector3d shift_of(const Structure& before, const Structure& after, Eigen::Index i) {
  const Eigen::Vector3d shift = after.positions.col(i) - before.positions.col(i);
  return before.cell ? minimum_image(*before.cell, shift).vector : shift;
}

HopStatus hop_status_of(neb::BandStatus status) {
  switch (status) {
    case neb::BandStatus::converged:
      return HopStatus::converged;
    case neb::BandStatus::no_saddle:
      return HopStatus::no_saddle;
    case neb::BandStatus::not_converged:
      return HopStatus::not_converged;
    case neb::BandStatus::failed:
      return HopStatus::failed;
    case neb::BandStatus::running:
      break;
  }
  return HopStatus::unfinished;
}

/// Per atom of the end: its column in the vacancy structure.
std::vector<Eigen::Index> columns_of(const EndView& view) {
  const std::size_t empty = view.final_ ? view.sites.final_ : view.sites.initial;
  std::vector<Eigen::Index> columns;
  for (std::size_t i = 0; i < view.ends->host_atom.size(); ++i) {
    std::size_t host = view.ends->host_atom[i];
    // At the final end the ion fills the site that was empty at the initial one.
    if (view.final_ && i == view.ends->ion) host = view.sites.initial;
    columns.push_back(static_cast<Eigen::Index>(host < empty ? host : host - 1));
  }
  return columns;
}

}  // namespace

Structure rattled(Structure structure, double amplitude, unsigned seed) {
  if (amplitude <= 0.0 || structure.size() < 2) return structure;
  NormalDeviates deviates(seed);
  Eigen::Matrix3Xd shifts(3, structure.positions.cols());
  for (double& component : shifts.reshaped()) component = deviates.next();
  const Eigen::Vector3d mean = shifts.rowwise().mean();
  shifts.colwise() -= mean;
  const double rms = std::sqrt(shifts.colwise().squaredNorm().mean());
  structure.positions += (amplitude / rms) * shifts;
  return structure;
}

Structure without_atom(const Structure& structure, std::size_t atom, double charge,
                       std::optional<int> unpaired) {
  Structure rest = structure;
  rest.charge = charge;
  rest.unpaired = unpaired;
  rest.numbers.erase(rest.numbers.begin() + static_cast<std::ptrdiff_t>(atom));
  if (!rest.labels.empty()) {
    rest.labels.erase(rest.labels.begin() + static_cast<std::ptrdiff_t>(atom));
  }
  const auto first = static_cast<Eigen::Index>(atom);
  const Eigen::Index behind = structure.positions.cols() - first - 1;
  rest.positions.resize(3, structure.positions.cols() - 1);
  rest.positions.leftCols(first) = structure.positions.leftCols(first);
  rest.positions.rightCols(behind) = structure.positions.rightCols(behind);
  return rest;
}

VacancySites vacancy_sites(const HopEndpoints& ends, std::size_t supercell_size) {
  std::vector<bool> filled(supercell_size, false);
  for (const std::size_t host : ends.host_atom) filled.at(host) = true;
  const auto empty = std::find(filled.begin(), filled.end(), false);
  return {.initial = static_cast<std::size_t>(empty - filled.begin()),
          .final_ = ends.host_atom.at(ends.ion)};
}

Structure arranged(const Structure& relaxed, const EndView& view) {
  Structure end = view.final_ ? view.ends->final_ : view.ends->initial;
  const std::vector<Eigen::Index> columns = columns_of(view);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto column = static_cast<Eigen::Index>(i);
    Eigen::Vector3d shift = relaxed.positions.col(columns[i]) - end.positions.col(column);
    if (end.cell) shift = minimum_image(*end.cell, shift).vector;
    end.positions.col(column) += shift;
  }
  return end;
}

Evaluation arranged(const Evaluation& evaluation, const EndView& view) {
  Evaluation end = evaluation;
  const std::vector<Eigen::Index> columns = columns_of(view);
  bool is_same_order = true;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    is_same_order = is_same_order && columns[i] == static_cast<Eigen::Index>(i);
  }
  if (!is_same_order) end.state.clear();
  end.forces = evaluation.forces(Eigen::all, columns);
  if (evaluation.charges) end.charges = (*evaluation.charges)(columns);
  return end;
}

LargestShift largest_shift(const Structure& before, const Structure& after, int species) {
  Eigen::Matrix3Xd shifts(3, before.positions.cols());
  for (Eigen::Index i = 0; i < shifts.cols(); ++i) shifts.col(i) = shift_of(before, after, i);
  const Eigen::Vector3d mean = shifts.rowwise().mean();
  LargestShift largest;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (species != 0 && before.numbers[i] != species) continue;
    const double length = (shifts.col(static_cast<Eigen::Index>(i)) - mean).norm();
    if (length > largest.length) largest = {.atom = i, .length = length};
  }
  return largest;
}

std::string end_point_fault(const Structure& start, const Structure& relaxed, int species) {
  const LargestShift shift = largest_shift(start, relaxed, species);
  if (shift.length <= left_site) return {};
  return fmt::format("{} (atom {}) moved {:.2f} Å in relaxing, so that the vacancy is elsewhere",
                     start.label(shift.atom), shift.atom, shift.length);
}

bool are_same(const Structure& initial, const Structure& final_) {
  return largest_shift(initial, final_).length < same_structure;
}

neb::Path first_path(const neb::Path& ends, std::size_t ion, const PathSettings& settings) {
  const Structure last = neb::unwrap(ends.front(), ends.back(), ion);
  neb::Path path = settings.method == "linear"
                       ? neb::linear_path(ends.front(), last, settings.images)
                       : neb::idpp_path(ends.front(), last, settings.images);
  const double contact = neb::closest_contact(path);
  // A model may hold atoms this close in its minima; then the path cannot be blamed.
  if (contact < collision && contact < 0.8 * neb::closest_contact({ends.front(), last})) {
    throw InputError(fmt::format(
        "atoms collide on the first path: two come within {:.2f} of the sum of their covalent "
        "radii; try neb.method: {} or more images",
        contact, settings.method == "linear" ? "idpp" : "linear"));
  }
  return path;
}

HopResult blank_hop(const Structure& unit, const Hop& hop) {
  HopResult result;
  result.label = hop.label;
  result.kind = ionpass::to_string(hop.kind);
  result.from = unit.label(hop.from);
  result.to = unit.label(hop.to);
  result.length = hop.length;
  result.multiplicity = hop.multiplicity;
  return result;
}

neb::PathSearchSettings search_settings(const MaterialStudy& study) {
  neb::PathSearchSettings out;
  out.band = study.neb;
  out.relax = study.relax;
  out.move_ends = study.path.move_ends;
  return out;
}

void discard(HopResult& result, const std::string& reason) {
  result.status = HopStatus::no_saddle;
  result.diagnosis = reason;
  result.barrier_forward.reset();
  result.barrier_backward.reset();
  result.reaction_energy.reset();
  result.saddle_image.reset();
}

void take_search(HopResult& result, const neb::PathSearch& search) {
  result.status = hop_status_of(search.status());
  result.diagnosis = search.diagnosis();
  result.iterations = search.iterations();
  result.evaluations_neb = search.evaluations();
  result.images.clear();
  result.max_force = 0.0;
  const std::vector<neb::BandImage> images = search.images();
  for (std::size_t i = 0; i < images.size(); ++i) {
    const neb::BandImage& image = images[i];
    result.images.push_back({.s = image.s,
                             .energy = image.energy - images.front().energy,
                             .force_along = image.force_along,
                             .max_force = image.max_force});
    const bool is_end = i == 0 || i + 1 == images.size();
    if (!is_end) result.max_force = std::max(result.max_force, image.max_force);
  }
  if (result.status == HopStatus::converged || result.status == HopStatus::no_saddle) {
    result.reaction_energy = search.reaction_energy();
  }
  const std::optional<neb::BandBarrier> barrier = search.barrier();
  if (result.status != HopStatus::converged || !barrier) return;
  result.barrier_forward = barrier->forward;
  result.barrier_backward = barrier->backward;
  result.saddle_image = barrier->saddle;
}

namespace {

/// The points that are computed, and what asked for them.
std::string kpoints_text(const KpointSampling& sampling, const std::optional<Cell>& cell) {
  const auto* spacing = std::get_if<KpointSpacing>(&sampling);
  if (spacing != nullptr && cell)
    return fmt::format("{} ({})", describe(mesh_for_spacing(*spacing, *cell)), describe(sampling));
  const auto* list = std::get_if<KpointList>(&sampling);
  const bool is_gamma =
      list != nullptr && list->points.size() == 1 && list->points[0].fractional.isZero(0.0);
  return is_gamma ? "Γ" : describe(sampling);
}

}  // namespace

MaterialResult blank_material(const PreparedMaterial& material,
                              const PotentialDescription& potential) {
  MaterialResult result;
  result.name = material.settings.name;
  result.structure_file = material.settings.structure.string();
  result.structure_sha256 = sha256_hex(read_text_file(material.settings.structure));
  result.settings = settings_of(material.settings);
  result.provenance = material.frame.provenance;
  result.formula = formula(material.frame.structure);
  result.space_group = material.symmetry.international;
  result.space_group_number = material.symmetry.number;
  result.atoms = material.supercell.structure.size();
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      result.supercell.push_back(material.supercell.matrix(row, column));
    }
  }
  if (material.supercell.structure.cell) {
    result.image_distance = material.supercell.structure.cell->shortest_vector();
  }
  result.species = material.settings.defect.vacancy;
  result.charge = material.settings.defect.charge;
  result.unpaired = material.settings.defect.unpaired;
  result.potential = potential.name;
  result.kpoints =
      kpoints_text(material.settings.potential.kpoints, material.supercell.structure.cell);
  for (const std::size_t i : material.chosen) {
    result.hops.push_back(blank_hop(material.frame.structure, material.hops[i]));
  }
  result.warnings = material.warnings;
  return result;
}

}  // namespace ionpass::workflows
