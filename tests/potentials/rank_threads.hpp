// Ranks as threads: what a group of processes would do, in one process.
#pragma once

#include <algorithm>
#include <barrier>
#include <cstddef>
#include <functional>
#include <span>
#include <thread>
#include <vector>

#include <potentials/reducer.hpp>

namespace ionpass::test {

/// What the threads of a group share.
struct Meeting {
  explicit Meeting(int ranks) : size(ranks), parts(static_cast<std::size_t>(ranks)), all(ranks) {}
  int size;
  std::vector<std::span<double>> parts;
  std::barrier<> all;
};

class ThreadReducer final : public Reducer {
 public:
  ThreadReducer(Meeting& meeting, int rank) : meeting_(meeting), rank_(rank) {}
  [[nodiscard]] int rank() const noexcept override { return rank_; }
  [[nodiscard]] int size() const noexcept override { return meeting_.size; }
  void sum(std::span<double> values) const override {
    meeting_.parts[static_cast<std::size_t>(rank_)] = values;
    meeting_.all.arrive_and_wait();
    std::vector<double> total(values.size(), 0.0);
    for (const std::span<double> part : meeting_.parts)
      std::transform(part.begin(), part.end(), total.begin(), total.begin(), std::plus<>());
    meeting_.all.arrive_and_wait();
    std::copy(total.begin(), total.end(), values.begin());
  }

 private:
  Meeting& meeting_;
  int rank_;
};

/// Runs a piece of work on so many ranks at once.
inline void on_threads(int ranks, const std::function<void(const Reducer&)>& work) {
  Meeting meeting(ranks);
  std::vector<std::jthread> threads;
  for (int rank = 0; rank < ranks; ++rank)
    threads.emplace_back([&, rank] { work(ThreadReducer(meeting, rank)); });
}

}  // namespace ionpass::test
