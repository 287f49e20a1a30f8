#include <structures/hops.hpp>
#include <structures/symmetry.hpp>

#include "crystals.hpp"

namespace ionpass::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* cubic_cell =
    "data_test\n_cell_length_a 6.3\n_cell_length_b 6.3\n_cell_length_c 6.3\n"
    "_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\n";
constexpr const char* atom_header =
    "loop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n"
    "_atom_site_fract_z\n";

Frame parse(const std::string& text) { return parse_frames(text, "test.cif").back(); }

std::string refusal(const std::string& text) {
  return message_of([&] { (void)parse(text); });
}

std::string refusal_of_file(const std::string& name) {
  return message_of([&] { (void)read_frame(data(name)); });
}

std::string perovskite(const std::string& symmetry) {
  return std::string(cubic_cell) + symmetry + atom_header +
         "Cs1 Cs 0.5 0.5 0.5\nPb1 Pb 0 0 0\nI1 I 0.5 0 0\n";
}

TEST(BadCif, EachIsRefusedWithTheSentenceItAsksFor) {
  EXPECT_THAT(refusal_of_file("bad/no_atoms.cif"),
              HasSubstr("no_atoms.cif: no _atom_site_fract_ table found"));
  EXPECT_THAT(
      refusal_of_file("bad/nonnumeric_cell.cif"),
      HasSubstr("nonnumeric_cell.cif:5: _cell_length_b is 'six point three', not a number"));
  EXPECT_THAT(refusal_of_file("bad/overlapping_atoms.cif"),
              HasSubstr("I2 and I3 are 0.32 Å apart"));
  EXPECT_THAT(
      refusal_of_file("bad/truncated.cif"),
      HasSubstr(
          "truncated.cif:26: atom table cut short at the last line (4 of 5 values): the file looks "
          "incomplete"));
  EXPECT_THAT(refusal_of_file("bad/unknown_cell.cif"),
              HasSubstr("unknown_cell.cif:8: _cell_angle_beta is missing (?)"));
  EXPECT_THAT(refusal_of_file("bad/unknown_element.cif"),
              HasSubstr("unknown_element.cif:17: atom Xq1 has unknown element symbol Xq"));
  EXPECT_THAT(refusal_of_file("bad/wrong_formula.cif"),
              AllOf(HasSubstr("means CH6I3NPb"), HasSubstr("give CH6I2NPb")));
  EXPECT_THAT(refusal_of_file("bad/zero_volume.cif"),
              HasSubstr("the cell angles 60, 60, 120 give zero volume"));
}

TEST(AwkwardCif, DisorderIsRefusedWithSitesAndOccupancies) {
  EXPECT_THAT(refusal_of_file("awkward/mapbi3_cubic_disordered.cif"),
              AllOf(HasSubstr("C1 (0.16667)"), HasSubstr("N1 (0.16667)"),
                    HasSubstr("ordered model is needed")));
}

TEST(AwkwardCif, MissingHydrogensAreNamed) {
  EXPECT_THAT(
      refusal_of_file("awkward/mapbi3_orthorhombic_no_h.cif"),
      AllOf(HasSubstr("hydrogen atoms are missing"), HasSubstr("24 H"), HasSubstr("gives 0")));
}

/// All three are the shipped orthorhombic crystal in disguise.
TEST(AwkwardCif, HallSymbolNumberAndDeuteriumGiveTheSameCrystal) {
  const Structure reference = read_frame(library("MAPbI3-orthorhombic")).structure;
  const auto lengths = [](const Structure& s) {
    std::vector<double> result;
    for (const Hop& hop : distinct_hops(s, find_symmetry(s), 53, 5.1)) result.push_back(hop.length);
    return result;
  };
  for (const char* name : {"hall_only_pbnm", "number_only", "deuterated_multiblock"}) {
    SCOPED_TRACE(name);
    const Frame frame = read_frame(data(std::string("awkward/mapbi3_") + name + ".cif"));
    EXPECT_EQ(formula(frame.structure), "C4H24I12N4Pb4");
    EXPECT_EQ(find_symmetry(frame.structure).number, 62);
    const auto found = lengths(frame.structure), expected = lengths(reference);
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-3);
  }
}

