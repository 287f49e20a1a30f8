#include "crystals.hpp"

namespace ionpass::testing {
namespace {

using ::testing::HasSubstr;

// As ASE 3.22 writes it (ase.io.write of a two-atom bulk with a SinglePointCalculator).
constexpr const char* ase_frame =
    "2\n"
    "Lattice=\"0.0 2.82 2.82 2.82 0.0 2.82 2.82 2.82 0.0\" "
    "Properties=species:S:1:pos:R:3:forces:R:3 energy=-6.5 "
    "stress=\"0.1 0.0 0.0 0.0 0.2 0.01 0.0 0.01 0.3\" charge=1.0 config_type=\"rock salt\" "
    "free_energy=-6.6 pbc=\"T T T\"\n"
    "Na       0.00000000       0.00000000       0.00000000       0.01000000       0.02000000       "
    "0.03000000\n"
    "Cl       2.82000000       2.82000000       2.82000000      -0.01000000      -0.02000000      "
    "-0.03000000\n";

std::string changed(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

std::string refusal(const std::string& text) {
  return message_of([&] { (void)parse_frames(text, "a.xyz"); });
}

TEST(Extxyz, ReadsWhatAseWrites) {
  const Frame frame = parse_frames(ase_frame, "a.xyz").back();
  EXPECT_THAT(frame.structure.numbers, ::testing::ElementsAre(11, 17));
  ASSERT_TRUE(frame.structure.is_periodic());
  EXPECT_TRUE(frame.structure.cell->matrix().col(0).isApprox(Eigen::Vector3d(0.0, 2.82, 2.82)));
  EXPECT_DOUBLE_EQ(frame.structure.charge, 1.0);
  EXPECT_DOUBLE_EQ(frame.data.energy.value(), -6.5);
  EXPECT_TRUE(frame.data.forces->col(1).isApprox(Eigen::Vector3d(-0.01, -0.02, -0.03)));
  EXPECT_DOUBLE_EQ((*frame.data.stress)(1, 2), 0.01);
  EXPECT_EQ(frame.data.info.at("config_type"), "rock salt");
  EXPECT_EQ(frame.data.info.at("free_energy"), "-6.6");
}

TEST(Extxyz, LatticeRowsAreColumnsHere) {
  const std::string text =
      changed(ase_frame, "0.0 2.82 2.82 2.82 0.0 2.82 2.82 2.82 0.0", "6 0 0 1 7 0 2 3 8");
  const Eigen::Matrix3d m = parse_frames(text, "a.xyz").back().structure.cell->matrix();
  EXPECT_TRUE(m.col(2).isApprox(Eigen::Vector3d(2, 3, 8)));
}

TEST(Extxyz, VoigtStressIsSpreadOut) {
  const std::string text =
      changed(ase_frame, "0.1 0.0 0.0 0.0 0.2 0.01 0.0 0.01 0.3", "1 2 3 4 5 6");
  const Eigen::Matrix3d stress = parse_frames(text, "a.xyz").back().data.stress.value();
  EXPECT_DOUBLE_EQ(stress(1, 2), 4.0);
  EXPECT_DOUBLE_EQ(stress(0, 2), 5.0);
  EXPECT_DOUBLE_EQ(stress(1, 0), 6.0);
}

TEST(Extxyz, MoleculesHaveNoCell) {
  EXPECT_FALSE(parse_frames("1\nhydrogen\nH 0 0 0\n", "a.xyz").back().structure.is_periodic());
  const std::string no_pbc = changed(ase_frame, "pbc=\"T T T\"", "pbc=\"F F F\"");
  EXPECT_FALSE(parse_frames(no_pbc, "a.xyz").back().structure.is_periodic());
}

TEST(Extxyz, SlabsAreRefused) {
  EXPECT_THAT(refusal(changed(ase_frame, "pbc=\"T T T\"", "pbc=\"T T F\"")),
              HasSubstr("a.xyz:2: pbc is 'T T F'"));
}

TEST(Extxyz, SeveralFramesKeepTheirOrder) {
  const auto frames =
      parse_frames(std::string(ase_frame) + "1\n\nH 0 0 0\n\n" + ase_frame, "a.xyz");
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(frames[1].structure.size(), 1U);
}

TEST(Extxyz, ColumnsAreFoundByName) {
  const std::string text =
      "1\nProperties=id:I:1:pos:R:3:tags:I:1:species:S:1\n7 1.0 2.0 3.0 5 Pb\n";
  const Structure s = parse_frames(text, "a.xyz").back().structure;
  EXPECT_THAT(s.numbers, ::testing::ElementsAre(82));
  EXPECT_DOUBLE_EQ(s.positions(2, 0), 3.0);
}

TEST(Extxyz, DefectsAreRefusedWithTheirLine) {
  EXPECT_THAT(refusal(changed(ase_frame, "2\n", "3\n")),
              HasSubstr("a.xyz:1: 3 atoms are announced, but only 3 lines"));
  EXPECT_THAT(refusal(changed(ase_frame, "2\n", "99999999999999\n")),
              HasSubstr("looks incomplete"));
  EXPECT_THAT(refusal(changed(ase_frame, "2\n", "-2\n")),
              HasSubstr("'-2' where the number of atoms"));
  EXPECT_THAT(refusal(changed(ase_frame, "Na ", "Xq ")),
              HasSubstr("a.xyz:3: unknown element 'Xq'"));
  EXPECT_THAT(refusal(changed(ase_frame, "-0.03000000", "")), HasSubstr("a.xyz:4: 6 values"));
  EXPECT_THAT(refusal(changed(ase_frame, "-0.03000000", "inf")), HasSubstr("force is 'inf'"));
  EXPECT_THAT(refusal(changed(ase_frame, "energy=-6.5", "energy=low")),
              HasSubstr("a.xyz:2: energy is 'low'"));
  EXPECT_THAT(refusal(changed(ase_frame, "0.0 2.82 2.82 2.82", "2.82")),
              HasSubstr("Lattice has 6 numbers"));
  EXPECT_THAT(refusal(changed(ase_frame, "pos:R:3", "pos:R:2")), HasSubstr("2 columns to 'pos'"));
  EXPECT_THAT(refusal(changed(ase_frame, "\"rock salt\"", "\"rock salt")), HasSubstr("a.xyz:2:"));
  EXPECT_THAT(refusal(changed(ase_frame, "Cl       2.82000000       2.82000000       2.82000000",
                              "Cl 0 0 0")),
              HasSubstr("0.00 Å apart"));
}

TEST(Extxyz, RoundTripKeepsEverything) {
  Frame frame = read_frame(library("MAPbI3-tetragonal-pbesol"));
  frame.structure.charge = -1.0;
  frame.structure.unpaired = 3;
  frame.data.energy = -1234.56789012345678;
  frame.data.forces = 1e-3 * frame.structure.positions;
  frame.data.stress = Eigen::Matrix3d::Identity() * (1.0 / 3.0);
  frame.data.info = {{"image", "3"}, {"note", "a \"quoted\" word, and = signs \\"}};
  Frame molecule;
  molecule.structure.numbers = {8, 1, 1};
  molecule.structure.positions = Eigen::Matrix3d::Identity();
  std::ostringstream out;
  write_extxyz(out, std::vector<Frame>{frame, molecule});
  const auto again = parse_frames(out.str(), "b.xyz");
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[0].structure.numbers, frame.structure.numbers);
  EXPECT_EQ(again[0].structure.labels, frame.structure.labels);
  EXPECT_EQ(again[0].structure.cell, frame.structure.cell);
  EXPECT_LT((again[0].structure.positions - frame.structure.positions).cwiseAbs().maxCoeff(), 1e-9);
  EXPECT_LT((*again[0].data.forces - *frame.data.forces).cwiseAbs().maxCoeff(), 1e-9);
  EXPECT_EQ(*again[0].data.energy, *frame.data.energy);
  EXPECT_EQ(*again[0].data.stress, *frame.data.stress);
  EXPECT_EQ(again[0].structure.charge, -1.0);
  EXPECT_EQ(again[0].structure.unpaired, 3);
  EXPECT_FALSE(again[1].structure.unpaired.has_value());
  EXPECT_EQ(again[0].data.info, frame.data.info);
  EXPECT_FALSE(again[1].structure.is_periodic());
}

TEST(Extxyz, UnpairedElectronsAreAWholeNumber) {
  for (const char* wrong : {"0.5", "-1", "1e9", "nan"}) {
    const std::string text = changed(ase_frame, "charge=1.0", std::string("unpaired=") + wrong);
    EXPECT_THAT(refusal(text), HasSubstr("unpaired"));
  }
}

TEST(Extxyz, ChargeIsWrittenOnlyWhereThereIsOne) {
  std::ostringstream out;
  write_extxyz(out, std::vector<Frame>{Frame{cubic_perovskite(), {}, {}, {}}});
  EXPECT_THAT(out.str(), ::testing::Not(HasSubstr("charge")));
  EXPECT_THAT(out.str(), HasSubstr("pbc=\"T T T\""));
}

}  // namespace
}  // namespace ionpass::testing
