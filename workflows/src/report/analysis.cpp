// Which barrier stands for a material, and what can be scaled from a measured retention.
#include "analysis.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <structures/error.hpp>

#include "order.hpp"
#include "text.hpp"

namespace ionpass::workflows::report {

namespace {

bool any_kind(const MaterialResult& material, const char* kind) {
  return std::any_of(material.hops.begin(), material.hops.end(),
                     [&](const HopResult& hop) { return hop.kind == kind; });
}

std::string missing_reason(const MaterialResult& material, const MaterialSummary& summary) {
  if (material.hops.empty()) return "no hop of it was studied";
  if (summary.long_range == 0) {
    return fmt::format("none of its hops carries {} further than one face or polyhedron",
                       material.species);
  }
  return fmt::format("none of its {} long-range hop{} converged to a barrier", summary.long_range,
                     summary.long_range == 1 ? "" : "s");
}

std::vector<RetentionPoint> all_points(const RetentionAssumptions& retention) {
  std::vector<RetentionPoint> points = retention.measured;
  if (!retention.reference) return points;
  const RetentionPoint& r = *retention.reference;
  const bool listed = std::any_of(points.begin(), points.end(), [&](const RetentionPoint& p) {
    return p.temperature == r.temperature && p.time == r.time;
  });
  if (!listed) points.insert(points.begin(), r);
  return points;
}

bool has_two_temperatures(const std::vector<RetentionPoint>& points) {
  return std::any_of(points.begin(), points.end(), [&](const RetentionPoint& p) {
    return p.temperature != points.front().temperature;
  });
}

/// The material the reference was measured on; the first if the study does not say.
std::optional<std::size_t> find_reference_material(const StudyResult& study,
                                                   const std::string& name) {
  if (name.empty() && !study.materials.empty()) return 0;
  for (std::size_t i = 0; i < study.materials.size(); ++i) {
    if (study.materials[i].name == name) return i;
  }
  return std::nullopt;
}

RetentionFinding find_retention(const StudyResult& study,
                                const std::vector<MaterialSummary>& summaries) {
  const RetentionAssumptions& assumed = *study.retention;
  RetentionFinding finding;
  finding.points = all_points(assumed);
  if (has_two_temperatures(finding.points)) {
    finding.fit = fit_retention(finding.points);
    if (assumed.claimed_energy) {
      finding.check =
          check_claim(finding.points, *assumed.claimed_energy, study.kinetics.barrier_uncertainty);
    }
  }
  if (!assumed.reference) {
    finding.problem = "the study gives no reference point";
    return finding;
  }
  finding.reference_material = find_reference_material(study, assumed.reference_material);
  if (!finding.reference_material) {
    finding.problem =
        fmt::format("the reference was measured on {}, which is not in this study",
                    assumed.reference_material.empty() ? "a material" : assumed.reference_material);
    return finding;
  }
  const MaterialSummary& summary = summaries[*finding.reference_material];
  if (!summary.barrier) {
    finding.problem =
        fmt::format("the reference material {} has no barrier: {}",
                    study.materials[*finding.reference_material].name, summary.reason);
    return finding;
  }
  finding.reference = RetentionReference{*assumed.reference, summary.barrier->energy};
  return finding;
}

}  // namespace

Dimension dimension_of(const MaterialResult& material) {
  const bool octahedra = any_kind(material, "within_octahedron");
  const bool apart = any_kind(material, "between_chains");
  if (any_kind(material, "along_chain")) return Dimension::chain;
  // Hops to an unconnected neighbour beside corner sharing: layers, which the paper says nothing
  // about.
  if (octahedra) return apart ? Dimension::layered : Dimension::network;
  return any_kind(material, "within_cluster") ? Dimension::cluster : Dimension::unknown;
}

std::string describe(Dimension dimension) {
  switch (dimension) {
    case Dimension::chain:
      return "one-dimensional (1D)";
    case Dimension::network:
      return "three-dimensional (3D)";
    case Dimension::layered:
      return "layers";
    case Dimension::cluster:
      return "isolated polyhedra (0D)";
    case Dimension::unknown:
      break;
  }
  return "not known";
}

std::optional<double> barrier_of(const HopResult& hop) {
  if (hop.status != HopStatus::converged || !hop.barrier_forward || !hop.barrier_backward) {
    return std::nullopt;
  }
  const double larger = std::max(*hop.barrier_forward, *hop.barrier_backward);
  if (!std::isfinite(*hop.barrier_forward + *hop.barrier_backward)) return std::nullopt;
  return larger;
}

bool is_long_range(const std::string& kind) {
  return kind != "within_face" && kind != "within_cluster";
}

MaterialSummary summarise(const MaterialResult& material, double barrier_uncertainty) {
  MaterialSummary summary;
  summary.dimension = dimension_of(material);
  for (std::size_t i = 0; i < material.hops.size(); ++i) {
    const HopResult& hop = material.hops[i];
    if (!is_long_range(hop.kind)) continue;
    ++summary.long_range;
    const std::optional<double> barrier = barrier_of(hop);
    if (!barrier) {
      ++summary.without_barrier;
    } else if (!summary.barrier || *barrier < summary.barrier->energy) {
      summary.hop = i;
      summary.barrier = Barrier{*barrier, barrier_uncertainty};
    }
  }
  if (!summary.barrier) summary.reason = missing_reason(material, summary);
  return summary;
}

std::string barrier_sentence(const MaterialResult& material, const MaterialSummary& summary) {
  if (!summary.barrier) return material.name + ": no barrier, " + summary.reason;
  const HopResult& hop = material.hops[*summary.hop];
  return fmt::format("{}: {} eV (hop {}, {}; forward {} eV, backward {} eV)", material.name,
                     fixed(summary.barrier->energy, 3), hop.label, words(hop.kind),
                     fixed(*hop.barrier_forward, 3), fixed(*hop.barrier_backward, 3));
}

Analysis analyse(const StudyResult& study, const Literature& literature) {
  Analysis analysis;
  for (const MaterialResult& material : study.materials) {
    analysis.materials.push_back(summarise(material, study.kinetics.barrier_uncertainty));
  }
  analysis.order = find_order(study, literature, analysis.materials);
  if (study.retention) analysis.retention = find_retention(study, analysis.materials);
  return analysis;
}

std::optional<Interval> retention_at(const Analysis& analysis, std::size_t material,
                                     double temperature) {
  if (!analysis.retention || !analysis.retention->reference) return std::nullopt;
  const std::optional<Barrier>& barrier = analysis.materials[material].barrier;
  if (!barrier) return std::nullopt;
  return scaled_retention(*analysis.retention->reference, *barrier, temperature,
                          analysis.retention->reference_material == material);
}

}  // namespace ionpass::workflows::report
