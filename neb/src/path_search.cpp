// The interface of the search; its stages are in path_search_state.
#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <neb/path_search.hpp>

#include "band_reading.hpp"
#include "path_search_state.hpp"

namespace ionpass::neb {

namespace {

// Slots in Query behind those of the images: the two ends, then the saddle. All bands of a search
// have the same number of images.
constexpr std::size_t end_slots = 2;
constexpr std::size_t saddle_slots = 3;  // centre and both ends of its dimer
static_assert(end_slots + saddle_slots == PathSearch::slots_beyond_images);

}  // namespace

PathSearch::PathSearch(Path path, const Evaluation& initial, const Evaluation& final_,
                       PathSearchSettings settings)
    : state_(std::make_unique<State>(std::move(path), initial, final_, settings)) {}

PathSearch::~PathSearch() = default;

bool PathSearch::finished() const { return state_->stage == State::Stage::done; }

std::vector<Query> PathSearch::ask() {
  if (state_->stage == State::Stage::done) return {};
  const std::size_t images = state_->band->path().size();
  if (state_->stage == State::Stage::following) {
    std::vector<Query> queries = state_->saddle->ask();
    for (Query& query : queries) query.slot += images + end_slots;
    return queries;
  }
  if (state_->stage != State::Stage::moving_ends) return state_->band->ask();
  std::vector<Query> queries;
  for (std::size_t i = 0; i < end_slots; ++i) {
    auto& end = state_->ends[i];
    if (!end || end->finished()) continue;
    for (Query& query : end->ask()) {
      query.slot = images + i;
      queries.push_back(std::move(query));
    }
  }
  return queries;
}

void PathSearch::tell(std::span<const Answer> answers) { state_->tell(answers); }

Progress PathSearch::progress() const {
  Progress out = state_->band->progress();
  out.iteration = iterations();
  switch (state_->stage) {
    case State::Stage::settling:
    case State::Stage::converging:
    case State::Stage::gathering:
      out.stage = "path";
      break;
    case State::Stage::following:
      out.stage = "saddle";
      out.max_force = state_->saddle->progress().max_force;
      break;
    case State::Stage::moving_ends:
      out.stage = "ends";
      out.max_force = 0.0;
      for (const auto& end : state_->ends) {
        if (end) out.max_force = std::max(out.max_force, end->progress().max_force);
      }
      break;
    default:
      out.stage = "neb";
  }
  return out;
}

Path PathSearch::path() const {
  const Path& own = state_->band->path();
  return state_->is_joined() ? state_->joined(state_->outer->path(), own) : own;
}

std::vector<Evaluation> PathSearch::image_evaluations() const {
  std::vector<Evaluation> own = state_->band->image_evaluations();
  return state_->is_joined() ? state_->joined(state_->outer->image_evaluations(), own) : own;
}

std::vector<BandImage> PathSearch::images() const {
  std::vector<BandImage> dense = state_->band->images();
  if (!state_->is_joined()) return dense;
  std::vector<BandImage> around = state_->outer->images();
  const double before = around[state_->top - 1].s;
  const double longer = before + dense.back().s - around[state_->top + 1].s;
  for (BandImage& image : dense) image.s += before;
  for (std::size_t i = state_->top + 1; i < around.size(); ++i) around[i].s += longer;
  return state_->joined(std::move(around), dense);
}

BandStatus PathSearch::status() const {
  const Band& band = *state_->band;
  if (!finished()) return BandStatus::running;
  if (state_->gave_up) return BandStatus::not_converged;
  if (!state_->outer) {
    // A plain band that stands where a climbing one should is no result.
    const bool gave_up = state_->stuck && band.status() == BandStatus::converged;
    return gave_up ? BandStatus::not_converged : band.status();
  }
  const bool is_at_rest =
      state_->outer->status() == BandStatus::converged || state_->outer->has_higher_image();
  if (!is_at_rest || !state_->is_highest_inside()) return BandStatus::not_converged;
  return band.status() == BandStatus::no_saddle ? BandStatus::not_converged : band.status();
}

std::optional<BandBarrier> PathSearch::barrier() const {
  std::vector<double> energies;
  for (const BandImage& image : images()) energies.push_back(image.energy);
  return read_barrier(energies);
}

double PathSearch::reaction_energy() const {
  return state_->is_joined() ? state_->outer->reaction_energy() : state_->band->reaction_energy();
}

int PathSearch::iterations() const {
  return state_->past_iterations + state_->band->iterations() +
         (state_->saddle ? state_->saddle->iterations() : 0);
}

std::size_t PathSearch::evaluations() const {
  std::size_t count = state_->past_evaluations + state_->band->evaluations();
  if (state_->saddle) count += state_->saddle->evaluations();
  for (const auto& end : state_->ends) {
    if (end) count += end->evaluations();
  }
  return count;
}

std::optional<double> PathSearch::saddle_curvature() const { return state_->curvature; }
double PathSearch::initial_shift() const { return state_->shift[0]; }
double PathSearch::final_shift() const { return state_->shift[1]; }

std::string PathSearch::diagnosis() const {
  std::vector<std::string> sentences;
  const auto say = [&sentences](std::string sentence) {
    if (!sentence.empty()) sentences.push_back(std::move(sentence));
  };
  say((state_->is_joined() ? *state_->outer : *state_->band).diagnosis());
  if (state_->is_joined() && state_->band->status() != BandStatus::converged) {
    // The ends of the denser band are no minima; what it says of them is of no use.
    const std::string reason = state_->band->diagnosis();
    say("around the highest image: " + reason.substr(0, reason.find(';')));
  }
  for (const std::string& remark : state_->remarks) say(remark);
  for (std::size_t i = 0; i < 2; ++i) {
    if (state_->shift[i] == 0.0) continue;
    say(fmt::format("the {} end moved to a deeper minimum found along the path, {:.3f} eV below",
                    i == 0 ? "initial" : "final", -state_->shift[i]));
  }
  return join(sentences);
}

}  // namespace ionpass::neb
