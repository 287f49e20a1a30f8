// Data that must not be fitted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <structures/error.hpp>

#include "samples.hpp"

namespace ionpass::calibrate {
namespace {

using testing::HasSubstr;

std::vector<LabelledStructure> good() {
  return test::labels_of(test::samples({{{1, 6}, test::cubic(0.3, 3.0)}}, 4));
}

void expect_refusal(const std::vector<LabelledStructure>& data,
                    const std::vector<std::string>& parts) {
  try {
    check_data(data);
    ADD_FAILURE() << "accepted";
  } catch (const InputError& error) {
    for (const std::string& part : parts) EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

/// The same atoms in another order, shifted, turned by 90° and written with less digits.
Structure disguised(const Structure& structure) {
  Structure out = structure;
  const auto n = static_cast<Eigen::Index>(structure.size());
  Eigen::Matrix3d turn;
  turn << 0, -1, 0, 1, 0, 0, 0, 0, 1;
  for (Eigen::Index i = 0; i < n; ++i) {
    const Eigen::Index from = n - 1 - i;
    out.numbers[static_cast<std::size_t>(i)] = structure.numbers[static_cast<std::size_t>(from)];
    const Eigen::Vector3d moved = structure.positions.col(from) + Eigen::Vector3d(0.3, 1.1, -0.7);
    out.positions.col(i) = turn * (moved * 1e6).array().round().matrix() / 1e6;
  }
  if (structure.cell) out.cell = Cell(turn * structure.cell->matrix());
  return out;
}

TEST(CalibrationData, GoodDataPass) { EXPECT_NO_THROW(check_data(good())); }

TEST(CalibrationData, StructuresAreComparedByContent) {
  const auto data = good();
  for (const LabelledStructure& label : data) {
    EXPECT_TRUE(is_same_structure(label.structure, disguised(label.structure))) << label.name;
    Structure moved = label.structure;
    moved.positions(0, 0) += 0.002;
    EXPECT_FALSE(is_same_structure(label.structure, moved));
    Structure charged = label.structure;
    charged.charge = 1.0;
    EXPECT_FALSE(is_same_structure(label.structure, charged));
  }
  EXPECT_FALSE(is_same_structure(data[1].structure, data[2].structure));
}

TEST(CalibrationData, AHeldOutStructureAmongTheTrainingDataIsRefused) {
  auto data = good();
  data.push_back(data[1]);
  data.back().name = "leak";
  data.back().where = {"more.xyz", 7, 0};
  data.back().structure = disguised(data[1].structure);
  data.back().held_out = true;
  expect_refusal(data, {"more.xyz:7: ", "'leak'", "'s1' (data.xyz:12)", "held out", "training"});
}

TEST(CalibrationData, TheSameStructureTwiceIsRefused) {
  auto data = good();
  data.push_back(data[0]);
  data.back().where = {"more.xyz", 9, 0};
  expect_refusal(data, {"more.xyz:9: ", "again", "data.xyz:2"});
}

TEST(CalibrationData, TwoSourcesInOneEnergyGroupAreRefused) {
  auto data = good();
  data[2].source = "another functional";
  expect_refusal(data, {"data.xyz:22: ", "two sources", "another functional", "(line 12)"});
  data[2].source.clear();
  expect_refusal(data, {"data.xyz:22: ", "source="});
}

TEST(CalibrationData, LabelsThatAreMissingOrNoNumbersAreRefused) {
  auto data = good();
  data[1].forces.resize(3, 0);
  expect_refusal(data, {"data.xyz:12: ", "no forces"});
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    data = good();
    data[1].forces(2, 3) = bad;
    expect_refusal(data, {"data.xyz:12: ", "finite"});
    data = good();
    data[1].energy = bad;
    expect_refusal(data, {"data.xyz:12: ", "finite"});
  }
}

TEST(CalibrationData, OtherUnitsShowByTheirSize) {
  auto data = good();
  data[1].stress = Eigen::Matrix3d::Constant(4.2);  // GPa
  expect_refusal(data, {"data.xyz:12: ", "stress", "eV/Å³"});
  data = good();
  data[1].forces *= 1000.0;
  expect_refusal(data, {"data.xyz:12: ", "forces are expected in eV/Å"});
  data = good();
  data[1].energy = -1e7;
  expect_refusal(data, {"data.xyz:12: ", "energies are expected in eV"});
  data = good();
  data[0].structure.positions *= 10.0;  // the molecule
  expect_refusal(data, {"data.xyz:2: ", "positions are expected in Å"});
  data = good();
  data[0].structure.positions /= 10.0;
  expect_refusal(data, {"data.xyz:2: ", "apart"});
}

TEST(CalibrationData, EnergiesMustBeTheWorkOfTheForces) {
  // Geometries near each other, as of a relaxation.
  const PairFunctions truth{{{1, 6}, test::cubic(0.6, 3.0)}};
  auto data = test::samples(truth, 1);
  const auto add_near = [&](Eigen::Index axis, double size) {
    data.push_back(data[0]);
    Sample& next = data.back();
    next.label.structure.positions.row(axis).array() +=
        size * Eigen::ArrayXd::LinSpaced(8, -1, 1).transpose();
    next.base = test::base_of(next.label.structure);
    const PairSum sum = pair_sum(next.label.structure, truth);
    next.label.energy = next.base.energy + sum.energy - 1234.5;
    next.label.forces = next.base.forces + sum.forces;
    next.label.where = {"data.xyz", 12, 0};
  };
  add_near(0, 0.05);
  auto pair = test::labels_of(data);
  pair[1].energy = *pair[0].energy + 27.2 * (*pair[1].energy - *pair[0].energy);
  EXPECT_NO_THROW(check_data(pair));  // one pair alone is no evidence
  add_near(1, 0.05);
  auto labels = test::labels_of(data);
  EXPECT_NO_THROW(check_data(labels));
  for (LabelledStructure& label : labels) label.energy = *label.energy / 27.211386;
  expect_refusal(labels, {"data.xyz:12: ", "work of the forces", "eV"});
  labels = test::labels_of(data);
  for (LabelledStructure& label : labels) label.forces /= 51.4;
  expect_refusal(labels, {"work of the forces"});
}

TEST(CalibrationData, EnergiesOfChargedCellsAreComparedAtOneVolumeOnly) {
  auto data = good();
  LabelledStructure a = data[1], b = data[2];
  a.energy_group = b.energy_group = "g";
  EXPECT_EQ(energy_key(a), energy_key(b));
  a.structure.charge = b.structure.charge = 1.0;
  EXPECT_NE(energy_key(a), energy_key(b));
  b.structure.cell = a.structure.cell;
  EXPECT_EQ(energy_key(a), energy_key(b));
}

}  // namespace
}  // namespace ionpass::calibrate
