#include "calibrate/design.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>

#include <structures/neighbors.hpp>
#include <structures/units.hpp>

#include "pairs/three_body_kernel.hpp"

namespace ionpass::calibrate {

namespace {

using Eigen::Index;

/// Distances of one pair in the data.
std::map<ElementPair, std::vector<double>> distances(std::span<const Sample> samples,
                                                     double range) {
  std::map<ElementPair, std::vector<double>> out;
  for (const Sample& sample : samples) {
    const Structure& structure = sample.label.structure;
    for (const NeighborPair& pair : neighbor_pairs(structure, range))
      out[element_pair(structure.numbers[pair.first], structure.numbers[pair.second])].push_back(
          pair.distance);
  }
  return out;
}

// How far the basis goes on below the shortest distance, where only the penalty speaks: the prior
// plus a straight line.
constexpr double longest_margin = 0.4, margin_share = 0.2;  // Å; of the shortest distance

constexpr double root_two = 1.4142135623730951;
constexpr std::array<std::array<int, 2>, 6> stress_components{
    {{0, 0}, {1, 1}, {2, 2}, {1, 2}, {0, 2}, {0, 1}}};

double stress_factor(std::size_t k) { return k < 3 ? 1.0 : root_two; }

void add_pair(const NeighborPair& pair, const Block& block, Rows& rows) {
  const Index energy_row = rows.energy_row();
  const BsplineBasis::Values v = block.basis.at(pair.distance);
  const Eigen::Vector3d direction = pair.vector / pair.distance;
  for (Index a = 0; a < 4; ++a) {
    const Index k = v.first + a;
    if (k < 0 || k >= block.basis.size()) continue;
    const Index column = block.offset + k;
    const double slope = v.slope[static_cast<std::size_t>(a)];
    rows.matrix.block<3, 1>(3 * static_cast<Index>(pair.first), column) += slope * direction;
    rows.matrix.block<3, 1>(3 * static_cast<Index>(pair.second), column) -= slope * direction;
    rows.matrix(energy_row, column) += v.value[static_cast<std::size_t>(a)];
    for (std::size_t s = 0; s < stress_components.size(); ++s) {
      const auto [i, j] = stress_components[s];
      rows.matrix(energy_row + 1 + static_cast<Index>(s), column) +=
          stress_factor(s) * slope * direction(i) * pair.vector(j);
    }
  }
}

/// How energies, forces and virials of one triple of atoms answer to each of its coefficients.
/// @param a, b in the order of the triple's elements
void add_triple(const TripleBlock& block, const ThreeBodyShape& shape, const Neighbour& a,
                const Neighbour& b, Index centre, Rows& rows) {
  const Index energy_row = rows.energy_row();
  const auto first_atom = static_cast<Index>(a.atom), second_atom = static_cast<Index>(b.atom);
  const Angle angle(a, b);
  const Legendre legendre(angle.cosine, shape.angular);
  const Eigen::Vector3d u = a.vector / a.distance, v = b.vector / b.distance;
  visit_radial_pairs(shape, block.triple, a, b, [&](Index place, std::size_t i, std::size_t j) {
    const double value = a.radial.value[i] * b.radial.value[j];
    const Eigen::Vector3d pull_a = a.radial.slope[i] * b.radial.value[j] * u;
    const Eigen::Vector3d pull_b = a.radial.value[i] * b.radial.slope[j] * v;
    for (int l = 0; l <= shape.angular; ++l) {
      const auto k = static_cast<std::size_t>(l);
      const double turning = value * legendre.slope[k];
      const Eigen::Vector3d first = legendre.value[k] * pull_a + turning * angle.first;
      const Eigen::Vector3d second = legendre.value[k] * pull_b + turning * angle.second;
      auto column = rows.matrix.col(block.offset + place + l);
      column.segment<3>(3 * first_atom) -= first;
      column.segment<3>(3 * second_atom) -= second;
      column.segment<3>(3 * centre) += first + second;
      column(energy_row) += value * legendre.value[k];
      for (std::size_t s = 0; s < stress_components.size(); ++s) {
        const auto [x, y] = stress_components[s];
        column(energy_row + 1 + static_cast<Index>(s)) +=
            stress_factor(s) * (first(x) * a.vector(y) + second(x) * b.vector(y));
      }
    }
  });
}

/// Forces, energy and stress of a structure in the order of the rows.
Eigen::VectorXd row_values(const PairSum& sum, const Structure& structure) {
  const Index forces = sum.forces.size();
  Eigen::VectorXd out = Eigen::VectorXd::Zero(forces + 7);
  out.head(forces) = sum.forces.reshaped();
  out(forces) = sum.energy;
  if (!structure.cell) return out;
  for (std::size_t s = 0; s < stress_components.size(); ++s) {
    const auto [i, j] = stress_components[s];
    out(forces + 1 + static_cast<Index>(s)) =
        stress_factor(s) * structure.cell->volume() * sum.stress(i, j);
  }
  return out;
}

void add_weights(const LabelledStructure& label, const FitWeights& weights, double factor,
                 Rows& rows) {
  const auto atoms = static_cast<Index>(label.structure.size());
  const double per_root = factor / std::sqrt(static_cast<double>(atoms));
  rows.weights = Eigen::VectorXd::Zero(rows.matrix.rows());
  for (Index i = 0; i < atoms; ++i) {
    const double size = label.forces.col(i).norm() / weights.force_scale;
    const auto element =
        weights.elements.find(label.structure.numbers[static_cast<std::size_t>(i)]);
    rows.weights.segment<3>(3 * i).setConstant(
        factor * (element == weights.elements.end() ? 1.0 : element->second) /
        std::sqrt(1.0 + size * size));
  }
  if (label.energy) rows.weights(3 * atoms) = per_root * weights.energy;
  if (label.stress && label.structure.cell)
    rows.weights.tail<6>().setConstant(per_root * weights.stress);
}

void add_triples(const Structure& structure, const Columns& columns, Rows& rows) {
  for (std::size_t g = 0; g < columns.groups().size(); ++g) {
    const Columns::Group& group = columns.groups()[g];
    std::map<ElementTriple, const TripleBlock*> blocks;
    for (const TripleBlock& block : columns.triples())
      if (block.group == g) blocks[block.triple] = &block;
    visit_triples(
        structure, group.choice.shape, group.elements,
        [&](Index centre, const ElementTriple& triple, const Neighbour& a, const Neighbour& b) {
          const auto found = blocks.find(triple);
          if (found != blocks.end())
            add_triple(*found->second, group.choice.shape, a, b, centre, rows);
        });
  }
}

/// Rows of one sample, unweighted: forces atom by atom, the energy, six stress components as
/// virials (off-diagonal ones times √2, for they stand twice in the tensor).
Rows rows_of(const Sample& sample, const PairFunctions& prior, const Columns& columns) {
  const Structure& structure = sample.label.structure;
  const auto forces = 3 * static_cast<Index>(structure.size());
  Rows rows;
  rows.matrix = Eigen::MatrixXd::Zero(forces + 7, columns.size());
  rows.values = row_values(residual(sample, prior), structure);
  std::map<ElementPair, std::vector<const Block*>> by_pair;
  for (const Block& block : columns.blocks()) by_pair[block.pair].push_back(&block);
  for (const NeighborPair& pair : neighbor_pairs(structure, columns.range())) {
    const auto found =
        by_pair.find(element_pair(structure.numbers[pair.first], structure.numbers[pair.second]));
    if (found == by_pair.end()) continue;
    for (const Block* block : found->second) add_pair(pair, *block, rows);
  }
  add_triples(structure, columns, rows);
  if (sample.label.energy) {
    const auto constant =
        std::ranges::find(columns.constants(), energy_key(sample.label), &Columns::Constant::key);
    rows.matrix(forces, columns.first_constant() + (constant - columns.constants().begin())) = 1.0;
    rows.values(forces) -= constant->mean;
  }
  return rows;
}

/// Factor of each config_type: its own, and the balance between frequent and rare ones.
std::map<std::string, double> type_factors(std::span<const Sample> samples,
                                           const FitWeights& weights) {
  std::map<std::string, double> out;
  for (const Sample& sample : samples) out[sample.label.config_type] += 1.0;
  for (auto& [type, factor] : out) {
    factor = std::pow(factor, -weights.balance / 2.0);
    if (const auto own = weights.types.find(type); own != weights.types.end())
      factor *= own->second;
  }
  return out;
}

}  // namespace

Columns::Columns(std::span<const Sample> samples, const FitSettings& settings,
                 const std::function<std::vector<double>(ElementPair)>& cutoffs,
                 std::span<const Choice::ThreeBody> three_body) {
  const double step = settings.spline_step * units::bohr;
  const double knot = std::max(1.0, std::round(settings.knots / step)) * step;
  double longest = *std::ranges::max_element(settings.cutoffs);
  for (const auto& [pair, own] : settings.pair_cutoffs)
    longest = std::max(longest, *std::ranges::max_element(own));
  for (const auto& [pair, found] : distances(samples, longest)) {
    const double shortest = *std::ranges::min_element(found);
    for (const double wanted : cutoffs(pair)) {
      const double cutoff = std::round(wanted / step) * step;
      const auto inside = static_cast<std::size_t>(
          std::ranges::count_if(found, [&](double r) { return r < cutoff; }));
      if (inside == 0 || cutoff - shortest < knot) continue;
      const double lowest = shortest - std::min(longest_margin, margin_share * shortest);
      const double start = cutoff - std::ceil((cutoff - lowest) / step - 1e-9) * step;
      const BsplineBasis basis(start, cutoff, knot);
      blocks_.push_back({pair, basis, start, shortest, inside, first_constant_});
      first_constant_ += basis.size();
      range_ = std::max(range_, cutoff);
    }
  }
  add_triples(samples, settings, three_body);
  std::map<std::string, std::vector<double>> energies;
  for (const Sample& sample : samples)
    if (sample.label.energy)
      energies[energy_key(sample.label)].push_back(*sample.label.energy - sample.base.energy);
  for (const auto& [key, values] : energies)
    constants_.push_back(
        {key,
         std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()),
         values.size()});
}