TEST(AwkwardCif, AssumedSettingIsSaid) {
  const Frame frame = read_frame(data("awkward/mapbi3_number_only.cif"));
  ASSERT_EQ(frame.warnings.size(), 1U);
  EXPECT_THAT(frame.warnings[0], HasSubstr("space group 62 taken in its standard setting P n m a"));
  EXPECT_TRUE(read_frame(data("awkward/mapbi3_hall_only_pbnm.cif")).warnings.empty());
}

TEST(CifSymmetry, EverySourceGivesTheWholeCell) {
  for (const char* symmetry :
       {"_space_group_name_H-M_alt 'P m -3 m'\n", "_symmetry_space_group_name_H-M 'Pm-3m'\n",
        "_space_group_name_Hall '-P 4 2 3'\n", "_symmetry_Int_Tables_number 221\n",
        "_space_group_IT_number 221\n_space_group_name_Hall '-P 4 2 3'\n_space_group_name_H-M_alt "
        "'P m -3 m'\n"}) {
    EXPECT_EQ(parse(perovskite(symmetry)).structure.size(), 5U) << symmetry;
  }
}

TEST(CifSymmetry, OperatorsAreReadInEverySpelling) {
  const std::string twofold =
      "loop_\n_symmetry_equiv_pos_as_xyz\n'X, Y, Z'\n'-x,-y,z'\n'1/2+x, "
      "0.5-y,-z'\n\"-x+1/2,.5+Y,-Z\"\n";
  const Frame frame = parse(std::string(cubic_cell) + twofold + atom_header + "I1 I 0.1 0.2 0.3\n");
  EXPECT_EQ(frame.structure.size(), 4U);
  EXPECT_EQ(find_symmetry(frame.structure).number, 18);  // P 21 21 2
}

TEST(CifSymmetry, NothingGivenIsP1AndSaid) {
  const Frame frame = parse(std::string(cubic_cell) + atom_header + "I1 I 0.1 0.2 0.3\n");
  EXPECT_EQ(frame.structure.size(), 1U);
  ASSERT_EQ(frame.warnings.size(), 1U);
  EXPECT_THAT(frame.warnings[0], HasSubstr("no symmetry given"));
}

TEST(CifSymmetry, DisagreementIsRefusedWithBothSides) {
  const std::string operators = "loop_\n_space_group_symop_operation_xyz\n'x,y,z'\n'-x,-y,-z'\n";
  EXPECT_THAT(
      refusal(perovskite(operators + "_space_group_name_H-M_alt 'P 1 21/c 1'\n")),
      AllOf(HasSubstr("the symmetry operators"), HasSubstr("'P 1 21/c 1'"), HasSubstr("disagree")));
  EXPECT_THAT(refusal(perovskite(operators + "_space_group_IT_number 14\n")),
              HasSubstr("space-group number 14"));
  EXPECT_THAT(refusal(perovskite(operators + "_space_group_name_Hall 'P 1'\n")),
              HasSubstr("Hall symbol 'P 1'"));
  EXPECT_THAT(
      refusal(perovskite("_space_group_name_H-M_alt 'P n m a'\n_space_group_IT_number 221\n")),
      HasSubstr("disagree"));
}

TEST(CifSymmetry, AnotherOriginThanTheTablesDoesNotDisagree) {
  // P -1 with the inversion centre at (1/4, 0, 1/8): the name leaves the origin open, operators do
  // not.
  const std::string shifted =
      "loop_\n_space_group_symop_operation_xyz\n'x,y,z'\n'-x+1/2,-y,-z+1/4'\n"
      "_space_group_name_H-M_alt 'P -1'\n_space_group_IT_number 2\n";
  const Frame frame = parse(std::string(cubic_cell) + shifted + atom_header + "I1 I 0.1 0.2 0.3\n");
  EXPECT_EQ(frame.structure.size(), 2U);
}

