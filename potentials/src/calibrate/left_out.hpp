// Fits without one fold after the other, from a single factorisation.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <Eigen/Dense>

#include "calibrate/design.hpp"

namespace ionpass::calibrate {

/// The rows of all samples, fold by fold. A fold with fewer rows than there are columns is left out
/// by correcting the fit to all (the hat matrix, D. M. Allen, Technometrics 16, 125 (1974), for
/// blocks of rows); of a larger one the normal equations are taken off and the rest is solved.
///
/// An energy constant that only one fold knows takes its best value there, in any fit: what is
/// judged are energy differences within the fold.
class LeftOut {
 public:
  LeftOut(std::span<const Sample> samples, const PairFunctions& prior, const FitWeights& weights,
          const Columns& columns, std::span<const std::size_t> folds);

  /// Sum over the folds of what their errors count (`fold_size`), each seen by a fit to the others.
  /// @param chosen columns that the fits use
  /// @param penalty of these
  [[nodiscard]] double error(const std::vector<Eigen::Index>& chosen,
                             const Eigen::MatrixXd& penalty) const;

  /// Coefficients of all columns without one fold after the other.
  [[nodiscard]] std::vector<Eigen::VectorXd> coefficients(const Eigen::MatrixXd& penalty) const;

 private:
  struct Fold {
    Eigen::MatrixXd rows;  // weighted; none: its normal equations are kept instead
    Eigen::VectorXd values;
    std::optional<Normal> normal;
    double structures = 0.0;
  };
  struct Problem;

  static void settle_own_constants(const Columns& columns, std::vector<Fold>& folds);

  std::vector<Fold> folds_;
  Normal total_;
};

}  // namespace ionpass::calibrate
