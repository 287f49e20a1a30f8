#include "calibrate/base.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include <potentials/registry.hpp>
#include <workflows/data_paths.hpp>
#include <workflows/farm_evaluator.hpp>
#include <workflows/store.hpp>

#include "calibrate/read_labels.hpp"

namespace ionpass::workflows {
namespace {

using calibrate::LabelledStructure;

/// One potential per sampling of the Brillouin zone.
struct BasePotentials {
  std::vector<std::string> samplings;
  std::vector<std::unique_ptr<Potential>> potentials;

  BasePotentials(const CalibrationPlan& plan, std::vector<std::string> texts)
      : samplings(std::move(texts)) {
    for (const std::string& text : samplings) {
      PotentialSettings settings = plan.base;
      settings.kpoints = KpointMesh{};
      if (!text.empty()) settings.kpoints = KpointList{parse_kpoints(text, {})};
      potentials.push_back(make_potential(settings, data_paths().potentials));
    }
  }
  [[nodiscard]] std::vector<const Potential*> list() const {
    std::vector<const Potential*> out;
    for (const auto& potential : potentials) out.push_back(potential.get());
    return out;
  }
  [[nodiscard]] const Potential& of(const LabelledStructure& label) const {
    const auto found = std::ranges::find(samplings, kpoints_text(label.kpoints));
    return *potentials[static_cast<std::size_t>(found - samplings.begin())];
  }
};

std::vector<std::string> distinct_samplings(const std::vector<LabelledStructure>& labels) {
  std::vector<std::string> out;
  for (const LabelledStructure& label : labels) out.push_back(kpoints_text(label.kpoints));
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

hpc::Bytes pack(const std::vector<std::string>& lines) {
  const std::string text = fmt::format("{}", fmt::join(lines, "\n"));
  hpc::Bytes bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

std::vector<std::string> unpack(const hpc::Bytes& bytes) {
  std::vector<std::string> out(1);
  for (const std::byte byte : bytes) {
    if (static_cast<char>(byte) == '\n')
      out.emplace_back();
    else
      out.back() += static_cast<char>(byte);
  }
  return out;
}

void check_structures(const BasePotentials& base, const std::vector<LabelledStructure>& labels) {
  for (const LabelledStructure& label : labels) {
    try {
      base.of(label).check(label.structure);
    } catch (const InputError& error) {
      throw InputError(label.where, fmt::format("structure '{}': {}", label.name, error.what()));
    }
  }
}

std::vector<neb::WorkItem> work_items(const BasePotentials& base,
                                      const std::vector<LabelledStructure>& labels) {
  std::vector<neb::WorkItem> out;
  for (const LabelledStructure& label : labels)
    out.push_back({.potential = &base.of(label),
                   .structure = label.structure,
                   .guess = {},
                   .stress = label.stress.has_value() && label.structure.is_periodic()});
  return out;
}

calibrate::Sample sample(const LabelledStructure& label, const Evaluation& evaluation) {
  return {label,
          {evaluation.free_energy, evaluation.forces,
           evaluation.stress.value_or(Eigen::Matrix3d::Zero())}};
}

}  // namespace

BaseEvaluations evaluate_base(const CalibrationPlan& plan,
                              const std::vector<LabelledStructure>& labels, const BaseRun& run) {
  const std::vector<std::string> samplings = distinct_samplings(labels);
  const BasePotentials base(plan, samplings);
  check_structures(base, labels);
  (void)run.world.broadcast(pack(samplings));
  FarmEvaluatorOptions options;
  options.store = run.store;
  options.stop = run.stop;
  std::optional<FarmEvaluator> evaluator;
  options.on_arrival = [&] {
    if (run.on_arrival)
      run.on_arrival(evaluator->counts().round_done, evaluator->counts().round_total);
  };
  evaluator.emplace(run.world, base.list(), std::move(options));
  const std::vector<neb::Answer> answers = evaluator->evaluate(work_items(base, labels));
  evaluator->stop();
  BaseEvaluations out;
  out.computed = evaluator->counts().computed;
  out.found = evaluator->counts().found;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (answers[i].ok())
      out.samples.push_back(sample(labels[i], answers[i].evaluation));
    else
      out.failures.push_back(fmt::format("{}: structure '{}': {}", labels[i].where.text(),
                                         labels[i].name, answers[i].error));
  }
  return out;
}

void serve_base(const CalibrationPlan& plan, const BaseRun& run) {
  const BasePotentials base(plan, unpack(run.world.broadcast({})));
  FarmEvaluatorOptions options;
  options.stop = run.stop;
  FarmEvaluator(run.world, base.list(), std::move(options)).serve();
}

}  // namespace ionpass::workflows
