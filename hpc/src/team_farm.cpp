#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>

#include <hpc/team_farm.hpp>

#include "waiting.hpp"

namespace ionpass::hpc {
namespace {

constexpr int tag_order = 7104;
constexpr int end_of_service = 0;

constexpr double unshared = 0.1;  // of a task: what every rank of a team does for itself

double expected_time(const TeamDemand& demand, int teams) {
  const double rounds = std::ceil(static_cast<double>(demand.tasks) / teams);
  const int parts = std::max(demand.most_ranks, 1);
  const int size = std::min(demand.ranks / teams, parts);
  const double largest_share = std::ceil(static_cast<double>(parts) / size) / parts;
  return rounds * (unshared + (1.0 - unshared) * largest_share);
}

/// Teams of neighbours: ranks of one node work together.
int team_of(const Communicator& ranks, int count) {
  return static_cast<int>(static_cast<long long>(ranks.rank()) * count / ranks.size());
}

}  // namespace

int best_team_count(const TeamDemand& demand) {
  int best = demand.ranks;
  for (int teams = demand.ranks - 1; teams >= 1; --teams) {
    if (expected_time(demand, teams) < expected_time(demand, best)) best = teams;
  }
  return best;
}

Teams::Teams(const Communicator& ranks, int count)
    : team(ranks.split(team_of(ranks, count))), leaders(ranks.split(team.rank() == 0 ? 0 : 1)) {}

TeamFarm::TeamFarm(Communicator ranks, Roles roles, std::optional<int> ranks_per_team)
    : ranks_(std::move(ranks)), roles_(std::move(roles)), ranks_per_team_(ranks_per_team) {}

const Teams& TeamFarm::teams(int count) {
  const auto found = teams_.find(count);
  return found != teams_.end() ? found->second
                               : teams_.emplace(count, Teams(ranks_, count)).first->second;
}

void TeamFarm::order(int count) const {
  Bytes bytes(sizeof(count));
  std::memcpy(bytes.data(), &count, sizeof(count));
  for (int rank = 1; rank < ranks_.size(); ++rank) ranks_.send(bytes, rank, tag_order);
}

void TeamFarm::disband() {
  if (!farm_) return;
  farm_->stop();
  farm_.reset();
  teams(count_).team.dismiss();
}

void TeamFarm::form(int count) {
  if (farm_ && count == count_) return;
  disband();
  order(count);
  count_ = count;
  const Teams& formed = teams(count);
  farm_ = std::make_unique<Farm>(formed.leaders, [this, &formed](const Bytes& payload) {
    return roles_.lead(payload, formed.team);
  });
}

std::vector<Bytes> TeamFarm::map(std::span<const FarmTask> tasks, int most_ranks,
                                 const Farm::Arrival& arrival) {
  if (!ranks_.is_root()) {
    throw std::logic_error("farm: map() on rank " + std::to_string(ranks_.rank()) +
                           "; only rank 0 manages");
  }
  if (stopped_) throw std::logic_error("farm: map() after stop()");
  form(ranks_per_team_ ? std::max(ranks_.size() / *ranks_per_team_, 1)
                       : best_team_count({ranks_.size(), tasks.size(), most_ranks}));
  try {
    return farm_->map(tasks, arrival);
  } catch (...) {
    stop();
    throw;
  }
}

void TeamFarm::serve() {
  if (ranks_.is_root()) throw std::logic_error("farm: serve() on rank 0, which manages");
  while (true) {
    const Bytes bytes = await_message(ranks_, tag_order);
    int count = end_of_service;
    if (bytes.size() == sizeof(count)) std::memcpy(&count, bytes.data(), sizeof(count));
    if (count == end_of_service) return;
    const Teams& formed = teams(count);
    if (formed.team.rank() == 0) {
      Farm(formed.leaders, [&](const Bytes& payload) {
        return roles_.lead(payload, formed.team);
      }).serve();
      formed.team.dismiss();
    } else {
      formed.team.follow([&](const Bytes& payload) { roles_.join(payload, formed.team); });
    }
  }
}

void TeamFarm::stop() {
  if (stopped_ || !ranks_.is_root()) return;
  stopped_ = true;
  disband();
  order(end_of_service);
}

int TeamFarm::team_size() const noexcept {
  const auto found = teams_.find(count_);
  return found != teams_.end() ? found->second.team.size() : 1;
}

}  // namespace ionpass::hpc
