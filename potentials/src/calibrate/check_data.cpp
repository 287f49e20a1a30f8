// What must not be fitted is refused, with the place where it stands.
#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include <potentials/calibrate.hpp>
#include <structures/neighbors.hpp>

namespace ionpass::calibrate {

namespace {

using Data = std::span<const LabelledStructure>;

[[noreturn]] void refuse(const LabelledStructure& label, const std::string& message) {
  throw InputError(label.where, fmt::format("structure '{}': {}", label.name, message));
}

// Labels beyond these are in other units, or of structures that no calibration needs.
constexpr double largest_force = 100.0;    // eV/Å
constexpr double largest_stress = 1.0;     // eV/Å³, 160 GPa
constexpr double largest_energy = 1e5;     // eV per atom
constexpr double shortest_distance = 0.5;  // Å
constexpr double contact = 4.5;            // Å

void check_labels(const LabelledStructure& label) {
  if (label.forces.cols() != static_cast<Eigen::Index>(label.structure.size()))
    refuse(label, "it has no forces; label it, or take it out");
  const bool finite = label.forces.allFinite() && std::isfinite(label.energy.value_or(0.0)) &&
                      (!label.stress || label.stress->allFinite()) &&
                      label.structure.positions.allFinite();
  if (!finite) refuse(label, "a label is not a finite number; take the structure out");
  const double force = label.forces.colwise().norm().maxCoeff();
  if (force > largest_force)
    refuse(label, fmt::format("a force of {:.4g} eV/Å; forces are expected in eV/Å, and none above "
                              "{:g} can be fitted",
                              force, largest_force));
  if (label.stress && label.stress->cwiseAbs().maxCoeff() > largest_stress)
    refuse(label, fmt::format("a stress of {:.4g} eV/Å³ ({:.0f} GPa); stress is expected in eV/Å³, "
                              "not in GPa or kbar",
                              label.stress->cwiseAbs().maxCoeff(),
                              label.stress->cwiseAbs().maxCoeff() * 160.2));
  const double per_atom =
      std::abs(label.energy.value_or(0.0)) / static_cast<double>(label.structure.size());
  if (per_atom > largest_energy)
    refuse(label, fmt::format("an energy of {:.4g} eV per atom; energies are expected in eV, and "
                              "without core electrons",
                              per_atom));
}

void check_geometry(const LabelledStructure& label) {
  const auto pairs = neighbor_pairs(label.structure, contact);
  const auto nearest = std::ranges::min_element(pairs, {}, &NeighborPair::distance);
  if (nearest == pairs.end()) {
    if (label.structure.size() == 1) return;
    refuse(label, fmt::format("no two atoms within {:g} Å; positions are expected in Å", contact));
  }
  if (nearest->distance < shortest_distance)
    refuse(label, fmt::format("{} and {} are {:.3f} Å apart; take the structure out",
                              label.structure.label(nearest->first),
                              label.structure.label(nearest->second), nearest->distance));
}

void check_sources(Data data) {
  std::map<std::string, const LabelledStructure*> first;
  for (const LabelledStructure& label : data) {
    if (label.source.empty())
      refuse(label, "it does not say which method labelled it; add source=… to its comment line");
    const auto [known, is_new] = first.try_emplace(label.energy_group, &label);
    if (is_new || known->second->source == label.source) continue;
    refuse(label,
           fmt::format("its energy group '{}' holds two sources, '{}' (line {}) and '{}': their "
                       "energies cannot be compared; give each source a group",
                       label.energy_group, known->second->source, known->second->where.line,
                       label.source));
  }
}

/// Displacements from one structure to another with the same cell and atoms, if they are small
/// enough for the trapezium rule.
std::optional<Eigen::Matrix3Xd> small_displacements(const Structure& from, const Structure& to) {
  constexpr double largest = 0.3;  // Å
  if (from.numbers != to.numbers || from.cell != to.cell) return std::nullopt;
  const Eigen::Matrix3Xd out = to.positions - from.positions;
  if (out.colwise().norm().maxCoeff() > largest) return std::nullopt;
  return out;
}

/// Energy differences must be the work of the forces; where they are many times too large or too
/// small, one of the two is in other units.
void check_work(Data data) {
  constexpr double least_work = 0.02;  // eV; below, other errors count
  constexpr double allowed = 8.0;      // a hartree is 27 eV, a kcal/mol 0.043 eV
  constexpr std::size_t fewest = 3;    // of one pair or two the work may happen to cancel
  std::map<std::string, std::vector<double>> ratios;
  std::map<std::string, const LabelledStructure*> last;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (!data[i].energy) continue;
    for (std::size_t j = 0; j < i; ++j) {
      if (!data[j].energy || energy_key(data[j]) != energy_key(data[i])) continue;
      const auto shift = small_displacements(data[j].structure, data[i].structure);
      if (!shift) continue;
      const double work = -0.5 * (data[i].forces + data[j].forces).cwiseProduct(*shift).sum();
      const double difference = *data[i].energy - *data[j].energy;
      if (std::max(std::abs(work), std::abs(difference)) < least_work) continue;
      ratios[data[i].energy_group].push_back(std::abs(difference) / std::max(std::abs(work), 1e-6));
      last[data[i].energy_group] = &data[i];
    }
  }
  for (auto& [group, values] : ratios) {
    if (values.size() < fewest) continue;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (*middle > 1.0 / allowed && *middle < allowed) continue;
    refuse(*last.at(group),
           fmt::format("energy differences in group '{}' are {:.3g} times the work of the forces; "
                       "energies are expected in eV, forces in eV/Å, positions in Å",
                       group, *middle));
  }
}

void check_repeats(Data data) {
  for (std::size_t i = 0; i < data.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!is_same_structure(data[j].structure, data[i].structure)) continue;
      const std::string other = fmt::format("'{}' ({})", data[j].name, data[j].where.text());
      if (data[i].held_out != data[j].held_out)
        refuse(data[i], fmt::format("it is the structure {}: one is held out and the other is "
                                    "training data, so the test would be none; take one out",
                                    other));
      refuse(data[i], fmt::format("it is the structure {} again; take one out", other));
    }
  }
}

