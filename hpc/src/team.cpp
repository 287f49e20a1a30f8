#include <utility>

#include <hpc/team.hpp>

#include "waiting.hpp"

namespace ionpass::hpc {
namespace {

constexpr int tag_to_member = 7103;

// First byte of a message to the members.
constexpr std::byte work_order{1};
constexpr std::byte dismissal{2};

}  // namespace

Team::Team(Communicator ranks) : ranks_(std::move(ranks)) {}

/// Where the ranks meet: all return, or all throw.
void Team::agree(const std::string* failure) const {
  const int first = ranks_.min(failure != nullptr ? rank() : size());
  if (first == size()) return;
  const bool is_mine = failure != nullptr && first == rank();
  throw TeamError(to_text(ranks_.broadcast(is_mine ? to_bytes(*failure) : Bytes{}, first)));
}

void Team::sum(std::span<double> values) const {
  if (size() == 1) return;
  agree(nullptr);
  ranks_.sum(values);
}

void Team::do_together(const Bytes& payload, const Work& work) const {
  std::string failure;
  bool failed = false;
  try {
    work(payload);
  } catch (const TeamError&) {
    throw;  // agreed upon already
  } catch (...) {
    failed = true;
    failure = describe_current_exception();
  }
  agree(failed ? &failure : nullptr);
}

void Team::lead(const Bytes& payload, const Work& work) const {
  if (size() == 1) return work(payload);
  Bytes order;
  order.reserve(payload.size() + 1);
  order.push_back(work_order);
  order.insert(order.end(), payload.begin(), payload.end());
  for (int member = 1; member < size(); ++member) ranks_.send(order, member, tag_to_member);
  do_together(payload, work);
}

void Team::follow(const Work& work) const {
  while (true) {
    const Bytes order = await_message(ranks_, tag_to_member);
    if (order.empty() || order.front() == dismissal) return;
    try {
      do_together(Bytes(order.begin() + 1, order.end()), work);
    } catch (const TeamError&) {
      // The leader knows as well.
    }
  }
}

void Team::dismiss() const {
  for (int member = 1; member < size(); ++member) ranks_.send({dismissal}, member, tag_to_member);
}

}  // namespace ionpass::hpc
