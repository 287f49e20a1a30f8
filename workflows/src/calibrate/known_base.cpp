#include "calibrate/known_base.hpp"

#include <set>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>
#include <workflows/data_paths.hpp>

#include "calibrate/read_labels.hpp"

namespace ionpass::workflows {
namespace {

namespace fs = std::filesystem;
using calibrate::LabelledStructure;
using calibrate::PairFunctions;
using calibrate::Sample;

constexpr std::string_view dftb_prefix = "dftb/";

fs::path set_folder(const std::string& name) {
  const std::string set = name.starts_with(dftb_prefix) ? name.substr(dftb_prefix.size()) : name;
  return parameter_set_folder(set, data_paths().potentials);
}

/// A whole list cut into parts of given sizes.
std::vector<LabelEvaluations> parts_of(const LabelEvaluations& whole,
                                       const std::vector<std::size_t>& sizes) {
  std::vector<LabelEvaluations> out;
  std::size_t at = 0;
  for (const std::size_t size : sizes) {
    LabelEvaluations& part = out.emplace_back();
    for (std::size_t i = at; i < at + size; ++i) {
      part.answers.push_back(whole.answers[i]);
      part.failures.push_back(whole.failures[i]);
    }
    at += size;
  }
  return out;
}

/// The repulsion that the base has of its own.
PairFunctions own_repulsion(const CalibrationPlan& plan, const std::vector<int>& elements) {
  if (!is_dftb(plan)) return {};
  return calibrate::set_repulsion(set_folder(plan.base.name), elements);
}

/// What the pair potentials start from.
PairFunctions prior_of(const CalibrationPlan& plan, const std::vector<int>& elements) {
  PairFunctions own = own_repulsion(plan, elements);
  if (plan.prior.empty()) return own;
  PairFunctions prior = calibrate::set_repulsion(set_folder(plan.prior), elements);
  prior.insert(own.begin(), own.end());
  return prior;
}

/// The set would have no potentials for another element; better said before the work than after.
template <class Check>
void check_elements(const CalibrationPlan& plan, const Check& check, const std::set<int>& known) {
  for (const int number : read_frame(check.structure).structure.numbers)
    if (!known.contains(number))
      throw InputError(fmt::format(
          "{}: '{}' of validate: {} of {} is in no structure of the data; take the check out or "
          "add data",
          plan.file.string(), check.name, element_symbol(number), check.structure.string()));
}

}  // namespace

bool is_dftb(const CalibrationPlan& plan) { return plan.base.name.starts_with(dftb_prefix); }

calibrate::SetBase set_base(const CalibrationPlan& plan) {
  return {plan.base.name, is_dftb(plan) ? set_folder(plan.base.name) : fs::path()};
}

std::vector<int> elements_of(const std::vector<LabelledStructure>& labels) {
  std::set<int> out;
  for (const LabelledStructure& label : labels)
    out.insert(label.structure.numbers.begin(), label.structure.numbers.end());
  return {out.begin(), out.end()};
}

AllLabels read_all(const CalibrationPlan& plan, const std::vector<fs::path>& more) {
  AllLabels out{read_labels(plan, more), {}, {}};
  std::set<int> known;
  for (const LabelledStructure& label : out.data)
    known.insert(label.structure.numbers.begin(), label.structure.numbers.end());
  for (const HopCheck& hop : plan.validate.hops) {
    out.paths.push_back(read_path(plan, hop));
    const LabelledStructure& first = out.paths.back().front();
    for (const int number : first.structure.numbers)
      if (!known.contains(number))
        throw InputError(first.where,
                         fmt::format("path '{}': {} is in no structure of the data, so the set has "
                                     "no pair potentials for it",
                                     hop.name, element_symbol(number)));
  }
  for (const PhononCheck& check : plan.validate.phonons) check_elements(plan, check, known);
  for (const DynamicsCheck& check : plan.validate.dynamics) check_elements(plan, check, known);
  for (const PhononCheck& check : plan.validate.phonons)
    out.displaced.push_back(check.reference.empty() ? std::vector<LabelledStructure>()
                                                    : read_displaced(plan, check));
  return out;
}

std::vector<LabelEvaluations> evaluate_parts(
    const CalibrationPlan& plan, const Method& method,
    const std::vector<LabelledStructure>& structures,
    const std::vector<std::vector<LabelledStructure>>& paths, const BaseRun& run,
    LabelEvaluations& whole) {
  std::vector<LabelledStructure> labels = structures;
  std::vector<std::size_t> sizes{labels.size()};
  for (const auto& path : paths) {
    labels.insert(labels.end(), path.begin(), path.end());
    sizes.push_back(path.size());
  }
  const Unsupported unsupported = method.place == 0 ? Unsupported::refuse : Unsupported::leave_out;
  whole = evaluate_labels(plan, method, labels, unsupported, run);
  return parts_of(whole, sizes);
}

void take_repulsion_off(const CalibrationPlan& plan, const std::vector<LabelledStructure>& labels,
                        LabelEvaluations& base) {
  if (!is_dftb(plan)) return;
  const PairFunctions own = own_repulsion(plan, elements_of(labels));
  const auto triples = calibrate::set_three_body(set_folder(plan.base.name));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (!base.answers[i]) continue;
    *base.answers[i] -= pair_sum(labels[i].structure, own);
    if (!triples.empty()) *base.answers[i] -= three_body_sum(labels[i].structure, triples);
  }
}

KnownBase ask_base(const CalibrationPlan& plan, const Method& method, const AllLabels& labels,
                   const BaseRun& run, LabelEvaluations& whole) {
  std::vector<LabelEvaluations> parts =
      evaluate_parts(plan, method, labels.data, labels.paths, run, whole);
  take_repulsion_off(plan, labels.data, parts.front());
  for (std::size_t i = 0; i < labels.paths.size(); ++i)
    take_repulsion_off(plan, labels.paths[i], parts[i + 1]);
  return {std::move(parts.front()),
          {parts.begin() + 1, parts.end()},
          prior_of(plan, elements_of(labels.data))};
}

std::vector<Sample> samples_of(const std::vector<LabelledStructure>& labels,
                               const LabelEvaluations& base, CalibrationResult& result) {
  std::vector<Sample> out;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (base.answers[i])
      out.push_back({labels[i], *base.answers[i]});
    else
      result.failures.push_back(fmt::format("{}: structure '{}': {}", labels[i].where.text(),
                                            labels[i].name, base.failures[i]));
  }
  return out;
}

}  // namespace ionpass::workflows
