// Optimisers on functions whose minimum is known, and the model Hessian.
#include <cmath>

#include <gtest/gtest.h>

#include <neb/optimizer.hpp>
#include <neb/preconditioner.hpp>
#include <neb/relaxation.hpp>
#include <structures/error.hpp>

namespace ionpass::neb {
namespace {

/// Steps to a force below 1e-6 in a quadratic bowl with curvatures between 1 and 400 eV/Å²; 2000 if
/// it does not get there.
int steps_in_a_narrow_valley(Optimizer& optimizer) {
  Eigen::Matrix3Xd stiffness(3, 2);
  stiffness << 1.0, 400.0, 3.0, 30.0, 100.0, 7.0;
  Eigen::Matrix3Xd r = Eigen::Matrix3Xd::Constant(3, 2, 0.3);
  for (int step = 0; step < 2000; ++step) {
    const Eigen::Matrix3Xd force = -stiffness.cwiseProduct(r);
    if (max_force(force) < 1e-6) return step;
    r += optimizer.step(r, force);
  }
  return 2000;
}

TEST(Lbfgs, ConvergesInANarrowValley) {
  const auto optimizer = make_optimizer(LbfgsSettings{});
  EXPECT_LT(steps_in_a_narrow_valley(*optimizer), 40);
}

TEST(Fire, ConvergesInANarrowValley) {
  const auto optimizer = make_optimizer(FireSettings{});
  EXPECT_LT(steps_in_a_narrow_valley(*optimizer), 1000);
}

TEST(Optimizers, NeverMoveAnAtomFartherThanAllowed) {
  const Eigen::Matrix3Xd force = Eigen::Matrix3Xd::Constant(3, 4, 1e4);
  for (const OptimizerSettings& settings :
       {OptimizerSettings{LbfgsSettings{}}, OptimizerSettings{FireSettings{}}}) {
    const auto optimizer = make_optimizer(settings);
    EXPECT_LE(max_force(optimizer->step(Eigen::Matrix3Xd::Zero(3, 4), force)), 0.15 + 1e-12);
  }
}

TEST(Lbfgs, ResetForgets) {
  const auto used = make_optimizer(LbfgsSettings{});
  Eigen::Matrix3Xd r = Eigen::Matrix3Xd::Constant(3, 1, 0.3);
  const Eigen::Matrix3Xd k = Eigen::Vector3d(1, 5, 20);
  for (int i = 0; i < 3; ++i) r += used->step(r, -k.cwiseProduct(r));
  used->reset();
  const auto fresh = make_optimizer(LbfgsSettings{});
  EXPECT_EQ(used->step(r, -k.cwiseProduct(r)), fresh->step(r, -k.cwiseProduct(r)));
}

TEST(MakeOptimizer, RefusesSettingsOutOfRange) {
  EXPECT_THROW((void)make_optimizer(LbfgsSettings{0, 0.15, 0.01}), InputError);
  EXPECT_THROW((void)make_optimizer(LbfgsSettings{30, 0.0, 0.01}), InputError);
  EXPECT_THROW((void)make_optimizer(LbfgsSettings{30, 0.15, -1.0}), InputError);
  EXPECT_THROW((void)make_optimizer(FireSettings{0.0}), InputError);
}

Structure pair_of(int first, int second, double distance) {
  Structure out;
  out.numbers = {first, second};
  out.positions = Eigen::Matrix3Xd::Zero(3, 2);
  out.positions(0, 1) = distance;
  out.cell = Cell(30.0 * Eigen::Matrix3d::Identity());
  return out;
}

/// Force per Å of stretch along and across the pair, less the diagonal.
std::pair<double, double> stiffness_of(const Structure& pair) {
  const ModelHessianSettings settings;
  const ModelHessian model(pair, settings);
  Eigen::Matrix3Xd move = Eigen::Matrix3Xd::Zero(3, 2);
  move(0, 0) = 1.0;
  move(1, 1) = 1.0;
  const Eigen::Matrix3Xd product = model.multiply(move);
  return {product(0, 0) - settings.diagonal, product(1, 1) - settings.diagonal};
}

// Stretching force constants: C-H 4.9 and N-H 6.4 mdyn/Å (Wilson, Decius & Cross, Molecular
// Vibrations (1955), table 8-1; 1 mdyn/Å is 6.24 eV/Å²). The model has to have their size, not
// their value.
TEST(ModelHessian, HasTheSizeOfKnownForceConstants) {
  constexpr double ev_per_mdyn = 6.241509;
  EXPECT_NEAR(stiffness_of(pair_of(6, 1, 1.09)).first, 4.9 * ev_per_mdyn, 8.0);
  EXPECT_NEAR(stiffness_of(pair_of(7, 1, 1.02)).first, 6.4 * ev_per_mdyn, 8.0);
  const auto [along, across] = stiffness_of(pair_of(82, 53, 3.2));
  EXPECT_GT(along, 1.0);
  EXPECT_LT(along, 4.0);
  EXPECT_LT(across, 0.1 * along);
  const double contact = stiffness_of(pair_of(53, 1, 2.8)).first;
  EXPECT_GT(contact, 0.02);
  EXPECT_LT(contact, 0.4);
}

TEST(ModelHessian, SolvesWhatItMultiplies) {
  Structure structure = pair_of(6, 1, 1.09);
  structure.numbers = {6, 1, 7, 53};
  structure.positions.resize(3, 4);
  structure.positions << 0, 1.09, -0.5, 3, 0, 0, 1.3, 29.5, 0, 0, 0.2, 2;
  const ModelHessian model(structure);
  Eigen::Matrix3Xd move(3, 4);
  move << 0.1, -0.2, 0.3, 0.4, 0.5, -0.6, 0.7, 0.8, 0.9, 0.0, -0.1, 0.2;
  EXPECT_LT((model.apply(model.multiply(move)) - move).cwiseAbs().maxCoeff(), 1e-10);
  EXPECT_GT(move.cwiseProduct(model.multiply(move)).sum(), 0.0);
}

TEST(ModelHessian, DoesNotFeelTranslationBeyondItsDiagonal) {
  const Structure structure = pair_of(82, 53, 3.2);
  const ModelHessianSettings settings;
  const ModelHessian model(structure, settings);
  const Eigen::Matrix3Xd shift = Eigen::Matrix3Xd::Ones(3, 2);
  EXPECT_LT((model.multiply(shift) - settings.diagonal * shift).cwiseAbs().maxCoeff(), 1e-10);
}

}  // namespace
}  // namespace ionpass::neb
