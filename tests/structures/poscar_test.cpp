#include "crystals.hpp"

namespace ionpass::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* rock_salt =
    "rock salt, primitive\n"
    "5.64\n"
    "0.0 0.5 0.5\n0.5 0.0 0.5\n0.5 0.5 0.0\n"
    "Na Cl\n1 1\nDirect\n"
    "0 0 0\n0.5 0.5 0.5\n";

std::string changed(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

Structure parse(const std::string& text) { return parse_frames(text, "POSCAR").back().structure; }

std::string refusal(const std::string& text) {
  return message_of([&] { (void)parse(text); });
}

TEST(Poscar, ScaleMultipliesLatticeAndPositions) {
  const Structure salt = parse(rock_salt);
  EXPECT_THAT(salt.numbers, ::testing::ElementsAre(11, 17));
  EXPECT_NEAR(salt.cell->volume(), std::pow(5.64, 3) / 4.0, 1e-9);
  EXPECT_TRUE(salt.positions.col(1).isApprox(Eigen::Vector3d::Constant(2.82), 1e-12));
  const Structure cartesian = parse(changed(rock_salt, "Direct", "Cartesian"));
  EXPECT_TRUE(cartesian.positions.col(1).isApprox(Eigen::Vector3d::Constant(2.82), 1e-12));
}

TEST(Poscar, NegativeScaleIsTheVolume) {
  const Structure salt = parse(changed(rock_salt, "5.64", "-44.86"));
  EXPECT_NEAR(salt.cell->volume(), 44.86, 1e-9);
}

TEST(Poscar, ThreeScalesStretchTheAxes) {
  const Structure salt = parse(changed(rock_salt, "5.64", "5.64 5.64 6.00"));
  EXPECT_NEAR(salt.cell->matrix()(2, 0), 3.0, 1e-12);
}

TEST(Poscar, SelectiveDynamicsIsReadAndSaid) {
  const std::string text = changed(changed(rock_salt, "Direct", "Selective dynamics\nDirect"),
                                   "0 0 0\n", "0 0 0 T T F\n");
  const Frame frame = parse_frames(text, "POSCAR").back();
  EXPECT_EQ(frame.structure.size(), 2U);
  ASSERT_EQ(frame.warnings.size(), 1U);
  EXPECT_THAT(frame.warnings[0], HasSubstr("selective dynamics"));
}

TEST(Poscar, SymbolsMayNamePotentialsAndComeInSeveralBlocks) {
  const Structure s = parse(
      changed(changed(rock_salt, "Na Cl\n1 1", "Na_pv Cl Na/0a1b\n1 0 1"), "Direct", "direct"));
  EXPECT_THAT(s.numbers, ::testing::ElementsAre(11, 11));
}

TEST(Poscar, WhatFollowsThePositionsIsIgnored) {
  EXPECT_EQ(parse(std::string(rock_salt) + "\n0.0 0.0 0.0\n0.0 0.0 0.0\n").size(), 2U);
}

TEST(Poscar, DefectsAreRefusedWithTheirLine) {
  EXPECT_THAT(refusal(changed(rock_salt, "Na Cl\n", "")),
              HasSubstr("POSCAR:6: no element symbols (VASP 4 format)"));
  EXPECT_THAT(refusal(changed(rock_salt, "Na Cl", "Na Xq")),
              HasSubstr("POSCAR:6: unknown element symbol 'Xq'"));
  EXPECT_THAT(refusal(changed(rock_salt, "1 1", "1 999999999999")),
              HasSubstr("POSCAR:7: 999999999999 Cl atoms"));
  EXPECT_THAT(refusal(changed(rock_salt, "1 1", "1 -1")), HasSubstr("'-1', not a whole number"));
  EXPECT_THAT(refusal(changed(rock_salt, "0.5 0.5 0.5\n", "")),
              HasSubstr("the file looks incomplete"));
  EXPECT_THAT(refusal(changed(rock_salt, "0.5 0.5 0.5", "0.5 half 0.5")),
              HasSubstr("POSCAR:10: atom position is 'half'"));
  EXPECT_THAT(refusal(changed(rock_salt, "0.5 0.5 0.5", "0.5 nan 0.5")),
              HasSubstr("'nan', not a number"));
  EXPECT_THAT(refusal(changed(rock_salt, "Direct", "fractional")),
              HasSubstr("POSCAR:8: 'fractional' where 'Direct'"));
  EXPECT_THAT(refusal(changed(rock_salt, "5.64", "0.0")), HasSubstr("POSCAR:2: scale factor is 0"));
  EXPECT_THAT(refusal(changed(rock_salt, "0.5 0.5 0.0", "0.5 0.5 1.0")),
              HasSubstr("span no volume"));
  EXPECT_THAT(refusal(changed(rock_salt, "0.5 0.5 0.5", "0.0 1.0 0.0")), HasSubstr("0.00 Å apart"));
}

TEST(Poscar, RoundTripIsExact) {
  for (const std::string& name : library_names()) {
    const Structure original = permuted(read_frame(library(name)).structure, 5);
    std::ostringstream out;
    write_poscar(out, original, "two\nlines");
    const Structure again = parse(out.str());
    EXPECT_EQ(again.numbers, original.numbers);
    EXPECT_LT((again.positions - original.positions).cwiseAbs().maxCoeff(), 1e-9);
    EXPECT_LT((again.cell->matrix() - original.cell->matrix()).cwiseAbs().maxCoeff(), 1e-9);
  }
}

TEST(Poscar, HoldsNoMolecule) {
  Structure molecule;
  molecule.numbers = {1};
  molecule.positions = Eigen::Matrix3Xd::Zero(3, 1);
  std::ostringstream out;
  EXPECT_THROW(write_poscar(out, molecule, "H"), InputError);
}

}  // namespace
}  // namespace ionpass::testing
