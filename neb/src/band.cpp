// Nudged elastic band: the interface of the state machine in band_state.
#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include <neb/relaxation.hpp>
#include <structures/error.hpp>

#include "answer_check.hpp"
#include "band_state.hpp"
#include "path_check.hpp"

namespace ionpass::neb {
namespace {

void check_settings(const BandSettings& settings) {
  if (!(settings.fmax > 0.0)) {
    throw InputError(fmt::format("neb.fmax: {} eV/Å given, it must be above 0", settings.fmax));
  }
  if (!(settings.climb_below > 0.0)) {
    throw InputError(
        fmt::format("neb.climb_below: {} eV/Å given, it must be above 0", settings.climb_below));
  }
  if (settings.max_iterations < 0) {
    throw InputError(fmt::format("neb.max_iterations: {} given, it must not be negative",
                                 settings.max_iterations));
  }
  check_springs(settings.springs);
}

void check_end(const Evaluation& evaluation, std::size_t atoms, const char* which) {
  const std::string defect = evaluation_defect(evaluation, atoms);
  if (defect.empty()) return;
  throw InputError(
      fmt::format("{} end of the path: {}; evaluate it with the band's potential", which, defect));
}

void check_saddle(const KnownSaddle& saddle, const Path& path) {
  if (saddle.image == 0 || saddle.image + 1 >= path.size()) {
    throw InputError(fmt::format("known saddle: image {} of a path of {} is not between its ends",
                                 saddle.image, path.size()));
  }
  const std::string defect = evaluation_defect(saddle.evaluation, path.front().size());
  if (!defect.empty()) throw InputError("known saddle: " + defect);
}

}  // namespace

Band::Band(Path path, const Evaluation& initial, const Evaluation& final_,
           const BandSettings& settings, std::optional<KnownSaddle> saddle) {
  check_settings(settings);
  check_images(path);
  if (saddle) check_saddle(*saddle, path);
  check_end(initial, path.front().size(), "initial");
  check_end(final_, path.front().size(), "final");
  state_ = std::make_unique<State>(std::move(path), settings);
  if (saddle) state_->pin(std::move(*saddle));
  state_->set_ends(initial, final_);
}

Band::~Band() = default;
Band::Band(Band&&) noexcept = default;
Band& Band::operator=(Band&&) noexcept = default;

bool Band::finished() const { return state_->status != BandStatus::running; }

std::vector<Query> Band::ask() {
  std::vector<Query> queries;
  if (finished()) return queries;
  for (const std::size_t i : state_->asked()) {
    queries.push_back({state_->trial[i], i, state_->first_guess(i)});
  }
  return queries;
}

void Band::tell(std::span<const Answer> answers) {
  const std::vector<std::size_t> asked = state_->asked();
  assert(answers.size() == asked.size() && !finished());
  state_->evaluation_count += answers.size();
  for (std::size_t k = 0; k < answers.size(); ++k) {
    const std::string defect = answer_defect(answers[k], state_->path.front().size());
    if (!defect.empty()) return state_->shorten(fmt::format("image {}: {}", asked[k], defect));
  }
  state_->accept(answers);
}

Progress Band::progress() const {
  Progress out{"neb", state_->iterations, state_->largest_residual, 0.0};
  if (state_->has_evaluations) {
    const std::vector<double>& energies = state_->energies;
    out.barrier = *std::max_element(energies.begin(), energies.end()) - energies.front();
  }
  return out;
}

BandStatus Band::status() const { return state_->status; }
const std::string& Band::diagnosis() const { return state_->diagnosis; }
int Band::iterations() const { return state_->iterations; }
std::size_t Band::evaluations() const { return state_->evaluation_count; }
bool Band::has_higher_image() const { return state_->has_higher_image; }
bool Band::is_symmetric() const { return state_->symmetry.has_value(); }
const Path& Band::path() const { return state_->path; }
std::vector<Evaluation> Band::image_evaluations() const { return state_->evaluations; }

std::vector<BandImage> Band::images() const {
  std::vector<BandImage> out(state_->path.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool is_end = i == 0 || i + 1 == out.size();
    out[i].energy = is_end || state_->has_evaluations ? state_->evaluations[i].free_energy
                                                      : std::numeric_limits<double>::quiet_NaN();
    if (is_end) out[i].max_force = max_force(state_->forces[i]);
    if (!state_->has_evaluations) continue;
    if (i > 0) out[i].s = out[i - 1].s + state_->geometry.segments[i - 1];
    out[i].force_along = force_along(state_->point(), state_->geometry, i);
    out[i].max_force = state_->residuals[i];
  }
  return out;
}

std::optional<BandBarrier> Band::barrier() const {
  if (!state_->has_evaluations) return std::nullopt;
  return read_barrier(state_->energies);
}

const Eigen::Matrix3Xd& Band::tangent(std::size_t image) const {
  return state_->geometry.tangents.at(image);
}

double Band::reaction_energy() const {
  return state_->evaluations.back().free_energy - state_->evaluations.front().free_energy;
}

}  // namespace ionpass::neb
