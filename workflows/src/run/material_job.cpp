#include "material_job.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>

namespace ionpass::workflows {
namespace {

std::string hop_line(const HopResult& hop) {
  if (hop.barrier_forward) {
    return fmt::format("{}: barrier {:.3f} eV forward, {:.3f} eV backward ({} iterations)",
                       hop.label, *hop.barrier_forward, hop.barrier_backward.value_or(0.0),
                       hop.iterations);
  }
  return fmt::format("{}: no barrier: {}", hop.label, hop.diagnosis);
}

}  // namespace

std::string relaxation_line(const RelaxationResult& result) {
  return fmt::format("{} relaxed in {} steps, largest force {:.3f} eV/Å", result.name,
                     result.iterations, result.max_force);
}

Frame evaluated_frame(const Structure& structure, const Evaluation& evaluation) {
  Frame frame;
  frame.structure = structure;
  frame.data.energy = evaluation.free_energy;
  if (evaluation.forces.cols() == structure.positions.cols()) {
    frame.data.forces = evaluation.forces;
  }
  return frame;
}

std::string folder_name(const std::string& name) {
  std::string folder = name;
  for (char& c : folder) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '+' || c == '-';
    if (!is_plain) c = '_';
  }
  // No hidden folders, and never the folder above.
  if (folder.empty() || folder.front() == '.') folder.insert(folder.begin(), '_');
  return folder;
}

MaterialJob::MaterialJob(PreparedMaterial prepared, const Potential& potential,
                         ExpectedEvaluations expected)
    : prepared_(std::move(prepared)),
      potential_(potential),
      cost_(potential.cost(prepared_.supercell.structure)),
      expected_(expected),
      result_(blank_material(prepared_, potential.description())) {
  if (prepared_.settings.host.relax) {
    start_hosts();
  } else {
    start_end_points();
  }
  advance();
}

bool MaterialJob::finished() const { return hops_done_ == result_.hops.size(); }

template <typename Self, typename Visit>
void MaterialJob::visit_active(Self& self, Visit&& visit) {
  for (auto& host : self.hosts_) {
    if (host.work.job) visit(host.work);
  }
  for (auto& [site, end_point] : self.end_points_) {
    if (end_point.work.job) visit(end_point.work);
  }
  for (auto& hop : self.hops_) {
    if (hop.work.job) visit(hop.work);
  }
}

std::vector<neb::Query> MaterialJob::ask() {
  std::vector<neb::Query> queries;
  visit_active(*this, [&](Work& work) {
    std::vector<neb::Query> own = work.job->ask();
    work.asked = own.size();
    for (neb::Query& query : own) {
      watch(work, query.structure);
      query.slot += work.slot_base;
      queries.push_back(std::move(query));
    }
  });
  return queries;
}

/// Says it where geometries leave the data of the potential: for each hop once, for the relaxations
/// of the material together once.
void MaterialJob::watch(Work& work, const Structure& structure) {
  ExtrapolationWatch& seen = work.is_search ? work.watch : watch_;
  for (const std::string& text : seen.look(potential_, structure))
    events_.push_back({.stage = "extrapolation",
                       .line = fmt::format("{}: {}", work.name, text),
                       .file = {},
                       .frames = {},
                       .is_warning = true});
}

/// For the report: what the barrier rests on, and what was only met on the way.
void MaterialJob::warn_of_path(const HopWork& hop, const neb::Path& path) {
  const std::vector<Extrapolation> beyond = farthest_on_path(potential_, path);
  for (const Extrapolation& one : beyond)
    result_.warnings.push_back(fmt::format("{}: {}", hop_label(hop), one.text));
  for (const std::string& kind : hop.work.watch.said())
    if (std::ranges::find(beyond, kind, &Extrapolation::kind) == beyond.end())
      result_.warnings.push_back(fmt::format(
          "{}: the search went through geometries beyond the data of the potential ({}); the path "
          "itself lies within them",
          hop_label(hop), kind));
}

