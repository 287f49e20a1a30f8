// Small structures with labels made from known pair potentials.
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <potentials/calibrate.hpp>

namespace ionpass::calibrate::test {

/// a (cutoff - r)³, which is in the space of cubic B-splines with this cut-off.
inline PairFunction cubic(double a, double cutoff) {
  return {cutoff, [a, cutoff](double r) {
            if (r >= cutoff) return PairPoint{};
            const double x = cutoff - r;
            return PairPoint{a * x * x * x, -3.0 * a * x * x};
          }};
}

/// Carbon and hydrogen on a distorted lattice, near enough to each other for every pair.
inline Structure random_structure(std::mt19937& random, bool periodic) {
  std::uniform_real_distribution<double> shift(-0.35, 0.35);
  const auto offset = [&] { return Eigen::Vector3d(shift(random), shift(random), shift(random)); };
  Structure out;
  out.numbers = {6, 1, 1, 6, 1, 6, 1, 1};
  out.positions.resize(3, 8);
  for (int i = 0; i < 8; ++i)
    out.positions.col(i) = 1.6 * Eigen::Vector3d(i % 2, (i / 2) % 2, i / 4) + offset();
  if (!periodic) return out;
  Eigen::Matrix3d cell = 3.4 * Eigen::Matrix3d::Identity();
  for (int i = 0; i < 3; ++i) cell.col(i) += offset() / 2.0;
  out.cell = Cell(cell);
  return out;
}

/// Some base energies and forces: another pair potential.
inline PairSum base_of(const Structure& structure) {
  const PairFunction f{6.0, [](double r) { return PairPoint{-std::exp(-r), std::exp(-r)}; }};
  return pair_sum(structure, {{{1, 1}, f}, {{1, 6}, f}, {{6, 6}, f}});
}

/// Labels: base, plus pair potentials, plus a constant.
inline std::vector<Sample> samples(const PairFunctions& truth, std::size_t count,
                                   double constant = -1234.5) {
  std::mt19937 random(7);
  std::vector<Sample> out;
  for (std::size_t i = 0; i < count; ++i) {
    Sample sample;
    LabelledStructure& label = sample.label;
    label.structure = random_structure(random, i % 3 != 0);
    sample.base = base_of(label.structure);
    const PairSum pairs = pair_sum(label.structure, truth);
    label.energy = sample.base.energy + pairs.energy + constant;
    label.forces = sample.base.forces + pairs.forces;
    if (label.structure.cell) label.stress = sample.base.stress + pairs.stress;
    label.name = label.family = fmt::format("s{}", i);
    label.config_type = label.structure.cell ? "crystal" : "molecule";
    label.source = "test";
    label.energy_group = label.config_type;
    label.where = {"data.xyz", 10 * i + 2, 0};
    out.push_back(sample);
  }
  return out;
}

inline std::vector<LabelledStructure> labels_of(const std::vector<Sample>& samples) {
  std::vector<LabelledStructure> out;
  for (const Sample& sample : samples) out.push_back(sample.label);
  return out;
}

}  // namespace ionpass::calibrate::test