TEST(CifSymmetry, SettingsOfOneGroupAreToldApart) {
  // Operators of Pnma under the name of another setting of number 62.
  const std::string pnma =
      "loop_\n_space_group_symop_operation_xyz\nx,y,z\n-x+1/2,-y,z+1/2\n-x,y+1/2,-z\nx+1/2,-y+1/"
      "2,-z+1/2\n"
      "-x,-y,-z\nx+1/2,y,-z+1/2\nx,-y+1/2,z\n-x+1/2,y+1/2,z+1/2\n";
  const std::string atom = std::string(atom_header) + "I1 I 0.11 0.07 0.3\n";
  EXPECT_EQ(
      parse(cubic_cell + pnma + "_space_group_name_H-M_alt 'P n m a'\n" + atom).structure.size(),
      8U);
  EXPECT_THAT(refusal(cubic_cell + pnma + "_space_group_name_H-M_alt 'P b n m'\n" + atom),
              HasSubstr("disagree"));
}

TEST(CifSymmetry, IncompleteOperatorsAreRefused) {
  EXPECT_THAT(refusal(perovskite("loop_\n_space_group_symop_operation_xyz\n'x,y,z'\n'-y,x,z'\n")),
              HasSubstr("no group"));
  EXPECT_THAT(refusal(perovskite("loop_\n_space_group_symop_operation_xyz\n'-x,-y,-z'\n")),
              HasSubstr("lack x,y,z"));
  EXPECT_THAT(refusal(perovskite("loop_\n_space_group_symop_operation_xyz\n'x,y'\n")),
              HasSubstr("'x,y'"));
  EXPECT_THAT(refusal(perovskite("loop_\n_space_group_symop_operation_xyz\n'x,y,x'\n")),
              HasSubstr("not of the form"));
}

TEST(CifSymmetry, CellThatLacksTheSymmetryIsRefused) {
  std::string text = perovskite("_space_group_IT_number 221\n");
  text.replace(text.find("_cell_length_c 6.3"), 18, "_cell_length_c 7.3");
  EXPECT_THAT(refusal(text), HasSubstr("does not have the symmetry"));
}

TEST(CifSymmetry, OriginChoiceLeftOpenIsSaid) {
  const Frame frame = parse(std::string(cubic_cell) + "_space_group_name_H-M_alt 'F d -3 m'\n" +
                            atom_header + "Si1 Si 0.125 0.125 0.125\n");
  EXPECT_EQ(frame.structure.size(), 8U);
  ASSERT_EQ(frame.warnings.size(), 1U);
  EXPECT_THAT(frame.warnings[0], HasSubstr("F d -3 m:2 taken"));
  const Frame first = parse(std::string(cubic_cell) + "_space_group_name_H-M_alt 'F d -3 m:1'\n" +
                            atom_header + "Si1 Si 0 0 0\n");
  EXPECT_EQ(first.structure.size(), 8U);
  EXPECT_TRUE(first.warnings.empty());
}

TEST(CifAtoms, RoundedSpecialPositionsAreMergedExactly) {
  const std::string hexagonal =
      "data_a\n_cell_length_a 4.557\n_cell_length_b 4.557\n_cell_length_c 6.979\n_cell_angle_alpha "
      "90\n"
      "_cell_angle_beta 90\n_cell_angle_gamma 120\n_space_group_name_H-M_alt 'P -3 m 1'\n"
      "_chemical_formula_sum 'I2 Pb'\n_cell_formula_units_Z 1\n";
  for (const char* third : {"0.333 0.667", "0.3333 0.6667", "0.33333(4) 0.66667(4)"}) {
    const Frame frame =
        parse(hexagonal + atom_header + "Pb1 Pb2+ 0 0 0\nI1 I1- " + third + " 0.265(1)\n");
    ASSERT_EQ(frame.structure.size(), 3U) << third;
    const Eigen::Vector3d x = frame.structure.cell->inverse() * frame.structure.positions.col(1);
    EXPECT_NEAR(x(0), 1.0 / 3.0, 1e-12);
    EXPECT_NEAR(x(1), 2.0 / 3.0, 1e-12);
    EXPECT_EQ(find_symmetry(frame.structure, 1e-6).number, 164);
  }
}

