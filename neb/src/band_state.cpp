// The state machine of a band.
#include "band_state.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <neb/relaxation.hpp>

#include "band_preconditioner.hpp"
#include "drift.hpp"

namespace ionpass::neb {
namespace {

constexpr int most_halvings = 3;
constexpr int most_warm_up = 20;          // iterations before the highest image climbs in any case
constexpr double led_astray = 2.0;        // growth of the band force while an image climbs
constexpr int frozen_after = 5;           // iterations as the highest image
constexpr std::size_t settled_over = 5;   // iterations
constexpr double settled_barrier = 1e-3;  // eV
constexpr double rebuild_distance =
    0.5;  // Å, after which bonds have changed and the model Hessian with them

/// The atom that moves farthest along the path.
std::size_t moving_ion(const Path& path) {
  Eigen::Index ion = 0;
  without_drift(path.back().positions - path.front().positions)
      .colwise()
      .squaredNorm()
      .maxCoeff(&ion);
  return static_cast<std::size_t>(ion);
}

Evaluation mirrored(const Evaluation& evaluation, const BandSymmetry& symmetry) {
  Evaluation out = evaluation;
  out.forces = symmetry.mirror_vectors(evaluation.forces);
  if (evaluation.charges) {
    for (std::size_t a = 0; a < symmetry.permutation.size(); ++a) {
      (*out.charges)[static_cast<Eigen::Index>(symmetry.permutation[a])] =
          (*evaluation.charges)[static_cast<Eigen::Index>(a)];
    }
  }
  if (evaluation.stress) {
    out.stress = symmetry.rotation * *evaluation.stress * symmetry.rotation.transpose();
  }
  out.state.clear();  // only the potential knows how its state turns
  out.seconds = 0.0;
  return out;
}

}  // namespace

Band::State::State(Path images, const BandSettings& wanted)
    : settings(wanted),
      optimizer(make_optimizer(settings.optimizer)),
      path(std::move(images)),
      trial(path),
      evaluations(path.size()),
      forces(path.size()),
      energies(path.size(), 0.0),
      residuals(path.size(), 0.0),
      climb_below(settings.climb_below),
      models_(path.size() - 2) {}

void Band::State::set_ends(const Evaluation& initial, const Evaluation& final_) {
  evaluations.front() = initial;
  evaluations.back() = final_;
  forces.front() = without_drift(initial.forces);
  forces.back() = without_drift(final_.forces);
  if (settings.use_symmetry && !pinned) look_for_symmetry();
}

void Band::State::pin(KnownSaddle saddle) {
  pinned = climbing = saddle.image;
  evaluations[saddle.image] = std::move(saddle.evaluation);
}

void Band::State::look_for_symmetry() {
  const double gap = evaluations.front().free_energy - evaluations.back().free_energy;
  if (std::abs(gap) > least_barrier) return;
  symmetry = find_band_symmetry(path.front(), path.back(), moving_ion(path));
  if (!symmetry) return;
  const std::size_t last = path.size() - 1;
  for (std::size_t i = 1; 2 * i <= last; ++i) {
    const Eigen::Matrix3Xd mirror = symmetry->mirror_positions(path[i].positions);
    if (2 * i == last) {
      path[i].positions = 0.5 * (path[i].positions + mirror);
    } else {
      path[last - i].positions = mirror;
    }
  }
  trial = path;
}

std::vector<std::size_t> Band::State::asked() const {
  const std::size_t images = path.size() - 2;
  const std::size_t last = symmetry ? (images + 1) / 2 : images;
  std::vector<std::size_t> out;
  for (std::size_t i = 1; i <= last; ++i) {
    if (i != pinned) out.push_back(i);
  }
  return out;
}

std::vector<double> Band::State::first_guess(std::size_t image) const {
  if (has_evaluations) return {};
  const std::vector<double>& first = evaluations.front().state;
  const std::vector<double>& last = evaluations.back().state;
  const double fraction = static_cast<double>(image) / static_cast<double>(path.size() - 1);
  if (first.size() != last.size()) return fraction < 0.5 ? first : last;
  std::vector<double> out(first.size());
  for (std::size_t k = 0; k < out.size(); ++k) {
    out[k] = (1.0 - fraction) * first[k] + fraction * last[k];
  }
  return out;
}

void Band::State::store(std::span<const Answer> answers) {
  const std::size_t last = path.size() - 1;
  const std::vector<std::size_t> images = asked();
  for (std::size_t k = 0; k < answers.size(); ++k) {
    const std::size_t i = images[k];
    evaluations[i] = answers[k].evaluation;
    if (symmetry && 2 * i != last) {
      evaluations[last - i] = mirrored(answers[k].evaluation, *symmetry);
    }
  }
}

void Band::State::accept(std::span<const Answer> answers) {
  store(answers);
  path = trial;
  if (has_evaluations) ++iterations;
  has_evaluations = true;
  halvings = 0;
  measure();
  choose_climbing();
  measure_residuals();
  barriers.push_back(*std::max_element(energies.begin() + 1, energies.end() - 1) - energies[0]);
  if (is_converged()) {
    const std::optional<std::size_t> top = highest_interior(energies);
    has_higher_image = pinned && top && energies[*top] > energies[*pinned] + least_barrier;
    if (has_higher_image) {
      return finish(
          BandStatus::not_converged,
          fmt::format("image {} lies above the known saddle: the path has more than one", *top));
    }
    if (top) return finish(BandStatus::converged, "");
    return finish(
        BandStatus::no_saddle,
        fmt::format("no saddle: the energy has no maximum between the ends (the last image lies "
                    "{:+.3f} eV from the first)",
                    energies.back() - energies.front()));
  }
  if (iterations >= settings.max_iterations) {
    return finish(
        BandStatus::not_converged,
        fmt::format("not converged after {} iterations: band force {:.3f} eV/Å, above {:.3f}; "
                    "raise max_iterations, or use another path or more images",
                    iterations, largest_residual, settings.fmax));
  }
  advance();
}

void Band::State::measure() {
  positions.clear();
  for (std::size_t i = 0; i < path.size(); ++i) {
    positions.push_back(path[i].positions);
    energies[i] = evaluations[i].free_energy;
    forces[i] = without_drift(evaluations[i].forces);
  }
  geometry = band_geometry(point());
}

void Band::State::measure_residuals() {
  for (std::size_t i = 0; i < path.size(); ++i) {
    residuals[i] = max_force(residual_force(point(), geometry, i, climbing));
  }
  largest_residual = *std::max_element(residuals.begin() + 1, residuals.end() - 1);
}

void Band::State::climb_from(std::optional<std::size_t> image) {
  climbing = image;
  is_climbing_frozen = false;
  stable_iterations = 0;
  // What was learned belongs to another force law.
  optimizer->reset();
  barriers.clear();
}

double Band::State::plain_force() const {
  double force = 0.0;
  for (std::size_t i = 1; i + 1 < path.size(); ++i) {
    force = std::max(force, max_force(residual_force(point(), geometry, i, std::nullopt)));
  }
  return force;
}

void Band::State::choose_climbing() {
  if (!settings.climb || pinned) return;
  const std::optional<std::size_t> top = highest_interior(energies);
  if (!climbing) {
    if (!top) return;
    const double force = plain_force();
    const bool is_first = climb_below == settings.climb_below;
    const bool is_ready = force <= std::max(climb_below, settings.fmax);
    if (!is_ready && !(is_first && iterations >= most_warm_up)) return;
    climb_start_force = std::max(force, climb_below);
    return climb_from(top);
  }
  if (!top) return climb_from(std::nullopt);
  if (plain_force() > led_astray * climb_start_force) {
    // Along a poor tangent the climbing image only runs uphill; the band has to be better first.
    climb_below = std::max(0.5 * climb_below, settings.fmax);
    return climb_from(std::nullopt);
  }
  if (is_climbing_frozen) return;
  // Two images of nearly the same height must not take turns.
  if (energies[*top] > energies[*climbing] + least_barrier) return climb_from(top);
  is_climbing_frozen = ++stable_iterations >= frozen_after;
}

bool Band::State::is_converged() {
  if (largest_residual > settings.fmax) return false;
  const std::optional<std::size_t> top = highest_interior(energies);
  if (!top) return true;
  if (settings.climb && !pinned) {
    if (!climbing) return false;
    if (energies[*top] > energies[*climbing] + least_barrier) {
      // The image frozen as climbing found a saddle, but not the highest one.
      climb_from(top);
      return false;
    }
  }
  return is_barrier_settled();
}

bool Band::State::is_barrier_settled() const {
  const std::size_t count = std::min(barriers.size(), settled_over);
  const auto [low, high] =
      std::minmax_element(barriers.end() - static_cast<std::ptrdiff_t>(count), barriers.end());
  return count == 0 || *high - *low < settled_barrier;
}

void Band::State::advance() {
  const std::vector<double> springs = spring_constants(settings.springs, energies);
  Eigen::Matrix3Xd all_positions(3, atoms() * static_cast<Eigen::Index>(path.size() - 2));
  Eigen::Matrix3Xd all_forces(3, all_positions.cols());
  for (std::size_t i = 1; i + 1 < path.size(); ++i) {
    const Eigen::Index first = atoms() * static_cast<Eigen::Index>(i - 1);
    all_positions.middleCols(first, atoms()) = positions[i];
    // Tangents carry no drift, so that the driving force has none either.
    all_forces.middleCols(first, atoms()) = driving_force(point(), geometry, i, climbing, springs);
    if (i == pinned) all_forces.middleCols(first, atoms()).setZero();
  }
  symmetrize(all_forces);
  refresh_preconditioner(springs);
  step = optimizer->step(all_positions, all_forces);
  symmetrize(step);
  set_trial();
}

void Band::State::set_trial() {
  for (std::size_t i = 1; i + 1 < path.size(); ++i) {
    if (i == pinned) continue;  // the preconditioner may couple it to its neighbours
    const Eigen::Index first = atoms() * static_cast<Eigen::Index>(i - 1);
    trial[i].positions = path[i].positions + step.middleCols(first, atoms());
  }
}

void Band::State::refresh_preconditioner(std::span<const double> springs) {
  if (!settings.precondition || !std::holds_alternative<LbfgsSettings>(settings.optimizer)) return;
  std::vector<BandPreconditioner::Image> images;
  for (std::size_t k = 0; k < models_.size(); ++k) {
    const std::size_t i = k + 1;
    Model& model = models_[k];
    if (!model.hessian || max_force(positions[i] - model.positions) > rebuild_distance) {
      model = {std::make_shared<const ModelHessian>(path[i]), positions[i]};
    }
    images.push_back({model.hessian, geometry.tangents[i], climbing == i});
  }
  optimizer->precondition(std::make_shared<const BandPreconditioner>(std::move(images), springs));
}

// Ends that match within a tolerance only would otherwise pull the two halves apart little by
// little.
void Band::State::symmetrize(Eigen::Matrix3Xd& vectors) const {
  if (!symmetry) return;
  const std::size_t last = path.size() - 1;
  for (std::size_t i = 1; 2 * i <= last; ++i) {
    const Eigen::Index here = atoms() * static_cast<Eigen::Index>(i - 1);
    const Eigen::Index there = atoms() * static_cast<Eigen::Index>(last - i - 1);
    const Eigen::Matrix3Xd own = vectors.middleCols(here, atoms());
    const Eigen::Matrix3Xd mirror = symmetry->mirror_vectors(own);
    if (here == there) {
      vectors.middleCols(here, atoms()) = 0.5 * (own + mirror);
    } else {
      vectors.middleCols(there, atoms()) = mirror;
    }
  }
}

void Band::State::shorten(const std::string& reason) {
  if (!has_evaluations) return finish(BandStatus::failed, reason);
  if (halvings == most_halvings) {
    return finish(BandStatus::failed,
                  fmt::format("{} ({} shorter steps did not help)", reason, most_halvings));
  }
  ++halvings;
  step *= 0.5;
  set_trial();
}

void Band::State::finish(BandStatus how, const std::string& reason) {
  status = how;
  std::vector<std::string> sentences;
  if (!reason.empty()) sentences.push_back(reason);
  for (const bool is_last : {false, true}) {
    const double force = max_force(is_last ? forces.back() : forces.front());
    if (force <= settings.fmax) continue;
    sentences.push_back(fmt::format("the {} end is not relaxed: {:.3f} eV/Å, above {:.3f}",
                                    is_last ? "final" : "initial", force, settings.fmax));
  }
  if (has_evaluations) {
    for (std::string& remark : remarks(energies, geometry)) sentences.push_back(std::move(remark));
  }
  diagnosis = join(sentences);
}

}  // namespace ionpass::neb
