// The host of a material: the perfect supercell relaxed from one or more random shifts.
#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "material_job.hpp"

namespace ionpass::workflows {

void MaterialJob::start_hosts() {
  const HostSettings& wanted = prepared_.settings.host;
  neb::RelaxationSettings settings = prepared_.settings.relax;
  settings.fmax = wanted.fmax;
  for (int i = 0; i < wanted.starts; ++i) {
    const unsigned seed = wanted.seed + static_cast<unsigned>(i);
    RelaxWork& host = hosts_.emplace_back();
    host.result_name = wanted.starts == 1 ? "host" : fmt::format("host, seed {}", seed);
    host.work = make_work(host.result_name, expected_.host);
    host.start = rattled(prepared_.supercell.structure, wanted.rattle, seed);
    start(host, settings);
  }
}

void MaterialJob::finish_host(RelaxWork& host) {
  finish(host);
  const RelaxationResult& result = result_.relaxations.back();
  const double limit = tolerable_host_force * prepared_.settings.host.fmax;
  const bool is_usable = host.relaxed.size() == host.start.size() &&
                         host.evaluation.forces.cols() == host.start.positions.cols() &&
                         neb::max_force(host.evaluation.forces) < limit;
  if (!result.converged && is_usable) {
    result_.warnings.push_back(fmt::format(
        "{}; its largest force of {:.3f} eV/Å is below {:.3f}, so that it was used all the same",
        host.fault, result.max_force, limit));
    host.fault.clear();
  }
  events_.push_back({.stage = "host",
                     .line = host.fault.empty() ? relaxation_line(result) : host.fault,
                     .file = {},
                     .frames = {}});
  const bool is_last =
      std::all_of(hosts_.begin(), hosts_.end(), [](const RelaxWork& other) { return other.done; });
  if (is_last) choose_host();
}

/// The lowest host goes on; without one, all hops end.
void MaterialJob::choose_host() {
  const RelaxWork* lowest = nullptr;
  double highest = 0.0;
  for (const RelaxWork& host : hosts_) {
    if (!host.fault.empty()) continue;
    const double energy = host.evaluation.free_energy;
    highest = lowest == nullptr ? energy : std::max(highest, energy);
    if (lowest == nullptr || energy < lowest->evaluation.free_energy) lowest = &host;
  }
  if (lowest == nullptr) {
    for (HopResult& hop : result_.hops) {
      hop.status = hosts_.front().fault_status;
      hop.diagnosis = hosts_.front().fault;
      ++hops_done_;
    }
    return;
  }
  if (hosts_.size() > 1) {
    result_.warnings.push_back(
        fmt::format("{}, the lowest of {} starts, was used; the highest lies {:.3f} eV above it",
                    lowest->result_name, hosts_.size(), highest - lowest->evaluation.free_energy));
  }
  events_.push_back({.stage = "host",
                     .line = {},
                     .file = "host.extxyz",
                     .frames = {evaluated_frame(lowest->relaxed, lowest->evaluation)}});
  prepared_.supercell.structure.positions = lowest->relaxed.positions;
  start_end_points();
}

}  // namespace ionpass::workflows
