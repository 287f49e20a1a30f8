// The section fit of a plan: what is fitted, and what cross-validation may choose from.
#include "calibrate/plan_fit.hpp"

#include <structures/elements.hpp>

#include "calibrate/plan_three_body.hpp"
#include "study/section_table.hpp"

namespace ionpass::workflows {
namespace {

using calibrate::ElementPair;
using calibrate::FitSettings;
using calibrate::FitWeights;

struct FitDraft {
  FitSettings& settings;
  CalibrationPlan& plan;
};

ElementPair read_pair(const std::string& text, const SourceLocation& where,
                      const std::string& path) {
  const std::size_t dash = text.find('-');
  const auto a = atomic_number(text.substr(0, dash));
  const auto b = dash == std::string::npos ? std::nullopt : atomic_number(text.substr(dash + 1));
  if (!a || !b)
    throw InputError(where,
                     fmt::format("{}: '{}' is no pair of elements, such as H-C", path, text));
  return calibrate::element_pair(*a, *b);
}

constexpr double shortest_cutoff = 1.0, longest_cutoff = 12.0;

std::vector<double> read_cutoffs(const YamlNode& node) {
  return read_numbers(node, Dimension::length, between(shortest_cutoff, longest_cutoff));
}

/// A number, a list, or {default: …, Pb-I: …}.
void read_cutoff_choices(FitDraft& draft, const YamlNode& node) {
  if (!node.is_map()) {
    draft.settings.cutoffs = read_cutoffs(node);
    return;
  }
  for (const YamlNode::Entry& entry : node.entries("cut-offs per pair, such as Pb-I: 6.5")) {
    if (entry.key == "default")
      draft.settings.cutoffs = read_cutoffs(entry.value);
    else
      draft.settings.pair_cutoffs[read_pair(entry.key, entry.where, "fit.cutoffs")] =
          read_cutoffs(entry.value);
  }
}

SectionKey<FitWeights> weight_key(const std::string& name, const std::string& unit,
                                  const std::string& fallback, const std::string& meaning,
                                  const std::pair<double FitWeights::*, Range>& member) {
  return {
      name, "number", unit, fallback, meaning, [member](FitWeights& weights, const YamlNode& node) {
        weights.*member.first = read_number(node, Dimension::none, member.second);
      }};
}

std::span<const SectionKey<FitWeights>> weight_keys() {
  static const std::vector<SectionKey<FitWeights>> table{
      weight_key("energy", "1/Å", "15", "times the energy error over the root of the atoms",
                 {&FitWeights::energy, between(0.0, 1e4)}),
      weight_key("stress", "1/Å", "1", "times volume × stress error over the root of the atoms",
                 {&FitWeights::stress, between(0.0, 1e4)}),
      weight_key("force_scale", "eV/Å", "1.5", "F0: an atom's forces count 1/sqrt(1 + (F/F0)²)",
                 {&FitWeights::force_scale, between(0.01, 1e6)}),
      weight_key("balance", "", "0", "0: each structure alike; 1: each config_type alike",
                 {&FitWeights::balance, between(0.0, 1.0)}),
      {"types", "numbers per type", "", "1", "further factors per config_type",
       [](FitWeights& weights, const YamlNode& node) {
         for (const auto& entry : node.entries("factors per config_type"))
           weights.types[entry.key] = read_number(entry.value, Dimension::none, between(0.0, 1e4));
       }},
      {"elements", "numbers per symbol", "", "1", "further factors on forces of an element",
       [](FitWeights& weights, const YamlNode& node) {
         for (const auto& entry : node.entries("factors per element")) {
           const auto number = atomic_number(entry.key);
           if (!number) throw InputError(entry.where, fmt::format("'{}' is no element", entry.key));
           weights.elements[*number] = read_number(entry.value, Dimension::none, between(0.0, 1e4));
         }
       }},
  };
  return table;
}

SectionKey<FitDraft> numbers_row(
    const std::string& name, const std::string& fallback, const std::string& meaning,
    const std::pair<std::vector<double> FitSettings::*, Range>& member) {
  return {name,
          "number or list",
          "",
          fallback,
          meaning,
          [member](FitDraft& draft, const YamlNode& node) {
            draft.settings.*member.first = read_numbers(node, Dimension::none, member.second);
          }};
}

std::vector<SectionKey<FitDraft>> pair_rows() {
  return {
      {"prior", "set", "", "the base's own",
       "set of DFTB parameters whose repulsion the pair potentials start from",
       [](FitDraft& draft, const YamlNode& node) { draft.plan.prior = node.text(); }},
      {"cutoffs", "number, list or section", "Å", "[4.5, 5.5, 6.5]",
       "candidates, of all pairs or as {default: […], Pb-I: […]}", read_cutoff_choices},
      {"skip", "list of pairs", "", "none", "pairs that keep their prior",
       [](FitDraft& draft, const YamlNode& node) {
         for (const YamlNode& item : node.items("a list of pairs"))
           draft.settings.skip.push_back(read_pair(item.text(), item.where(), item.path()));
       }},
      {"knots", "number", "Å", "0.3", "distance of the B-splines' knots",
       [](FitDraft& draft, const YamlNode& node) {
         draft.settings.knots = read_number(node, Dimension::length, between(0.05, 1.0));
       }},
      numbers_row("smoothness", "[0.001, 0.003, 0.01, 0.03]",
                  "candidates for λ of the penalty on V''",
                  {&FitSettings::smoothness, between(1e-12, 1e6)}),
      numbers_row("growth", "[4, 6, 8]",
                  "candidates for the power of r with which the penalty grows",
                  {&FitSettings::growth, between(0.0, 20.0)}),
      numbers_row("walls", "[0.5, 1, 1.5, 2]; gfn1: 0",
                  "candidates for the share of the universal (ZBL) repulsion to start from",
                  {&FitSettings::walls, between(0.0, 3.0)}),
      numbers_row("pair_factors", "[0.03, 0.3, 1, 3, 30]",
                  "factors on λ that a single pair may get",
                  {&FitSettings::pair_factors, between(1e-6, 1e6)}),
      {"three_body", "section or list", "", "none",
       "groups of three-body potentials that are added where cross-validation gains by them",
       [](FitDraft& draft, const YamlNode& node) {
         draft.settings.three_body = read_three_body(node);
       }},
      {"ridge", "number", "", "1e-7", "on the coefficients themselves",
       [](FitDraft& draft, const YamlNode& node) {
         draft.settings.ridge = read_number(node, Dimension::none, between(1e-14, 1.0));
       }},
  };
}

/// {Pb.p.level: 0.3, …}: names, and the widths of their priors.
void read_base_parameters(FitDraft& draft, const YamlNode& node) {
  for (const YamlNode::Entry& entry : node.entries("parameters of the base, with widths")) {
    if (!calibrate::is_base_parameter(entry.key))
      throw InputError(entry.where,
                       fmt::format("'{}' is no parameter of a base; expected such as Pb.p.level, "
                                   "Pb.p.hardness, Pb.electronegativity, electronegativity_scale",
                                   entry.key));
    draft.plan.base_parameters.push_back(
        {entry.key, read_number(entry.value, Dimension::none, between(1e-6, 10.0)), 0.0});
  }
}

std::vector<SectionKey<FitDraft>> choice_rows() {
  return {
      {"base", "section", "eV", "none",
       "parameters of the base that may move, such as Pb.p.level, and the widths of their priors",
       read_base_parameters},
      {"base_steps", "integer", "", "4", "of the search for them, at most",
       [](FitDraft& draft, const YamlNode& node) {
         draft.plan.base_iterations = static_cast<int>(read_integer(node, between(1, 50)));
       }},
      {"weights", "section", "", "see below", "of energies, stress, types, elements",
       [](FitDraft& draft, const YamlNode& node) {
         read_section<FitWeights>(node, weight_keys(), draft.settings.weights);
       }},
      {"folds", "integer", "", "10", "of the cross-validation; 0: one per family",
       [](FitDraft& draft, const YamlNode& node) {
         const long long folds = read_integer(node, between(0, 1000));
         if (folds == 1) node.fail("1 given; cross-validation needs at least 2, or 0");
         draft.settings.folds = static_cast<int>(folds);
       }},
      {"seed", "integer", "", "1", "of the folds",
       [](FitDraft& draft, const YamlNode& node) {
         draft.settings.seed =
             static_cast<std::uint64_t>(read_integer(node, between(0, 2147483647)));
       }},
      {"gain", "number", "", "0.01",
       "least improvement for which a pair leaves the common choice, or a group is added",
       [](FitDraft& draft, const YamlNode& node) {
         draft.settings.gain = read_number(node, Dimension::none, between(0.0, 1.0));
       }},
      {"spline_step", "number", "bohr", "0.04", "of the splines that are written",
       [](FitDraft& draft, const YamlNode& node) {
         draft.settings.spline_step = read_number(node, Dimension::none, between(0.02, 0.05));
       }},
  };
}

std::span<const SectionKey<FitDraft>> fit_keys() {
  static const std::vector<SectionKey<FitDraft>> table = [] {
    std::vector<SectionKey<FitDraft>> rows = pair_rows();
    for (SectionKey<FitDraft>& row : choice_rows()) rows.push_back(std::move(row));
    return rows;
  }();
  return table;
}

}  // namespace

std::vector<double> read_numbers(const YamlNode& node, Dimension dimension, const Range& range) {
  if (node.is_scalar()) return {read_number(node, dimension, range)};
  std::vector<double> out;
  for (const YamlNode& item : node.items("a list of numbers"))
    out.push_back(read_number(item, dimension, range));
  if (out.empty()) node.fail("the list is empty; give at least one number");
  return out;
}

void read_fit(CalibrationPlan& plan, const YamlNode& node) {
  FitDraft draft{plan.fit, plan};
  read_section<FitDraft>(node, fit_keys(), draft);
}

std::string plan_fit_text() {
  return section_text("fit", fit_keys()) + plan_three_body_text() +
         section_text("fit.weights", weight_keys());
}

}  // namespace ionpass::workflows
