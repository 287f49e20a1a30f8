// Crystals and small tools the tests of structures/ share.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <structures/error.hpp>
#include <structures/io.hpp>
#include <structures/structure.hpp>

#include "message_of.hpp"

namespace ionpass::testing {

using test::message_of;

inline std::filesystem::path library(const std::string& name) {
  return std::filesystem::path(IONPASS_SOURCE_DIR) / "structures/library" / (name + ".cif");
}

inline std::filesystem::path data(const std::string& name) {
  return std::filesystem::path(IONPASS_SOURCE_DIR) / "tests/structures/data" / name;
}

inline std::vector<std::string> library_names() {
  return {"MAPbI3-pseudocubic",
          "MAPbI3-tetragonal",
          "MAPbI3-orthorhombic",
          "MAPbI3-pseudocubic-pbesol",
          "MAPbI3-tetragonal-pbesol",
          "MAPbI3-orthorhombic-pbesol",
          "PrPyrPbI3",
          "BnzPyrPbI3",
          "BnzPyrPbI3-packing"};
}

/// Name of a test that runs once per crystal.
inline std::string test_name(const ::testing::TestParamInfo<std::string>& crystal) {
  std::string name = crystal.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// A crystal of one formula unit per lattice point, fractional coordinates in columns.
inline Structure crystal(const Cell& cell, const std::vector<int>& numbers,
                         const Eigen::Matrix3Xd& fractional) {
  Structure structure;
  structure.cell = cell;
  structure.numbers = numbers;
  structure.positions = cell.matrix() * fractional;
  return structure;
}

/// Cubic CsPbI3, a = 6.289 Å: the textbook perovskite, all positions special.
inline Structure cubic_perovskite() {
  Eigen::Matrix3Xd x(3, 5);
  x << 0.5, 0.0, 0.5, 0.0, 0.0,  //
      0.5, 0.0, 0.0, 0.5, 0.0,   //
      0.5, 0.0, 0.0, 0.0, 0.5;
  return crystal(Cell(6.289 * Eigen::Matrix3d::Identity()), {55, 82, 53, 53, 53}, x);
}

/// The same crystal with its atoms in another order.
inline Structure permuted(const Structure& structure, unsigned seed) {
  std::vector<std::size_t> order(structure.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937 random(seed);
  std::shuffle(order.begin(), order.end(), random);
  Structure result = structure;
  for (std::size_t i = 0; i < order.size(); ++i) {
    result.numbers[i] = structure.numbers[order[i]];
    if (!structure.labels.empty()) result.labels[i] = structure.labels[order[i]];
    result.positions.col(static_cast<Eigen::Index>(i)) =
        structure.positions.col(static_cast<Eigen::Index>(order[i]));
  }
  return result;
}

/// The same crystal seen from another origin, with atoms wrapped back into the cell.
inline Structure shifted(const Structure& structure, const Eigen::Vector3d& fractional_shift) {
  Structure result = structure;
  Eigen::Matrix3Xd x = structure.cell->inverse() * structure.positions;
  x.colwise() += fractional_shift;
  x -= Eigen::Matrix3Xd(x.array().floor());
  result.positions = structure.cell->matrix() * x;
  return result;
}

inline Cell random_cell(std::mt19937& random, double skew) {
  std::uniform_real_distribution<double> length(3.0, 9.0), off(-skew, skew);
  Eigen::Matrix3d columns = Eigen::Matrix3d::Zero();
  for (int i = 0; i < 3; ++i) columns(i, i) = length(random);
  columns(0, 1) = off(random);
  columns(0, 2) = off(random);
  columns(1, 2) = off(random);
  return Cell(columns);
}

}  // namespace ionpass::testing
