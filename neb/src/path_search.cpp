#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <neb/path_search.hpp>

namespace ionpass::neb {

namespace {

// Slots of the end points in Query: above those of any band.
constexpr std::size_t first_end_slot = 1000;

BandSettings settling(const PathSearchSettings& settings) {
  BandSettings out = settings.band;
  out.fmax = std::max(settings.band.fmax, settings.settle_force);
  out.climb = false;
  out.max_iterations = settings.settle_iterations;
  return out;
}

/// The images that should be the ends of the path: the lowest ones before and behind the highest.
struct BetterEnds {
  std::size_t first = 0;
  std::size_t last = 0;
};

BetterEnds better_ends(const std::vector<BandImage>& images, double deeper) {
  BetterEnds out{0, images.size() - 1};
  std::size_t top = 1;
  for (std::size_t i = 1; i + 1 < images.size(); ++i) {
    if (images[i].energy > images[top].energy) top = i;
  }
  for (std::size_t i = 1; i < top; ++i) {
    const double bar = out.first == 0 ? images[0].energy - deeper : images[out.first].energy;
    if (images[i].energy < bar) out.first = i;
  }
  for (std::size_t i = images.size() - 2; i > top; --i) {
    const double bar =
        out.last + 1 == images.size() ? images.back().energy - deeper : images[out.last].energy;
    if (images[i].energy < bar) out.last = i;
  }
  return out;
}

}  // namespace

Path respaced(const Path& path, std::size_t first, std::size_t last, const Structure& initial,
              const Structure& final_) {
  Path nodes(path.begin() + static_cast<std::ptrdiff_t>(first),
             path.begin() + static_cast<std::ptrdiff_t>(last) + 1);
  nodes.front() = initial;
  nodes.back() = final_;
  std::vector<double> s(nodes.size(), 0.0);
  for (std::size_t i = 1; i < nodes.size(); ++i)
    s[i] = s[i - 1] + (nodes[i].positions - nodes[i - 1].positions).norm();
  Path out;
  std::size_t right = 1;
  for (std::size_t k = 0; k < path.size(); ++k) {
    const double wanted = s.back() * static_cast<double>(k) / static_cast<double>(path.size() - 1);
    while (right + 1 < nodes.size() && s[right] < wanted) ++right;
    const double length = s[right] - s[right - 1];
    const double fraction =
        length > 0.0 ? std::clamp((wanted - s[right - 1]) / length, 0.0, 1.0) : 0.0;
    Structure image = nodes[right];
    image.positions =
        (1.0 - fraction) * nodes[right - 1].positions + fraction * nodes[right].positions;
    out.push_back(std::move(image));
  }
  return out;
}

struct PathSearch::State {
  PathSearchSettings settings;
  std::optional<Band> band;
  bool is_last_band = false;
  int passes = 0;
  int past_iterations = 0;
  std::size_t past_evaluations = 0;
  std::array<double, 2> given{}, shift{};  // energies of the ends, and how far they moved down
  std::array<std::optional<Relaxation>, 2> ends;  // relaxing, initial and final
  BetterEnds better;

  [[nodiscard]] bool relaxing() const { return ends[0].has_value() || ends[1].has_value(); }

  void start_band(Path path, const Evaluation& initial, const Evaluation& final_) {
    is_last_band = !settings.move_ends || passes >= settings.max_passes || is_last_band;
    band.emplace(std::move(path), initial, final_,
                 is_last_band ? settings.band : settling(settings));
    ++passes;
  }

  void after_band() {
    if (!band->finished() || is_last_band || band->status() == BandStatus::failed) return;
    past_iterations += band->iterations();
    past_evaluations += band->evaluations();
    better = better_ends(band->images(), settings.deeper);
    if (better.first == 0 && better.last + 1 == band->path().size()) {
      climb();
      return;
    }
    if (better.first > 0) ends[0].emplace(band->path()[better.first], settings.relax);
    if (better.last + 1 < band->path().size())
      ends[1].emplace(band->path()[better.last], settings.relax);
  }

