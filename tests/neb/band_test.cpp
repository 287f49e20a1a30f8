// Bands find saddles known from elsewhere, count what they ask, and say what went wrong.
#include <algorithm>
#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <neb/band.hpp>
#include <neb/relaxation.hpp>
#include <structures/error.hpp>

#include "test_potentials.hpp"

namespace ionpass::neb {
namespace {

using test::atom_at;
using test::FunctionPotential;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr double saddle_tolerance = 1e-4;  // eV

Structure relaxed(const Structure& start, const Potential& potential, double fmax) {
  RelaxationSettings settings;
  settings.fmax = fmax;
  Relaxation relaxation(start, settings);
  test::solve(relaxation, potential);
  EXPECT_TRUE(relaxation.converged()) << relaxation.diagnosis();
  return relaxation.structure();
}

Band make_band(const Path& path, const Potential& potential, const BandSettings& settings) {
  return Band(path, potential.evaluate(path.front()), potential.evaluate(path.back()), settings);
}

BandSettings tight() {
  BandSettings settings;
  settings.fmax = 0.002;
  settings.max_iterations = 500;
  return settings;
}

/// Wells of depth 1 eV at x = 0 and 2 along a path curved in y: the saddle lies at x = 1 with
/// exactly 1 eV plus half the tilt.
FunctionPotential curved_double_well(double tilt) {
  return test::one_atom([tilt](const Eigen::Vector3d& r) {
    const double u = r.x() - 1.0;
    const double w = r.y() - 0.5 * (1.0 - u * u);
    const double energy =
        (u * u - 1.0) * (u * u - 1.0) + 0.5 * tilt * u + 4.0 * w * w + 3.0 * r.z() * r.z();
    const double along = 4.0 * u * (u * u - 1.0) + 0.5 * tilt + 8.0 * w * u;
    return std::pair{energy, Eigen::Vector3d(-along, -8.0 * w, -6.0 * r.z())};
  });
}

TEST(Band, FindsTheSaddleOfADoubleWell) {
  const FunctionPotential potential = curved_double_well(0.0);
  Band band = make_band(linear_path(atom_at(0, 0), atom_at(2, 0), 5), potential, tight());
  test::solve(band, potential);
  ASSERT_EQ(band.status(), BandStatus::converged) << band.diagnosis();
  EXPECT_TRUE(band.diagnosis().empty()) << band.diagnosis();
  const std::optional<BandBarrier> barrier = band.barrier();
  ASSERT_TRUE(barrier.has_value());
  EXPECT_EQ(barrier->saddle, 3U);
  EXPECT_NEAR(barrier->forward, 1.0, saddle_tolerance);
  EXPECT_NEAR(barrier->backward, 1.0, saddle_tolerance);
  EXPECT_NEAR(band.path()[3].positions(0, 0), 1.0, 1e-3);
  EXPECT_NEAR(band.path()[3].positions(1, 0), 0.5, 1e-3);
}

TEST(Band, FireFindsTheSameSaddle) {
  const FunctionPotential potential = curved_double_well(0.0);
  BandSettings settings = tight();
  settings.optimizer = FireSettings{};
  Band band = make_band(linear_path(atom_at(0, 0), atom_at(2, 0), 5), potential, settings);
  test::solve(band, potential);
  ASSERT_EQ(band.status(), BandStatus::converged) << band.diagnosis();
  EXPECT_NEAR(band.barrier()->forward, 1.0, saddle_tolerance);
}

// Saddles -40.6648 and -72.2489, minima -146.6995, -80.7678 and -108.1667 (in units of the paper,
// here 0.01 eV): stationary points of the Müller-Brown surface as listed in many places, for
// example Koistinen et al., J. Chem. Phys. 147, 152720 (2017), and fixed by its analytic form.
TEST(Band, FindsTheHighestSaddleOfMuellerBrownAndNamesTheMinimumBetween) {
  const FunctionPotential potential = test::mueller_brown();
  const Structure a = relaxed(atom_at(-0.56, 1.44), potential, 1e-4);
  const Structure b = relaxed(atom_at(0.62, 0.03), potential, 1e-4);
  Band band = make_band(linear_path(a, b, 9), potential, tight());
  test::solve(band, potential);
  ASSERT_EQ(band.status(), BandStatus::converged) << band.diagnosis();
  EXPECT_NEAR(band.barrier()->forward, 1.466995 - 0.406648, saddle_tolerance);
  EXPECT_NEAR(band.barrier()->backward, 1.081667 - 0.406648, saddle_tolerance);
  EXPECT_NEAR(band.reaction_energy(), 1.466995 - 1.081667, saddle_tolerance);
  EXPECT_THAT(band.diagnosis(), HasSubstr("intermediate minimum"));
  EXPECT_THAT(band.diagnosis(), HasSubstr("several saddles"));
}

TEST(Band, BarriersAndReactionEnergyAreConsistent) {
  const FunctionPotential potential = curved_double_well(0.3);
  const Structure a = relaxed(atom_at(0, 0), potential, 1e-4);
  const Structure b = relaxed(atom_at(2, 0), potential, 1e-4);
  Band band = make_band(linear_path(a, b, 5), potential, tight());
  test::solve(band, potential);
  ASSERT_EQ(band.status(), BandStatus::converged) << band.diagnosis();
  const std::optional<BandBarrier> barrier = band.barrier();
  EXPECT_GT(band.reaction_energy(), 0.25) << "the final well is the higher one";
  EXPECT_GT(barrier->forward, barrier->backward);
  EXPECT_NEAR(barrier->forward - barrier->backward, band.reaction_energy(), 1e-12);
}

TEST(Band, ReversedPathSwapsTheBarriers) {
  const FunctionPotential potential = curved_double_well(0.3);
  Path path = linear_path(relaxed(atom_at(0, 0), potential, 1e-4),
                          relaxed(atom_at(2, 0), potential, 1e-4), 5);
  Band there = make_band(path, potential, tight());
  test::solve(there, potential);
  std::reverse(path.begin(), path.end());
  Band back = make_band(path, potential, tight());
  test::solve(back, potential);
  EXPECT_NEAR(there.barrier()->forward, back.barrier()->backward, 1e-9);
  EXPECT_NEAR(there.barrier()->backward, back.barrier()->forward, 1e-9);
  EXPECT_DOUBLE_EQ(there.reaction_energy(), -back.reaction_energy());
  EXPECT_EQ(there.iterations(), back.iterations());
}

TEST(Band, SlopeWithoutMaximumIsNoSaddle) {
  const FunctionPotential slope = test::one_atom([](const Eigen::Vector3d& r) {
    return std::pair{-0.2 * r.x() + 2.0 * r.y() * r.y() + 2.0 * r.z() * r.z(),
                     Eigen::Vector3d(0.2, -4.0 * r.y(), -4.0 * r.z())};
  });
  Path path = linear_path(atom_at(0, 0), atom_at(2, 0), 4);
  path[2].positions(1, 0) = 0.3;
  Band band = make_band(path, slope, BandSettings{});
  test::solve(band, slope);
  EXPECT_EQ(band.status(), BandStatus::no_saddle);
  EXPECT_FALSE(band.barrier().has_value());
  EXPECT_THAT(band.diagnosis(), HasSubstr("no saddle"));
  EXPECT_THAT(band.diagnosis(), HasSubstr("not relaxed"));
}

TEST(Band, WithoutClimbingTheBarrierIsThatOfTheHighestImage) {
  const FunctionPotential potential = curved_double_well(0.0);
  BandSettings settings = tight();
  settings.climb = false;
  // An even number of images straddles the saddle.
  Band band = make_band(linear_path(atom_at(0, 0), atom_at(2, 0), 4), potential, settings);
  test::solve(band, potential);
  ASSERT_EQ(band.status(), BandStatus::converged) << band.diagnosis();
  EXPECT_LT(band.barrier()->forward, 0.99);
  EXPECT_GT(band.barrier()->forward, 0.8);
}

TEST(Band, SaysWhenTheEndIsNoMinimum) {
  const FunctionPotential potential = curved_double_well(0.0);
  Band band = make_band(linear_path(atom_at(0.4, 0.3), atom_at(2, 0), 7), potential, tight());
  EXPECT_GT(max_force(potential.evaluate(atom_at(0.4, 0.3)).forces), 0.5);
  test::solve(band, potential);
  EXPECT_THAT(band.diagnosis(), HasSubstr("the initial end is not relaxed"));
}

TEST(Band, CountsEvaluationsAndIterations) {
  const FunctionPotential potential = curved_double_well(0.0);
  test::RecordingEvaluator recorder;
  Band band = make_band(linear_path(atom_at(0, 0), atom_at(2, 0), 5), potential, BandSettings{});
  const std::vector<RunningJob> jobs = {{&band, &potential, "band"}};
  ASSERT_TRUE(run(jobs, recorder));
  std::size_t items = 0;
  for (const auto& round : recorder.asked) items += round.size();
  EXPECT_EQ(band.evaluations(), items);
  EXPECT_EQ(items, 5U * (static_cast<std::size_t>(band.iterations()) + 1U));
}

TEST(Band, ReplayedAnswersLeadToTheSameQueries) {
  const FunctionPotential potential = test::mueller_brown();
  const Path path = linear_path(atom_at(-0.558, 1.442), atom_at(0.623, 0.028), 6);
  test::RecordingEvaluator recorder;
  Band band = make_band(path, potential, BandSettings{});
  const std::vector<RunningJob> jobs = {{&band, &potential, "band"}};
  ASSERT_TRUE(run(jobs, recorder));
  Band again = make_band(path, potential, BandSettings{});
  for (std::size_t round = 0; round < recorder.asked.size(); ++round) {
    const std::vector<Query> queries = again.ask();
    ASSERT_EQ(queries.size(), recorder.asked[round].size());
    for (std::size_t k = 0; k < queries.size(); ++k) {
      ASSERT_EQ(queries[k].structure.positions, recorder.asked[round][k].structure.positions);
    }
    again.tell(recorder.answered[round]);
  }
  EXPECT_TRUE(again.finished());
  EXPECT_EQ(again.barrier()->forward, band.barrier()->forward);
}

TEST(Band, HalvesTheStepAfterAFailure) {
  const FunctionPotential potential = curved_double_well(0.0);
  Band band = make_band(linear_path(atom_at(0, 0), atom_at(2, 0), 5), potential, tight());
  test::FailingEvaluator evaluator({7, 11, 23});
  const std::vector<RunningJob> jobs = {{&band, &potential, "band"}};
  ASSERT_TRUE(run(jobs, evaluator));
  ASSERT_EQ(band.status(), BandStatus::converged) << band.diagnosis();
  EXPECT_NEAR(band.barrier()->forward, 1.0, saddle_tolerance);
}

TEST(Band, GivesUpAfterThreeShorterSteps) {
  const FunctionPotential potential = curved_double_well(0.0);
  Band band = make_band(linear_path(atom_at(0, 0), atom_at(2, 0), 5), potential, tight());
  // Images 3 of four rounds in a row, after a first one that works.
  test::FailingEvaluator evaluator({7, 12, 17, 22});
  const std::vector<RunningJob> jobs = {{&band, &potential, "band"}};
  ASSERT_TRUE(run(jobs, evaluator));
  EXPECT_EQ(band.status(), BandStatus::failed);
  EXPECT_THAT(band.diagnosis(), HasSubstr("image 3: the charges did not converge"));
  EXPECT_EQ(band.evaluations(), 25U);
  EXPECT_EQ(band.path()[3].positions, linear_path(atom_at(0, 0), atom_at(2, 0), 5)[3].positions)
      << "the last images with evaluations";
}

TEST(Band, FailsWithTheReasonIfTheFirstImagesCannotBeComputed) {
  const FunctionPotential potential = curved_double_well(0.0);
  Band band = make_band(linear_path(atom_at(0, 0), atom_at(2, 0), 5), potential, BandSettings{});
  test::FailingEvaluator evaluator({0});
  const std::vector<RunningJob> jobs = {{&band, &potential, "band"}};
  ASSERT_TRUE(run(jobs, evaluator));
  EXPECT_EQ(band.status(), BandStatus::failed);
  EXPECT_FALSE(band.barrier().has_value());
  EXPECT_THAT(band.diagnosis(), HasSubstr("image 1"));
}

TEST(Band, NumbersThatAreNotFiniteAreFailures) {
  const FunctionPotential broken = test::one_atom([](const Eigen::Vector3d& r) {
    const double energy = r.x() > 0.5 && r.x() < 1.5 ? std::nan("") : 0.0;
    return std::pair{energy, Eigen::Vector3d(0.0, 0.0, 0.0)};
  });
  Band band = make_band(linear_path(atom_at(0, 0), atom_at(2, 0), 3), broken, BandSettings{});
  test::solve(band, broken);
  EXPECT_EQ(band.status(), BandStatus::failed);
  EXPECT_THAT(band.diagnosis(), HasSubstr("not a finite number"));
}

TEST(Band, StopsAtItsIterationsAndKeepsWhatItHas) {
  const FunctionPotential potential = test::mueller_brown();
  BandSettings settings = tight();
  settings.max_iterations = 3;
  Band band =
      make_band(linear_path(atom_at(-0.558, 1.442), atom_at(0.623, 0.028), 6), potential, settings);
  test::solve(band, potential);
  EXPECT_EQ(band.status(), BandStatus::not_converged);
  EXPECT_EQ(band.iterations(), 3);
  EXPECT_THAT(band.diagnosis(), HasSubstr("not converged after 3 iterations"));
  EXPECT_EQ(band.images().size(), 8U);
  EXPECT_GT(band.images()[3].s, band.images()[2].s);
}

TEST(Band, ImagesReportDistanceAndForces) {
  const FunctionPotential potential = curved_double_well(0.0);
  Band band = make_band(linear_path(atom_at(0, 0), atom_at(2, 0), 5), potential, tight());
  test::solve(band, potential);
  const std::vector<BandImage> images = band.images();
  EXPECT_EQ(images.front().s, 0.0);
  EXPECT_GT(images.back().s, 2.0) << "a curved path is longer than the straight line";
  EXPECT_LT(images.back().s, 3.0);
  EXPECT_LT(images[2].force_along, -0.1) << "uphill: the force points back";
  EXPECT_GT(images[4].force_along, 0.1);
  for (const BandImage& image : images) EXPECT_LE(image.max_force, tight().fmax);
}

TEST(Band, RefusesUselessPaths) {
  const FunctionPotential potential = curved_double_well(0.0);
  const Evaluation end = potential.evaluate(atom_at(0, 0));
  EXPECT_THROW(Band({atom_at(0, 0), atom_at(2, 0)}, end, end, {}), InputError);
  const Path same = {atom_at(0, 0), atom_at(0, 0), atom_at(2, 0)};
  EXPECT_THROW(Band(same, end, end, {}), InputError) << "an image equal to the end";
  Path good = linear_path(atom_at(0, 0), atom_at(2, 0), 2);
  EXPECT_THROW(Band(good, Evaluation{}, end, {}), InputError) << "an end without evaluation";
  good[1].numbers = {2};
  EXPECT_THROW(Band(good, end, end, {}), InputError) << "another element";
  BandSettings settings;
  settings.fmax = 0.0;
  EXPECT_THROW(Band(linear_path(atom_at(0, 0), atom_at(2, 0), 2), end, end, settings), InputError);
}

TEST(Band, SpringsSetTheSpacing) {
  const FunctionPotential potential = curved_double_well(0.0);
  const auto spacing_ratio = [&](const Springs& springs) {
    BandSettings settings = tight();
    settings.springs = springs;
    settings.climb = false;
    settings.fmax = 1e-4;
    Band band = make_band(linear_path(atom_at(0, 0), atom_at(2, 0), 6), potential, settings);
    test::solve(band, potential);
    EXPECT_EQ(band.status(), BandStatus::converged) << band.diagnosis();
    const std::vector<BandImage> images = band.images();
    return (images[1].s - images[0].s) / (images[4].s - images[3].s);
  };
  EXPECT_NEAR(spacing_ratio(ConstantSprings{2.0}), 1.0, 0.05);
  EXPECT_GT(spacing_ratio(EnergyWeightedSprings{}), 1.3) << "denser at the top";
}

// ---------------------------------------------------------------------------------------------------------------------------------
// A vacancy hop in a Morse crystal

constexpr double lattice_constant = 3.65;  // Å

/// Energy of the crystal with the ion half way, everything relaxed but the ion's place along the
/// hop: the midpoint is the saddle by symmetry. Plain descent, independent of the band.
double scanned_energy(const test::VacancyHop& hop, const Potential& potential, double fraction) {
  Structure structure = linear_path(hop.initial, hop.final_, 1)[1];
  const auto ion = static_cast<Eigen::Index>(hop.ion);
  const Eigen::Vector3d move = hop.final_.positions.col(ion) - hop.initial.positions.col(ion);
  structure.positions.col(ion) = hop.initial.positions.col(ion) + fraction * move;
  Eigen::Matrix3Xd reaction = Eigen::Matrix3Xd::Zero(3, structure.positions.cols());
  reaction.col(ion) = move;
  reaction.colwise() -= Eigen::Vector3d(reaction.rowwise().mean());
  reaction.normalize();
  for (int step = 0; step < 3000; ++step) {
    const Evaluation evaluation = potential.evaluate(structure);
    Eigen::Matrix3Xd forces = evaluation.forces;
    forces -= forces.cwiseProduct(reaction).sum() * reaction;
    if (max_force(forces) < 5e-4) return evaluation.free_energy;
    structure.positions += 0.03 * forces;
  }
  ADD_FAILURE() << "the scan did not converge";
  return 0.0;
}

class VacancyHopTest : public ::testing::Test {
 protected:
  VacancyHopTest() {
    hop_.initial = relaxed(hop_.initial, potential_, 0.001);
    hop_.final_ = relaxed(hop_.final_, potential_, 0.001);
  }

