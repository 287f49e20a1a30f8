#include "path_search_state.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include <structures/error.hpp>

namespace ionpass::neb {

PathSearch::State::State(Path path, const Evaluation& initial, const Evaluation& final_,
                         PathSearchSettings wanted)
    : settings(wanted), given{initial.free_energy, final_.free_energy} {
  band = make_band(Stage::settling, std::move(path), {initial, final_});
}

void PathSearch::State::tell(std::span<const Answer> answers) {
  try {
    proceed(answers);
  } catch (const InputError& error) {
    // The next band cannot be made from what this stage found; what it found is kept.
    give_up(error.what());
  }
}

void PathSearch::State::give_up(std::string reason) {
  stage = Stage::done;
  gave_up = true;
  remarks.push_back(std::move(reason));
}

void PathSearch::State::proceed(std::span<const Answer> answers) {
  if (stage == Stage::following) {
    saddle->tell(answers);
    if (saddle->finished()) after_saddle();
  } else if (stage == Stage::moving_ends) {
    std::size_t next = 0;
    for (auto& end : ends) {
      if (end && !end->finished()) end->tell(answers.subspan(next++, 1));
    }
    after_relaxations();
  } else {
    band->tell(answers);
    if (band->finished()) after_band();
  }
}

Band PathSearch::State::make_band(Stage next, Path path,
                                  const std::array<Evaluation, 2>& energies) const {
  BandSettings wanted = settings.band;
  if (next == Stage::settling) {
    wanted.fmax = std::max(settings.band.fmax, settings.settle_force);
    wanted.max_iterations = std::min(settings.band.max_iterations, settings.settle_iterations);
  } else if (next == Stage::climbing && settings.band.climb) {
    wanted.max_iterations = std::min(settings.band.max_iterations, settings.climb_iterations);
  }
  wanted.climb = (next == Stage::climbing || next == Stage::zooming) && settings.band.climb;
  return {std::move(path), energies[0], energies[1], wanted};
}

/// A band from the images of the last one.
void PathSearch::State::continue_band(Stage next) {
  const std::vector<Evaluation> evaluations = band->image_evaluations();
  replace_band(next, make_band(next, band->path(), {evaluations.front(), evaluations.back()}));
}

void PathSearch::State::replace_band(Stage next, Band made) {
  count_band();
  band = std::move(made);
  stage = next;
}

void PathSearch::State::count_band() {
  past_iterations += band->iterations();
  past_evaluations += band->evaluations();
}

void PathSearch::State::after_band() {
  if (stage == Stage::gathering) return after_gathering();
  if (band->status() == BandStatus::failed) {
    stage = Stage::done;
  } else if (stage == Stage::settling) {
    after_settling();
  } else if (stage == Stage::climbing) {
    after_climbing();
  } else if (stage == Stage::converging) {
    zoom();
  } else {
    after_zooming();
  }
}

void PathSearch::State::after_climbing() {
  stuck = band->status() == BandStatus::not_converged && settings.band.climb;
  if (stuck) return continue_band(Stage::converging);
  stage = Stage::done;
}

void PathSearch::State::after_settling() {
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

void PathSearch::State::after_relaxations() {
  for (const auto& end : ends) {
    if (end && !end->finished()) return;
  }
  const std::vector<Evaluation> evaluations = band->image_evaluations();
  std::array<Structure, 2> structures{band->path().front(), band->path().back()};
  std::array<Evaluation, 2> energies{evaluations.front(), evaluations.back()};
  std::string fault;
  for (std::size_t i = 0; i < 2; ++i) {
    if (!ends[i]) continue;
    if (!ends[i]->converged()) {
      fault = fmt::format("the {} end, moved to a deeper minimum found along the path: {}",
                          i == 0 ? "initial" : "final", ends[i]->diagnosis());
    }
    past_evaluations += ends[i]->evaluations();
    structures[i] = ends[i]->structure();
    energies[i] = ends[i]->evaluation();
    shift[i] = energies[i].free_energy - given[i];
    ends[i].reset();
  }
  if (!fault.empty()) return give_up(std::move(fault));
  Path path = respaced(band->path(), better.first, better.last, structures[0], structures[1]);
  replace_band(Stage::settling, make_band(Stage::settling, std::move(path), energies));
}

/// A denser band between the neighbours of the highest image.
void PathSearch::State::zoom() {
  const std::optional<BandBarrier> barrier = band->barrier();
  stage = Stage::done;
  if (!barrier) return;
  const std::size_t saddle_image = barrier->saddle;
  const std::vector<Evaluation> evaluations = band->image_evaluations();
  const Path& path = band->path();
  const Structure& before = path[saddle_image - 1];
  const Structure& after = path[saddle_image + 1];
  Band denser =
      make_band(Stage::zooming, respaced(path, saddle_image - 1, saddle_image + 1, before, after),
                {evaluations[saddle_image - 1], evaluations[saddle_image + 1]});
  count_band();
  top = saddle_image;
  outer = std::move(band);
  band = std::move(denser);
  stage = Stage::zooming;
}

void PathSearch::State::after_zooming() {
  stage = Stage::done;
  const std::optional<BandBarrier> barrier = band->barrier();
  const bool is_at_rest =
      band->status() == BandStatus::converged || band->status() == BandStatus::no_saddle;
  if (earlier && is_at_rest && !is_higher_than_earlier())
    return earlier_is_result(
        "an image of the path lay above the saddle; a denser band around it has no higher one");
  if (!barrier) return;
  if (band->status() == BandStatus::not_converged) return follow_mode();
  remarks.emplace_back(earlier ? "another crest of the path is higher than the first saddle found"
                               : "a denser band around the highest image found the saddle");
  gather(band->path()[barrier->saddle], band->image_evaluations()[barrier->saddle]);
}

void PathSearch::State::follow_mode() {
  const std::size_t image = band->barrier()->saddle;
  SaddleSettings wanted = settings.saddle;
  wanted.fmax = settings.band.fmax;
  saddle.emplace(band->path()[image], band->tangent(image), wanted);
  stage = Stage::following;
}

void PathSearch::State::after_saddle() {
  past_evaluations += saddle->evaluations();
  past_iterations += saddle->iterations();
  stage = Stage::done;
  if (saddle->converged()) {
    curvature = saddle->curvature();
    remarks.push_back(fmt::format(
        "saddle found by following the softest mode (curvature {:.2f} eV/Å²)", *curvature));
    gather(saddle->structure(), saddle->evaluation());
  } else {
    remarks.push_back(saddle->diagnosis());
  }
  saddle.reset();
}

/// The wanted number of images along the whole path, with the saddle found as one of them.
void PathSearch::State::gather(Structure found, Evaluation evaluation) {
  Path whole = joined(outer->path(), band->path());
  const std::size_t index = top - 1 + band->barrier()->saddle;
  whole[index] = std::move(found);
  PathThroughSaddle through = respaced_through(whole, index, outer->path().size() - 2);
  const std::vector<Evaluation> around = outer->image_evaluations();
  Band gathered(std::move(through.path), around.front(), around.back(), settings.band,
                KnownSaddle{through.saddle, std::move(evaluation)});
  count_band();
  set_aside = std::move(band);
  band = std::move(gathered);
  stage = Stage::gathering;
}

void PathSearch::State::after_gathering() {
  stage = Stage::done;
  if (band->status() == BandStatus::converged) {
    outer.reset();
    set_aside.reset();
    stuck = false;
    return;
  }
  earlier = Found{std::move(*outer), std::move(*set_aside), top};
  outer.reset();
  set_aside.reset();
  if (band->has_higher_image()) return look_for_higher_crest();
  earlier_is_result(fmt::format("{} images around it did not come to rest: {}",
                                band->path().size() - 2, band->diagnosis()));
}

void PathSearch::State::look_for_higher_crest() {
  if (++crests <= settings.max_crests) return zoom();
  give_up(fmt::format("{} saddles were found, and each time another image lay higher", crests));
}

bool PathSearch::State::is_higher_than_earlier() const {
  const auto highest = [](const Band& of) {
    const std::optional<BandBarrier> barrier = of.barrier();
    return barrier ? of.images()[barrier->saddle].energy : -std::numeric_limits<double>::infinity();
  };
  return highest(*band) > highest(earlier->inner);
}

void PathSearch::State::earlier_is_result(std::string remark) {
  remarks.push_back(std::move(remark));
  count_band();
  outer = std::move(earlier->outer);
  band = std::move(earlier->inner);
  top = earlier->top;
  earlier.reset();
  past_iterations -= band->iterations();
  past_evaluations -= band->evaluations();
}

bool PathSearch::State::is_highest_inside() const {
  std::vector<double> energies;
  for (const BandImage& image : joined(outer->images(), band->images()))
    energies.push_back(image.energy);
  const std::optional<BandBarrier> barrier = read_barrier(energies);
  return barrier && barrier->saddle >= top && barrier->saddle < top + band->path().size() - 2;
}

}  // namespace ionpass::neb
