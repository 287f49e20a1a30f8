// Runs jobs side by side: one round of queries, one round of answers.
#include <map>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include <neb/job.hpp>

#include "extrapolation.hpp"

namespace ionpass::neb {
namespace {

/// Histories of all images of all jobs.
using Histories = std::map<std::pair<std::size_t, std::size_t>, StateHistory>;

/// The queries of one job in this round, and where their items begin.
struct Share {
  std::size_t job = 0;
  std::size_t first_item = 0;
  std::vector<std::size_t> slots;
};

/// Everything one round asks for.
struct Round {
  std::vector<WorkItem> items;
  std::vector<Share> shares;
};

Round collect(std::span<const RunningJob> jobs, const Histories& histories) {
  Round round;
  for (std::size_t j = 0; j < jobs.size(); ++j) {
    if (jobs[j].job->finished()) continue;
    Share share{j, round.items.size(), {}};
    for (Query& query : jobs[j].job->ask()) {
      const auto history = histories.find({j, query.slot});
      std::vector<double> guess = history == histories.end()
                                      ? std::move(query.guess)
                                      : history->second.guess(query.structure.positions);
      share.slots.push_back(query.slot);
      round.items.push_back(
          {jobs[j].potential, std::move(query.structure), std::move(guess), query.stress});
    }
    if (share.slots.empty()) {
      throw std::logic_error(
          fmt::format("job '{}' has not finished but asks nothing", jobs[j].name));
    }
    round.shares.push_back(std::move(share));
  }
  return round;
}

void remember(const Round& round, std::span<const Answer> answers, Histories& histories) {
  for (const Share& share : round.shares) {
    for (std::size_t k = 0; k < share.slots.size(); ++k) {
      const Answer& answer = answers[share.first_item + k];
      const std::vector<double>& state = answer.evaluation.state;
      if (!answer.ok() || state.empty()) continue;
      const Eigen::Matrix3Xd& positions = round.items[share.first_item + k].structure.positions;
      histories[{share.job, share.slots[k]}].add(positions, state);
    }
  }
}

}  // namespace

std::vector<Answer> SerialEvaluator::evaluate(std::span<const WorkItem> items) {
  std::vector<Answer> answers;
  answers.reserve(items.size());
  for (const WorkItem& item : items) {
    Answer answer;
    try {
      EvaluationRequest request;
      request.stress = item.stress;
      request.guess = item.guess;
      answer.evaluation = item.potential->evaluate(item.structure, request);
    } catch (const std::exception& error) {
      answer.error = *error.what() != '\0' ? error.what() : "the potential failed without a reason";
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

bool run(std::span<const RunningJob> jobs, Evaluator& evaluator, RunObserver* observer) {
  Histories histories;
  while (true) {
    const Round round = collect(jobs, histories);
    if (round.items.empty()) return true;
    const std::vector<Answer> answers = evaluator.evaluate(round.items);
    if (answers.size() != round.items.size()) {
      throw std::logic_error(
          fmt::format("evaluator gave {} answers to {} items", answers.size(), round.items.size()));
    }
    remember(round, answers, histories);
    for (const Share& share : round.shares) {
      jobs[share.job].job->tell(std::span(answers).subspan(share.first_item, share.slots.size()));
    }
    if (observer != nullptr && !observer->on_round(jobs)) return false;
  }
}

}  // namespace ionpass::neb