  void climb() {
    const std::vector<Evaluation> evaluations = band->image_evaluations();
    Path path = band->path();
    is_last_band = true;
    start_band(std::move(path), evaluations.front(), evaluations.back());
  }

  void after_relaxations() {
    for (const auto& end : ends) {
      if (end && !end->finished()) return;
    }
    const std::vector<Evaluation> evaluations = band->image_evaluations();
    std::array<Structure, 2> structures{band->path().front(), band->path().back()};
    std::array<Evaluation, 2> energies{evaluations.front(), evaluations.back()};
    for (std::size_t i = 0; i < 2; ++i) {
      if (!ends[i]) continue;
      past_evaluations += ends[i]->evaluations();
      structures[i] = ends[i]->structure();
      energies[i] = ends[i]->evaluation();
      shift[i] = energies[i].free_energy - given[i];
      ends[i].reset();
    }
    Path path = respaced(band->path(), better.first, better.last, structures[0], structures[1]);
    start_band(std::move(path), energies[0], energies[1]);
  }
};

PathSearch::PathSearch(Path path, const Evaluation& initial, const Evaluation& final_,
                       PathSearchSettings settings)
    : state_(std::make_unique<State>()) {
  state_->settings = std::move(settings);
  state_->given = {initial.free_energy, final_.free_energy};
  state_->start_band(std::move(path), initial, final_);
}

PathSearch::~PathSearch() = default;

bool PathSearch::finished() const {
  return state_->band->finished() && !state_->relaxing() &&
         (state_->is_last_band || state_->band->status() == BandStatus::failed);
}

std::vector<Query> PathSearch::ask() {
  if (!state_->relaxing()) return state_->band->ask();
  std::vector<Query> queries;
  for (std::size_t i = 0; i < 2; ++i) {
    auto& end = state_->ends[i];
    if (!end || end->finished()) continue;
    for (Query& query : end->ask()) {
      query.slot = first_end_slot + i;
      queries.push_back(std::move(query));
    }
  }
  return queries;
}

void PathSearch::tell(std::span<const Answer> answers) {
  if (!state_->relaxing()) {
    state_->band->tell(answers);
    state_->after_band();
    return;
  }
  std::size_t next = 0;
  for (auto& end : state_->ends) {
    if (end && !end->finished()) end->tell(answers.subspan(next++, 1));
  }
  state_->after_relaxations();
}

Progress PathSearch::progress() const {
  if (!state_->relaxing()) {
    Progress out = state_->band->progress();
    out.stage = state_->is_last_band ? "neb" : "path";
    out.iteration = iterations();
    return out;
  }
  Progress out = state_->band->progress();
  out.stage = "ends";
  out.max_force = 0.0;
  for (const auto& end : state_->ends) {
    if (!end) continue;
    out.iteration = std::max(end->iterations(), out.iteration);
    out.max_force = std::max(out.max_force, end->progress().max_force);
  }
  return out;
}

const Band& PathSearch::band() const { return *state_->band; }

int PathSearch::iterations() const {
  const bool counted = state_->relaxing();
  return state_->past_iterations + (counted ? 0 : state_->band->iterations());
}

std::size_t PathSearch::evaluations() const {
  std::size_t count = state_->past_evaluations;
  if (!state_->relaxing()) count += state_->band->evaluations();
  for (const auto& end : state_->ends) {
    if (end) count += end->evaluations();
  }
  return count;
}

double PathSearch::initial_shift() const { return state_->shift[0]; }
double PathSearch::final_shift() const { return state_->shift[1]; }

std::string PathSearch::diagnosis() const {
  std::string out = state_->band->diagnosis();
  for (std::size_t i = 0; i < 2; ++i) {
    if (state_->shift[i] == 0.0) continue;
    if (!out.empty()) out += "; ";
    out += fmt::format("the {} end moved to a deeper minimum found along the path, {:.3f} eV below",
                       i == 0 ? "initial" : "final", -state_->shift[i]);
  }
  return out;
}

}  // namespace ionpass::neb
