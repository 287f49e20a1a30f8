#include "calibrate/left_out.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace ionpass::calibrate {

namespace {

using Eigen::Index;

/// Rows that have a weight.
std::vector<Index> weighted(const Rows& rows) {
  std::vector<Index> out;
  for (Index i = 0; i < rows.weights.size(); ++i)
    if (rows.weights(i) > 0.0) out.push_back(i);
  return out;
}

Normal normal_of(const Eigen::MatrixXd& rows, const Eigen::VectorXd& values) {
  Normal out(rows.cols());
  out.matrix.selfadjointView<Eigen::Lower>().rankUpdate(rows.transpose());
  out.matrix.triangularView<Eigen::StrictlyUpper>() = out.matrix.transpose();
  out.vector = rows.transpose() * values;
  out.square = values.squaredNorm();
  out.rows = static_cast<double>(rows.rows());
  return out;
}

}  // namespace

/// A choice of columns with its penalty, and the fit to all folds.
struct LeftOut::Problem {
  const LeftOut& all;
  const std::vector<Index>& chosen;
  const Eigen::MatrixXd& penalty;
  Normal total;
  ScaledMatrix scaled;
  Eigen::LLT<Eigen::MatrixXd> factor;
  bool is_factored = false;  // otherwise too singular for Cholesky's way
  Eigen::VectorXd c;

  Problem(const LeftOut& left_out, const std::vector<Index>& columns,
          const Eigen::MatrixXd& penalty_of_columns)
      : all(left_out),
        chosen(columns),
        penalty(penalty_of_columns),
        total(left_out.total_.part(columns)),
        scaled(total.matrix + penalty),
        factor(scaled.matrix),
        is_factored(factor.info() == Eigen::Success) {
    if (is_factored)
      c = scaled.scale.cwiseProduct(factor.solve(scaled.scale.cwiseProduct(total.vector)));
  }

  /// What leaving a fold out does.
  struct Without {
    Eigen::VectorXd c;   // only if asked for
    double error = 0.0;  // square, of the fold
  };
  Without without(const Fold& fold, bool wants_coefficients) const {
    if (fold.normal || !is_factored) return solved_anew(fold);
    const Eigen::MatrixXd rows = fold.rows(Eigen::all, chosen);
    const Eigen::MatrixXd half =
        factor.matrixL().solve(scaled.scale.asDiagonal() * rows.transpose());
    Eigen::MatrixXd rest = Eigen::MatrixXd::Identity(rows.rows(), rows.rows());
    rest.noalias() -= half.transpose() * half;
    const Eigen::VectorXd off = Eigen::LDLT<Eigen::MatrixXd>(rest).solve(fold.values - rows * c);
    Without out;
    out.error = off.squaredNorm();
    if (wants_coefficients)
      out.c = c - scaled.scale.cwiseProduct(factor.matrixU().solve(Eigen::VectorXd(half * off)));
    return out;
  }

  Without solved_anew(const Fold& fold) const {
    const Normal left_out = fold.normal ? fold.normal->part(chosen)
                                        : normal_of(fold.rows(Eigen::all, chosen), fold.values);
    Normal others = total;
    others -= left_out;
    Without out;
    out.c = solve(others, penalty);
    out.error = left_out.error(out.c);
    return out;
  }
};

LeftOut::LeftOut(std::span<const Sample> samples, const PairFunctions& prior,
                 const FitWeights& weights, const Columns& columns,
                 std::span<const std::size_t> folds)
    : total_(columns.size()) {
  folds_.resize(*std::ranges::max_element(folds) + 1);
  visit_rows(samples, prior, weights, columns, [&](std::size_t i, Rows& rows) {
    Fold& fold = folds_[folds[i]];
    const std::vector<Index> kept = weighted(rows);
    const Index before = fold.rows.rows(), more = static_cast<Index>(kept.size());
    fold.rows.conservativeResize(before + more, columns.size());
    fold.rows.bottomRows(more) = rows.matrix(kept, Eigen::all);
    fold.values.conservativeResize(before + more);
    fold.values.tail(more) = rows.values(kept);
    fold.structures += 1.0;
  });
  settle_own_constants(columns, folds_);
  for (Fold& fold : folds_) {
    Normal normal = normal_of(fold.rows, fold.values);
    normal.structures = fold.structures;
    total_ += normal;
    if (fold.rows.rows() <= columns.size()) continue;
    fold.normal = std::move(normal);
    fold.rows.resize(0, 0);
    fold.values.resize(0);
  }
}

/// Without the part of the rows that such a constant can take up, it has no say, and none is
/// needed.
void LeftOut::settle_own_constants(const Columns& columns, std::vector<Fold>& folds) {
  for (Index k = columns.first_constant(); k < columns.size(); ++k) {
    Fold* owner = nullptr;
    int owners = 0;
    for (Fold& fold : folds) {
      if (fold.rows.col(k).squaredNorm() == 0.0) continue;
      owner = &fold;
      ++owners;
    }
    if (owners != 1) continue;
    const Eigen::VectorXd direction = owner->rows.col(k).normalized();
    owner->rows -= direction * (direction.transpose() * owner->rows);
    owner->rows.col(k).setZero();
    owner->values -= direction * direction.dot(owner->values);
  }
}

double LeftOut::error(const std::vector<Index>& chosen, const Eigen::MatrixXd& penalty) const {
  const Problem problem(*this, chosen, penalty);
  double out = 0.0;
  for (const Fold& fold : folds_)
    out += std::sqrt(std::max(problem.without(fold, false).error, 0.0) * fold.structures);
  return out;
}

std::vector<Eigen::VectorXd> LeftOut::coefficients(const Eigen::MatrixXd& penalty) const {
  std::vector<Index> all(static_cast<std::size_t>(penalty.rows()));
  std::iota(all.begin(), all.end(), Index{0});
  const Problem problem(*this, all, penalty);
  std::vector<Eigen::VectorXd> out;
  out.reserve(folds_.size());
  for (const Fold& fold : folds_) out.push_back(problem.without(fold, true).c);
  return out;
}

}  // namespace ionpass::calibrate