void MaterialJob::tell(std::span<const neb::Answer> answers) {
  std::size_t first = 0;
  visit_active(*this, [&](Work& work) {
    const auto own = answers.subspan(first, work.asked);
    first += work.asked;
    work.evaluations += own.size();
    for (const neb::Answer& answer : own) {
      if (answer.ok()) work.seconds += answer.evaluation.seconds;
      if (!answer.ok()) work.last_error = answer.error;
    }
    work.job->tell(own);
  });
  advance();
}

neb::Progress MaterialJob::progress() const {
  neb::Progress whole;
  visit_active(*this, [&](const Work& work) {
    const neb::Progress now = work.job->progress();
    if (whole.stage.empty()) whole = now;
    whole.max_force = std::max(whole.max_force, now.max_force);
  });
  return whole;
}

std::vector<JobLine> MaterialJob::lines() const {
  std::vector<JobLine> list;
  visit_active(*this, [&](const Work& work) {
    const neb::Progress now = work.job->progress();
    JobLine line{.material = result_.name,
                 .name = work.name,
                 .stage = now.stage,
                 .iteration = now.iteration,
                 .max_force = now.max_force,
                 .barrier = std::nullopt};
    if (now.stage == "neb") line.barrier = now.barrier;
    list.push_back(std::move(line));
  });
  return list;
}

std::vector<StageEvent> MaterialJob::take_events() { return std::exchange(events_, {}); }

double MaterialJob::cost_left() const {
  const auto left = [](const Work& work) {
    // What takes longer than expected is taken to need a quarter of it again.
    const std::size_t done = std::min(work.evaluations, work.expected - work.expected / 4);
    return static_cast<double>(work.expected - done);
  };
  double evaluations = 0.0;
  visit_active(*this, [&](const Work& work) { evaluations += left(work); });
  if (hops_.empty()) {
    // The host is under way: count what will follow it.
    const std::size_t hops = result_.hops.size();
    const auto images = static_cast<std::size_t>(prepared_.settings.path.images);
    evaluations +=
        static_cast<double>(hops * (expected_.end_point + expected_.band_iterations * images));
  }
  for (const HopWork& hop : hops_) {
    if (!hop.done && !hop.work.job) evaluations += left(hop.work);
  }
  return evaluations * cost_;
}

MaterialJob::Work MaterialJob::make_work(std::string name, std::size_t expected) {
  Work work;
  work.name = std::move(name);
  work.expected = expected;
  const auto images = static_cast<std::size_t>(prepared_.settings.path.images) + 2;
  work.slot_base = works_made_++ * (images + neb::PathSearch::slots_beyond_images);
  return work;
}

void MaterialJob::start(RelaxWork& relax, const neb::RelaxationSettings& settings) {
  auto job = std::make_unique<neb::Relaxation>(relax.start, settings);
  relax.relaxation = job.get();
  relax.work.job = std::move(job);
}

void MaterialJob::start_end_points() {
  const auto images = static_cast<std::size_t>(prepared_.settings.path.images);
  for (std::size_t i = 0; i < prepared_.chosen.size(); ++i) {
    const Hop& hop = prepared_.hops[prepared_.chosen[i]];
    const std::size_t halves = hop.reversible ? 2 : 1;
    HopWork& work = hops_.emplace_back();
    work.work = make_work(hop.label, expected_.band_iterations * images / halves);
    work.work.is_search = true;
    work.index = i;
    try {
      work.ends = make_endpoints(prepared_.supercell, hop, prepared_.settings.defect.charge,
                                 prepared_.settings.defect.unpaired);
    } catch (const InputError& error) {
      end_hop(work, HopStatus::not_converged, error.what());
      continue;
    }
    work.sites = vacancy_sites(work.ends, prepared_.supercell.structure.size());
    start_end_point(work.sites.initial, hop.label + "/initial");
    start_end_point(work.sites.final_, hop.label + "/final");
  }
}

void MaterialJob::start_end_point(std::size_t site, const std::string& result_name) {
  const auto [entry, is_new] = end_points_.try_emplace(site);
  if (!is_new) return;
  RelaxWork& end_point = entry->second;
  const Structure& host = prepared_.supercell.structure;
  end_point.work = make_work("vacancy " + host.label(site), expected_.end_point);
  end_point.result_name = result_name;
  end_point.start = without_atom(host, site, prepared_.settings.defect.charge,
                                 prepared_.settings.defect.unpaired);
  start(end_point, prepared_.settings.relax);
}