  [[nodiscard]] Band solved(const Structure& initial, const Structure& final_,
                            const BandSettings& settings) const {
    const Structure unwrapped = unwrap(initial, final_, hop_.ion);
    Band band = make_band(idpp_path(initial, unwrapped, 3), potential_, settings);
    test::solve(band, potential_);
    EXPECT_EQ(band.status(), BandStatus::converged) << band.diagnosis();
    return band;
  }
  [[nodiscard]] static BandSettings full() {
    BandSettings settings = tight();
    settings.use_symmetry = false;
    settings.fmax = 0.005;
    return settings;
  }

  FunctionPotential potential_ = test::morse_crystal();
  test::VacancyHop hop_ = test::fcc_vacancy_hop(lattice_constant, 2);
};

TEST_F(VacancyHopTest, BarrierIsThatOfAConstrainedScan) {
  const Band band = solved(hop_.initial, hop_.final_, full());
  const double saddle = scanned_energy(hop_, potential_, 0.5);
  EXPECT_LT(scanned_energy(hop_, potential_, 0.42), saddle);
  EXPECT_LT(scanned_energy(hop_, potential_, 0.58), saddle);
  const double start = potential_.evaluate(hop_.initial).free_energy;
  EXPECT_NEAR(band.barrier()->forward, saddle - start, saddle_tolerance);
  EXPECT_NEAR(band.barrier()->backward, saddle - start, saddle_tolerance);
}

TEST_F(VacancyHopTest, BarrierDoesNotDependOnOriginOrientationOrOrder) {
  const double barrier = solved(hop_.initial, hop_.final_, full()).barrier()->forward;
  const Eigen::Matrix3d turn =
      Eigen::AngleAxisd(0.7, Eigen::Vector3d(1, 2, 3).normalized()).toRotationMatrix();
  const auto moved = [&](Structure structure) {
    structure.positions = (turn * structure.positions).colwise() + Eigen::Vector3d(0.3, -7.1, 2.2);
    structure.cell = Cell(turn * structure.cell->matrix());
    // Every atom but the ion in reverse order.
    structure.positions.leftCols(structure.positions.cols() - 1) =
        structure.positions.leftCols(structure.positions.cols() - 1).rowwise().reverse().eval();
    return structure;
  };
  const Band other = solved(moved(hop_.initial), moved(hop_.final_), full());
  EXPECT_NEAR(other.barrier()->forward, barrier, 2e-5);
}

TEST_F(VacancyHopTest, SymmetricHalfGivesTheFullBarrierWithLessWork) {
  BandSettings settings = full();
  settings.use_symmetry = true;
  const Band half = solved(hop_.initial, hop_.final_, settings);
  const Band whole = solved(hop_.initial, hop_.final_, full());
  EXPECT_TRUE(half.is_symmetric());
  EXPECT_FALSE(whole.is_symmetric());
  EXPECT_NEAR(half.barrier()->forward, whole.barrier()->forward, 2e-5);
  EXPECT_EQ(half.evaluations(), 2U * (static_cast<std::size_t>(half.iterations()) + 1U));
  // The mirrored image is what the potential says of it.
  const Evaluation direct = potential_.evaluate(half.path()[3]);
  const Evaluation mirrored = half.image_evaluations()[3];
  EXPECT_NEAR(direct.free_energy, mirrored.free_energy, 1e-9);
  EXPECT_LT((direct.forces - mirrored.forces).cwiseAbs().maxCoeff(), 1e-9);
}

TEST_F(VacancyHopTest, PreconditioningDoesNotChangeTheBarrier) {
  BandSettings plain = full();
  plain.precondition = false;
  const Band with = solved(hop_.initial, hop_.final_, full());
  const Band without = solved(hop_.initial, hop_.final_, plain);
  EXPECT_NEAR(with.barrier()->forward, without.barrier()->forward, 2e-5);
}

}  // namespace
}  // namespace ionpass::neb
