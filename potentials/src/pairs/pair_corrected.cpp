#include "pairs/pair_corrected.hpp"

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/units.hpp>

#include "dftb/repulsion.hpp"
#include "fingerprint.hpp"
#include "yaml_file.hpp"

namespace ionpass {

namespace fs = std::filesystem;

namespace {

calibrate::PairFunction spline_function(const fs::path& file) {
  const auto spline =
      std::make_shared<const dftb::PairRepulsion>(dftb::PairRepulsion::from_spline_file(file));
  return {
      spline->cutoff() * units::bohr, [spline](double r) {
        const dftb::PairValue v = spline->evaluate(r / units::bohr);
        return calibrate::PairPoint{v.energy * units::hartree, v.slope * units::hartree_per_bohr};
      }};
}

calibrate::PairFunctions read_splines(const fs::path& folder) {
  calibrate::PairFunctions out;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".spl") continue;
    const std::string name = entry.path().stem().string();
    const std::size_t dash = name.find('-');
    const auto a = atomic_number(name.substr(0, dash));
    const auto b = dash == std::string::npos ? std::nullopt : atomic_number(name.substr(dash + 1));
    if (!a || !b)
      throw InputError(
          fmt::format("{}: is not named after a pair, such as C-H.spl", entry.path().string()));
    out[calibrate::element_pair(*a, *b)] = spline_function(entry.path());
  }
  return out;
}

/// The set's own words, and what of the base decides the numbers or deserves credit.
PotentialDescription with_base(const PairSet& pair_set, const PotentialDescription& base) {
  PotentialDescription set = pair_set.potential;
  set.settings = base.settings;
  set.settings.emplace_back("base", fmt::format("{} {}", base.name, base.version));
  set.settings.emplace_back("pair potentials", folder_fingerprint({pair_set.splines}));
  if (!pair_set.three_body_file.empty())
    set.settings.emplace_back("three-body potentials",
                              text_fingerprint(read_text_file(pair_set.three_body_file)));
  for (const std::string& citation : base.citations)
    if (std::ranges::find(set.citations, citation) == set.citations.end())
      set.citations.push_back(citation);
  return set;
}

}  // namespace

PairSet read_pair_set(const fs::path& folder) {
  PairSet out;
  out.potential.name = "pairs/" + folder.string();
  const fs::path file = folder / "set.yaml";
  read_yaml_file(file, [&](const YAML::Node& root) {
    if (root["name"]) out.potential.name = "pairs/" + root["name"].as<std::string>();
    read_common_description(root, out.potential);
    if (!root["base"] || !(root["splines"] || root["shifts"]))
      throw InputError({file.string()},
                       "'base' and 'splines' are needed in a set of pair potentials");
    out.base = root["base"].as<std::string>();
    if (root["splines"]) out.splines = folder / root["splines"].as<std::string>();
    if (root["three_body"]) out.three_body_file = folder / root["three_body"].as<std::string>();
    if (root["shifts"]) out.shifts = read_shifts(file, root["shifts"]);
    out.fitted = read_fitted_range(file, root);
  });
  if (!out.three_body_file.empty())
    out.three_body = calibrate::read_three_body(out.three_body_file);
  if (!out.splines.empty()) out.functions = read_splines(out.splines);
  return out;
}

PairCorrectedPotential::PairCorrectedPotential(PairSet set, std::unique_ptr<Potential> base)
    : set_(std::move(set)), base_(std::move(base)) {
  set_.potential = with_base(set_, base_->description());
}

std::vector<std::string> PairCorrectedPotential::warnings(const Structure& structure) const {
  std::vector<std::string> out = base_->warnings(structure);
  for (Extrapolation& beyond : extrapolations(structure)) out.push_back(std::move(beyond.text));
  return out;
}

Evaluation PairCorrectedPotential::do_evaluate(const Structure& structure,
                                               const EvaluationRequest& request) const {
  Evaluation out = base_->evaluate(structure, request);
  const auto add = [&out](const char* name, const calibrate::PairSum& sum) {
    out.energy += sum.energy;
    out.free_energy += sum.energy;
    out.forces += sum.forces;
    if (out.stress) *out.stress += sum.stress;
    out.components.emplace_back(name, sum.energy);
  };
  add("pair potentials", calibrate::pair_sum(structure, set_.functions));
  if (!set_.three_body.empty())
    add("three-body potentials", calibrate::three_body_sum(structure, set_.three_body));
  return out;
}

}  // namespace ionpass
