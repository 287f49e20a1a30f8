// Which k-points each rank of a group diagonalises, and how their results meet.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include <Eigen/Dense>

#include <potentials/kpoints.hpp>
#include <potentials/reducer.hpp>

namespace ionpass::tightbinding {

/// K-points dealt out to ranks, the costly ones first. Contributions are never added up across
/// ranks: every rank gets that of each k-point, bit for bit, so that sums over k-points are taken
/// in one order and do not depend on the number of ranks.
class KpointShares {
 public:
  /// No k-points.
  KpointShares() = default;
  /// @param group outlives the shares; null: one rank, which has all k-points
  KpointShares(const std::vector<Kpoint>& points, const Reducer* group);

  /// K-points of this rank.
  [[nodiscard]] const std::vector<std::size_t>& own() const noexcept { return own_; }
  /// Room for one column per k-point, all zero.
  [[nodiscard]] Eigen::MatrixXd columns(Eigen::Index rows) const;
  /// A rank fills the columns of its own k-points and leaves the others zero; then all have all.
  void join(Eigen::MatrixXd& columns) const;

  /// Numbers of all k-points, one vector each, from what `part(i)` is for k-point own()[i]: as many
  /// numbers for each.
  [[nodiscard]] std::vector<Eigen::VectorXd> joined(
      Eigen::Index rows, const std::function<Eigen::VectorXd(std::size_t)>& part) const;

  /// Adds to `sum` what `part(i)` is for k-point own()[i], for all k-points of all ranks. Parts of
  /// other ranks are held one at a time.
  void accumulate(Eigen::VectorXd& sum,
                  const std::function<Eigen::VectorXd(std::size_t)>& part) const;

 private:
  void share(double* numbers, Eigen::Index count) const;

  std::size_t total_ = 0;
  std::vector<std::size_t> own_;
  const Reducer* group_ = nullptr;  ///< null: one rank
  std::size_t rank_ = 0, ranks_ = 1;
};

}  // namespace ionpass::tightbinding
