// The farm: a manager that hands out work to ranks, works itself, and collects results as they
// come.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <numeric>
#include <string>
#include <utility>

#include <hpc/farm.hpp>

#include "waiting.hpp"

namespace ionpass::hpc {
namespace {

constexpr int tag_to_worker = 7101;
constexpr int tag_to_manager = 7102;

enum class Kind : std::uint8_t { task, stop, result, failure };

struct Message {
  Kind kind = Kind::stop;
  std::uint64_t index = 0;
  Bytes payload;
};

constexpr std::size_t header_bytes = 1 + sizeof(std::uint64_t);

Bytes encode(Kind kind, std::uint64_t index, const Bytes& payload) {
  Bytes out(header_bytes + payload.size());
  out[0] = static_cast<std::byte>(kind);
  std::memcpy(out.data() + 1, &index, sizeof(index));
  std::copy(payload.begin(), payload.end(), out.begin() + header_bytes);
  return out;
}

Message decode(const Bytes& bytes) {
  if (bytes.size() < header_bytes) {
    throw MpiError("farm: message of " + std::to_string(bytes.size()) +
                   " bytes; does something else use this communicator?");
  }
  Message message;
  message.kind = static_cast<Kind>(bytes[0]);
  std::memcpy(&message.index, bytes.data() + 1, sizeof(message.index));
  message.payload.assign(bytes.begin() + header_bytes, bytes.end());
  return message;
}

WorkError work_error(std::size_t task, int rank, const std::string& what) {
  return WorkError("task " + std::to_string(task) + " on rank " + std::to_string(rank) + ": " +
                   what);
}

/// One call of map(): what is still to do, who does what, and the first thing that went wrong.
class Round {
 public:
  Round(const Communicator& communicator, const Farm::Work& work, std::span<const FarmTask> tasks,
        const Farm::Arrival& arrival)
      : communicator_(communicator),
        work_(work),
        tasks_(tasks),
        arrival_(arrival),
        queue_(tasks.size()),
        results_(tasks.size()),
        is_busy_(static_cast<std::size_t>(communicator.size()), false) {
    std::iota(queue_.begin(), queue_.end(), std::size_t{0});
    std::stable_sort(queue_.begin(), queue_.end(),
                     [&](std::size_t a, std::size_t b) { return tasks_[a].cost > tasks_[b].cost; });
  }

  void run() {
    while (true) {
      collect_arrived();
      hand_out();
      if (has_next()) {
        work_here();
      } else if (under_way_ > 0) {
        await_one();
      } else {
        return;
      }
    }
  }

  [[nodiscard]] std::exception_ptr failure() const { return failure_; }
  [[nodiscard]] std::vector<Bytes> take_results() { return std::move(results_); }

 private:
  // After a failure nothing new starts, but what is under way is awaited, so that no worker is left
  // in the middle.
  [[nodiscard]] bool has_next() const { return !failure_ && next_ < queue_.size(); }

  void hand_out() {
    for (int rank = 1; rank < communicator_.size() && has_next(); ++rank) {
      const auto slot = static_cast<std::size_t>(rank);
      if (is_busy_[slot]) continue;
      const std::size_t index = queue_[next_++];
      communicator_.send(encode(Kind::task, index, tasks_[index].payload), rank, tag_to_worker);
      is_busy_[slot] = true;
      ++under_way_;
    }
  }

  bool collect_one() {
    Communicator::Envelope envelope;
    if (under_way_ == 0 || !communicator_.probe(envelope, tag_to_manager)) return false;
    Message message = decode(communicator_.receive(envelope.source, tag_to_manager));
    is_busy_[static_cast<std::size_t>(envelope.source)] = false;
    --under_way_;
    if (message.kind == Kind::failure) {
      fail(std::make_exception_ptr(
          work_error(message.index, envelope.source, to_text(message.payload))));
    } else {
      arrive(message.index, std::move(message.payload));
    }
    return true;
  }

  void collect_arrived() {
    while (collect_one()) {
    }
  }

  void await_one() {
    Backoff backoff;
    while (!collect_one()) backoff.pause();
  }

  void work_here() {
    const std::size_t index = queue_[next_++];
    Bytes result;
    try {
      result = work_(tasks_[index].payload);
    } catch (...) {
      fail(std::make_exception_ptr(
          work_error(index, communicator_.rank(), describe_current_exception())));
      return;
    }
    arrive(index, std::move(result));
  }

  void arrive(std::size_t index, Bytes result) {
    results_[index] = std::move(result);
    // A callback that threw once is broken; results that come after that cannot be reported to it.
    if (!arrival_ || arrival_failed_) return;
    try {
      arrival_(index, results_[index]);
    } catch (...) {
      arrival_failed_ = true;
      fail(std::current_exception());
    }
  }

  void fail(std::exception_ptr error) {
    if (!failure_) failure_ = std::move(error);
  }

  const Communicator& communicator_;
  const Farm::Work& work_;
  std::span<const FarmTask> tasks_;
  const Farm::Arrival& arrival_;
  std::vector<std::size_t> queue_;
  std::vector<Bytes> results_;
  std::vector<bool> is_busy_;
  std::size_t next_ = 0;
  std::size_t under_way_ = 0;
  std::exception_ptr failure_;
  bool arrival_failed_ = false;
};

}  // namespace

Farm::Farm(Communicator communicator, Work work)
    : communicator_(std::move(communicator)), work_(std::move(work)) {}

std::vector<Bytes> Farm::map(std::span<const FarmTask> tasks, const Arrival& arrival) {
  if (!communicator_.is_root()) {
    throw std::logic_error("farm: map() on rank " + std::to_string(communicator_.rank()) +
                           "; only rank 0 manages");
  }
  if (stopped_) throw std::logic_error("farm: map() after stop()");
  Round round(communicator_, work_, tasks, arrival);
  round.run();
  if (round.failure()) {
    stop();
    std::rethrow_exception(round.failure());
  }
  return round.take_results();
}

void Farm::serve() {
  if (communicator_.is_root()) throw std::logic_error("farm: serve() on rank 0, which manages");
  while (true) {
    const Message message = decode(await_message(communicator_, tag_to_worker));
    if (message.kind == Kind::stop) return;
    Bytes answer;
    try {
      answer = encode(Kind::result, message.index, work_(message.payload));
    } catch (...) {
      answer = encode(Kind::failure, message.index, to_bytes(describe_current_exception()));
    }
    communicator_.send(answer, 0, tag_to_manager);
  }
}

void Farm::stop() {
  if (stopped_ || !communicator_.is_root()) return;
  stopped_ = true;
  for (int rank = 1; rank < communicator_.size(); ++rank) {
    communicator_.send(encode(Kind::stop, 0, {}), rank, tag_to_worker);
  }
}

}  // namespace ionpass::hpc
