#include "calibrate/known_range.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <structures/error.hpp>

#include "calibrate/read_labels.hpp"

namespace ionpass::workflows {
namespace {

using calibrate::LabelledStructure;
using calibrate::Sample;

std::vector<KnownStructure> known_structures(const std::vector<const LabelledStructure*>& labels) {
  std::vector<KnownStructure> out;
  out.reserve(labels.size());
  for (const LabelledStructure* label : labels) out.push_back({&label->structure, label->family});
  return out;
}

std::vector<double> ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> out(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first + 1;
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    for (std::size_t k = first; k < end; ++k)
      out[order[k]] = 0.5 * static_cast<double>(first + end - 1);
    first = end;
  }
  return out;
}

/// Distances from the data, and errors, of structures and of their atoms.
struct Observed {
  std::vector<double> structure_novelty, structure_rms, atom_novelty, atom_error;
  std::size_t flagged = 0;
  double flagged_squares = 0.0, other_squares = 0.0;
  Eigen::Index flagged_components = 0, other_components = 0;

  void add(const Eigen::VectorXd& novelty, const Eigen::Matrix3Xd& errors) {
    const bool is_flagged = novelty.maxCoeff() > 1.0;
    const double squares = errors.squaredNorm();
    flagged += is_flagged ? 1 : 0;
    (is_flagged ? flagged_squares : other_squares) += squares;
    (is_flagged ? flagged_components : other_components) += errors.size();
    structure_novelty.push_back(novelty.maxCoeff());
    structure_rms.push_back(std::sqrt(squares / static_cast<double>(errors.size())));
    for (Eigen::Index i = 0; i < errors.cols(); ++i) {
      atom_novelty.push_back(novelty(i));
      atom_error.push_back(errors.col(i).norm());
    }
  }

  [[nodiscard]] NoveltyTest::Group group(const std::string& name) const {
    const auto rms = [](double squares, Eigen::Index components) -> std::optional<double> {
      if (components == 0) return std::nullopt;
      return std::sqrt(squares / static_cast<double>(components));
    };
    return {.name = name,
            .structures = structure_rms.size(),
            .flagged = flagged,
            .flagged_rms = rms(flagged_squares, flagged_components),
            .other_rms = rms(other_squares, other_components),
            .of_structures = rank_correlation(structure_novelty, structure_rms),
            .of_atoms = rank_correlation(atom_novelty, atom_error)};
  }
};

Eigen::VectorXd ratios(const std::vector<EnvironmentNovelty>& novelty) {
  Eigen::VectorXd out(static_cast<Eigen::Index>(novelty.size()));
  for (Eigen::Index i = 0; i < out.size(); ++i) out(i) = novelty[static_cast<std::size_t>(i)].ratio;
  return out;
}

void test_range(const std::vector<Sample>& samples, CalibrationResult& result) {
  std::vector<const LabelledStructure*> training;
  for (const Sample& sample : samples)
    if (!sample.label.held_out) training.push_back(&sample.label);
  const EnvironmentChoice choice = choose_environments(known_structures(training));
  if (choice.known.empty()) return;
  Observed held_out, left_out;
  for (const Sample& sample : samples)
    if (sample.label.held_out)
      held_out.add(ratios(environment_novelty(sample.label.structure, choice.known)),
                   calibrate::misfit(sample, result.test_fit, calibrate::Seen::never).forces);
  for (std::size_t i = 0; i < training.size(); ++i)
    left_out.add(choice.left_out[i], result.left_out[i].forces);
  if (!held_out.structure_rms.empty())
    result.novelty.groups.push_back(held_out.group("held-out structures"));
  result.novelty.groups.push_back(left_out.group("training structures, each left out"));
}

}  // namespace

std::optional<double> rank_correlation(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size() || a.size() < 3) return std::nullopt;
  const std::vector<double> ra = ranks(a), rb = ranks(b);
  const double mean = 0.5 * static_cast<double>(a.size() - 1);
  double ab = 0.0, aa = 0.0, bb = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (ra[i] - mean) * (rb[i] - mean);
    aa += (ra[i] - mean) * (ra[i] - mean);
    bb += (rb[i] - mean) * (rb[i] - mean);
  }
  if (aa == 0.0 || bb == 0.0) return std::nullopt;
  return ab / std::sqrt(aa * bb);
}

void learn_range(const std::vector<Sample>& samples, CalibrationResult& result) {
  test_range(samples, result);
  std::vector<const LabelledStructure*> all;
  all.reserve(samples.size());
  for (const Sample& sample : samples) all.push_back(&sample.label);
  result.environments = choose_environments(known_structures(all)).known;
  for (const auto& [number, kept] : result.environments.elements)
    result.novelty.kept.push_back(
        {number, static_cast<std::size_t>(kept.centres.cols()), kept.limit});
}

void write_range(const CalibrationPlan& plan, const std::vector<std::filesystem::path>& labelled,
                 const std::filesystem::path& set) {
  const std::vector<LabelledStructure> labels = read_labels(plan, labelled);
  std::vector<const LabelledStructure*> all;
  all.reserve(labels.size());
  for (const LabelledStructure& label : labels) all.push_back(&label);
  const KnownEnvironments known = choose_environments(known_structures(all)).known;
  if (known.empty())
    throw InputError(fmt::format(
        "{}: all structures are of one family, so nothing tells how unlike each other they may be; "
        "add independent ones",
        plan.file.string()));
  calibrate::write_environments(set, known);
}

}  // namespace ionpass::workflows
