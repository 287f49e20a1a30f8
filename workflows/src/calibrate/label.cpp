#include "calibrate/label.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <workflows/farm_evaluator.hpp>
#include <workflows/store.hpp>

#include "calibrate/sampled_potentials.hpp"

namespace ionpass::workflows {
namespace {

std::string info_of(const Frame& frame, const std::string& key) {
  const auto found = frame.data.info.find(key);
  return found == frame.data.info.end() ? std::string() : found->second;
}

std::string name_of(const Frame& frame, std::size_t index) {
  const std::string name = info_of(frame, "name");
  return name.empty() ? fmt::format("structure {}", index) : name;
}

std::string kpts_of(const Frame& frame, const ReferenceMethod& method) {
  return method.kpoints_of_structures ? info_of(frame, "kpts") : "";
}

std::set<std::string> samplings_of(const std::vector<Frame>& frames,
                                   const ReferenceMethod& method) {
  std::set<std::string> out;
  for (const Frame& frame : frames) out.insert(kpts_of(frame, method));
  return out;
}

void check(const Potential& potential, const Frame& frame, std::size_t index,
           const LabelObserver& observer) {
  if (observer.on_check) {
    observer.on_check(potential, index);
    return;
  }
  try {
    potential.check(frame.structure);
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", name_of(frame, index), error.what()));
  }
}

Frame labelled(Frame frame, const Evaluation& evaluation, const PotentialDescription& method,
               const LabelSettings& settings, std::size_t points) {
  frame.data.energy = evaluation.free_energy;
  frame.data.forces = evaluation.forces;
  frame.data.stress = evaluation.stress;
  frame.data.info["source"] = settings.source.empty() ? method.summary : settings.source;
  const std::string beginning = settings.group.empty()
                                    ? sha256_hex(potential_fingerprint(method)).substr(0, 12)
                                    : settings.group;
  frame.data.info["energy_group"] = energy_group(frame.structure, beginning, points);
  return frame;
}

}  // namespace

ReferenceAnswers compute_references(const std::vector<Frame>& frames, const ReferenceMethod& method,
                                    const std::filesystem::path& store_folder,
                                    const hpc::Communicator& world, const LabelObserver& observer) {
  const SampledPotentials references(method.potential, samplings_of(frames, method), world);
  FarmEvaluatorOptions farm;
  farm.stop = observer.stop;
  farm.ranks_per_image = method.ranks_per_image;
  if (!world.is_root()) {
    FarmEvaluator(world, references.list(), std::move(farm)).serve();
    return {};
  }
  ReferenceAnswers out;
  std::vector<neb::WorkItem> items;
  items.reserve(frames.size());
  for (const Frame& frame : frames) {
    const SampledPotentials::Entry& used = references.of(kpts_of(frame, method));
    check(*used.potential, frame, items.size(), observer);
    items.push_back({.potential = used.potential.get(),
                     .structure = frame.structure,
                     .guess = {},
                     .stress = method.wants_stress(frame.structure)});
    out.methods.push_back(used.potential->description());
    out.kpoints.push_back(
        frame.structure.cell ? kpoints(used.sampling, *frame.structure.cell).size() : 1);
  }
  Store store(store_folder);
  farm.store = &store;
  std::optional<FarmEvaluator> evaluator;
  farm.on_arrival = [&] {
    const EvaluatorCounts& counts = evaluator->counts();
    if (observer.on_progress) observer.on_progress(counts.round_done, counts.round_total);
  };
  evaluator.emplace(world, references.list(), std::move(farm));
  out.answers = evaluator->evaluate(items);
  evaluator->stop();
  out.incidents = evaluator->counts().incidents;
  out.computed = evaluator->counts().computed;
  out.found = evaluator->counts().found;
  return out;
}

Labelled label_frames(const std::vector<Frame>& frames, const LabelSettings& settings,
                      const std::filesystem::path& folder, const hpc::Communicator& world,
                      const LabelObserver& observer) {
  const ReferenceMethod method{.potential = settings.potential,
                               .kpoints_of_structures = true,
                               .wants_stress = [&settings](const Structure& structure) {
                                 return settings.stress && structure.is_periodic() &&
                                        structure.charge == 0.0;
                               }};
  const ReferenceAnswers references =
      compute_references(frames, method, folder / "labels", world, observer);
  Labelled out{.frames = {},
               .failures = {},
               .incidents = references.incidents,
               .computed = references.computed,
               .found = references.found};
  for (std::size_t i = 0; i < references.answers.size(); ++i) {
    const neb::Answer& answer = references.answers[i];
    if (answer.ok())
      out.frames.push_back(labelled(frames[i], answer.evaluation, references.methods[i], settings,
                                    references.kpoints[i]));
    else
      out.failures.push_back(fmt::format("{}: {}", name_of(frames[i], i), answer.error));
  }
  return out;
}

std::string energy_group(const Structure& structure, const std::string& beginning,
                         std::size_t kpoints) {
  std::string out =
      fmt::format("{}{}{:+g}_{}", beginning, formula(structure), structure.charge, kpoints);
  if (structure.charge != 0.0 && structure.cell)
    out += fmt::format("_V{:.2f}", structure.cell->volume());
  return out;
}

}  // namespace ionpass::workflows