TEST(CifAtoms, ElementsComeFromLabelsWhereTypesAreMissing) {
  const std::string header =
      "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n";
  const Frame frame =
      parse(std::string(cubic_cell) + header + "Pb1 0 0 0\nI2A 0.5 0 0\nH1B 0 0.5 0\n");
  EXPECT_THAT(frame.structure.numbers, ::testing::ElementsAre(82, 53, 1));
  EXPECT_THAT(frame.structure.labels, ::testing::ElementsAre("Pb1", "I2A", "H1B"));
}

TEST(CifAtoms, FormulaMustFitWithZ) {
  const std::string p1 = "_space_group_IT_number 1\n_chemical_formula_sum 'I3 Pb Cs'\n";
  const std::string atoms =
      std::string(atom_header) +
      "Cs1 Cs .5 .5 .5\nPb1 Pb 0 0 0\nI1 I .5 0 0\nI2 I 0 .5 0\nI3 I 0 0 .5\n";
  EXPECT_EQ(parse(cubic_cell + p1 + atoms).structure.size(), 5U);
  EXPECT_EQ(parse(cubic_cell + p1 + "_cell_formula_units_Z 1\n" + atoms).structure.size(), 5U);
  EXPECT_THAT(refusal(cubic_cell + p1 + "_cell_formula_units_Z 2\n" + atoms),
              AllOf(HasSubstr("Cs2I6Pb2"), HasSubstr("CsI3Pb")));
}

TEST(CifAtoms, UnknownCoordinatesAndTablesWithoutNamesAreRefused) {
  EXPECT_THAT(refusal(std::string(cubic_cell) + atom_header + "I1 I ? 0 0\n"),
              HasSubstr("test.cif:14: coordinate x of I1 is missing"));
  EXPECT_THAT(refusal(std::string(cubic_cell) + atom_header + "I1 I 0.1 zero 0\n"),
              HasSubstr("'zero', not a number"));
  EXPECT_THAT(refusal(std::string(cubic_cell) + atom_header + "I1 I 0.1 1e7 0\n"),
              HasSubstr("coordinate y of I1"));
  EXPECT_THAT(refusal(std::string(cubic_cell) +
                      "loop_\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n0 0 0\n"),
              HasSubstr("_atom_site_label"));
}

TEST(CifWriting, RoundTripIsExactUpToRotation) {
  for (const std::string& name : library_names()) {
    SCOPED_TRACE(name);
    const Frame original = read_frame(library(name));
    std::ostringstream out;
    write_cif(out, original.structure, name, original.provenance);
    const Frame again = parse_frames(out.str(), "again.cif").back();
    EXPECT_EQ(again.structure.numbers, original.structure.numbers);
    EXPECT_TRUE(again.structure.positions.isApprox(original.structure.positions, 1e-9));
    EXPECT_EQ(again.provenance, original.provenance);
  }
}

TEST(CifWriting, HopLabelsSurvive) {
  const Structure original = read_frame(library("PrPyrPbI3")).structure;
  std::ostringstream out;
  write_cif(out, original, "chain");
  const Structure again = parse_frames(out.str(), "again.cif").back().structure;
  const auto labels = [](const Structure& s) {
    std::vector<std::string> result;
    for (const Hop& hop : distinct_hops(s, find_symmetry(s), 53, 5.1)) result.push_back(hop.label);
    return result;
  };
  EXPECT_EQ(labels(again), labels(original));
}

}  // namespace
}  // namespace ionpass::testing
