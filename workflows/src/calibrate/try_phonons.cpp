// Vibrations of a crystal with the written set, with others, and from labelled displacements.
#include <cmath>

#include <fmt/format.h>

#include <neb/force_constants.hpp>
#include <structures/minimum_image.hpp>

#include "calibrate/bench.hpp"

namespace ionpass::workflows {
namespace {

using calibrate::LabelledStructure;
using Own = CrystalVibrations::Own;
using Reference = CrystalVibrations::Reference;

Own vibrations(const PhononCheck& check, const Structure& crystal, const std::string& set,
               const Trial& trial) {
  Own out;
  out.set = set;
  Bench bench(trial, check.kpoints, crystal);
  const neb::Relaxation relaxation = relaxed(bench, crystal, check);
  if (relaxation.evaluation().forces.size() == 0) {
    out.failure = relaxation.diagnosis();
    return out;
  }
  out.at_rest = relaxation.converged();
  out.largest_force = neb::max_force(relaxation.evaluation().forces);
  neb::ForceConstants constants(relaxation.structure(), check.displacement,
                                relaxation.evaluation().state);
  neb::Job* const job = &constants;
  bench.run(std::span(&job, 1), check.name);
  out.failure = constants.diagnosis();
  if (out.failure.empty())
    out.modes = neb::normal_modes(relaxation.structure(), constants.matrix());
  return out;
}

/// Energies and forces asked for once, all together.
class SinglePoints final : public neb::Job {
 public:
  explicit SinglePoints(std::span<const LabelledStructure> labels) : labels_(labels) {}
  [[nodiscard]] bool finished() const override { return finished_; }
  [[nodiscard]] std::vector<neb::Query> ask() override {
    std::vector<neb::Query> out;
    for (const LabelledStructure& label : labels_)
      out.push_back({.structure = label.structure, .slot = out.size(), .guess = {}});
    return out;
  }
  void tell(std::span<const neb::Answer> answers) override {
    answers_.assign(answers.begin(), answers.end());
    finished_ = true;
  }
  [[nodiscard]] neb::Progress progress() const override { return {.stage = "displacements"}; }
  [[nodiscard]] const std::vector<neb::Answer>& answers() const { return answers_; }

 private:
  std::span<const LabelledStructure> labels_;
  std::vector<neb::Answer> answers_;
  bool finished_ = false;
};

/// Positions without jumps across the cell.
Eigen::Matrix3Xd unwrapped(const Structure& moved, const Structure& rest) {
  Eigen::Matrix3Xd out = moved.positions;
  if (!rest.cell) return out;
  for (Eigen::Index i = 0; i < out.cols(); ++i)
    out.col(i) = rest.positions.col(i) +
                 minimum_image(*rest.cell, out.col(i) - rest.positions.col(i)).vector;
  return out;
}

Reference compared(const PhononCheck& check, std::span<const LabelledStructure> labels,
                   const Trial& trial) {
  Reference out;
  out.geometries = labels.size();
  const Structure& rest = labels.front().structure;
  Bench bench(trial,
              labels.front().kpoints.empty() ? KpointSampling(KpointMesh{})
                                             : KpointSampling(KpointList{labels.front().kpoints}),
              rest);
  SinglePoints points(labels);
  neb::Job* const job = &points;
  bench.run(std::span(&job, 1), check.name);
  std::vector<neb::DisplacedForces> theirs, ours;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const neb::Answer& answer = points.answers()[i];
    if (!answer.ok()) {
      out.failure = fmt::format("'{}': {}", labels[i].name, answer.error);
      return out;
    }
    const Eigen::Matrix3Xd positions = unwrapped(labels[i].structure, rest);
    theirs.push_back({positions, labels[i].forces});
    ours.push_back({positions, answer.evaluation.forces});
  }
  double changes = 0.0, differences = 0.0;
  for (std::size_t i = 1; i < labels.size(); ++i) {
    const Eigen::Matrix3Xd change = theirs[i].forces - theirs[0].forces;
    changes += change.squaredNorm();
    differences += (ours[i].forces - ours[0].forces - change).squaredNorm();
  }
  const double count =
      static_cast<double>(labels.size() - 1) * static_cast<double>(rest.positions.size());
  out.force_change_rms = std::sqrt(changes / count);
  out.difference_rms = std::sqrt(differences / count);
  const Eigen::MatrixXd their_constants = neb::fitted_force_constants(theirs);
  if (their_constants.size() == 0) return out;
  out.frequencies = neb::normal_modes(rest, their_constants).frequencies;
  out.of_set = neb::normal_modes(rest, neb::fitted_force_constants(ours)).frequencies;
  return out;
}

}  // namespace

CrystalVibrations try_phonons(const PhononCheck& check,
                              std::span<const LabelledStructure> reference, const Trial& trial) {
  CrystalVibrations out;
  out.check = check;
  const Structure crystal = read_crystal(check);
  out.sets.push_back(vibrations(check, crystal, trial.potential.name, trial));
  for (const PotentialSettings& other : check.compare) {
    Trial its = trial;
    its.potential = other;
    try {
      out.sets.push_back(vibrations(check, crystal, other.name, its));
    } catch (const InputError& error) {
      // What another set cannot treat is named, as in all comparisons.
      Own refused;
      refused.set = other.name;
      refused.failure = error.what();
      out.sets.push_back(std::move(refused));
    }
  }
  if (!reference.empty()) out.reference = compared(check, reference, trial);
  return out;
}

}  // namespace ionpass::workflows
