// Ranks that do one piece of work together: led by one, summing over all, failing as one.
#pragma once

#include <functional>
#include <span>
#include <stdexcept>
#include <string>

#include <hpc/communicator.hpp>

namespace ionpass::hpc {

/// A piece of work that failed on some rank of a team, said on all of them: what the lowest of the
/// ranks that failed has to say.
class TeamError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The ranks of a communicator as one worker. Rank 0 leads: it hands a piece of work to all, and
/// every rank, itself included, does it in the same order of sums.
///
/// A rank that throws takes part once more where the others meet next, in a sum or at the end of
/// the work, and all of them leave the work there: nobody waits for a rank that has gone.
class Team {
 public:
  using Work = std::function<void(const Bytes&)>;

  explicit Team(Communicator ranks);

  [[nodiscard]] int rank() const noexcept { return ranks_.rank(); }
  [[nodiscard]] int size() const noexcept { return ranks_.size(); }

  [[nodiscard]] const Communicator& ranks() const noexcept { return ranks_; }

  /// Within a piece of work, on every rank: where all are before a step that none of them can leave
  /// alone.
  /// @throws TeamError if another rank failed
  void meet() const { agree(nullptr); }
  /// Within a piece of work, on every rank: the sums over the ranks, in place, the same bits on
  /// all.
  /// @throws TeamError if another rank failed
  void sum(std::span<double> values) const;

  /// Leader: the work done by all ranks. Returns when all have ended.
  /// @throws TeamError if it failed on any of them; alone, what the work throws
  void lead(const Bytes& payload, const Work& work) const;
  /// The other ranks: join in the leader's work until it dismisses them. Failures are the leader's
  /// to report.
  void follow(const Work& work) const;
  /// Leader: lets the others return from follow().
  void dismiss() const;

 private:
  void do_together(const Bytes& payload, const Work& work) const;
  void agree(const std::string* failure) const;

  Communicator ranks_;
};

}  // namespace ionpass::hpc
