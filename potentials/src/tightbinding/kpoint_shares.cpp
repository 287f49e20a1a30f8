#include "tightbinding/kpoint_shares.hpp"

#include <algorithm>
#include <numeric>

#include "tightbinding/bloch.hpp"

namespace ionpass::tightbinding {

KpointShares::KpointShares(const std::vector<Kpoint>& points, const Reducer* group)
    : total_(points.size()) {
  if (group != nullptr && group->size() > 1) {
    group_ = group;
    rank_ = static_cast<std::size_t>(group->rank());
    ranks_ = static_cast<std::size_t>(group->size());
  }
  // Complex eigenproblems take about three times as long as real ones.
  std::vector<std::size_t> order(total_);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_partition(order.begin(), order.end(),
                        [&](std::size_t k) { return !has_real_phases(points[k].fractional); });
  for (std::size_t place = rank_; place < total_; place += ranks_) own_.push_back(order[place]);
}

Eigen::MatrixXd KpointShares::columns(Eigen::Index rows) const {
  return Eigen::MatrixXd::Zero(rows, static_cast<Eigen::Index>(total_));
}

void KpointShares::share(double* numbers, Eigen::Index count) const {
  if (group_ != nullptr) group_->sum({numbers, static_cast<std::size_t>(count)});
}

void KpointShares::join(Eigen::MatrixXd& columns) const { share(columns.data(), columns.size()); }

std::vector<Eigen::VectorXd> KpointShares::joined(
    Eigen::Index rows, const std::function<Eigen::VectorXd(std::size_t)>& part) const {
  Eigen::MatrixXd all = columns(rows);
  for (std::size_t i = 0; i < own_.size(); ++i)
    all.col(static_cast<Eigen::Index>(own_[i])) = part(i);
  join(all);
  return {all.colwise().begin(), all.colwise().end()};
}

void KpointShares::accumulate(Eigen::VectorXd& sum,
                              const std::function<Eigen::VectorXd(std::size_t)>& part) const {
  // In each round every rank computes one part, and they are added in the order of the ranks: over
  // all rounds, the order in which the k-points were dealt out.
  Eigen::VectorXd added;
  for (std::size_t first = 0; first < total_; first += ranks_) {
    const bool has_part = first + rank_ < total_;
    const Eigen::VectorXd mine = has_part ? part(first / ranks_) : Eigen::VectorXd();
    for (std::size_t rank = 0; rank < std::min(ranks_, total_ - first); ++rank) {
      added = rank == rank_ ? mine : Eigen::VectorXd::Zero(sum.size());
      share(added.data(), added.size());
      sum += added;
    }
  }
}

}  // namespace ionpass::tightbinding
