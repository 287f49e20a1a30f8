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
constexpr std::size_t first_saddle_slot = 2000;

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
  enum class Stage { settling, moving_ends, climbing, converging, zooming, following, done };

  PathSearchSettings settings;
  Stage stage = Stage::settling;
  std::optional<Band> band;  // the one under way, or the last
  std::optional<Band>
      outer;  // the converged plain band, once a denser one replaces its highest image
  std::array<std::optional<Relaxation>, 2> ends;  // while moving: initial and final
  std::optional<SaddleSearch> saddle;
  std::size_t top = 0;  // image of `outer` that `band` stands for
  BetterEnds better;
  int passes = 0;
  bool stuck = false;  // the climbing band did not come to rest
  int past_iterations = 0;
  std::size_t past_evaluations = 0;
  std::array<double, 2> given{}, shift{};  // energies of the ends, and how far they moved down
  std::optional<double> curvature;
  std::string remark;

  void start_band(Stage next, Path path, const std::array<Evaluation, 2>& energies) {
    stage = next;
    BandSettings wanted = settings.band;
    if (next == Stage::settling) {
      wanted.fmax = std::max(settings.band.fmax, settings.settle_force);
      wanted.max_iterations = settings.settle_iterations;
    } else if (next == Stage::climbing && settings.band.climb) {
      wanted.max_iterations = std::min(settings.band.max_iterations, settings.climb_iterations);
    }
    wanted.climb = (next == Stage::climbing || next == Stage::zooming) && settings.band.climb;
    band.emplace(std::move(path), energies[0], energies[1], wanted);
  }

  /// A band from the images of the last one.
  void continue_band(Stage next) {
    count_band();
    const std::vector<Evaluation> evaluations = band->image_evaluations();
    Path path = band->path();
    start_band(next, std::move(path), {evaluations.front(), evaluations.back()});
  }

  void count_band() {
    past_iterations += band->iterations();
    past_evaluations += band->evaluations();
  }

  void after_band() {
    if (!band->finished()) return;
    if (band->status() == BandStatus::failed) {
      stage = Stage::done;
    } else if (stage == Stage::settling) {
      after_settling();
    } else if (stage == Stage::climbing) {
      const bool restless = band->status() == BandStatus::not_converged && settings.band.climb;
      if (restless) {
        stuck = true;
        return continue_band(Stage::converging);
      }
      stage = Stage::done;
    } else if (stage == Stage::converging) {
      zoom();
    } else if (band->status() == BandStatus::not_converged) {
      follow_mode();
    } else {
      stage = Stage::done;
    }
  }

  void after_settling() {
    better = better_ends(band->images(), settings.deeper);
    const bool good = better.first == 0 && better.last + 1 == band->path().size();
    if (good || !settings.move_ends || passes >= settings.max_passes)
      return continue_band(Stage::climbing);
    stage = Stage::moving_ends;
    ++passes;
    if (better.first > 0) ends[0].emplace(band->path()[better.first], settings.relax);
    if (better.last + 1 < band->path().size())
      ends[1].emplace(band->path()[better.last], settings.relax);
  }

  void after_relaxations() {
    for (const auto& end : ends) {
      if (end && !end->finished()) return;
    }
    count_band();
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
    start_band(Stage::settling, std::move(path), energies);
  }

  /// A denser band between the neighbours of the highest image.
  void zoom() {
    const std::optional<BandBarrier> barrier = band->barrier();
    stage = Stage::done;
    if (!barrier) return;
    count_band();
    top = barrier->saddle;
    outer = std::move(band);
    const std::vector<Evaluation> evaluations = outer->image_evaluations();
    const Path& path = outer->path();
    start_band(Stage::zooming, respaced(path, top - 1, top + 1, path[top - 1], path[top + 1]),
               {evaluations[top - 1], evaluations[top + 1]});
  }

  void follow_mode() {
    const std::optional<BandBarrier> barrier = band->barrier();
    stage = Stage::done;
    if (!barrier) return;
    SaddleSettings wanted = settings.saddle;
    wanted.fmax = settings.band.fmax;
    saddle.emplace(band->path()[barrier->saddle], band->tangent(barrier->saddle), wanted);
    stage = Stage::following;
  }

  void after_saddle() {
    if (!saddle->finished()) return;
    past_evaluations += saddle->evaluations();
    past_iterations += saddle->iterations();
    stage = Stage::done;
    if (saddle->converged()) {
      curvature = saddle->curvature();
      band->replace_by_saddle(band->barrier()->saddle, saddle->structure(), saddle->evaluation());
      remark = fmt::format("saddle found by following the softest mode (curvature {:.2f} eV/Å²)",
                           *curvature);
    } else {
      remark = saddle->diagnosis();
    }
    saddle.reset();
  }

  /// One list from the outer band and the denser one in the place of its image `top`, whose own
  /// ends are the neighbours of that image.
  template <typename T>
  [[nodiscard]] std::vector<T> joined(std::vector<T> around, const std::vector<T>& dense) const {
    std::vector<T> out(around.begin(), around.begin() + static_cast<std::ptrdiff_t>(top));
    out.insert(out.end(), dense.begin() + 1, dense.end() - 1);
    out.insert(out.end(), around.begin() + static_cast<std::ptrdiff_t>(top) + 1, around.end());
    return out;
  }
};

