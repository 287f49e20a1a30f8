#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <neb/force_constants.hpp>
#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/units.hpp>

#include "answer_check.hpp"

namespace ionpass::neb {

namespace {

using Eigen::Index;

Eigen::VectorXd flat(const Eigen::Matrix3Xd& columns) { return columns.reshaped(); }

/// Mass-weighted motions of the whole, orthonormal: shifts, and of a molecule turns.
Eigen::MatrixXd rigid_motions(const Structure& structure, const Eigen::VectorXd& root_mass) {
  const Index n = structure.positions.cols();
  const Eigen::Matrix3Xd roots = root_mass.reshaped(3, n);
  const Eigen::RowVectorXd masses = roots.row(0).cwiseAbs2();
  const Eigen::Vector3d centre =
      (structure.positions.array().rowwise() * masses.array()).rowwise().sum() / masses.sum();
  Eigen::MatrixXd out(3 * n, structure.is_periodic() ? 3 : 6);
  for (int axis = 0; axis < 3; ++axis) {
    const Eigen::Vector3d unit = Eigen::Vector3d::Unit(axis);
    Eigen::Matrix3Xd shift(3, n), turn(3, n);
    for (Index i = 0; i < n; ++i) {
      shift.col(i) = unit;
      turn.col(i) = unit.cross(structure.positions.col(i) - centre);
    }
    out.col(axis) = flat(shift).cwiseProduct(root_mass).normalized();
    if (!structure.is_periodic()) out.col(3 + axis) = flat(turn).cwiseProduct(root_mass);
  }
  // The turn of a linear molecule about itself, and all of a lone atom, are nothing.
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr = out.colPivHouseholderQr();
  return Eigen::MatrixXd(qr.householderQ()).leftCols(qr.rank());
}

double largest_row_sum(const Eigen::MatrixXd& force_constants) {
  double out = 0.0;
  for (int axis = 0; axis < 3; ++axis) {
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(force_constants.rows());
    for (Index j = axis; j < force_constants.cols(); j += 3) sum += force_constants.col(j);
    out = std::max(out, sum.cwiseAbs().maxCoeff());
  }
  return out;
}

double frequency(double curvature) {
  const double angular = std::sqrt(std::abs(curvature) / units::atomic_mass_unit);  // rad/fs
  return std::copysign(1e3 * angular / units::two_pi, curvature);
}

}  // namespace

ForceConstants::ForceConstants(Structure at, double displacement, std::vector<double> guess)
    : at_(std::move(at)), displacement_(displacement), guess_(std::move(guess)) {
  if (at_.size() == 0) throw InputError("force constants: the structure has no atoms");
  if (!(displacement > 0.0))
    throw InputError(fmt::format(
        "force constants: a displacement of {} Å given, it must be above 0", displacement));
}

std::vector<Query> ForceConstants::ask() {
  std::vector<Query> out;
  for (Index k = 0; k < at_.positions.size(); ++k)
    for (const double sign : {1.0, -1.0}) {
      Query query{.structure = at_, .slot = out.size(), .guess = guess_};
      query.structure.positions(k % 3, k / 3) += sign * displacement_;
      out.push_back(std::move(query));
    }
  return out;
}

void ForceConstants::tell(std::span<const Answer> answers) {
  finished_ = true;
  for (const Answer& answer : answers) {
    diagnosis_ = answer_defect(answer, at_.size());
    if (!diagnosis_.empty()) return;
  }
  const Index size = at_.positions.size();
  matrix_.resize(size, size);
  for (Index k = 0; k < size; ++k) {
    const auto forward = static_cast<std::size_t>(2 * k);
    matrix_.col(k) =
        flat(answers[forward + 1].evaluation.forces - answers[forward].evaluation.forces) /
        (2.0 * displacement_);
  }
}

Progress ForceConstants::progress() const { return {.stage = "force constants"}; }

Eigen::MatrixXd fitted_force_constants(std::span<const DisplacedForces> geometries) {
  if (geometries.size() < 2) return {};
  const Index size = geometries.front().positions.size();
  const auto moved = static_cast<Index>(geometries.size()) - 1;
  // Shifts of the whole, of the size of the displacements, are further data with no force.
  Eigen::MatrixXd steps = Eigen::MatrixXd::Zero(moved + 3, size), answers = steps;
  for (Index m = 0; m < moved; ++m) {
    const DisplacedForces& geometry = geometries[static_cast<std::size_t>(m) + 1];
    steps.row(m) = flat(geometry.positions - geometries.front().positions);
    answers.row(m) = flat(geometries.front().forces - geometry.forces);
  }
  const double typical = steps.norm() / std::sqrt(static_cast<double>(moved));
  for (int axis = 0; axis < 3; ++axis)
    for (Index k = axis; k < size; k += 3)
      steps(moved + axis, k) = typical / std::sqrt(static_cast<double>(size) / 3.0);
  constexpr double least_step = 1e-3;  // of the largest singular value
  Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> solver;
  solver.setThreshold(least_step);
  solver.compute(steps);
  if (solver.rank() < size) return {};
  return solver.solve(answers).transpose();
}

NormalModes normal_modes(const Structure& structure, const Eigen::MatrixXd& force_constants) {
  NormalModes out;
  out.sum_rule_error = largest_row_sum(force_constants);
  out.asymmetry = (force_constants - force_constants.transpose()).cwiseAbs().maxCoeff();
  const Index size = force_constants.rows();
  Eigen::VectorXd root_mass(size);
  for (Index k = 0; k < size; ++k)
    root_mass(k) = std::sqrt(atomic_mass(structure.numbers[static_cast<std::size_t>(k / 3)]));
  const Eigen::MatrixXd rigid = rigid_motions(structure, root_mass);
  // In a basis of the motions that are left.
  const Eigen::MatrixXd all = Eigen::HouseholderQR<Eigen::MatrixXd>(rigid).householderQ();
  const Eigen::MatrixXd inner = all.rightCols(size - rigid.cols());
  const Eigen::MatrixXd weighted = root_mass.cwiseInverse().asDiagonal() *
                                   (0.5 * (force_constants + force_constants.transpose())) *
                                   root_mass.cwiseInverse().asDiagonal();
  if (inner.cols() == 0) return out;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(inner.transpose() * weighted * inner,
                                                              Eigen::EigenvaluesOnly);
  out.frequencies = solver.eigenvalues().unaryExpr(&frequency);
  out.imaginary = static_cast<std::size_t>((out.frequencies.array() < -least_frequency).count());
  return out;
}

}  // namespace ionpass::neb