void MaterialJob::advance() {
  for (RelaxWork& host : hosts_) {
    if (host.work.job && host.work.job->finished()) finish_host(host);
  }
  for (auto& [site, end_point] : end_points_) {
    if (end_point.work.job && end_point.work.job->finished()) finish_end_point(end_point);
  }
  for (HopWork& hop : hops_) {
    if (hop.done) continue;
    if (hop.search != nullptr) {
      if (hop.search->finished()) finish_search(hop);
    } else if (end_points_.at(hop.sites.initial).done && end_points_.at(hop.sites.final_).done) {
      start_search(hop);
    }
  }
}

void MaterialJob::finish(RelaxWork& relax) {
  const neb::Relaxation& job = *relax.relaxation;
  relax.done = true;
  relax.relaxed = job.structure();
  relax.evaluation = job.evaluation();
  RelaxationResult result;
  result.name = relax.result_name;
  result.converged = job.converged();
  result.iterations = job.iterations();
  if (relax.evaluation.forces.cols() > 0) {
    result.max_force = job.progress().max_force;
    result.energy = relax.evaluation.free_energy;
    result.max_displacement = largest_shift(relax.start, relax.relaxed).length;
  }
  if (!job.converged()) {
    relax.fault = fmt::format("{} did not relax: {}", relax.work.name, job.diagnosis());
    relax.fault_status =
        relax.work.last_error.empty() ? HopStatus::not_converged : HopStatus::failed;
  }
  relax.relaxation = nullptr;
  relax.work.job.reset();
  result_.relaxations.push_back(std::move(result));
}

void MaterialJob::finish_end_point(RelaxWork& end_point) {
  finish(end_point);
  StageEvent event{.stage = "end point", .line = end_point.fault, .file = {}, .frames = {}};
  if (end_point.fault.empty()) event.line = relaxation_line(result_.relaxations.back());
  events_.push_back(std::move(event));
}

neb::Path MaterialJob::relaxed_ends(const HopWork& hop) const {
  const EndView initial{.ends = &hop.ends, .sites = hop.sites, .final_ = false};
  const EndView final_{.ends = &hop.ends, .sites = hop.sites, .final_ = true};
  return {arranged(end_points_.at(hop.sites.initial).relaxed, initial),
          arranged(end_points_.at(hop.sites.final_).relaxed, final_)};
}

const std::string& MaterialJob::hop_label(const HopWork& hop) const {
  return result_.hops[hop.index].label;
}

/// @returns false if the hop ended here
bool MaterialJob::check_ends(HopWork& hop, const neb::Path& ends) {
  if (are_same(ends.front(), ends.back())) {
    end_hop(hop, HopStatus::no_saddle,
            "both end points relax into the same structure: one of them is no minimum");
    return false;
  }
  const int species = ends.front().numbers[hop.ends.ion];
  for (const std::size_t site : {hop.sites.initial, hop.sites.final_}) {
    const RelaxWork& end_point = end_points_.at(site);
    const std::string fault = end_point_fault(end_point.start, end_point.relaxed, species);
    if (fault.empty()) continue;
    end_hop(hop, HopStatus::no_saddle,
            fmt::format("{} is no minimum: {}", end_point.work.name, fault));
    return false;
  }
  return true;
}

