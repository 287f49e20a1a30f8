#include "calibrate/compare.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include <fmt/format.h>

namespace ionpass::workflows {
namespace {

using calibrate::LabelledStructure;
using calibrate::Misfit;

struct Sum {
  double squares = 0.0, count = 0.0;
  void add(double square, double n) {
    squares += square;
    count += n;
  }
  [[nodiscard]] double rms() const { return count > 0.0 ? std::sqrt(squares / count) : 0.0; }
};

/// Squares of energy errors, less their mean in each energy group; a structure that is the only one
/// of its group says nothing.
Sum relative_energies(const std::vector<LabelledStructure>& labels,
                      const std::vector<std::size_t>& members, const SetForecast& set) {
  std::map<std::string, std::vector<double>> groups;
  for (const std::size_t i : members)
    if (set.misfits[i] && set.misfits[i]->energy)
      groups[calibrate::energy_key(labels[i])].push_back(*set.misfits[i]->energy);
  Sum out;
  for (const auto& [key, errors] : groups) {
    const auto count = static_cast<double>(errors.size());
    const double mean = std::accumulate(errors.begin(), errors.end(), 0.0) / count;
    if (errors.size() > 1)
      for (const double error : errors) out.add((error - mean) * (error - mean), 1.0);
  }
  return out;
}

ComparedRow::Errors errors_of(const std::vector<LabelledStructure>& labels,
                              const std::vector<std::size_t>& members, const SetForecast& set) {
  ComparedRow::Errors out;
  Sum forces;
  for (const std::size_t i : members) {
    if (!set.misfits[i]) continue;
    ++out.treated;
    const Eigen::Matrix3Xd& off = set.misfits[i]->forces;
    forces.add(off.squaredNorm(), static_cast<double>(off.size()));
  }
  out.force_rms = forces.rms();
  const Sum energies = relative_energies(labels, members, set);
  if (energies.count > 0.0) out.energy_rms = energies.rms();
  return out;
}

HopComparison::Curve curve_of(const std::vector<LabelledStructure>& images, const SetForecast& set,
                              const std::vector<double>& reference) {
  HopComparison::Curve out;
  out.set = set.name;
  Sum energies, forces;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (set.misfits[i]) continue;
    out.failure = fmt::format("image {}: {}", i + 1, set.failures[i]);
    return out;
  }
  for (std::size_t i = 0; i < images.size(); ++i) {
    const Misfit& off = *set.misfits[i];
    const double difference = *off.energy - *set.misfits.front()->energy;
    out.energies.push_back(reference[i] + difference);
    if (i > 0) energies.add(difference * difference, 1.0);
    if (std::abs(difference) > std::abs(out.largest)) out.largest = difference;
    forces.add(off.forces.squaredNorm(), static_cast<double>(off.forces.size()));
  }
  out.energy_rms = energies.rms();
  out.force_rms = forces.rms();
  return out;
}

}  // namespace

SetForecast forecast(const std::string& name, const std::vector<LabelledStructure>& labels,
                     const LabelEvaluations& said) {
  SetForecast out{name, {}, said.failures};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    out.misfits.emplace_back();
    if (!said.answers[i]) continue;
    Misfit& off = out.misfits.back().emplace();
    off.forces = said.answers[i]->forces - labels[i].forces;
    if (labels[i].energy) off.energy = said.answers[i]->energy - *labels[i].energy;
    if (labels[i].stress) off.stress = said.answers[i]->stress - *labels[i].stress;
  }
  return out;
}

SetForecast forecast(const std::string& name, const std::vector<LabelledStructure>& labels,
                     LabelEvaluations base, const calibrate::Fit& fit) {
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (base.answers[i]) *base.answers[i] += fit.correction(labels[i].structure);
  return forecast(name, labels, base);
}

Comparison compare_sets(const std::vector<LabelledStructure>& labels,
                        const std::vector<SetForecast>& sets) {
  Comparison out;
  std::map<std::string, std::vector<std::size_t>> types;
  std::vector<std::size_t> common;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    types[labels[i].config_type].push_back(i);
    if (std::ranges::all_of(sets, [i](const SetForecast& s) { return s.misfits[i].has_value(); }))
      common.push_back(i);
  }
  for (const auto& [type, members] : types) out.rows.push_back({type, members.size(), {}});
  out.rows.push_back({"all", common.size(), {}});
  for (const SetForecast& set : sets) {
    out.sets.push_back(set.name);
    auto row = out.rows.begin();
    for (const auto& [type, members] : types)
      (row++)->sets.push_back(errors_of(labels, members, set));
    row->sets.push_back(errors_of(labels, common, set));
    std::set<std::string> reasons;
    for (std::size_t i = 0; i < labels.size(); ++i)
      if (!set.misfits[i] && reasons.insert(set.failures[i]).second)
        out.failures.push_back(
            fmt::format("{}: structure '{}': {}", set.name, labels[i].name, set.failures[i]));
  }
  return out;
}

HopComparison compare_hop(const std::string& name, const std::vector<LabelledStructure>& images,
                          const std::vector<SetForecast>& sets,
                          const std::vector<calibrate::Sample>& data) {
  HopComparison out;
  out.name = name;
  for (const LabelledStructure& image : images) {
    out.reference.push_back(*image.energy - *images.front().energy);
    const auto same = std::ranges::find_if(data, [&image](const calibrate::Sample& sample) {
      return calibrate::is_same_structure(sample.label.structure, image.structure);
    });
    if (same != data.end()) ++(same->label.held_out ? out.held_out : out.seen);
  }
  for (const SetForecast& set : sets) out.curves.push_back(curve_of(images, set, out.reference));
  return out;
}

PathBarriers path_barriers(const std::vector<double>& energies) {
  const double top = *std::ranges::max_element(energies);
  return {top - energies.front(), top - energies.back()};
}

}  // namespace ionpass::workflows
