// Operations that exchange the ends of a path.
#include <gtest/gtest.h>

#include <neb/band_symmetry.hpp>
#include <neb/path.hpp>

#include "test_potentials.hpp"

namespace ionpass::neb {
namespace {

TEST(FindBandSymmetry, MapsTheEndsOfAVacancyHopOnEachOther) {
  const test::VacancyHop hop = test::fcc_vacancy_hop(4.0, 2);
  const Structure end = unwrap(hop.initial, hop.final_, hop.ion);
  const std::optional<BandSymmetry> symmetry = find_band_symmetry(hop.initial, end, hop.ion);
  ASSERT_TRUE(symmetry.has_value());
  EXPECT_TRUE(symmetry->mirror_positions(hop.initial.positions).isApprox(end.positions, 1e-9));
  EXPECT_TRUE(symmetry->mirror_positions(end.positions).isApprox(hop.initial.positions, 1e-9));
  EXPECT_EQ(symmetry->permutation[hop.ion], hop.ion);
}

TEST(FindBandSymmetry, IsItsOwnInverseForAnyImage) {
  const test::VacancyHop hop = test::fcc_vacancy_hop(4.0, 2);
  const Structure end = unwrap(hop.initial, hop.final_, hop.ion);
  const BandSymmetry symmetry = find_band_symmetry(hop.initial, end, hop.ion).value();
  Eigen::Matrix3Xd image = hop.initial.positions;
  for (Eigen::Index a = 0; a < image.cols(); ++a) {
    image.col(a) += 0.3 * Eigen::Vector3d(std::sin(1.0 * static_cast<double>(a)), 0.5,
                                          std::cos(2.0 * static_cast<double>(a)));
  }
  const Eigen::Matrix3Xd twice = symmetry.mirror_positions(symmetry.mirror_positions(image));
  EXPECT_LT((twice - image).cwiseAbs().maxCoeff(), 1e-9);
}

TEST(FindBandSymmetry, ToleratesTheNoiseOfRelaxationsButNotMore) {
  test::VacancyHop hop = test::fcc_vacancy_hop(4.0, 2);
  hop.initial.positions(1, 4) += 0.02;
  EXPECT_TRUE(find_band_symmetry(hop.initial, hop.final_, hop.ion).has_value());
  hop.initial.positions(1, 4) += 0.2;
  EXPECT_FALSE(find_band_symmetry(hop.initial, hop.final_, hop.ion).has_value());
}

TEST(FindBandSymmetry, FindsNothingBetweenInequivalentSites) {
  test::VacancyHop hop = test::fcc_vacancy_hop(4.0, 2);
  // A foreign atom near the initial site only.
  hop.initial.numbers[4] = hop.final_.numbers[4] = 47;
  hop.initial.numbers[9] = hop.final_.numbers[9] = 79;
  hop.initial.numbers[15] = hop.final_.numbers[15] = 78;
  EXPECT_FALSE(find_band_symmetry(hop.initial, hop.final_, hop.ion).has_value());
}

}  // namespace
}  // namespace ionpass::neb
