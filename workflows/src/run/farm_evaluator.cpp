// Looks answers up, sends the rest out, and stores what comes back before anything else happens.
#include <algorithm>
#include <exception>
#include <map>
#include <utility>

#include <hpc/team_farm.hpp>
#include <potentials/reducer.hpp>
#include <structures/error.hpp>
#include <workflows/farm_evaluator.hpp>
#include <workflows/store.hpp>

#include "team_reducer.hpp"

namespace ionpass::workflows {
namespace {

/// First byte of a result: what the rest is.
constexpr std::byte answered{1};
constexpr std::byte skipped{2};  // followed by the reason in characters

hpc::Bytes tagged(std::byte tag, const hpc::Bytes& rest) {
  hpc::Bytes bytes;
  bytes.reserve(rest.size() + 1);
  bytes.push_back(tag);
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
}

hpc::Bytes text_bytes(const std::string& text) {
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

/// @throws what on_wait throws
Evaluation compute(const WireItem& item, const Potential& potential, const Reducer* group,
                   const std::function<void()>& on_wait = {}) {
  return potential.evaluate(
      item.structure,
      {.stress = item.stress, .guess = item.guess, .on_wait = on_wait, .group = group});
}

/// Whether more than one rank has something to do.
bool can_share(const Potential& potential, const Structure& structure, bool on_grid) {
  if (potential.most_ranks(structure) > 1) return true;
  const auto* sharing = on_grid ? dynamic_cast<const GridPotential*>(&potential) : nullptr;
  return sharing != nullptr && sharing->fills_grid(structure);
}

/// A leader's work. It never throws, since the farm counts on an answer.
hpc::Bytes lead(const hpc::Bytes& payload, const std::vector<const Potential*>& potentials,
                const hpc::Team& team, bool on_grid,
                const std::function<std::optional<std::string>()>& stop) {
  const auto go_on = [&stop] {
    if (!stop) return;
    if (const auto reason = stop()) throw Interrupted(*reason);
  };
  neb::Answer answer;
  try {
    go_on();
    const WireItem item = unpack_item(payload);
    const Potential& potential = *potentials.at(item.potential);
    if (team.size() > 1 && can_share(potential, item.structure, on_grid)) {
      const TeamReducer group(team, on_grid);
      team.lead(payload,
                [&](const hpc::Bytes&) { answer.evaluation = compute(item, potential, &group); });
    } else {
      answer.evaluation = compute(item, potential, nullptr, go_on);
    }
  } catch (const Interrupted& interrupted) {
    return tagged(skipped, text_bytes(interrupted.what()));
  } catch (const std::exception& error) {
    answer.error = error.what();
    if (answer.error.empty()) answer.error = "the energy could not be computed";
  }
  return tagged(answered, pack_answer(answer));
}

hpc::TeamFarm::Roles roles(const std::vector<const Potential*>& potentials,
                           const FarmEvaluatorOptions& options) {
  // Only a team that was asked for may be larger than what changes no bit of the answer.
  const bool on_grid = options.ranks_per_image.has_value();
  const auto& stop = options.stop;
  hpc::TeamFarm::Roles out;
  out.lead = [&, on_grid](const hpc::Bytes& payload, const hpc::Team& team) {
    return lead(payload, potentials, team, on_grid, stop);
  };
  out.join = [&, on_grid](const hpc::Bytes& payload, const hpc::Team& team) {
    const WireItem item = unpack_item(payload);
    const TeamReducer group(team, on_grid);
    (void)compute(item, *potentials.at(item.potential), &group);
  };
  return out;
}

}  // namespace

struct FarmEvaluator::State {
  State(const hpc::Communicator& ranks, std::vector<const Potential*> list,
        FarmEvaluatorOptions given)
      : communicator(ranks),
        potentials(std::move(list)),
        options(std::move(given)),
        farm(communicator, roles(potentials, options), options.ranks_per_image) {}