/// Distances by pair of elements, ascending.
std::map<ElementPair, std::vector<double>> sorted_distances(const Structure& structure) {
  constexpr double crystal_range = 5.0, whole_molecule = 1e3;  // Å
  std::map<ElementPair, std::vector<double>> out;
  for (const NeighborPair& pair :
       neighbor_pairs(structure, structure.cell ? crystal_range : whole_molecule))
    out[element_pair(structure.numbers[pair.first], structure.numbers[pair.second])].push_back(
        pair.distance);
  for (auto& [pair, distances] : out) std::ranges::sort(distances);
  return out;
}

}  // namespace

bool is_same_structure(const Structure& a, const Structure& b) {
  constexpr double tolerance = 1e-4;  // Å
  if (a.size() != b.size() || a.is_periodic() != b.is_periodic() ||
      std::abs(a.charge - b.charge) > 1e-6 || composition(a) != composition(b))
    return false;
  if (a.cell) {
    const double volume = a.cell->volume();
    const double slack = tolerance * std::pow(volume, 2.0 / 3.0);
    if (std::abs(volume - b.cell->volume()) > 3.0 * slack) return false;
  }
  const auto first = sorted_distances(a), second = sorted_distances(b);
  return std::ranges::equal(first, second, [](const auto& x, const auto& y) {
    // A distance at the edge of the range may be in one list only.
    const std::size_t common = std::min(x.second.size(), y.second.size());
    return x.first == y.first &&
           std::max(x.second.size(), y.second.size()) - common <= common / 100 + 2 &&
           std::equal(x.second.begin(), x.second.begin() + static_cast<std::ptrdiff_t>(common),
                      y.second.begin(),
                      [](double p, double q) { return std::abs(p - q) < tolerance; });
  });
}

void check_data(Data data) {
  for (const LabelledStructure& label : data) {
    check_labels(label);
    check_geometry(label);
  }
  check_sources(data);
  check_work(data);
  check_repeats(data);
}

void check_path(Data path) {
  if (path.size() < 2)
    throw InputError(path.empty() ? SourceLocation{} : path.front().where,
                     "a path needs at least two images, labelled and in their order");
  const auto same_points = [](const Kpoint& a, const Kpoint& b) {
    return a.fractional == b.fractional && a.weight == b.weight;
  };
  const LabelledStructure& first = path.front();
  for (const LabelledStructure& image : path) {
    check_labels(image);
    check_geometry(image);
    if (!image.energy) refuse(image, "an image without an energy; label it, or take it out");
    if (energy_key(image) != energy_key(first))
      refuse(image, fmt::format("its energy cannot be compared with that of the first image: '{}' "
                                "against '{}' (energy group, composition, charge)",
                                energy_key(image), energy_key(first)));
    if (!std::ranges::equal(image.kpoints, first.kpoints, same_points))
      refuse(image,
             "its k-points are not those of the first image; label all images with the same");
  }
  check_sources(path);
}

}  // namespace ionpass::calibrate