void MaterialJob::start_search(HopWork& hop) {
  const RelaxWork& initial = end_points_.at(hop.sites.initial);
  const RelaxWork& final_ = end_points_.at(hop.sites.final_);
  for (const RelaxWork* end_point : {&initial, &final_}) {
    if (end_point->fault.empty()) continue;
    end_hop(hop, end_point->fault_status, end_point->fault);
    return;
  }
  const neb::Path ends = relaxed_ends(hop);
  const std::string folder = folder_name(hop_label(hop));
  const EndView first{.ends = &hop.ends, .sites = hop.sites, .final_ = false};
  const EndView last{.ends = &hop.ends, .sites = hop.sites, .final_ = true};
  const Evaluation first_evaluation = arranged(initial.evaluation, first);
  const Evaluation last_evaluation = arranged(final_.evaluation, last);
  events_.push_back({.stage = "end point",
                     .line = {},
                     .file = folder + "/initial.extxyz",
                     .frames = {evaluated_frame(ends.front(), first_evaluation)}});
  events_.push_back({.stage = "end point",
                     .line = {},
                     .file = folder + "/final.extxyz",
                     .frames = {evaluated_frame(ends.back(), last_evaluation)}});
  if (!check_ends(hop, ends)) return;
  for (const std::string& sentence : neb::suspicious_displacements(
           ends.front(), neb::unwrap(ends.front(), ends.back(), hop.ends.ion), hop.ends.ion)) {
    result_.warnings.push_back(fmt::format("{}: {}", hop_label(hop), sentence));
  }
  try {
    auto search = std::make_unique<neb::PathSearch>(
        first_path(ends, hop.ends.ion, prepared_.settings.path), first_evaluation, last_evaluation,
        search_settings(prepared_.settings));
    hop.search = search.get();
    hop.work.job = std::move(search);
  } catch (const InputError& error) {
    end_hop(hop, HopStatus::not_converged, error.what());
  }
}

/// Why an end that moved along the path no longer belongs to this hop; empty if both do.
std::string MaterialJob::moved_end_fault(const HopWork& hop) const {
  const neb::Path path = hop.search->path();
  const int species = path.front().numbers[hop.ends.ion];
  const neb::Path given = relaxed_ends(hop);
  if (hop.search->initial_shift() < 0.0) {
    const std::string fault = end_point_fault(given.front(), path.front(), species);
    if (!fault.empty()) return "the initial end is no minimum: " + fault;
  }
  if (hop.search->final_shift() < 0.0) {
    const std::string fault = end_point_fault(given.back(), path.back(), species);
    if (!fault.empty()) return "the final end is no minimum: " + fault;
  }
  return {};
}

void MaterialJob::finish_search(HopWork& hop) {
  HopResult& result = result_.hops[hop.index];
  take_search(result, *hop.search);
  if (const std::string fault = moved_end_fault(hop); !fault.empty()) discard(result, fault);
  if (result.status == HopStatus::converged && !result.barrier_forward) {
    result.status = HopStatus::no_saddle;
  }
  StageEvent event{.stage = "hop",
                   .line = {},
                   .file = folder_name(hop_label(hop)) + "/path.extxyz",
                   .frames = {}};
  const std::vector<Evaluation> evaluations = hop.search->image_evaluations();
  const neb::Path path = hop.search->path();
  for (std::size_t i = 0; i < path.size(); ++i) {
    Frame frame = evaluated_frame(path[i], evaluations.at(i));
    frame.data.info["s"] = fmt::format("{:.6f}", result.images.at(i).s);
    event.frames.push_back(std::move(frame));
  }
  warn_of_path(hop, path);
  hop.search = nullptr;
  hop.work.job.reset();
  conclude(hop);
  event.line = hop_line(result);
  events_.push_back(std::move(event));
}

void MaterialJob::end_hop(HopWork& hop, HopStatus status, std::string diagnosis) {
  HopResult& result = result_.hops[hop.index];
  result.status = status;
  result.diagnosis = std::move(diagnosis);
  conclude(hop);
  events_.push_back({.stage = "hop", .line = hop_line(result), .file = {}, .frames = {}});
}

void MaterialJob::conclude(HopWork& hop) {
  HopResult& result = result_.hops[hop.index];
  result.seconds = hop.work.seconds;
  // An end point that several hops share counts for the first of them, so that sums are right.
  for (const std::size_t site : {hop.sites.initial, hop.sites.final_}) {
    const auto entry = end_points_.find(site);
    if (entry == end_points_.end()) continue;
    const RelaxWork& end_point = entry->second;
    if (!end_point.result_name.starts_with(result.label + "/")) continue;
    result.evaluations_relax += end_point.work.evaluations;
    result.seconds += end_point.work.seconds;
  }
  hop.done = true;
  ++hops_done_;
}

}  // namespace ionpass::workflows