  hpc::Communicator communicator;
  std::vector<const Potential*> potentials;
  FarmEvaluatorOptions options;
  hpc::TeamFarm farm;
  EvaluatorCounts counts;
};

namespace {

/// The part of one call that has to be computed, each content once.
struct Batch {
  std::vector<hpc::FarmTask> tasks;
  std::vector<std::vector<std::size_t>>
      waiting;                   ///< per task: items it answers, the first one asked
  std::vector<ContentKey> keys;  ///< per task
  int most_ranks = 1;            ///< that can share any of the tasks
};

std::size_t index_of(const Potential* potential, const std::vector<const Potential*>& potentials) {
  const auto found = std::find(potentials.begin(), potentials.end(), potential);
  if (found == potentials.end()) {
    throw std::logic_error("a work item names a potential that the evaluator does not have");
  }
  return static_cast<std::size_t>(found - potentials.begin());
}

/// Where answers that need no computing come from and go to.
struct Lookup {
  Store* store;
  std::vector<neb::Answer>& answers;
  EvaluatorCounts& counts;
};

/// Answers item i without computing, if that is possible: from the store, or with the reason why it
/// cannot be computed at all.
/// @returns its key if it has to be computed
std::optional<ContentKey> key_to_compute(const neb::WorkItem& item, std::size_t i,
                                         const Lookup& lookup) {
  try {
    const ContentKey key = content_key(item.structure, {.stress = item.stress, .guess = {}},
                                       item.potential->description());
    std::optional<Evaluation> found;
    if (lookup.store != nullptr) found = lookup.store->find(key);
    if (!found) return key;
    lookup.answers[i].evaluation = std::move(*found);
    ++lookup.counts.found;
  } catch (const InputError& error) {
    lookup.answers[i].error = error.what();
    ++lookup.counts.failed;
  }
  ++lookup.counts.round_done;
  return std::nullopt;
}

/// Everything of a call that the store does not answer, as tasks.
Batch assemble(std::span<const neb::WorkItem> items,
               const std::vector<const Potential*>& potentials, const Lookup& lookup) {
  Batch batch;
  std::map<ContentKey, std::size_t> task_of;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const neb::WorkItem& item = items[i];
    const std::optional<ContentKey> key = key_to_compute(item, i, lookup);
    if (!key) continue;
    const auto [entry, is_new] = task_of.emplace(*key, batch.tasks.size());
    if (!is_new) {
      batch.waiting[entry->second].push_back(i);
      continue;
    }
    const std::size_t potential = index_of(item.potential, potentials);
    batch.tasks.push_back({pack_item({potential, item.structure, item.guess, item.stress}),
                           item.potential->cost(item.structure)});
    batch.waiting.push_back({i});
    batch.keys.push_back(*key);
    batch.most_ranks = std::max(batch.most_ranks, item.potential->most_ranks(item.structure));
  }
  return batch;
}

/// Takes the answers of one call as they arrive.
class Collector {
 public:
  Collector(std::span<const neb::WorkItem> items, const Batch& batch,
            const FarmEvaluatorOptions& options, EvaluatorCounts& counts, const hpc::TeamFarm& farm)
      : items_(items), batch_(batch), options_(options), counts_(counts), farm_(farm) {}

  /// What the farm calls.
  void arrive(std::size_t task, const hpc::Bytes& bytes, std::vector<neb::Answer>& answers) {
    if (bytes.front() == skipped) {
      reason_ = std::string(reinterpret_cast<const char*>(bytes.data()) + 1, bytes.size() - 1);
      return;
    }
    const neb::Answer answer = unpack_answer(hpc::Bytes(bytes.begin() + 1, bytes.end()));
    const neb::WorkItem& item = items_[batch_.waiting[task].front()];
    if (answer.ok()) {
      if (options_.store != nullptr) {
        options_.store->put(batch_.keys[task], answer.evaluation, item.potential->description());
      }
      ++counts_.computed;
      counts_.seconds += answer.evaluation.seconds * farm_.team_size();
      const std::vector<std::string>& incidents = answer.evaluation.incidents;
      counts_.incidents.insert(counts_.incidents.end(), incidents.begin(), incidents.end());
      counts_.cost += item.potential->cost(item.structure);
    } else {
      ++counts_.failed;
    }
    for (const std::size_t i : batch_.waiting[task]) answers[i] = answer;
    counts_.round_done += batch_.waiting[task].size();
    if (options_.on_arrival) options_.on_arrival();
  }

  /// Why work was skipped, if it was. Not thrown at once: what is under way elsewhere is still to
  /// be stored.
  [[nodiscard]] const std::optional<std::string>& stop_reason() const { return reason_; }

 private:
  std::span<const neb::WorkItem> items_;
  const Batch& batch_;
  const FarmEvaluatorOptions& options_;
  EvaluatorCounts& counts_;
  const hpc::TeamFarm& farm_;
  std::optional<std::string> reason_;
};

}  // namespace

FarmEvaluator::FarmEvaluator(const hpc::Communicator& communicator,
                             std::vector<const Potential*> potentials, FarmEvaluatorOptions options)
    : state_(std::make_unique<State>(communicator, std::move(potentials), std::move(options))) {}

FarmEvaluator::~FarmEvaluator() {
  try {
    stop();
  } catch (const std::exception&) {
    // The ranks cannot be reached any more; whoever ends the program ends them too.
  }
}

std::vector<neb::Answer> FarmEvaluator::evaluate(std::span<const neb::WorkItem> items) {
  State& state = *state_;
  state.counts.round_done = 0;
  state.counts.round_total = items.size();
  std::vector<neb::Answer> answers(items.size());
  const Batch batch =
      assemble(items, state.potentials, {state.options.store, answers, state.counts});
  if (batch.tasks.empty()) return answers;
  Collector collector(items, batch, state.options, state.counts, state.farm);
  (void)state.farm.map(
      batch.tasks, batch.most_ranks,
      [&](std::size_t task, const hpc::Bytes& bytes) { collector.arrive(task, bytes, answers); });
  if (collector.stop_reason()) throw Interrupted(*collector.stop_reason());
  return answers;
}

void FarmEvaluator::serve() { state_->farm.serve(); }

void FarmEvaluator::stop() { state_->farm.stop(); }

const EvaluatorCounts& FarmEvaluator::counts() const noexcept { return state_->counts; }

}  // namespace ionpass::workflows