Columns::Columns(std::span<const Sample> samples, const FitSettings& settings, const Choice& choice)
    : Columns(
          samples, settings,
          [&choice](ElementPair pair) {
            const auto chosen = choice.pairs.find(pair);
            return chosen == choice.pairs.end() ? std::vector<double>{}
                                                : std::vector{chosen->second.cutoff};
          },
          choice.three_body) {}

void Columns::add_triples(std::span<const Sample> samples, const FitSettings& settings,
                          std::span<const Choice::ThreeBody> three_body) {
  for (const Choice::ThreeBody& chosen : three_body) {
    const ThreeBodySettings& wanted = settings.three_body.at(chosen.group);
    const std::size_t place = groups_.size();
    groups_.push_back({chosen, wanted.all_elements()});
    std::map<ElementTriple, std::size_t> found;
    for (const Sample& sample : samples)
      visit_triples(
          sample.label.structure, chosen.shape, groups_.back().elements,
          [&](Index, const ElementTriple& triple, const auto&, const auto&) { ++found[triple]; });
    for (const auto& [triple, count] : found) {
      if (!wanted.contains(triple)) continue;
      triples_.push_back({place, triple, count, first_constant_});
      first_constant_ += size_of(triples_.back());
    }
  }
}

Normal& Normal::operator+=(const Normal& other) {
  rows += other.rows;
  matrix += other.matrix;
  vector += other.vector;
  square += other.square;
  structures += other.structures;
  return *this;
}