PathSearch::PathSearch(Path path, const Evaluation& initial, const Evaluation& final_,
                       PathSearchSettings settings)
    : state_(std::make_unique<State>()) {
  state_->settings = std::move(settings);
  state_->given = {initial.free_energy, final_.free_energy};
  state_->start_band(State::Stage::settling, std::move(path), {initial, final_});
}

PathSearch::~PathSearch() = default;

bool PathSearch::finished() const { return state_->stage == State::Stage::done; }

std::vector<Query> PathSearch::ask() {
  if (state_->stage == State::Stage::done) return {};
  if (state_->stage == State::Stage::following) {
    std::vector<Query> queries = state_->saddle->ask();
    for (Query& query : queries) query.slot += first_saddle_slot;
    return queries;
  }
  if (state_->stage != State::Stage::moving_ends) return state_->band->ask();
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
  if (state_->stage == State::Stage::following) {
    state_->saddle->tell(answers);
    state_->after_saddle();
  } else if (state_->stage == State::Stage::moving_ends) {
    std::size_t next = 0;
    for (auto& end : state_->ends) {
      if (end && !end->finished()) end->tell(answers.subspan(next++, 1));
    }
    state_->after_relaxations();
  } else {
    state_->band->tell(answers);
    state_->after_band();
  }
}

Progress PathSearch::progress() const {
  Progress out = state_->band->progress();
  out.iteration = iterations();
  switch (state_->stage) {
    case State::Stage::settling:
    case State::Stage::converging:
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
  return state_->outer ? state_->joined(state_->outer->path(), state_->band->path())
                       : state_->band->path();
}

std::vector<Evaluation> PathSearch::image_evaluations() const {
  const std::vector<Evaluation> own = state_->band->image_evaluations();
  return state_->outer ? state_->joined(state_->outer->image_evaluations(), own) : own;
}

std::vector<BandImage> PathSearch::images() const {
  std::vector<BandImage> dense = state_->band->images();
  if (!state_->outer) return dense;
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
  if (!state_->outer) {
    // A plain band that stands where a climbing one should is no result.
    const bool gave_up = state_->stuck && band.status() == BandStatus::converged;
    return gave_up ? BandStatus::not_converged : band.status();
  }
  if (state_->outer->status() != BandStatus::converged || !barrier())
    return BandStatus::not_converged;
  return band.status() == BandStatus::no_saddle ? BandStatus::not_converged : band.status();
}

std::optional<BandBarrier> PathSearch::barrier() const {
  std::vector<double> energies;
  for (const BandImage& image : images()) energies.push_back(image.energy);
  return read_barrier(energies);
}

double PathSearch::reaction_energy() const {
  return state_->outer ? state_->outer->reaction_energy() : state_->band->reaction_energy();
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
  std::string out = (state_->outer ? *state_->outer : *state_->band).diagnosis();
  if (state_->outer && state_->band->status() != BandStatus::converged) {
    // The ends of the denser band are no minima; what it says of them is of no use.
    const std::string reason = state_->band->diagnosis();
    out += (out.empty() ? "" : "; ") +
           ("around the highest image: " + reason.substr(0, reason.find(';')));
  } else if (state_->outer) {
    out += std::string(out.empty() ? "" : "; ") +
           "a denser band around the highest image found the saddle";
  }
  if (!state_->remark.empty()) out += (out.empty() ? "" : "; ") + state_->remark;
  for (std::size_t i = 0; i < 2; ++i) {
    if (state_->shift[i] == 0.0) continue;
    if (!out.empty()) out += "; ";
    out += fmt::format("the {} end moved to a deeper minimum found along the path, {:.3f} eV below",
                       i == 0 ? "initial" : "final", -state_->shift[i]);
  }
  return out;
}

}  // namespace ionpass::neb
