// Structures a calibration learns from: distorted without breaking a molecule, reproducible, chosen
// without repeats.
#include <cmath>
#include <filesystem>
#include <numeric>
#include <set>
#include <sstream>
#include <tuple>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/hops.hpp>
#include <structures/minimum_image.hpp>
#include <structures/symmetry.hpp>

#include "calibrate/distort.hpp"
#include "calibrate/generate.hpp"
#include "calibrate/novelty.hpp"
#include "message_of.hpp"

namespace ionpass::workflows {
namespace {

namespace fs = std::filesystem;
using test::message_of;

constexpr double rigid = 1e-12;      // Å, what a rotation may round
constexpr double rounding = 1.1e-8;  // Å, of generated coordinates

fs::path library_file(const std::string& name) {
  return fs::path(IONPASS_SOURCE_DIR) / "structures/library" / (name + ".cif");
}
fs::path data_file(const std::string& name) {
  return fs::path(IONPASS_SOURCE_DIR) / "potentials/data/calibration/pbi3-1" / name;
}
Structure crystal(const std::string& name) { return read_frame(library_file(name)).structure; }

const Molecule& cation(const std::vector<Molecule>& molecules) {
  return *std::ranges::max_element(molecules, {}, &Molecule::size);
}

Eigen::MatrixXd distances(const Eigen::Matrix3Xd& positions) {
  Eigen::MatrixXd out(positions.cols(), positions.cols());
  for (Eigen::Index i = 0; i < positions.cols(); ++i)
    out.col(i) = (positions.colwise() - positions.col(i)).colwise().norm().transpose();
  return out;
}

double angle_of(const Eigen::Matrix3d& rotation) {
  return Eigen::AngleAxisd(rotation).angle() * 180.0 / 3.14159265358979323846;
}

StructureSet quiet(SetKind kind) {
  StructureSet set;
  set.name = "quiet";
  set.kind = kind;
  set.structure = library_file("MAPbI3-tetragonal-pbesol");
  set.count = 3;
  set.candidates = 6;
  set.volume = set.rattle = set.internal = {0.0, 0.0};
  set.strain = set.rotation = 0.0;
  return set;
}

std::string text_of(const std::vector<Frame>& frames) {
  std::ostringstream out;
  write_extxyz(out, frames);
  return out.str();
}

TEST(RandomNumbers, NormalOnesHaveMeanZeroAndVarianceOne) {
  RandomNumbers random(7);
  constexpr int draws = 20000;
  double sum = 0.0, square = 0.0;
  for (int i = 0; i < draws; ++i) {
    const double x = random.normal();
    sum += x;
    square += x * x;
  }
  // Five standard errors.
  EXPECT_NEAR(sum / draws, 0.0, 5.0 / std::sqrt(draws));
  EXPECT_NEAR(square / draws, 1.0, 5.0 * std::sqrt(2.0 / draws));
}

TEST(RandomNumbers, FollowTheGeneratorThatTheStandardFixes) {
  // The first output of mt19937_64 with its default seed, 14514284786278117030, as 53 bits.
  EXPECT_DOUBLE_EQ(RandomNumbers(5489).uniform(), 14514284786278117030.0 / 18446744073709551616.0);
}

TEST(RandomNumbers, RotationsAreProperAndWithinTheirLimit) {
  RandomNumbers random(11);
  double largest_small = 0.0, largest_free = 0.0;
  Eigen::Vector3d mean = Eigen::Vector3d::Zero();
  for (int i = 0; i < 2000; ++i) {
    const Eigen::Matrix3d small = random.rotation(20.0), free = random.rotation(180.0);
    EXPECT_LT((small * small.transpose() - Eigen::Matrix3d::Identity()).norm(), rigid);
    EXPECT_NEAR(free.determinant(), 1.0, rigid);
    largest_small = std::max(largest_small, angle_of(small));
    largest_free = std::max(largest_free, angle_of(free));
    mean += free.col(0) / 2000.0;
  }
  EXPECT_LE(largest_small, 20.0 + 1e-9);
  EXPECT_GT(largest_small, 19.0);
  EXPECT_GT(largest_free, 175.0);
  EXPECT_LT(mean.norm(), 0.08);  // no preferred direction: five standard errors
}

class EveryCrystal : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryCrystal, KeepsItsMoleculesRigidUnderStrainAndRattle) {
  const Structure unit = crystal(GetParam());
  RandomNumbers random(3);
  const Eigen::Matrix3d strain = strain_of(StrainKind::general, 0.05, random);
  const Rattle rattle{.atoms = 0.2, .internal = 0.0, .rotation = 180.0};
  const Structure moved = rattled(strained(unit, strain), rattle, random);
  int moved_molecules = 0;
  for (const Molecule& before : find_molecules(unit)) {
    Eigen::Matrix3Xd after(3, before.positions.cols());
    for (std::size_t i = 0; i < before.size(); ++i)
      after.col(static_cast<Eigen::Index>(i)) =
          moved.positions.col(static_cast<Eigen::Index>(before.atoms[i]));
    EXPECT_LT((distances(after) - distances(before.positions)).cwiseAbs().maxCoeff(), rigid);
    if (before.size() > 1 && (after - before.positions).norm() > 0.1) ++moved_molecules;
  }
  EXPECT_GT(moved_molecules, 0);
}

TEST_P(EveryCrystal, HasNoAbsurdContact) {
  const Structure unit = crystal(GetParam());
  const auto molecules = find_molecules(unit);
  const Structure whole = strained(unit, Eigen::Matrix3d::Zero());
  const auto contact = absurd_contact(whole, molecules);
  EXPECT_FALSE(contact.has_value()) << unit.label(contact->first) << "-"
                                    << unit.label(contact->second) << " " << contact->distance;
}

INSTANTIATE_TEST_SUITE_P(Library, EveryCrystal,
                         ::testing::Values("MAPbI3-pseudocubic-pbesol", "MAPbI3-tetragonal-pbesol",
                                           "MAPbI3-orthorhombic-pbesol", "PrPyrPbI3", "BnzPyrPbI3"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(Strain, CellAndCentroidsFollowTheTensorAsked) {
  const Structure unit = crystal("MAPbI3-pseudocubic-pbesol");
  Eigen::Matrix3d strain;
  strain << 0.03, 0.01, 0.0, 0.01, -0.02, 0.005, 0.0, 0.005, 0.04;
  const Structure out = strained(unit, strain);
  EXPECT_LT((out.cell->matrix() - (Eigen::Matrix3d::Identity() + strain) * unit.cell->matrix())
                .cwiseAbs()
                .maxCoeff(),
            rigid);
  const auto before = find_molecules(unit), after = find_molecules(out);
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i)
    EXPECT_LT(
        (unit.cell->inverse() * before[i].centroid() - out.cell->inverse() * after[i].centroid())
            .norm(),
        rigid);
}

TEST(Strain, KindsChangeWhatTheirNamesSay) {
  RandomNumbers random(5);
  EXPECT_EQ(strain_of(StrainKind::volume, 0.02, random), 0.02 * Eigen::Matrix3d::Identity());
  const Eigen::Matrix3d one = strain_of(StrainKind::uniaxial, 0.03, random);
  EXPECT_EQ((one.array() != 0.0).count(), 1);
  EXPECT_DOUBLE_EQ(one.trace(), 0.03);
  const Eigen::Matrix3d shear = strain_of(StrainKind::shear, -0.03, random);
  EXPECT_EQ((shear.array() == -0.03).count(), 2);
  EXPECT_EQ(shear, shear.transpose());
  EXPECT_EQ(shear.trace(), 0.0);
  const Eigen::Matrix3d general = strain_of(StrainKind::general, 0.03, random);
  EXPECT_EQ(general, general.transpose());
  EXPECT_LE(general.cwiseAbs().maxCoeff(), 0.03);
  EXPECT_EQ((general.array() != 0.0).count(), 9);
}

TEST(Rattle, ShiftsHaveTheSizeAsked) {
  const Structure unit = crystal("BnzPyrPbI3");
  RandomNumbers random(9);
  double square = 0.0;
  int count = 0;
  for (int i = 0; i < 60; ++i) {
    const Structure out = rattled(unit, {.atoms = 0.1, .internal = 0.0, .rotation = 0.0}, random);
    for (std::size_t atom = 0; atom < unit.size(); ++atom)
      if (!is_nonmetal(unit.numbers[atom]) || unit.numbers[atom] == 53) {
        const auto column = static_cast<Eigen::Index>(atom);
        square += (out.positions.col(column) - unit.positions.col(column)).squaredNorm();
        ++count;
      }
  }
  EXPECT_NEAR(std::sqrt(square / count), 0.1, 0.1 * 5.0 / std::sqrt(6.0 * count));
}

TEST(Stretch, OneBondChangesAndBothSidesStayRigid) {
  // Hydrogen first, so that the far side of a bond is the larger one.
  Molecule ion = cation(find_molecules(crystal("MAPbI3-pseudocubic-pbesol")));
  ion.positions = ion.positions.rowwise().reverse().eval();
  for (auto& [a, b] : ion.bonds) std::tie(a, b) = std::pair(7 - b, 7 - a);
  RandomNumbers random(2);
  for (int i = 0; i < 20; ++i) {
    const Molecule longer = stretched(ion, 0.1, random);
    int changed = 0;
    for (const auto& [a, b] : ion.bonds) {
      const auto length = [a = static_cast<Eigen::Index>(a),
                           b = static_cast<Eigen::Index>(b)](const Molecule& m) {
        return (m.positions.col(a) - m.positions.col(b)).norm();
      };
      if (std::abs(length(longer) - length(ion)) < rigid) continue;
      ++changed;
      EXPECT_NEAR(length(longer), 1.1 * length(ion), rigid);
    }
    EXPECT_EQ(changed, 1);
    // The larger side stays where it was.
    const Eigen::VectorXd moved = (longer.positions - ion.positions).colwise().norm();
    EXPECT_GE((moved.array() == 0.0).count(), 4);
  }
}

TEST(Stretch, ABondOfARingScalesTheWholeMolecule) {
  Molecule ring{{0, 1, 2}, Eigen::Matrix3Xd::Zero(3, 3), {{0, 1}, {0, 2}, {1, 2}}};
  ring.positions << 0.0, 1.0, 0.5, 0.0, 0.0, 0.9, 0.0, 0.0, 0.0;
  RandomNumbers random(2);
  const Molecule larger = stretched(ring, 0.1, random);
  EXPECT_LT((distances(larger.positions) - 1.1 * distances(ring.positions)).norm(), rigid);
}

TEST(Torsion, OneSideTurnsAboutABondAndNoBondOrAngleChanges) {
  const Molecule ion = cation(find_molecules(crystal("PrPyrPbI3")));
  RandomNumbers random(4);
  double widest = 0.0;
  for (int i = 0; i < 20; ++i) {
    const Molecule turned = twisted(ion, 70.0, random);
    const Eigen::MatrixXd before = distances(ion.positions), after = distances(turned.positions);
    for (const auto& [a, b] : ion.bonds)
      for (const auto& [c, d] : ion.bonds) {
        // Bonds, and the ends of two bonds that meet.
        if (a != c && a != d && b != c && b != d) continue;
        for (const std::size_t x : {a, b})
          for (const std::size_t y : {c, d}) {
            const auto row = static_cast<Eigen::Index>(x), col = static_cast<Eigen::Index>(y);
            EXPECT_NEAR(after(row, col), before(row, col), rigid);
          }
      }
    const Eigen::VectorXd moved = (turned.positions - ion.positions).colwise().norm();
    EXPECT_GT(moved.maxCoeff(), 0.5);
    EXPECT_GE(2 * (moved.array() < rigid).count(), moved.size());  // the larger side stays
    widest = std::max(widest, (after - before).cwiseAbs().maxCoeff());
  }
  EXPECT_GT(widest, 0.5);
  // Rings, and bonds to single atoms, cannot turn.
  Molecule ring{{0, 1, 2}, Eigen::Matrix3Xd::Random(3, 3), {{0, 1}, {0, 2}, {1, 2}}};
  EXPECT_EQ(twisted(ring, 70.0, random).positions, ring.positions);
}

TEST(Approach, TheClosestAtomIsAsFarAsAsked) {
  const Molecule ion = cation(find_molecules(crystal("PrPyrPbI3")));
  RandomNumbers random(2);
  for (int i = 0; i < 20; ++i) {
    const Eigen::Vector3d place = approach(ion.positions, 2.5, random);
    EXPECT_NEAR((ion.positions.colwise() - place).colwise().norm().minCoeff(), 2.5, 1e-10);
  }
}

TEST(AbsurdContact, NamesTheWorstPair) {
  Structure pair;
  pair.numbers = {53, 53, 53};
  pair.positions.resize(3, 3);
  pair.positions << 0.0, 2.4, 2.4, 0.0, 0.0, 2.9, 0.0, 0.0, 0.0;
  const std::vector<Molecule> ions{{{0}, pair.positions.col(0), {}},
                                   {{1}, pair.positions.col(1), {}},
                                   {{2}, pair.positions.col(2), {}}};
  const auto contact = absurd_contact(pair, ions);
  ASSERT_TRUE(contact);
  EXPECT_EQ(contact->first, 0U);
  EXPECT_EQ(contact->second, 1U);
  EXPECT_DOUBLE_EQ(contact->distance, 2.4);
  // 0.7 of twice (1.39 + 0.8) Å.
  EXPECT_NEAR(contact->least, 3.066, 1e-9);
  // The same three as one molecule are merely close.
  EXPECT_FALSE(absurd_contact(pair, {{{0, 1, 2}, pair.positions, {}}}));
}

TEST(AbsurdContact, AMoleculeMeetsItsOwnImage) {
  const Molecule ion = cation(find_molecules(crystal("MAPbI3-pseudocubic-pbesol")));
  const Structure whole = crystal("MAPbI3-pseudocubic-pbesol");
  const auto inside = [&](double box) {
    const Structure boxed = cut_out(whole, ion, box);
    return absurd_contact(boxed, find_molecules(cut_out(whole, ion, 12.0)));
  };
  EXPECT_FALSE(inside(8.0));
  EXPECT_TRUE(inside(3.5));
}

TEST(Descriptor, SeesTheStructureAndNotItsDescription) {
  const Structure unit = crystal("MAPbI3-pseudocubic-pbesol");
  const RadialDescriptor descriptor(unit.numbers);
  const Eigen::VectorXd original = descriptor.describe(unit);
  constexpr double round_off = 1e-10;

  const Structure doubled = make_supercell(unit, Eigen::Vector3i(2, 1, 1).asDiagonal()).structure;
  EXPECT_LT((descriptor.describe(doubled) - original).norm(), round_off);

  Structure turned = unit;
  const Eigen::Matrix3d turn =
      Eigen::AngleAxisd(0.7, Eigen::Vector3d(1, 2, 3).normalized()).toRotationMatrix();
  turned.cell = Cell(turn * unit.cell->matrix());
  turned.positions = (turn * unit.positions).colwise() + Eigen::Vector3d(0.3, 1.2, -2.0);
  std::reverse(turned.numbers.begin(), turned.numbers.end());
  turned.positions = turned.positions.rowwise().reverse().eval();
  EXPECT_LT((descriptor.describe(turned) - original).norm(), round_off);

  Structure other = unit;
  other.positions(0, 0) += 0.05;
  EXPECT_GT((descriptor.describe(other) - original).norm(), 1e-4);
}

TEST(FarthestPoints, TakesTheOutermostFirstAndNeverACopy) {
  const auto at = [](double x) { return Eigen::VectorXd(Eigen::VectorXd::Constant(1, x)); };
  const std::vector<Eigen::VectorXd> line{at(0.0), at(1.0), at(10.0), at(4.0), at(10.0), at(0.0)};
  EXPECT_EQ(farthest_points(line, 3), (std::vector<std::size_t>{2, 0, 3}));
  // Two of six are copies: four remain, however many are asked for.
  EXPECT_EQ(farthest_points(line, 6), (std::vector<std::size_t>{2, 0, 3, 1}));
  const std::vector<Eigen::VectorXd> known{at(10.0), at(0.0)};
  EXPECT_EQ(farthest_points(line, 6, known), (std::vector<std::size_t>{3, 1}));
  EXPECT_TRUE(farthest_points({}, 3).empty());
}

TEST(Generate, TheSameSeedGivesTheSameBytes) {
  StructureSet set = quiet(SetKind::crystal);
  set.structure = library_file("MAPbI3-pseudocubic-pbesol");
  set.rattle = {0.02, 0.1};
  set.rotation = 30.0;
  StructureSet other = set;
  other.name = "other";
  const std::string alone = text_of(generate({.seed = 4, .sets = {set}}));
  EXPECT_EQ(alone, text_of(generate({.seed = 4, .sets = {set}})));
  EXPECT_NE(alone, text_of(generate({.seed = 5, .sets = {set}})));
  // A set does not depend on its neighbours in the plan, nor on how a structure is written.
  const std::string both = text_of(generate({.seed = 4, .sets = {other, set}}));
  EXPECT_TRUE(both.ends_with(alone));
  EXPECT_NE(generate_set(set, 4)[0].structure.positions,
            generate_set(other, 4)[0].structure.positions);
  EXPECT_EQ(text_of(parse_frames(alone, "alone.extxyz")), alone);
  const std::vector<Frame> frames = generate_set(set, 4);
  for (const double x : frames[0].structure.positions.reshaped())
    EXPECT_EQ(x, std::round(x * 1e8) / 1e8);
}

TEST(Generate, StructuresOfASetDiffer) {
  StructureSet set = quiet(SetKind::crystal);
  set.structure = data_file("CsPbI3-cubic.cif");
  set.count = 5;
  set.candidates = 12;
  set.volumes = 3;
  set.volume = {-0.06, 0.06};
  set.rattle = {0.0, 0.1};
  const auto frames = generate_set(set, 1);
  ASSERT_EQ(frames.size(), 5U);
  std::set<std::string> seen;
  for (const Frame& frame : frames) {
    EXPECT_TRUE(seen.insert(text_of({frame})).second);
    EXPECT_EQ(frame.data.info.at("config_type"), "quiet");
  }
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(frames[i].structure.cell->volume() / std::pow(6.289, 3),
                1.0 + 0.06 * (static_cast<double>(i) - 1.0), 1e-7);
}

TEST(Generate, OnlyCopiesAreTooFew) {
  // Without any distortion all candidates are the crystal itself.
  StructureSet set = quiet(SetKind::crystal);
  set.structure = data_file("CsPbI3-cubic.cif");
  EXPECT_THAT(message_of([&] { (void)generate_set(set, 1); }),
              ::testing::HasSubstr("only 1 of 3 structures differ"));
}

TEST(Generate, AVacancyLacksOneIonAndItsCharge) {
  StructureSet set = quiet(SetKind::vacancy);
  set.rattle = {0.01, 0.02};
  const auto whole = composition(crystal("MAPbI3-tetragonal-pbesol"));
  for (const Frame& frame : generate_set(set, 1)) {
    auto expected = whole;
    --expected[53];
    EXPECT_EQ(composition(frame.structure), expected);
    EXPECT_EQ(frame.structure.charge, 1.0);
  }
}

TEST(Generate, AnInterstitialBringsItsCharge) {
  StructureSet set = quiet(SetKind::interstitial);
  for (const Frame& frame : generate_set(set, 1)) {
    EXPECT_EQ(composition(frame.structure).at(53), 13U);
    EXPECT_EQ(frame.structure.charge, -1.0);
  }
}

TEST(Generate, AnInterstitialFindsRoomBetweenMovingIons) {
  StructureSet set = quiet(SetKind::interstitial);
  set.rattle = {0.02, 0.1};
  set.rotation = 30.0;
  const Structure unit = crystal("MAPbI3-tetragonal-pbesol");
  for (const Frame& frame : generate_set(set, 1)) {
    const Structure& s = frame.structure;
    ASSERT_EQ(s.size(), unit.size() + 1);
    for (Eigen::Index atom = 0; atom < unit.positions.cols(); ++atom) {
      const Eigen::Vector3d r = s.positions.col(atom);
      EXPECT_GT(minimum_image(*s.cell, s.positions.rightCols<1>() - r).vector.norm(), 1.4);
      // The ions of the crystal are rattled, not carried along.
      if (unit.numbers[static_cast<std::size_t>(atom)] == 53) {
        EXPECT_LT(minimum_image(*s.cell, unit.positions.col(atom) - r).vector.norm(), 0.6);
      }
    }
  }
}

TEST(Generate, AHopLeadsStraightFromSiteToSite) {
  const Structure unit = crystal("MAPbI3-tetragonal-pbesol");
  const StructureSet set = quiet(SetKind::hop);
  std::vector<Eigen::Vector3d> sites;
  for (std::size_t atom = 0; atom < unit.size(); ++atom)
    if (unit.numbers[atom] == 53)
      sites.emplace_back(unit.positions.col(static_cast<Eigen::Index>(atom)));
  const auto away = [&](const Eigen::Vector3d& a, const Eigen::Vector3d& b) {
    return minimum_image(*unit.cell, a - b).vector.norm();
  };
  for (const Frame& frame : generate_set(set, 1)) {
    EXPECT_EQ(frame.structure.charge, 1.0);
    std::vector<Eigen::Vector3d> empty = sites, moving;
    for (std::size_t atom = 0; atom < frame.structure.size(); ++atom) {
      if (frame.structure.numbers[atom] != 53) continue;
      const Eigen::Vector3d r = frame.structure.positions.col(static_cast<Eigen::Index>(atom));
      const auto at = [&](const Eigen::Vector3d& site) { return away(site, r) < 1e-6; };
      if (std::erase_if(empty, at) == 0) moving.push_back(r);
    }
    ASSERT_EQ(empty.size(), 2U);
    ASSERT_EQ(moving.size(), 1U);
    const double length = away(empty[0], empty[1]);
    EXPECT_LE(length, 5.0);
    EXPECT_NEAR(away(moving[0], empty[0]) + away(moving[0], empty[1]), length, 1e-6);
  }
}

TEST(Generate, MoleculesAreWholeInTheirBox) {
  StructureSet set = quiet(SetKind::molecule);
  set.charge = 1.0;
  set.box = 10.0;
  for (const Frame& frame : generate_set(set, 1)) {
    EXPECT_EQ(formula(frame.structure), "CH6N");
    EXPECT_EQ(frame.structure.charge, 1.0);
    EXPECT_LT((frame.structure.cell->matrix() - 10.0 * Eigen::Matrix3d::Identity()).norm(),
              rounding);
    EXPECT_LT(distances(frame.structure.positions).maxCoeff(), 3.5);
  }
  set.kind = SetKind::approach;
  set.charge = 0.0;
  set.contact = {2.4, 4.0};
  for (const Frame& frame : generate_set(set, 1)) EXPECT_EQ(formula(frame.structure), "CH6IN");
}

TEST(Generate, SaysWhyNothingIsLeft) {
  StructureSet set = quiet(SetKind::crystal);
  set.structure = library_file("MAPbI3-pseudocubic-pbesol");
  set.volume = {-0.3, -0.3};
  set.rattle = {0.6, 0.6};
  set.rotation = 180.0;
  EXPECT_THAT(message_of([&] { (void)generate_set(set, 1); }),
              ::testing::AllOf(::testing::HasSubstr("set 'quiet'"),
                               ::testing::HasSubstr("free of absurd contacts"),
                               ::testing::HasSubstr("Å (at least")));
}

TEST(Generate, RefusesWhatDoesNotFitTheCrystal) {
  StructureSet set = quiet(SetKind::vacancy);
  set.ion = 35;
  EXPECT_THAT(message_of([&] { (void)generate_set(set, 1); }), ::testing::HasSubstr("no Br in"));
  set.ion = 53;
  set.volumes = 1;
  EXPECT_THAT(message_of([&] { (void)generate_set(set, 1); }), ::testing::HasSubstr("'volumes'"));
  set = quiet(SetKind::molecule);
  set.structure = data_file("CsPbI3-cubic.cif");
  EXPECT_THAT(message_of([&] { (void)generate_set(set, 1); }),
              ::testing::HasSubstr("no molecule in"));
}

TEST(Generate, SaysWhatATestFitMustNotSee) {
  StructureSet set = quiet(SetKind::crystal);
  set.structure = data_file("CsPbI3-cubic.cif");
  set.count = 10;
  set.candidates = 20;
  set.rattle = {0.02, 0.1};
  std::string marks;
  for (const Frame& frame : generate_set(set, 1)) marks += frame.data.info.at("held_out");
  EXPECT_EQ(marks, "FFFFTFFFFT");
}

}  // namespace
}  // namespace ionpass::workflows