Normal& Normal::operator-=(const Normal& other) {
  rows -= other.rows;
  matrix -= other.matrix;
  vector -= other.vector;
  square -= other.square;
  structures -= other.structures;
  return *this;
}

Normal Normal::part(const std::vector<Index>& columns) const {
  Normal out(0);
  out.matrix = matrix(columns, columns);
  out.vector = vector(columns);
  out.square = square;
  out.rows = rows;
  out.structures = structures;
  return out;
}

double Normal::error(const Eigen::VectorXd& c) const {
  return c.dot(matrix * c) - 2.0 * c.dot(vector) + square;
}

PairFunctions with_wall(std::span<const Sample> samples, const PairFunctions& prior, double share) {
  PairFunctions out = prior;
  if (share == 0.0) return out;
  std::set<int> elements;
  for (const Sample& sample : samples)
    elements.insert(sample.label.structure.numbers.begin(), sample.label.structure.numbers.end());
  for (const int a : elements)
    for (const int b : elements)
      if (a <= b) out.try_emplace({a, b}, screened_repulsion({a, b}, share));
  return out;
}

PairSum residual(const Sample& sample, const PairFunctions& prior) {
  const LabelledStructure& label = sample.label;
  const PairSum known = pair_sum(label.structure, prior);
  PairSum out;
  out.energy = label.energy.value_or(0.0) - sample.base.energy - known.energy;
  out.forces = label.forces - sample.base.forces - known.forces;
  if (label.stress) out.stress = *label.stress - sample.base.stress - known.stress;
  return out;
}

void visit_rows(std::span<const Sample> samples, const PairFunctions& prior,
                const FitWeights& weights, const Columns& columns,
                const std::function<void(std::size_t, Rows&)>& visit) {
  const auto factors = type_factors(samples, weights);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    Rows rows = rows_of(samples[i], prior, columns);
    add_weights(samples[i].label, weights, factors.at(samples[i].label.config_type), rows);
    rows.matrix.array().colwise() *= rows.weights.array();
    rows.values.array() *= rows.weights.array();
    visit(i, rows);
  }
}

std::vector<Normal> normal_equations(std::span<const Sample> samples, const PairFunctions& prior,
                                     const FitWeights& weights, const Columns& columns,
                                     std::span<const std::size_t> folds, const BaseSlopes& slopes) {
  const std::size_t count = folds.empty() ? 1 : *std::ranges::max_element(folds) + 1;
  const auto moved = static_cast<Index>(slopes.size());
  std::vector<Normal> out(count, Normal(columns.size() + moved));
  visit_rows(samples, prior, weights, columns, [&](std::size_t i, Rows& rows) {
    rows.matrix.conservativeResize(Eigen::NoChange, columns.size() + moved);
    for (Index k = 0; k < moved; ++k)
      rows.matrix.col(columns.size() + k) =
          row_values(slopes[static_cast<std::size_t>(k)][i], samples[i].label.structure)
              .cwiseProduct(rows.weights);
    Normal& normal = out[folds.empty() ? 0 : folds[i]];
    normal.matrix.selfadjointView<Eigen::Lower>().rankUpdate(rows.matrix.transpose());
    normal.vector += rows.matrix.transpose() * rows.values;
    normal.square += rows.values.squaredNorm();
    normal.rows += static_cast<double>((rows.weights.array() > 0.0).count());
    normal.structures += 1.0;
  });
  for (Normal& normal : out)
    normal.matrix.triangularView<Eigen::StrictlyUpper>() = normal.matrix.transpose();
  return out;
}

void settle_constants(const Normal& others, const Normal& left_out, Index first, Index end,
                      Eigen::VectorXd& c) {
  constexpr double none = 1e-12;
  for (Index k = first; k < end; ++k) {
    const double here = left_out.matrix(k, k);
    if (others.matrix(k, k) > none * (here > 0.0 ? here : 1.0)) continue;
    c(k) = 0.0;
    if (here > 0.0) c(k) = (left_out.vector(k) - left_out.matrix.row(k).dot(c)) / here;
  }
}

double fold_size(const Normal& fold, double square_error) {
  return std::sqrt(std::max(square_error, 0.0) * fold.structures);
}

ScaledMatrix::ScaledMatrix(Eigen::MatrixXd unscaled)
    : matrix(std::move(unscaled)), scale(matrix.rows()) {
  for (Index i = 0; i < matrix.rows(); ++i) {
    if (matrix(i, i) <= 0.0) matrix(i, i) = 1.0;
    scale(i) = 1.0 / std::sqrt(matrix(i, i));
  }
  matrix = scale.asDiagonal() * matrix * scale.asDiagonal();
}

Eigen::VectorXd solve(const Normal& normal, const Eigen::MatrixXd& penalty) {
  const ScaledMatrix scaled(normal.matrix + penalty);
  const Eigen::VectorXd right = scaled.scale.cwiseProduct(normal.vector);
  return scaled.scale.cwiseProduct(Eigen::LDLT<Eigen::MatrixXd>(scaled.matrix).solve(right));
}

}  // namespace ionpass::calibrate
